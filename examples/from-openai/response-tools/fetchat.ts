import { createClient, strict, tool } from "fetchat";
import { responses } from "fetchat/responses";
import { z } from "zod";

const client = createClient({ env: process.env });

const level = tool({
  name: "get_level",
  description: "Level of a river",
  parameters: strict(z.object({ river: z.string() })),
  execute: ({ river }) => `${river}: 2.4 m`,
});

const chat = client.newChatSession({ api: responses(), model: "gpt-5.5", tools: [level] });
console.log(await chat.send("How high is the Rhine?"));
