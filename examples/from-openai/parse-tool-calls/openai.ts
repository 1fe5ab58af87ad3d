import OpenAI from "openai";
import { zodFunction } from "openai/helpers/zod";
import { z } from "zod";

const client = new OpenAI();

const Query = z.object({ table: z.enum(["rivers", "lakes"]), columns: z.array(z.string()) });

const completion = await client.chat.completions.parse({
  model: "gpt-5.5",
  messages: [{ role: "user", content: "Which rivers are longer than 1000 km?" }],
  tools: [zodFunction({ name: "query", parameters: Query })],
});

const call = completion.choices[0]?.message.tool_calls?.[0];
if (call?.type === "function") {
  const { table, columns } = call.function.parsed_arguments as z.infer<typeof Query>;
  console.log(table, columns);
}
