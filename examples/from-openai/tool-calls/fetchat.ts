import { createClient, type FunctionTool } from "fetchat";

const client = createClient({ env: process.env });

const level: FunctionTool = {
  type: "function",
  function: {
    name: "get_level",
    description: "Level of a river",
    parameters: { type: "object", properties: { river: { type: "string" } }, required: ["river"] },
  },
};

const chat = client.newChatSession({ model: "gpt-5.5", tools: [level] });
let answer = await chat.send("How high is the Rhine?");
while (typeof answer !== "string") {
  const results = (answer.tool_calls ?? []).map((call) => {
    const { river } = JSON.parse(call.type === "function" ? call.function.arguments : "{}") as { river: string };
    return { role: "tool" as const, tool_call_id: call.id, content: `${river}: 2.4 m` };
  });
  answer = await chat.send(results);
}
console.log(answer);
