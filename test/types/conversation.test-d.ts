/* eslint @typescript-eslint/no-unused-vars: off -- values stand here for their types */
// Checked by tsc alone: what is marked must not compile, and everything else must.
import { chatCompletions, tool, trimMessages } from "../../src/index.ts";
import type {
  AnswerMessage,
  ChatCompletion,
  ChatSession,
  Conversation,
  FunctionTool,
  OpenAI,
  Step,
  Turn,
} from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import type { ResponseObject } from "../../src/responses/index.ts";

declare const client: OpenAI;
const weather = tool({ name: "weather", execute: () => "rain" });
const hand: FunctionTool = { type: "function", function: { name: "hand" } };
const search = { type: "web_search" as const };

// With tools that the session or the provider runs, an answer is text.
const thinker = client.newChatSession({ api: responses(), tools: [weather] });
const mixed = client.newChatSession({ api: responses(), tools: [weather, search] });
const inline = client.newChatSession({
  tools: [weather, { type: "web_search", user_location: { type: "approximate" } }],
});
const byHand = client.newChatSession({ tools: [weather, hand] });
export const texts: string[] = [
  await thinker.send("x", { reasoning_effort: "medium" }),
  await mixed.send("x"),
  await inline.send("x"),
];
// @ts-expect-error the caller runs calls of a tool without execute
export const text: string = await byHand.send("x");
export const either: string | AnswerMessage = await byHand.send("x");

// Fields may change between turns, the API among them.
thinker.api = responses({ state: "server", include: ["reasoning.encrypted_content"] });
thinker.api = chatCompletions;
thinker.api = undefined;
thinker.tools = [weather, search];
byHand.tools = [hand, search];
// @ts-expect-error a session that runs all its tools takes no other
thinker.tools = [hand];
export const plain: ChatSession = thinker;
// @ts-expect-error a session that returns calls is none whose answers are text
export const narrow: ChatSession = byHand;

// Options of one turn.
void thinker.send("x", {}, { api: responses({ include: ["file_search_call.results"] }), keepInput: false });
void thinker.send("x", {}, { onChunk: ({ raw }) => ("choices" in raw ? raw.choices : raw.type) });
void thinker.stream("x", {}, { keepInput: false });
// @ts-expect-error a stream has its events
void thinker.stream("x", {}, { onChunk: () => undefined });
// @ts-expect-error params of the Responses API alone belong to responses()
void thinker.send("x", { include: ["x"] });
// @ts-expect-error a misspelt option
void thinker.send("x", {}, { keepInputs: false });
// Input items of the Responses API.
void thinker.send({ type: "mcp_approval_response", approval_request_id: "a", approve: true });
void thinker.send([
  { role: "user", content: "x" },
  { type: "function_call_output", call_id: "a", output: "x" },
]);

// prepareStep
client.newChatSession({
  tools: [weather, hand],
  prepareStep: ({ messages, step, model }) => ({
    messages: trimMessages(messages, { tokens: 1_000 }),
    ...(step > 3 ? { tool_choice: "none" as const } : {}),
    model: `${model}-mini`,
    api: responses(),
    tools: [weather, search],
  }),
});
client.newChatSession({ prepareStep: () => undefined });
client.newChatSession({ prepareStep: () => Promise.resolve({ temperature: 0 }) });
// @ts-expect-error a misspelt param
client.newChatSession({ prepareStep: () => ({ temperatur: 0 }) });
// @ts-expect-error an option is no param
client.newChatSession({ prepareStep: () => ({ signal: null }) });

// One interface for whatever can send and stream.
export async function ui(conversation: Conversation): Promise<void> {
  for await (const event of await conversation.stream("x")) if (event.type === "text") console.log(event.chunk.content);
  const answer = await conversation.send("x");
  console.log(typeof answer === "string" ? answer : answer.content);
  if (conversation.pending.length > 0) await conversation.approve();
}
await ui(thinker);
await ui(byHand);

// Turns and steps are in chat's form, and have the API's own answer.
declare const turn: Turn;
const [step] = turn.steps;
export const content: string | null | undefined = step?.message.content;
export const tokens: number | undefined = step?.usage?.prompt_tokens;
export const raw: ChatCompletion | ResponseObject | undefined = step?.raw;
// @ts-expect-error the answer is in raw
export const completion: unknown = (step as Step).completion;
