import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const Solution = z.object({ steps: z.array(z.string()), answer: z.string() });

const stream = client.chat.completions.stream({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Solve 8x + 31 = 2." }],
  response_format: zodResponseFormat(Solution, "solution"),
});

let known = 0;
stream.on("content.delta", ({ parsed }) => {
  const { steps = [] } = (parsed ?? {}) as Partial<z.infer<typeof Solution>>;
  if (steps.length > known) console.log(`step ${(known = steps.length)}`);
});

const completion = await stream.finalChatCompletion();
console.log(completion.choices[0]?.message.parsed?.answer);
