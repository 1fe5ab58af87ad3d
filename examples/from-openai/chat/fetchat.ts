import { createClient, textOf } from "fetchat";

const client = createClient({ env: process.env });

const completion = await client.chat(
  [
    { role: "developer", content: "Answer in one sentence." },
    { role: "user", content: "Why is the sky blue?" },
  ],
  { model: "gpt-5.5" },
);

console.log(textOf(completion));
