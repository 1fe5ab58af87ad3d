import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ChatDecoder } from "../../src/decode/chat.ts";
import { bodyStream } from "../../src/stream/body.ts";
import type { Stream } from "../../src/stream/stream.ts";
import { resolveTimeouts } from "../../src/http/timeouts.ts";
import { createConnection, type Exchange, settingsOf } from "../../src/http/connection.ts";
import { Deadline } from "../../src/http/deadline.ts";
import type { ChatChunk, ChatCompletion, StreamError } from "../../src/index.ts";

/** One event of a generated answer. */
type Event =
  | { readonly kind: "text" | "reasoning"; readonly text: string }
  | { readonly kind: "noise"; readonly text: string }
  | { readonly kind: "call"; readonly at: number; readonly text: string }
  | { readonly kind: "usage"; readonly tokens: number };

/** The ends of an answer. */
const ENDS = ["stop", "length", "tool_calls", "nothing", "cut", "error", "errorEvent", "broken", "reset"] as const;

interface Plan {
  readonly events: readonly Event[];
  readonly end: (typeof ENDS)[number];
  readonly done: boolean;
  readonly usage: boolean;
  /** Line ends, used in turn. */
  readonly lines: readonly string[];
  /** Spreads data over several lines. */
  readonly tall: boolean;
  readonly indexed: boolean;
}

const UNSURE = [
  "a",
  "ß",
  "世",
  "👩‍👩‍👧",
  "\u0301",
  "\n",
  "\r",
  "\u2028",
  '"',
  "\\",
  "data: ",
  "[DONE]",
  ": ",
  "\uFEFF",
  " ",
];
const text = fc.array(fc.constantFrom(...UNSURE), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
const noise = fc.constantFrom(
  ": keep-alive\n\n",
  ":\n\n",
  "retry: 10\n",
  "id: é\n",
  "event: message\n",
  "x-unknown: 世\n",
  "data:\n\n",
  "\n\n",
  "nonsense\n",
);
const one: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constantFrom("text" as const, "reasoning" as const), text }),
  fc.record({ kind: fc.constant("call" as const), at: fc.nat({ max: 3 }), text }),
  fc.record({ kind: fc.constant("noise" as const), text: noise }),
  fc.record({ kind: fc.constant("usage" as const), tokens: fc.nat({ max: 99 }) }),
);
const plan: fc.Arbitrary<Plan> = fc.record({
  events: fc.array(one, { maxLength: 8 }),
  end: fc.constantFrom(...ENDS),
  done: fc.boolean(),
  usage: fc.boolean(),
  lines: fc.array(fc.constantFrom("\n", "\r\n", "\r"), { minLength: 1, maxLength: 3 }),
  tall: fc.boolean(),
  indexed: fc.boolean(),
});

const CALLS = [
  ["call_a", "add"],
  ["call_b", "sub"],
  ["call_c", "naïve"],
  ["call_d", "add"],
] as const;
const encoder = new TextEncoder();

/** The bytes of an answer. */
interface Written {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly breaks: boolean;
}

/** Writes an answer as bytes, and says whether the connection breaks after them. */
function written({ events, end, done, usage, lines, tall, indexed }: Plan): Written {
  const fragments = CALLS.map((_, at) => fragmentsOf(at, events, indexed));
  const parts = events.map((event) =>
    event.kind === "noise" ? event.text : wire(chunkOfEvent(event, fragments), tall),
  );
  if (end === "stop" || end === "length" || end === "tool_calls") parts.push(wire(chunk({}, end), tall));
  if (end === "error") parts.push(wire({ error: { message: "Zu viel 世", code: 429, type: "server_error" } }, tall));
  if (end === "errorEvent") parts.push("event: error\n", "data: upstream é lost\n\n");
  if (end === "broken") parts.push('data: {"choices":[{"index":0,"delta":{"content":"lo"}\n\n');
  if (usage)
    parts.push(wire({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }, tall));
  if (done && end !== "cut") parts.push("data: [DONE]\n\n");
  let count = 0;
  const all = encoder.encode(parts.join("").replaceAll("\n", () => lines[count++ % lines.length]!));
  return { bytes: end === "cut" ? all.slice(0, Math.floor(all.length * 0.8)) : all, breaks: end === "reset" };
}

/** Returns the deltas of one call, which together contain its arguments. */
function fragmentsOf(at: number, events: readonly Event[], indexed: boolean): object[] {
  const [id, name] = CALLS[at]!;
  const texts = events.flatMap((event) => (event.kind === "call" && event.at === at ? [event.text] : []));
  const args = JSON.stringify({ a: texts.join("") });
  const size = Math.ceil(args.length / texts.length);
  return texts.map((_, part) => ({
    // Calls differ by their index, or only by their id, as with some providers.
    ...(indexed ? { index: at, ...(part === 0 && { id, type: "function" }) } : { id }),
    function: { ...(part === 0 && { name }), arguments: args.slice(part * size, (part + 1) * size) },
  }));
}

function chunkOfEvent(event: Exclude<Event, { kind: "noise" }>, fragments: readonly object[][]): object {
  if (event.kind === "usage")
    return {
      ...chunk({}),
      usage: { prompt_tokens: 1, completion_tokens: event.tokens, total_tokens: event.tokens + 1 },
    };
  if (event.kind === "call") return chunk({ tool_calls: [fragments[event.at]!.shift()] });
  return chunk(event.kind === "text" ? { content: event.text } : { reasoning_content: event.text });
}

