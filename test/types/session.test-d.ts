/* eslint @typescript-eslint/no-unused-vars: off, @typescript-eslint/no-unsafe-return: off -- values stand here for their types */
// Checked by tsc alone: what is marked must not compile, and everything else must.
import { toStandardJsonSchema } from "@valibot/to-json-schema";
import * as valibot from "valibot";
import { z } from "zod";
import type {
  AnswerMessage,
  ChatParams,
  ChatSession,
  FunctionTool,
  HandTool,
  HeldAnswer,
  Message,
  OpenAI,
  RunTool,
  Turn,
  TurnEvent,
} from "../../src/index.ts";
import { extra, tool } from "../../src/index.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(holds: Same<A, B>): void;
type Given<P extends Promise<unknown>> = Awaited<P>;

declare const client: OpenAI;
declare const messages: Message[];
declare const params: ChatParams & { brand_new_field: number };
const hand: FunctionTool = { type: "function", function: { name: "hand" } };
const run = tool({
  name: "run",
  parameters: z.object({ city: z.string(), days: z.number().optional() }),
  execute: ({ city }) => city,
});
const other = tool({ name: "other", execute: () => 1 });

// `send` gives text where every tool runs, else text or the message with the calls.
const plain = client.newChatSession();
const toolless = client.newChatSession({ model: "m", messages });
const running = client.newChatSession({ tools: [run, other], maxSteps: 3, maxParallelTools: 2 });
const byHand = client.newChatSession({ tools: [hand] });
const mixed = client.newChatSession({ tools: [run, hand] });
const literal = client.newChatSession({ tools: [{ type: "function", function: { name: "x" } }] });
const legacy = client.newChatSession({ functions: [{ name: "f", parameters: {} }] });
const legacyToo = client.newChatSession({ tools: [run], functions: [{ name: "f" }] });
const empty = client.newChatSession({ tools: [] });
const sends = {
  plain: plain.send("x"),
  toolless: toolless.send("x"),
  running: running.send("x"),
  byHand: byHand.send("x"),
  mixed: mixed.send("x"),
  literal: literal.send("x"),
  legacy: legacy.send("x"),
  legacyToo: legacyToo.send("x"),
  empty: empty.send("x"),
};
type Sent = { [K in keyof typeof sends]: Given<(typeof sends)[K]> };
type Either = string | AnswerMessage;
same<
  Sent,
  {
    plain: string;
    toolless: string;
    running: string;
    byHand: Either;
    mixed: Either;
    literal: Either;
    legacy: Either;
    legacyToo: Either;
    empty: string;
  }
>(true);
const responses = {
  running: running.generateResponse(),
  byHand: byHand.generateResponse({}, { signal: null }),
  held: running.generateResponse({}, { append: false }),
};
same<
  { [K in keyof typeof responses]: Given<(typeof responses)[K]> },
  { running: string; byHand: Either; held: Either }
>(true);

// Fields may be changed between turns.
running.tools = [other];
running.tools = undefined;
running.model = "m";
running.temperature = null;
byHand.tools = [];
mixed.tools = [other];
legacy.functions = [{ name: "g" }];
literal.tools = [
  hand,
  other,
  { type: "function", function: { name: "y", description: "Y" } },
  { type: "custom", custom: { name: "z" } },
];
empty.tools = [other];
running.messages = messages;
// @ts-expect-error a session whose tools all run takes no other
running.tools = [hand];
// @ts-expect-error functions were not declared when the session was made
plain.functions = [{ name: "f" }];

// Params are the API's. A field that the types do not know goes through extra(), so that a misspelt one does not compile.
void client.chat(messages, extra({ model: "m" }, { brand_new_field: 1 }));
void client.streamChat(messages, extra({ model: "m" }, { brand_new_field: { deep: true } }));
// @ts-expect-error a misspelt param
void client.chat(messages, { model: "m", temperatur: 1 });
// @ts-expect-error misspelt beside an extra field
void client.chat(messages, extra({ temperatur: 1 }, { brand_new_field: 1 }));
void client.chat(messages, params);
void running.send("x", { temperature: 0, tool_choice: "required", parallel_tool_calls: false });
// @ts-expect-error a misspelt param of a turn
void running.send("x", { temperatur: 0 });
// @ts-expect-error a misspelt param of a turn
void running.generateResponse({ seeed: 1 });
// @ts-expect-error a misspelt param of a turn
void running.stream("x", { seeed: 1 });
void running.stream();
void client.chat(
  messages,
  { model: undefined, temperature: undefined },
  { signal: undefined, timeout: undefined, onChunk: undefined },
);

