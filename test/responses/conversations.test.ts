/** Conversations over both APIs, and with the API, the service or the key changed after every turn. */
import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Api } from "../../src/conversation/apis/api.ts";
import { ChatSession, type Message, type SessionTool, tool, type TurnInput, type TurnParams } from "../../src/index.ts";
import { responses } from "../../src/responses/index.ts";
import { providers } from "../conformance/scenarios/providers.ts";
import { OUTPUTS } from "../support/responsesCorpus.ts";
import { type Spoken, type SpokenCall, World } from "../support/services.ts";

type Fields = Record<string, unknown>;

/** One thing that a program does in a conversation. */
type Step =
  | { readonly say: TurnInput; readonly params?: TurnParams }
  | { readonly approve: readonly string[]; readonly reject?: readonly string[] }
  | { readonly results: string }
  | { readonly edit: (messages: Message[]) => void };

interface Conversation {
  readonly name: string;
  readonly steps: readonly Step[];
  /** What the model says, request by request. */
  readonly answers: readonly Spoken[];
  /** How it begins. */
  readonly messages?: readonly Message[];
  readonly tools?: readonly SessionTool[];
}

const call = (name: string, text = "{}", id?: string, fields: Partial<SpokenCall> = {}): SpokenCall => ({
  name,
  text,
  ...(id !== undefined && { id }),
  ...fields,
});
const say = (words: TurnInput, params?: TurnParams): Step => ({ say: words, ...(params && { params }) });
const user = (content: string): Message => ({ role: "user", content });
const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,aGk=" } };

const TOOLS: readonly SessionTool[] = [
  tool({ name: "look", parameters: { type: "object" }, execute: () => "Rain" }),
  tool({ name: "get_weather", parameters: { type: "object" }, execute: () => "Rain" }),
  tool({
    name: "fail",
    execute: () => {
      throw new Error("no network");
    },
  }),
  tool({ name: "photo", execute: () => [{ type: "text", text: "Here" }, image] }),
  tool({ name: "pay", needsApproval: true, execute: () => "Paid" }),
  { type: "function", function: { name: "by_hand" } },
  { type: "custom", custom: { name: "code" } },
];

