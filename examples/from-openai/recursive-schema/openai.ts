import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

interface UI {
  type: "div" | "button" | "field";
  label: string;
  children: UI[];
}
const UI: z.ZodType<UI> = z.lazy(() =>
  z.object({ type: z.enum(["div", "button", "field"]), label: z.string(), children: z.array(UI) }),
);

const completion = await client.chat.completions.parse({
  model: "gpt-5.5",
  messages: [
    { role: "system", content: "You make forms." },
    { role: "user", content: "A login form." },
  ],
  response_format: zodResponseFormat(UI, "ui"),
});

console.dir(completion.choices[0]?.message.parsed, { depth: 5 });