// Params and options do not mix.
const signal = new AbortController().signal;
// @ts-expect-error an option among the params
void client.chat(messages, { signal });
// @ts-expect-error an option among the params
void client.chat(messages, { model: "m", timeout: 5 });
// @ts-expect-error an option among the params
void client.streamChat(messages, { model: "m", maxRetries: 5 });
// @ts-expect-error a param among the options
void client.chat(messages, {}, { model: "m" });
// @ts-expect-error a param among the options
void client.chat(messages, {}, { signal, temperature: 0 });
// @ts-expect-error an option among the params
void running.send("x", { onChunk: () => undefined });
// @ts-expect-error an option among the params
void running.send("x", { model: "m", headers: {} });
// @ts-expect-error an option among the params
void running.generateResponse({ append: false });
// @ts-expect-error a param among the options
void running.send("x", {}, { temperature: 0 });
// @ts-expect-error tools are changed on the session
void running.send("x", { tools: [other] });
// @ts-expect-error an option among a session's standing params
client.newChatSession({ model: "m", signal });
// @ts-expect-error streamChat() streams
void client.chat(messages, { stream: true });
// @ts-expect-error a stream has no onChunk
void running.stream("x", {}, { onChunk: () => undefined });
// @ts-expect-error send() always appends
void running.send("x", {}, { append: false });
// @ts-expect-error a wrong type of a known field
void running.send("x", { temperature: "hot" });

// Input: a text, a message, several.
void running.send({ role: "user", content: [{ type: "text", text: "x" }] });
void running.send([
  { role: "tool", tool_call_id: "a", content: "1" },
  { role: "tool", tool_call_id: "b", content: "2" },
]);
// @ts-expect-error no such role
void running.send({ role: "bot", content: "x" });

// Arguments are inferred.
tool({
  name: "t",
  parameters: z.object({ n: z.number(), list: z.array(z.string()) }),
  execute: (args, { signal: own, toolCallId, messages: before }) => {
    same<typeof args, { n: number; list: string[] }>(true);
    same<[typeof own, typeof toolCallId, typeof before], [AbortSignal, string, readonly Message[]]>(true);
  },
});
tool({
  name: "t",
  parameters: toStandardJsonSchema(valibot.object({ n: valibot.number() })),
  execute: (args) => same<typeof args, { n: number }>(true),
});
tool<{ n: number }>({ name: "t", parameters: { type: "object" }, timeout: 1_000, execute: ({ n }) => n });
tool({ name: "t", execute: async () => undefined });
// @ts-expect-error a bare valibot schema carries no JSON Schema
tool({ name: "t", parameters: valibot.object({ n: valibot.number() }), execute: () => 1 });
// @ts-expect-error there is no such argument
tool({ name: "t", parameters: z.object({ n: z.number() }), execute: ({ m }) => m });
const declared = tool({ name: "t", parameters: z.object({ n: z.number() }) });
same<typeof declared.execute, undefined>(true);
const asked = client.newChatSession({ tools: [declared] }).send("x");
same<Awaited<typeof asked>, Either>(true);
// @ts-expect-error only a tool that runs waits for approval
tool({ name: "t", needsApproval: true });
// @ts-expect-error only a tool that runs has a time limit
tool({ name: "t", timeout: 1_000 });
same<typeof run, RunTool>(true);
void client.chat(messages, { tools: [run, hand] });

// Events.
declare const event: TurnEvent;
same<typeof event.content, string>(true);
if (event.type === "tool_call_delta")
  same<
    [typeof event.index, typeof event.id, typeof event.name, typeof event.arguments],
    [number, string, string, string]
  >(true);
if (event.type === "reasoning") same<typeof event.reasoning, string>(true);
// @ts-expect-error only a text has new text
if (event.type === "chunk") event.content satisfies "x";
async function read(): Promise<void> {
  const stream = await running.stream("x");
  for await (const one of stream) same<typeof one, TurnEvent>(true);
  same<[Given<ReturnType<typeof stream.final>>, typeof stream.partial], [Turn, HeldAnswer]>(true);
}
void read;

// A session may be named by its kinds.
declare function keep(session: ChatSession): void;
keep(running);
declare function keepHand(session: ChatSession<HandTool>): void;
keepHand(byHand);
