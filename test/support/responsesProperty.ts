import fc from "fast-check";
import type { Api } from "../../src/conversation/apis/api.ts";
import { type ChatSession, createClient, type SavedChat, type SessionTool, tool } from "../../src/index.ts";
import { responses, type ResponsesOptions } from "../../src/responses/index.ts";
import { ANSWERS, eventsOf, responseOf } from "./responsesCorpus.ts";
import { inputFaults, itemFaults, unreadableIds } from "./responsesInput.ts";
import { watchedApi } from "./watchedApi.ts";

type Fields = Record<string, unknown>;

/** What is put in the place of a value: any JSON, and what has broken readers before. */
const planted: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    null,
    "",
    0,
    -1,
    1e21,
    true,
    [],
    {},
    [null],
    [[]],
    { toString: 1 },
    { length: 3 },
    "call_1",
    "msg_1",
    "x".repeat(300),
  ),
  fc.constantFrom({ levels: 5_000 }, { levels: 200 }),
);

/** Returns JSON text, with deep values in it where they are planted: no engine writes them by itself. */
function textOf(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /\{"levels":(\d+)\}/g,
    (_, levels: string) => "[".repeat(Number(levels)) + "1" + "]".repeat(Number(levels)),
  );
}

/** One change to an answer. */
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "replace", "replace", "remove", "repeat"),
  value: planted,
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const trial = fc.record({
  answer: fc.nat(ANSWERS.length - 1),
  changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  way: fc.constantFrom("whole", "stream", "onChunk"),
  options: fc.constantFrom<ResponsesOptions>(
    { state: "server" },
    { state: "local" },
    { state: "server", store: false, include: ["reasoning.encrypted_content"] },
  ),
});
type Trial = typeof trial extends fc.Arbitrary<infer T> ? T : never;

