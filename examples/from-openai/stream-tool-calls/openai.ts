import OpenAI from "openai";

const client = new OpenAI();

const stream = client.chat.completions.stream({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "How high is the Rhine?" }],
  tools: [
    {
      type: "function",
      function: {
        name: "get_level",
        description: "Level of a river",
        parameters: { type: "object", properties: { river: { type: "string" } }, required: ["river"] },
      },
    },
  ],
});

for await (const chunk of stream) {
  for (const call of chunk.choices[0]?.delta.tool_calls ?? []) console.log(call.index, call.function?.arguments);
}

const message = await stream.finalMessage();
for (const call of message.tool_calls ?? []) {
  if (call.type === "function") console.log(call.function.name, call.function.arguments);
}
