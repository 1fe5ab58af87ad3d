import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const stream = await client.streamChat([{ role: "user", content: "Tell me a short story." }], { model: "gpt-5.5" });

for await (const chunk of stream) {
  process.stdout.write(chunk.content);
}
