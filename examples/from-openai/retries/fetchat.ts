import { createClient, textOf } from "fetchat";

const client = createClient({ env: process.env, maxRetries: 0 });

const completion = await client.chat([{ role: "user", content: "Hello" }], { model: "gpt-5.5" }, { maxRetries: 5 });

console.log(textOf(completion));
