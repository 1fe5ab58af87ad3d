import { createClient, model } from "fetchat";

const client = createClient({ env: process.env });

for await (const { id } of await client.models()) console.log(id);

const known = await model(client, "gpt-6-luna");
console.log(known.id, known.owned_by);