const MADE: readonly Conversation[] = [
  { name: "one text", steps: [say("Hi")], answers: [{ text: "Hello" }] },
  {
    name: "several turns",
    steps: [say("A"), say("B"), say("C")],
    answers: [{ text: "1" }, { text: "2" }, { text: "3" }],
  },
  {
    name: "instructions",
    messages: [{ role: "system", content: "Be brief" }],
    steps: [say("Hi")],
    answers: [{ text: "Yes" }],
  },
  {
    name: "a developer's parts",
    messages: [{ role: "developer", content: [{ type: "text", text: "Be brief" }] }],
    steps: [say("Hi")],
    answers: [{ text: "Yes" }],
  },
  { name: "a call", steps: [say("Weather?")], answers: [{ calls: [call("look")] }, { text: "Rain" }] },
  {
    name: "text before a call",
    steps: [say("Weather?"), say("Thanks")],
    answers: [{ text: "Let me see", calls: [call("look")] }, { text: "Rain" }, { text: "Sure" }],
  },
  {
    name: "parallel calls",
    steps: [say("Go"), say("On")],
    answers: [
      { calls: [call("look", "{}", "a"), call("photo", "{}", "b"), call("fail", "{}", "c")] },
      { text: "Done" },
      { text: "Yes" },
    ],
  },
  {
    name: "a call after a call",
    steps: [say("Go")],
    answers: [{ calls: [call("look", "{}", "a")] }, { calls: [call("look", "{}", "b")] }, { text: "Done" }],
  },
  {
    name: "an id that comes again",
    steps: [say("Go"), say("On")],
    answers: [
      { calls: [call("look", "{}", "a")] },
      { calls: [call("look", "{}", "a")] },
      { text: "Done" },
      { text: "Yes" },
    ],
  },
  {
    name: "long ids",
    steps: [say("Go"), say("On")],
    answers: [
      { calls: [call("look", "{}", "x".repeat(64)), call("look", "{}", "y".repeat(64))] },
      { text: "Done" },
      { text: "Yes" },
    ],
  },
  { name: "a tool that fails", steps: [say("Go")], answers: [{ calls: [call("fail")] }, { text: "Sorry" }] },
  {
    name: "an unknown tool",
    steps: [say("Go"), say("On")],
    answers: [{ calls: [call("nothing")] }, { text: "Sorry" }, { text: "Yes" }],
  },
  {
    name: "arguments that are no JSON",
    steps: [say("Go"), say("On")],
    answers: [{ calls: [call("look", "{oops")] }, { text: "Sorry" }, { text: "Yes" }],
  },
  {
    name: "no arguments",
    steps: [say("Go"), say("On")],
    answers: [{ calls: [call("look", "{}")] }, { text: "Rain" }, { text: "Yes" }],
  },
  {
    name: "approval given",
    steps: [say("Pay"), { approve: ["a"] }, say("On")],
    answers: [{ calls: [call("pay", "{}", "a")] }, { text: "Paid" }, { text: "Yes" }],
  },
  {
    name: "approval refused",
    steps: [say("Pay"), { approve: [], reject: ["a"] }],
    answers: [{ calls: [call("pay", "{}", "a")] }, { text: "As you like" }],
  },
  {
    name: "approval of one of two",
    steps: [say("Pay"), { approve: ["a"], reject: ["b"] }],
    answers: [{ calls: [call("pay", "{}", "a"), call("pay", "{}", "b")] }, { text: "Half" }],
  },
  {
    name: "approval left open",
    steps: [say("Pay"), say("Never mind")],
    answers: [{ calls: [call("pay", "{}", "a"), call("look", "{}", "b")] }, { text: "Fine" }],
  },
  {
    name: "images in a result",
    steps: [say("Look"), say("On")],
    answers: [{ calls: [call("photo")] }, { text: "A fjord" }, { text: "Yes" }],
  },
  {
    name: "an image of the user's",
    steps: [say({ role: "user", content: [{ type: "text", text: "See" }, image] }), say("On")],
    answers: [{ text: "A fjord" }, { text: "Yes" }],
  },
  {
    name: "a file of the user's",
    steps: [say({ role: "user", content: [{ type: "file", file: { file_id: "file_1" } }] }), say("On")],
    answers: [{ text: "Read" }, { text: "Yes" }],
  },
  {
    name: "sound of the user's",
    steps: [say({ role: "user", content: [{ type: "input_audio", input_audio: { data: "aGk=", format: "wav" } }] })],
    answers: [{ text: "Heard" }],
  },
  {
    name: "sound of the assistant's",
    messages: [
      user("Sing"),
      { role: "assistant", content: null, audio: { id: "audio_1", transcript: "La la", expires_at: 1 } },
    ],
    steps: [say("Again")],
    answers: [{ text: "La" }],
  },
  { name: "a refusal", steps: [say("Bad"), say("Good")], answers: [{ refusal: "No" }, { text: "Yes" }] },
  {
    name: "a cut answer",
    steps: [say("A story"), say("On")],
    answers: [{ text: "Once", cut: "length" }, { text: "upon" }],
  },
  {
    name: "a filtered answer",
    steps: [say("Bad"), say("On")],
    answers: [{ text: "Well", cut: "content_filter" }, { text: "Yes" }],
  },
  {
    name: "a cut call",
    steps: [say("Go"), say("On")],
    answers: [{ text: "So", calls: [call("look", '{"ci')], cut: "length" }, { text: "Yes" }],
  },
  {
    name: "a call for the program",
    steps: [say("Go"), { results: "42" }, say("On")],
    answers: [{ calls: [call("by_hand")] }, { text: "Done" }, { text: "Yes" }],
  },
  {
    name: "a call that the program leaves",
    steps: [say("Go"), say("Never mind")],
    answers: [{ calls: [call("by_hand")] }, { text: "Fine" }],
  },
  {
    name: "a custom call",
    steps: [say("Go"), { results: "1" }, say("On")],
    answers: [{ calls: [call("code", "print(1)", "a", { custom: true })] }, { text: "Done" }, { text: "Yes" }],
  },
  {
    name: "legacy functions",
    messages: [
      user("Weather?"),
      { role: "assistant", content: null, function_call: { name: "look", arguments: "{}" } },
      { role: "function", name: "look", content: "Rain" },
    ],
    steps: [say("On")],
    answers: [{ text: "Rain" }],
  },
  {
    name: "an edited answer",
    steps: [say("A"), { edit: (messages) => void Object.assign(messages[1]!, { content: "Other" }) }, say("B")],
    answers: [{ text: "1" }, { text: "2" }],
  },
  {
    name: "an edited question",
    steps: [say("A"), { edit: (messages) => void (messages[0] = user("Other")) }, say("B")],
    answers: [{ text: "1" }, { text: "2" }],
  },
  {
    name: "a turn taken out",
    steps: [say("A"), say("B"), { edit: (messages) => void messages.splice(0, 2) }, say("C")],
    answers: [{ text: "1" }, { text: "2" }, { text: "3" }],
  },
  {
    name: "a result taken out",
    steps: [say("A"), { edit: (messages) => void messages.splice(2, 1) }, say("B")],
    answers: [{ calls: [call("look")] }, { text: "1" }, { text: "2" }],
  },
  { name: "an answer without text", steps: [say("A"), say("B")], answers: [{}, { text: "2" }] },
  {
    name: "params",
    steps: [
      say("A", { max_completion_tokens: 99, verbosity: "low" }),
      say("B", { response_format: { type: "json_object" } }),
    ],
    answers: [{ text: "1" }, { text: "{}" }],
  },
];

