import fc from "fast-check";
import { createClient, isAbortError, OpenAIError, parseMessages, tool } from "../../src/index.ts";
import type { ChatSession, HandTool, RunTool, SavedChat } from "../../src/index.ts";
import { faultOfHistory, faultOfRequest } from "../support/historyRules.ts";
import { ANSWERS } from "./sessionCorpus.ts";
import type { JSONValue } from "./sessionCorpus.ts";

/** One run: which answers come, what is changed in them, and how they are asked for. */
interface Plan {
  readonly answers: readonly { readonly which: number; readonly changes: readonly Change[] }[];
  readonly mode: "whole" | "onChunk" | "events" | "response";
  readonly tools: "run" | "hand" | "approval" | "functions" | "none";
}

/** A value that takes the place of the value at one of an answer's places. */
interface Change {
  readonly place: number;
  readonly value: JSONValue;
}

/** A value of JSON that is nested deeper than engines can write. */
const DEEP = "\u0000deep";
const hostile = fc.constantFrom<JSONValue>(
  null,
  "",
  "\ud800",
  0,
  -1,
  1e308,
  [],
  {},
  [null],
  [[]],
  [{}],
  { type: "text" },
  { type: 5 },
  { toString: 1 },
  { toJSON: "x" },
  JSON.parse('{"__proto__":{"x":1}}') as JSONValue,
  [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }],
  [{ id: "a", function: { name: "look", arguments: "{}" } }],
  "tool_calls",
  "stop",
  "x".repeat(300),
  DEEP,
);
const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  value: fc.oneof(hostile, fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JSONValue>),
});
const plan: fc.Arbitrary<Plan> = fc.record({
  answers: fc.array(fc.record({ which: fc.nat(), changes: fc.array(change, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
  mode: fc.constantFrom("whole", "onChunk", "events", "response"),
  tools: fc.constantFrom("run", "hand", "approval", "functions", "none"),
});

/** All places of a value, each by the keys that lead to it. */
function placesOf(value: JSONValue, above: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [above];
  return [above, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...above, key]))];
}

function changed(value: JSONValue, [key, ...rest]: readonly string[], by: JSONValue): JSONValue {
  if (key === undefined || typeof value !== "object" || value === null) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, JSONValue>;
  copy[key] = changed(copy[key] ?? null, rest, by);
  return copy;
}

function mutated(answer: JSONValue, changes: readonly Change[]): string {
  let value = answer;
  for (const { place, value: by } of changes) {
    const places = placesOf(value);
    value = changed(value, places[place % places.length] ?? [], by);
  }
  return JSON.stringify(value).replaceAll(JSON.stringify(DEEP), `${"[".repeat(5_000)}${"]".repeat(5_000)}`);
}

function responseOf({ which, changes }: Plan["answers"][number]): Response {
  const answer = ANSWERS[which % ANSWERS.length];
  if (!answer) throw new Error("no answers");
  if (!answer.events) return new Response(mutated(answer.whole, changes), { headers: JSON_TYPE });
  const events = mutated(answer.events, changes);
  const parsed: unknown = JSON.parse(events);
  const list = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  const data = list.map((event) => `data: ${write(event)}\n\n`).join("");
  return new Response(`${data}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
}

/** Writes what was parsed, also where it is too deep for the engine. */
function write(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return `{"choices":[{"index":0,"delta":{"content":"x","extra":${"[".repeat(5_000)}${"]".repeat(5_000)}}}]}`;
  }
}

const JSON_TYPE = { "content-type": "application/json" };
const FINE = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "fine" }, finish_reason: "stop" }],
};

const look = tool({ name: "look", parameters: { type: "object" }, execute: () => "seen" });
const pay = tool({ name: "look", needsApproval: true, execute: () => "paid" });
const hand: HandTool = { type: "function", function: { name: "look" } };
const sets = {
  run: { tools: [look] },
  approval: { tools: [pay] },
  hand: { tools: [hand] },
  functions: { functions: [{ name: "look" }] },
  none: {},
};
type AnySession = ChatSession<RunTool | HandTool>;

async function take(chat: AnySession, mode: Plan["mode"]): Promise<void> {
  if (mode === "whole") await chat.send("go");
  else if (mode === "onChunk") await chat.send("go", {}, { onChunk: () => undefined });
  else {
    const stream = await chat.stream("go");
    if (mode === "response") await stream.toResponse().text();
    else await stream.final();
  }
}

/** Holds one run to what must be true after any answer. @throws Error that says what was not */
async function check({ answers, mode, tools }: Plan): Promise<void> {
  const queue = [...answers];
  const faults: string[] = [];
  const client = createClient({
    apiKey: "k",
    maxRetries: 0,
    fetch: (_url, init) => {
      const { messages } = JSON.parse(init.body as string) as { messages: unknown };
      const fault = faultOfRequest(messages);
      if (fault) faults.push(`a request was refused: ${fault}`);
      const next = queue.shift();
      return Promise.resolve(next ? responseOf(next) : new Response(JSON.stringify(FINE), { headers: JSON_TYPE }));
    },
  });
  const chat = client.newChatSession<RunTool | HandTool>({ ...sets[tools], maxSteps: 3 } as never);
  try {
    await take(chat, mode);
  } catch (error) {
    if (!(error instanceof OpenAIError) && !isAbortError(error)) throw new Error("not a typed error", { cause: error });
    if (error instanceof OpenAIError && error.kind === "InputError")
      throw new Error("a send that was refused by our own checks", { cause: error });
  }
  const expect = (fault: string | undefined): void => {
    if (fault) faults.push(fault);
  };
  parseMessages(chat.messages);
  expect(faultOfHistory(chat.messages));
  const text = JSON.stringify(chat);
  const saved = JSON.parse(text) as SavedChat;
  const later = client.newChatSession<RunTool | HandTool>({ ...sets[tools], saved } as never);
  if (JSON.stringify(later) !== text) faults.push("the restored session is another");
  queue.length = 0;
  for (const one of [chat, later]) {
    const answer = await one.send("and now?");
    if (answer !== "fine") faults.push(`the next answer is ${JSON.stringify(answer)}`);
  }
  if (faults.length > 0) throw new Error(faults.join("; "));
}

/**
 * Drives sessions with realistic answers in which any value of JSON stands at any place. Runs wherever the package does.
 *
 * @param runs how many sessions
 * @param seed makes the runs the same again
 * @throws Error with the smallest plan that fails
 */
export async function checkAnyAnswer(runs: number, seed?: number): Promise<void> {
  await fc.assert(fc.asyncProperty(plan, check), { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}
