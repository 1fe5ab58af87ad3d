import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const runner = client.chat.completions
  .runTools({
    model: "gpt-5.5",
    stream: true,
    messages: [
      { role: "system", content: "Look levels up before you answer." },
      { role: "user", content: "How high is the Rhine?" },
    ],
    tools: [
      zodFunction({
        name: "get_level",
        description: "Level of a river",
        parameters: z.object({ river: z.enum(["Rhine", "Rhone"]) }),
        function: ({ river }) => ({ river, meters: 2.4 }),
      }),
    ],
  })
  .on("functionToolCall", (call) => console.log(call.name, call.arguments))
  .on("functionToolCallResult", (result) => console.log(result))
  .on("content", (delta) => process.stdout.write(delta));

await runner.done();
