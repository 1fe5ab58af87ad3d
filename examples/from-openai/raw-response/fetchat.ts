import { createClient, httpInfo } from "fetchat";

const client = createClient({ env: process.env });
const messages = [{ role: "user" as const, content: "Hello" }];

const raw = await client.fetch("/chat/completions", {
  body: JSON.stringify({ model: "gpt-5.5", messages }),
  headers: { "content-type": "application/json" },
});
console.log(raw.status, raw.headers.get("content-type"));
console.log(Object.keys((await raw.json()) as object));

const completion = await client.chat(messages, { model: "gpt-5.5" });
console.log(completion.choices.length, httpInfo(completion)?.headers.get("x-ratelimit-remaining-requests"));
