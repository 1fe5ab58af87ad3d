// The standard deviation of some numbers, by a model that can calculate only with tool calls. The session runs them: it
// checks arguments by their schemas, reports errors to the model, and runs the calls of one answer concurrently.
import { createClient, strict, tool } from "fetchat";
import { z } from "zod";

const pair = strict(z.object({ a: z.number(), b: z.number() }));
const tools = [
  tool({ name: "add", description: "a + b", parameters: pair, execute: ({ a, b }) => a + b }),
  tool({ name: "subtract", description: "a - b", parameters: pair, execute: ({ a, b }) => a - b }),
  tool({ name: "multiply", description: "a * b", parameters: pair, execute: ({ a, b }) => a * b }),
  tool({ name: "divide", description: "a / b", parameters: pair, execute: ({ a, b }) => a / b }),
  tool({
    name: "sum",
    description: "All the numbers added up",
    parameters: strict(z.object({ numbers: z.array(z.number()) })),
    execute: ({ numbers: all }) => all.reduce((one, other) => one + other, 0),
  }),
  tool({
    name: "sqrt",
    description: "The square root of x",
    parameters: strict(z.object({ x: z.number() })),
    execute: ({ x }) => Math.sqrt(x),
  }),
];

const numbers = process.argv.length > 2 ? process.argv.slice(2) : ["4", "8", "15", "16", "23", "42"];
const client = createClient({ apiKey: process.env["OPENAI_API_KEY"], baseURL: process.env["OPENAI_BASE_URL"] });
const chat = client.newChatSession({ tools, maxSteps: 40 });

const question = `Use the tools alone to work out the standard deviation of the population ${numbers.join(", ")}.`;
for await (const event of await chat.stream(question)) {
  if (event.type === "tool_result" && event.outcome.call.type === "function") {
    const { name, arguments: text } = event.outcome.call.function;
    console.log(`${name} ${text} = ${String(event.outcome.content)}`);
  }
  process.stdout.write(event.content);
}
process.stdout.write("\n");
