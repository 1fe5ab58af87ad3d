import { createReadStream } from "node:fs";
import OpenAI from "openai";

const client = new OpenAI();

const rivers = new URL("../rivers.jsonl", import.meta.url);
const file = await client.files.create({ file: createReadStream(rivers), purpose: "batch" });
const { id } = await client.batches.create({
  input_file_id: file.id,
  endpoint: "/v1/chat/completions",
  completion_window: "24h",
});

const batch = await client.batches.retrieve(id);
console.log(batch.status, batch.request_counts?.completed);
if (batch.output_file_id) console.log(await (await client.files.content(batch.output_file_id)).text());
