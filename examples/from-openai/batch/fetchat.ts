import { openAsBlob } from "node:fs";
import { createClient } from "fetchat";
import { batch, createBatch } from "fetchat/batches";
import { fileContent, uploadFile } from "fetchat/media";

const client = createClient({ env: process.env });

const rivers = await openAsBlob(new URL("../rivers.jsonl", import.meta.url));
const file = await uploadFile(client, rivers, { purpose: "batch" }, { filename: "rivers.jsonl" });
const { id } = await createBatch(client, file.id, { endpoint: "/v1/chat/completions" });

const now = await batch(client, id);
console.log(now.status, now.request_counts?.completed);
if (now.output_file_id) console.log(await (await fileContent(client, now.output_file_id)).text());
