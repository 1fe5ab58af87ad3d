// The standard deviation of some numbers, by a model that can calculate only with function calls. Uses the legacy
// `functions`: this file runs every call and handles its errors.
import { createClient } from "fetchat";

type Args = Readonly<Record<string, unknown>>;

const x = { type: "number" };
const pair = { type: "object", properties: { a: x, b: x }, required: ["a", "b"] };
const single = { type: "object", properties: { x }, required: ["x"] };
const list = { type: "object", properties: { numbers: { type: "array", items: x } }, required: ["numbers"] };

const known: Readonly<
  Record<string, { description: string; parameters: Record<string, unknown>; run: (args: Args) => number }>
> = {
  add: { description: "a + b", parameters: pair, run: ({ a, b }) => number(a) + number(b) },
  subtract: { description: "a - b", parameters: pair, run: ({ a, b }) => number(a) - number(b) },
  multiply: { description: "a * b", parameters: pair, run: ({ a, b }) => number(a) * number(b) },
  divide: { description: "a / b", parameters: pair, run: ({ a, b }) => number(a) / number(b) },
  sum: {
    description: "All the numbers added up",
    parameters: list,
    run: ({ numbers }) => numbersOf(numbers).reduce((one, other) => one + other, 0),
  },
  sqrt: { description: "The square root of x", parameters: single, run: (args) => Math.sqrt(number(args["x"])) },
};

const numbers = process.argv.length > 2 ? process.argv.slice(2) : ["4", "8", "15", "16", "23", "42"];
const client = createClient({ apiKey: process.env["OPENAI_API_KEY"], baseURL: process.env["OPENAI_BASE_URL"] });
const chat = client.newChatSession({
  functions: Object.entries(known).map(([name, { description, parameters }]) => ({ name, description, parameters })),
});

let answer = await chat.send(
  `Use the functions alone to work out the standard deviation of the population ${numbers.join(", ")}.`,
);
for (let calls = 0; typeof answer !== "string"; calls++) {
  if (calls === 100) throw new Error("The model calls functions without end.");
  const { name = "", arguments: text = "" } = answer.function_call ?? {};
  const content = resultOf(name, text);
  console.log(`${name} ${text} = ${content}`);
  answer = await chat.send({ role: "function", name, content });
}
console.log(answer);

/** Runs a call. Errors are returned to the model, which may correct them. */
function resultOf(name: string, text: string): string {
  try {
    if (!Object.hasOwn(known, name)) throw new Error(`There is no function ${name}.`);
    return String(known[name]?.run(JSON.parse(text) as Args));
  } catch (error) {
    return `Error: ${(error as Error).message}`;
  }
}

function number(value: unknown): number {
  if (typeof value !== "number") throw new TypeError(`Expected a number, got ${JSON.stringify(value)}.`);
  return value;
}

function numbersOf(value: unknown): number[] {
  if (!Array.isArray(value)) throw new TypeError(`Expected numbers, got ${JSON.stringify(value)}.`);
  return value.map(number);
}
