import { createClient, tool } from "fetchat";

const client = createClient({ env: process.env });

const level = tool({
  name: "get_level",
  description: "Level of a river",
  parameters: { type: "object", properties: { river: { type: "string" } }, required: ["river"] },
  execute: ({ river }) => `${river}: 2.4 m`,
});

const chat = client.newChatSession({ model: "gpt-5.5", tools: [level] });
console.log(await chat.send("How high is the Rhine?"));
console.log(chat.messages.length);