/** Outputs of the Responses API, as OpenAI sends them, each with turns after it. */
const OUTPUT: readonly Conversation[] = Object.entries(OUTPUTS).map(([name, output]) => ({
  name: `recorded over the Responses API: ${name}`,
  steps: [say("Go"), say("On"), say("And?")],
  answers: [{ output }, { text: "Yes" }, { text: "Good" }, { text: "Well" }],
}));

/** What services that are nearly OpenAI sent as chat completions. */
const NEARLY: readonly Conversation[] = providers
  .filter(
    ({ ending, text, calls = [] }) => (ending === "complete" || ending === "tool_calls") && (text || calls.length > 0),
  )
  .map(({ name, text, calls = [] }) => ({
    name: `recorded from a service: ${name}`,
    steps: [say("Go"), say("On")],
    answers: [
      { text: text ?? "", calls: calls.map(([tool, written], at) => call(tool, written, `call_${at}`)) },
      { text: "Yes" },
      { text: "Good" },
    ],
  }));

interface RecordedAnswer {
  readonly choices?: readonly { readonly message?: Fields }[];
  readonly output?: readonly Fields[];
}

/** The answers of a recorded session, as this file has them. */
function spokenIn(answer: RecordedAnswer | undefined): Spoken | undefined {
  if (answer?.output) return { output: answer.output };
  const message = answer?.choices?.[0]?.message;
  if (typeof message?.["content"] !== "string" && !message?.["tool_calls"]) return undefined;
  const calls =
    (message["tool_calls"] as { id: string; function: { name: string; arguments: string } }[] | undefined) ?? [];
  const text = message["content"];
  return {
    ...(typeof text === "string" && { text }),
    calls: calls.map(({ id, function: fn }) => call(fn.name, fn.arguments, id)),
  };
}

/** Sessions of the reference's recorded traffic: what was said, and what the server answered. */
const RECORDED: readonly Conversation[] = readdirSync(new URL("../reference/scenarios/", import.meta.url)).flatMap(
  (file) => {
    const text = readFileSync(new URL(`../reference/scenarios/${file}`, import.meta.url), "utf8");
    const { scenario, recordings } = JSON.parse(text) as {
      scenario: string;
      recordings: { calls: { on?: string; call?: string; args?: unknown[]; response?: { body?: RecordedAnswer } }[] }[];
    };
    const turns = (recordings[0]?.calls ?? []).flatMap(({ on, call: name, args = [], response }) => {
      const spoken = (on === "chat" || on === "session") && name === "send" ? spokenIn(response?.body) : undefined;
      return spoken && typeof args[0] === "string" ? [{ words: args[0], spoken }] : [];
    });
    // What follows calls that nobody runs is an answer to their results.
    const answers = turns.flatMap(({ spoken }) => [spoken, ...(spoken.calls?.length ? [{ text: "Done" }] : [])]);
    const steps = [...turns.map(({ words }) => say(words)), say("On")];
    return turns.length > 0
      ? [{ name: `recorded of lua-openai: ${scenario}`, steps, answers: [...answers, { text: "Yes" }] }]
      : [];
  },
);

const ALL = [...MADE, ...OUTPUT, ...NEARLY, ...RECORDED];

/** Where a turn goes. */
interface Place {
  readonly api: Api | undefined;
  readonly service: string;
  readonly key: string;
}

