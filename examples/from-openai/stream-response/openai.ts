import OpenAI from "openai";

const client = new OpenAI();

const stream = client.responses.stream({ model: "gpt-5.5", input: "Solve 8x + 31 = 2." });

for await (const event of stream) {
  if (event.type === "response.output_text.delta") process.stdout.write(event.delta);
  else console.log(event.type);
}

const response = await stream.finalResponse();
console.log(response.status);
