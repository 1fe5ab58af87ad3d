import OpenAI from "openai";

const client = new OpenAI();
const controller = new AbortController();

const stream = await client.chat.completions.create(
  { model: "gpt-5.5", messages: [{ role: "user", content: "Count." }], stream: true },
  { signal: controller.signal },
);

for await (const chunk of stream) {
  const text = chunk.choices[0]?.delta.content ?? "";
  process.stdout.write(text);
  if (text.includes("three")) controller.abort();
}
if (controller.signal.aborted) console.log("\nstopped");
