import OpenAI from "openai";
import { zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const River = z.object({ name: z.string(), countries: z.array(z.string()) });

const response = await client.responses.parse({
  model: "gpt-5.5",
  input: "Describe the Rhine.",
  text: { format: zodTextFormat(River, "river") },
});

console.log(response.output_parsed?.countries.length);
