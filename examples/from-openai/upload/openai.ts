import { createReadStream } from "node:fs";
import OpenAI, { toFile } from "openai";

const client = new OpenAI();

const rivers = new URL("../rivers.jsonl", import.meta.url);
const file = await client.files.create({ file: createReadStream(rivers), purpose: "batch" });
console.log(file.filename, file.bytes);

const bytes = new TextEncoder().encode("Rhine, Rhone, Danube");
const other = await client.files.create({ file: await toFile(bytes, "rivers.txt"), purpose: "user_data" });
console.log(other.filename, other.bytes);

const content = await client.files.content(other.id);
console.log(await content.text());
await client.files.delete(other.id);
