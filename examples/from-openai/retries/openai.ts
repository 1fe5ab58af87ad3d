import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });

const completion = await client.chat.completions.create(
  { model: "gpt-5.5", messages: [{ role: "user", content: "Hello" }] },
  { maxRetries: 5 },
);

console.log(completion.choices[0]?.message.content);
