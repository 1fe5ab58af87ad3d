import { openAsBlob } from "node:fs";
import { createClient } from "fetchat";
import { deleteFile, fileContent, uploadFile } from "fetchat/media";

const client = createClient({ env: process.env });

const rivers = await openAsBlob(new URL("../rivers.jsonl", import.meta.url));
const file = await uploadFile(client, rivers, { purpose: "batch" }, { filename: "rivers.jsonl" });
console.log(file.filename, file.bytes);

const bytes = new TextEncoder().encode("Rhine, Rhone, Danube");
const other = await uploadFile(client, bytes, { purpose: "user_data" }, { filename: "rivers.txt" });
console.log(other.filename, other.bytes);

const content = await fileContent(client, other.id);
console.log(await content.text());
await deleteFile(client, other.id);
