import { createClient, extra, textOf } from "fetchat";

const client = createClient({ env: process.env });

const river = await client.request<{ name: string }>("/rivers?lang=en", { near: "Basel" });
console.log(river.name);

const completion = await client.chat(
  [{ role: "user", content: "Hello" }],
  extra({ model: "gpt-5.5" }, { river: "Rhine" }),
);
console.log(textOf(completion));
