import { setTimeout } from "node:timers/promises";
import { createClient } from "fetchat";
import { uploadFile } from "fetchat/media";
import { addVectorStoreFile, createVectorStore, searchVectorStore, vectorStoreFile } from "fetchat/vector-stores";

const client = createClient({ env: process.env });

const store = await createVectorStore(client, { name: "Rivers" });
const content = new File(["The Rhine is 1,230 km long."], "rhine.txt");
const file = await uploadFile(client, content, { purpose: "assistants" });
await addVectorStoreFile(client, store.id, file.id);
while ((await vectorStoreFile(client, store.id, file.id)).status === "in_progress") await setTimeout(5_000);

const { data } = await searchVectorStore(client, store.id, "How long is the Rhine?");
console.log(data[0]?.filename, data[0]?.content[0]?.text);
