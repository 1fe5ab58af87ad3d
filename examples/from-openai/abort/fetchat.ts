import { createClient, isAbortError } from "fetchat";

const client = createClient({ env: process.env });
const controller = new AbortController();

try {
  const stream = await client.streamChat(
    [{ role: "user", content: "Count." }],
    { model: "gpt-5.5" },
    { signal: controller.signal },
  );
  for await (const { content } of stream) {
    process.stdout.write(content);
    if (content.includes("three")) controller.abort();
  }
} catch (error) {
  if (!isAbortError(error)) throw error;
  console.log("\nstopped");
}
