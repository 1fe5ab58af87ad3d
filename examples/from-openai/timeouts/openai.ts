import OpenAI from "openai";

const client = new OpenAI({ timeout: 20_000, maxRetries: 0 });

try {
  await client.chat.completions.create(
    { model: "gpt-5.5", messages: [{ role: "user", content: "Hello" }] },
    { timeout: 100 },
  );
} catch (error) {
  if (!(error instanceof OpenAI.APIConnectionTimeoutError)) throw error;
  console.log("no answer in time");
}