function chunk(delta: object, finish: string | null = null): object {
  return {
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** Formats an event; with `tall`, each field is on its own data line. */
function wire(value: object, tall: boolean): string {
  const json = tall ? JSON.stringify(value, null, 1) : JSON.stringify(value);
  return `${json
    .split("\n")
    .map((line) => `data: ${line}\n`)
    .join("")}\n`;
}

/** The outcome of an answer for a program, which must not depend on the cut. */
interface Outcome {
  ending: unknown;
  content: string;
  reasoning: string;
  whole: unknown;
  error: unknown;
  partial: unknown;
}

/** Creates a stream over these chunks without fetch and platform streams, which are slow and tested elsewhere. */
function streamOver(pieces: readonly Uint8Array<ArrayBuffer>[], breaks: boolean): Stream<ChatChunk, ChatCompletion> {
  let at = 0;
  const reader = {
    read: async () => {
      const value = pieces[at++];
      if (!value && breaks) throw new TypeError("terminated");
      return { done: value === undefined, value };
    },
    cancel: async () => undefined,
    releaseLock: () => undefined,
  };
  const response = { status: 200, headers, body: { getReader: () => reader } } as unknown as Response;
  const deadline = new Deadline(resolveTimeouts(true), undefined);
  const exchange: Exchange = {
    call,
    response,
    deadline,
    info: { status: 200, headers, attempts: 1, at: 0 },
    controller: new AbortController(),
    redact: (words) => words,
  };
  return bodyStream(exchange, () => new ChatDecoder(settingsOf(connection).limits.answer), {
    connection,
    maxRetries: 0,
  });
}

const headers = new Headers({ "content-type": "text/event-stream" });
const connection = createConnection({ apiKey: "sk-test" });
const call = { path: "/chat/completions", options: {} } as Exchange["call"];

async function outcomeOf(cut: readonly Uint8Array<ArrayBuffer>[], broken: boolean): Promise<Outcome> {
  const stream = streamOver(cut, broken);
  const seen: Outcome = {
    ending: undefined,
    content: "",
    reasoning: "",
    whole: undefined,
    error: undefined,
    partial: undefined,
  };
  try {
    for await (const { content, reasoning } of stream) {
      seen.content += content;
      seen.reasoning += reasoning;
    }
    seen.whole = await stream.final();
  } catch (caught) {
    const { name, message, ending, code, type, partial } = caught as StreamError;
    seen.error = { name, message, ending, code, type, partial };
  }
  seen.ending = stream.ending;
  seen.partial = stream.partial;
  return seen;
}

function cutAt(bytes: Uint8Array<ArrayBuffer>, places: readonly number[]): Uint8Array<ArrayBuffer>[] {
  const ends = [...new Set([...places.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end)).filter(({ length }) => length > 0);
}

/** Reorders the fragments of different calls; those of one call and all other events keep their order. */
function reordered(events: readonly Event[], picks: readonly number[]): Event[] {
  const lanes = [0, 1, 2, 3].map((at) => events.filter((event) => event.kind === "call" && event.at === at));
  let pick = 0;
  return events.map((event) => {
    if (event.kind !== "call") return event;
    const open = lanes.filter((lane) => lane.length > 0);
    return open[(picks[pick++] ?? 0) % open.length]!.shift()!;
  });
}

/** Formats an outcome, with calls sorted by id: without an index their order is that of their first events. */
function shown(outcome: Outcome): string {
  return JSON.stringify(outcome, (key: string, value: unknown) =>
    (key === "tool_calls" || key === "toolCalls") && Array.isArray(value)
      ? (value as { id: string }[]).toSorted((a, b) => (a.id < b.id ? -1 : 1))
      : value,
  );
}

const places = fc.array(fc.nat({ max: 1_000_000 }), { maxLength: 12 });
const TIMEOUT = { timeout: 180_000 };
/** The endings that occurred: all that need no time and no caller must be among them. */
const endings = new Set<string>();

/** Checks that one answer in these chunks has the same outcome as another answer in one piece. */
async function same(
  told: Written,
  cut: readonly Uint8Array<ArrayBuffer>[],
  { bytes, breaks: broken }: Written = told,
): Promise<void> {
  const outcome = await outcomeOf(cut, told.breaks);
  const expected = await outcomeOf(bytes.length > 0 ? [bytes] : [], broken);
  if (shown(outcome) !== shown(expected)) expect(outcome).toEqual(expected);
  endings.add(String(outcome.ending));
}

describe("a streamed answer", () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect([...endings].sort()).toEqual(["complete", "length", "provider_error", "tool_calls", "truncated"]);
  });

  it("is the same however its bytes are cut", TIMEOUT, async () => {
    await fc.assert(
      fc.asyncProperty(plan, places, async (made, cuts) => {
        const answer = written(made);
        await same(answer, cutAt(answer.bytes, cuts));
      }),
      { numRuns: 58_000 },
    );
  });

  it("is the same byte by byte", TIMEOUT, async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (made) => {
        const answer = written(made);
        await same(
          answer,
          Array.from(answer.bytes, (_, at) => answer.bytes.subarray(at, at + 1)),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it("is the same in whatever order the fragments of its calls come, cut anywhere", TIMEOUT, async () => {
    await fc.assert(
      fc.asyncProperty(plan, places, fc.array(fc.nat({ max: 3 }), { maxLength: 8 }), async (made, cuts, picks) => {
        // The cut matters for a cut answer, and CR followed by LF is one line end.
        const plain: Plan = { ...made, end: made.end === "cut" ? "nothing" : made.end, lines: made.lines.slice(0, 1) };
        const answer = written({ ...plain, events: reordered(plain.events, picks) });
        await same(answer, cutAt(answer.bytes, cuts), written(plain));
      }),
      { numRuns: 40_000 },
    );
  });
});
