import { createClient, strict, tool } from "fetchat";
import { z } from "zod";

const client = createClient({ env: process.env });

const Query = z.object({ table: z.enum(["rivers", "lakes"]), columns: z.array(z.string()) });

const completion = await client.chat([{ role: "user", content: "Which rivers are longer than 1000 km?" }], {
  model: "gpt-5.5",
  tools: [tool({ name: "query", parameters: strict(Query) })],
});

const call = completion.choices[0]?.message.tool_calls?.[0];
if (call?.type === "function") {
  const { table, columns } = Query.parse(JSON.parse(call.function.arguments));
  console.log(table, columns);
}
