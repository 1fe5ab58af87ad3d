import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const completion = await client.chat(
  [{ role: "user", content: "Tell me a short story." }],
  { model: "gpt-5.5" },
  { onChunk: (chunk) => process.stdout.write(chunk.content) },
);

console.log(`\n${completion.choices[0]?.finish_reason}, ${completion.usage?.total_tokens} tokens`);
