import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const chat = client.newChatSession({
  model: "gpt-5.5",
  messages: [{ role: "developer", content: "Answer in one sentence." }],
});

for (const question of ["Why is the sky blue?", "And at dusk?"]) {
  console.log(await chat.send(question));
}

console.log(chat.messages.length);