/** Holds a conversation. @param place where each step goes @returns the messages, as other clients see them */
async function hold(conversation: Conversation, place: (step: number) => Place): Promise<Message[]> {
  const answers = [...conversation.answers];
  const world = new World(() => answers.shift() ?? { text: "Bye" });
  let messages: Message[] = structuredClone([...(conversation.messages ?? [])]);
  let chat: ChatSession<SessionTool> | undefined;
  for (const [at, step] of conversation.steps.entries()) {
    const { api, service, key } = place(at);
    if ("edit" in step) {
      step.edit(messages);
      continue;
    }
    const isAnswer = !("say" in step);
    const begin =
      chat && isAnswer ? { saved: JSON.parse(JSON.stringify(chat)) as ReturnType<typeof chat.toJSON> } : { messages };
    chat = new ChatSession<SessionTool>(world.client(service, key), {
      ...begin,
      api,
      tools: conversation.tools ?? TOOLS,
      model: "gpt-6-luna",
    });
    messages = await take(chat, step);
  }
  expect(world.faults).toEqual([]);
  return messages.map(({ responses: _, ...said }) => plain(said as Message));
}

async function take(chat: ChatSession<SessionTool>, step: Exclude<Step, { edit: unknown }>): Promise<Message[]> {
  if ("say" in step) await chat.send(step.say, step.params ?? {});
  else if ("results" in step) {
    const said = chat.messages.findLast(({ role }) => role === "assistant");
    const calls = said?.role === "assistant" ? (said.tool_calls ?? []) : [];
    await chat.send(calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: step.results })));
  } else {
    if (step.approve.length > 0) chat.approve(...step.approve);
    for (const id of step.reject ?? []) chat.reject(id, "no.");
    await chat.generateResponse();
  }
  return chat.messages;
}

/** A message without the difference of a namespace, which chat completions do not have, and of null and no content. */
function plain(message: Message): Message {
  if (message.role !== "assistant") return message;
  const { tool_calls, ...said } = message;
  const calls = tool_calls?.map(({ namespace: _, ...one }) => one);
  return { ...said, content: said.content ?? "", ...(calls && { tool_calls: calls }) };
}

/** Messages without those that say nothing over chat completions. */
function readable(messages: readonly Message[]): Message[] {
  return messages.filter(
    (message) =>
      message.role !== "assistant" ||
      message.content ||
      message.tool_calls ||
      message.refusal ||
      message.function_call ||
      message.audio,
  );
}

const chat: Place = { api: undefined, service: "one", key: "k1" };
const local: Place = { ...chat, api: responses() };
const server: Place = { ...chat, api: responses({ state: "server" }) };

/** Calls that only the Responses API runs or hands out: over chat completions they are not made. */
const HOSTED = /MCP|namespace|program$/;

describe("a conversation", () => {
  it("is one of many, half of them made from recorded traffic", () => {
    expect(ALL.length).toBeGreaterThanOrEqual(60);
    expect(ALL.length - MADE.length).toBeGreaterThanOrEqual(ALL.length / 2);
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  it.each(ALL.map((one) => [one.name, one] as const))("has the same messages over both APIs: %s", async (name, one) => {
    const overChat = readable(await hold(one, () => chat));
    const overResponses = readable(await hold(one, () => local));
    expect(readable(await hold(one, () => server))).toEqual(overResponses);
    if (!HOSTED.test(name)) expect(overResponses).toEqual(overChat);
  });

  it.each(ALL.map((one) => [one.name, one] as const))("survives a change after every turn: %s", async (name, one) => {
    const same = readable(await hold(one, () => local));
    const ways: ((step: number) => Place)[] = [
      (step) => (step % 2 === 0 ? chat : local),
      (step) => (step % 2 === 0 ? server : chat),
      (step) => (step % 2 === 0 ? local : server),
      (step) => ({ ...local, service: step % 2 === 0 ? "one" : "two" }),
      (step) => ({ ...server, service: step % 2 === 0 ? "one" : "two" }),
      (step) => ({ ...chat, service: step % 2 === 0 ? "one" : "two" }),
      (step) => ({ ...local, key: step % 2 === 0 ? "k1" : "k2" }),
      (step) => ({ ...server, key: step % 2 === 0 ? "k1" : "k2" }),
    ];
    for (const way of ways) {
      const messages = readable(await hold(one, way));
      if (!HOSTED.test(name)) expect(messages).toEqual(same);
    }
  });
});
