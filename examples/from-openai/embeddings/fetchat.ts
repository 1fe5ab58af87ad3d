import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const { data } = await client.embedding(["a river", "a mountain"], { model: "text-embedding-3-small" });
console.log(data.length, data[0]?.embedding.length);
