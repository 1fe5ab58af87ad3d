import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const River = z.object({ name: z.string(), countries: z.array(z.string()), length_km: z.number() });

const completion = await client.chat.completions.parse({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Describe the Rhine." }],
  response_format: zodResponseFormat(River, "river"),
});

const message = completion.choices[0]?.message;
if (message?.parsed) console.log(message.parsed.countries.length, message.parsed.length_km);
else console.log(message?.refusal);
