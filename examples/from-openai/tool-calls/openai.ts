import OpenAI from "openai";

const client = new OpenAI();

const level: OpenAI.Chat.ChatCompletionTool = {
  type: "function",
  function: {
    name: "get_level",
    description: "Level of a river",
    parameters: { type: "object", properties: { river: { type: "string" } }, required: ["river"] },
  },
};

const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: "user", content: "How high is the Rhine?" }];
for (;;) {
  const completion = await client.chat.completions.create({ model: "gpt-5.5", messages, tools: [level] });
  const message = completion.choices[0]?.message;
  if (message === undefined) throw new Error("no answer");
  messages.push(message);
  if (message.tool_calls === undefined) {
    console.log(message.content);
    break;
  }
  for (const call of message.tool_calls) {
    if (call.type !== "function") continue;
    const { river } = JSON.parse(call.function.arguments) as { river: string };
    messages.push({ role: "tool", tool_call_id: call.id, content: `${river}: 2.4 m` });
  }
}
