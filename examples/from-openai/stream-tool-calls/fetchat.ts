import { createClient } from "fetchat";

const client = createClient({ env: process.env });

const stream = await client.streamChat([{ role: "user", content: "How high is the Rhine?" }], {
  model: "gpt-5.5",
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
  for (const call of chunk.calls) console.log(call.index, call.arguments);
}

const completion = await stream.final();
for (const call of completion.choices[0]?.message.tool_calls ?? []) {
  if (call.type === "function") console.log(call.function.name, call.function.arguments);
}
