import OpenAI from "openai";

const client = new OpenAI();

const response = await client.responses.create({ model: "gpt-5.5", input: "Hello" });
console.log(response._request_id);

const { data: stream, request_id } = await client.responses
  .create({ model: "gpt-5.5", input: "Hello", stream: true })
  .withResponse();
console.log(request_id);
for await (const event of stream) if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
