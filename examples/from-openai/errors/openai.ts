import OpenAI from "openai";

const client = new OpenAI();

try {
  await client.chat.completions.create({ model: "gpt-0", messages: [{ role: "user", content: "Hello" }] });
} catch (error) {
  if (!(error instanceof OpenAI.NotFoundError)) throw error;
  console.log(error.status, error.code, error.type, error.requestID);
}
