import { createClient, strict, tool } from "fetchat";
import { outputCalls, streamResponse } from "fetchat/responses";
import { z } from "zod";

const client = createClient({ env: process.env });

const level = tool({ name: "get_level", parameters: strict(z.object({ river: z.string() })) });

const stream = await streamResponse(client, "How high is the Rhine?", { model: "gpt-5.5", tools: [level] });
for await (const { raw: event } of stream) {
  if (event.type === "response.function_call_arguments.delta") console.log(event.delta);
}

for (const call of outputCalls(await stream.final())) {
  if (call.type === "function_call") console.log(call.name, call.arguments);
}