const isHolder = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Changes a value in place, at any place in it. */
function apply(root: unknown, { at, how, value }: Change): void {
  const places: [holder: Fields, key: string][] = [];
  const left = [root];
  for (let next = left.pop(); next !== undefined && places.length < 2_000; next = left.pop()) {
    if (!isHolder(next)) continue;
    for (const key of Object.keys(next)) {
      places.push([next, key]);
      if (isHolder(next[key])) left.push(next[key]);
    }
  }
  const [holder, key] = places[at % Math.max(places.length, 1)] ?? [];
  if (!holder || key === undefined) return;
  if (how === "repeat" && Array.isArray(holder)) holder.push(holder[Number(key)]);
  else if (how === "remove" && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (how === "remove") Reflect.deleteProperty(holder, key);
  else holder[key] = value;
}

const ENGINE =
  /is not (a function|iterable|an object)|undefined is|Cannot (read|convert|destructure)|call stack|null is/;

/** Fails for an error that is none of the package's, or that quotes the engine. */
function checkError(error: unknown): void {
  const { kind, message, name } = error as { kind?: unknown; message: string; name: string };
  if (typeof kind !== "string") throw new Error(`an untyped error: ${name}: ${message}`, { cause: error });
  if (ENGINE.test(message)) throw new Error(`the engine's words: ${message}`, { cause: error });
}

/** A server that gives one answer, then plain ones, and writes down what it has against requests. */
class Server {
  readonly faults: string[] = [];
  readonly #first: () => Response;
  #count = 0;
  /** The answers that were given, as the session read them. */
  readonly answers: Fields[] = [];
  readonly #isStored: boolean;

  /** @param isStored whether the server keeps responses */
  constructor(first: () => Response, isStored: boolean) {
    this.#first = first;
    this.#isStored = isStored;
  }

  /** Returns an api value whose answers the server knows as the session read them. */
  watch(api: Api): Api {
    return watchedApi(api, (step) => this.answers.push(step.raw as unknown as Fields));
  }

  readonly fetch = (_url: string, init: RequestInit): Promise<Response> => {
    const body = JSON.parse(init.body as string) as Fields;
    this.#check(body);
    if (this.#count++ === 0) return Promise.resolve(this.#first());
    const item = { id: `msg_n${this.#count}`, type: "message", status: "completed", role: "assistant" };
    const content = [{ type: "output_text", text: "Good", annotations: [], logprobs: [] }];
    const answer = responseOf([{ ...item, content }], { id: `resp_n${this.#count}` });
    return Promise.resolve(body["stream"] === true ? streamOf(eventsOf(answer)) : json(answer));
  };

  #check(body: Fields): void {
    const id = body["previous_response_id"];
    const before = id === undefined ? undefined : this.answers.findLast((answer) => answer["id"] === id);
    if (id !== undefined && !before) this.faults.push(`goes on from an unknown response ${JSON.stringify(id)}`);
    this.faults.push(...inputFaults(body["input"], before && { open: openIn(before["output"]) }));
    const sent = Array.isArray(body["input"]) ? body["input"].map((item: Fields) => item["id"]) : [];
    for (const { output } of this.answers) this.#checkUnread(Array.isArray(output) ? output : [], sent);
  }

  /** What nobody can read may go back only beside its reasoning, and where that can be looked up by its id. */
  #checkUnread(output: readonly unknown[], sent: readonly unknown[]): void {
    const unread = unreadableIds(output).filter((id) => sent.includes(id));
    if (unread.length > 0 && (!this.#isStored || !unread.some((id) => id.startsWith("rs_"))))
      this.faults.push(`${unread.join(", ")} without its reasoning`);
  }
}

function openIn(output: unknown): string[] {
  const items = Array.isArray(output) ? output.filter(isHolder) : [];
  const answered = items.filter(({ type }) => safe(type).endsWith("_output")).map(({ call_id }) => call_id);
  return items
    .filter(({ type }) => /^(function|custom_tool|computer|shell|apply_patch)_call$/.test(safe(type)))
    .filter(({ call_id }) => !answered.includes(call_id))
    .map(({ call_id }) => safe(call_id));
}

const safe = (value: unknown): string => (typeof value === "string" ? value : `not a text: ${typeof value}`);
const json = (value: unknown): Response =>
  new Response(textOf(value), { headers: { "content-type": "application/json" } });
const streamOf = (events: readonly unknown[]): Response =>
  new Response(events.map((event) => `data: ${textOf(event)}\n\n`).join(""), {
    headers: { "content-type": "text/event-stream" },
  });

const weather = tool({ name: "get_weather", parameters: { type: "object" }, execute: () => "Rain" });
const find = tool({ name: "find", parameters: { type: "object" }, execute: () => "Ada" });
const tools: SessionTool[] = [
  weather,
  { type: "namespace", name: "crm", description: "Customers", tools: [find] },
  { type: "function", function: { name: "by_hand" } },
];

async function say(chat: ChatSession<SessionTool>, words: string, way: Trial["way"]): Promise<void> {
  if (way === "stream") await (await chat.stream(words)).final();
  else await chat.send(words, {}, way === "onChunk" ? { onChunk: () => undefined } : {});
}

/** Runs one trial: an answer that was changed somewhere, and what becomes of the session. */
async function run({ answer, changes, way, options }: Trial): Promise<void> {
  const changed = structuredClone(way === "whole" ? ANSWERS[answer] : eventsOf(ANSWERS[answer] as Fields)) as
    Fields | Fields[];
  for (const one of changes) apply(changed, one);
  const body = Array.isArray(changed) ? () => streamOf(changed) : () => json(changed);
  const server = new Server(body, options.state === "server" && options.store !== false);
  const client = createClient({ apiKey: "sk-test", maxRetries: 0, fetch: server.fetch });
  const api = server.watch(responses(options));
  const chat = client.newChatSession<SessionTool>({ api, tools });
  await say(chat, "One", way).catch(checkError);
  const faults = itemFaults(chat.messages.flatMap(({ responses: kept }) => kept?.items ?? []));
  if (faults.length > 0) throw new Error(`the history: ${faults.join("; ")}`);
  const saved = JSON.parse(JSON.stringify(chat)) as SavedChat;
  const later = client.newChatSession<SessionTool>({ api, tools, saved });
  await say(chat, "Two", "whole");
  await say(chat, "Three", "whole");
  await say(later, "Two", "whole");
  if (server.faults.length > 0) throw new Error(`a request: ${server.faults.join("; ")}`);
}

/**
 * Checks that no answer leaves a session that cannot go on: whatever JSON stands anywhere in an answer, the outcome is a result or a typed
 * error, the history is one that the API accepts and that can be saved, and the next request is one that the API accepts.
 *
 * @param runs how many answers are tried
 * @param seed makes the same answers again
 */
export async function anyAnswerLeavesAGoodSession(runs: number, seed?: number): Promise<void> {
  await fc.assert(fc.asyncProperty(trial, run), { numRuns: runs, ...(seed !== undefined && { seed }) });
}
