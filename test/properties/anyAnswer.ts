/**
 * The property that no JSON anywhere in an answer escapes the types: every answer gives a result or an error of this
 * package. Needs no test runner and no platform beyond `fetch`'s own classes, so that it runs in any runtime.
 */
import { streamCompletion, createClient, tool, type ChatChunk } from "../../src/index.ts";
import { CHATS, COMPLETIONS, STREAMS, TEXT_STREAMS } from "./answers.ts";

/** JSON texts to put in the place of a field. */
const VALUES: readonly string[] = [
  ...["null", "true", "false", "0", "-0", "5", "-1", "1e999", "1e-999", "123456789012345678901234567890", '""', '" "'],
  ...[
    '"x"',
    '"null"',
    '"[DONE]"',
    '"<think>"',
    '"\\ud800"',
    '"\\u0000"',
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "[{}]",
    '["x"]',
  ],
  ...['{"toString":1}', '{"toString":1,"valueOf":1,"toJSON":1}', '{"__proto__":{"polluted":1}}', '{"constructor":1}'],
  ...[
    '{"then":1}',
    '{"length":-1}',
    '{"index":0}',
    '[{"index":0,"type":"x"}]',
    '{"type":{"toString":1}}',
    '{"message":5}',
  ],
  ...["[".repeat(5_000) + "]".repeat(5_000), '{"a":'.repeat(5_000) + "1" + "}".repeat(5_000)],
  ...[`[${"null,".repeat(1_100)}null]`, `[${"{},".repeat(1_100)}{}]`, JSON.stringify("x".repeat(5_000))],
];
const HOLE = "\u2042hole\u2042";
const HELLO = [{ role: "user" as const, content: "Hi" }];
/** The engine's own messages, which no error of the package repeats. */
const ENGINE =
  /is not a function|is not iterable|Cannot (read|convert)|call stack|undefined|not an object|could not be read/i;
const KINDS = new Set(["OpenAIError", "APIError", "ConnectionError", "TimeoutError", "StreamError", "InputError"]);

type Random = (below: number) => number;

/**
 * Requests answers in which one field each is replaced by any JSON.
 *
 * @param runs the number of answers
 * @param seed selects the answers
 * @returns the errors that escaped the types, with their answers
 */
export async function anyAnswer(runs: number, seed: number): Promise<string[]> {
  const random = randomOf(seed);
  const faults: string[] = [];
  for (let run = 0; run < runs && faults.length < 5; run++) {
    const [kind, ask] = pick(ASKS, random);
    const body = ask.body(random);
    const fault = await inTime(ask.read(body, random).then(faultOf, faultOf));
    if (fault !== undefined) faults.push(`${kind}: ${fault}: ${shortened(body)}`);
  }
  if (({} as { polluted?: unknown }).polluted !== undefined) faults.push("Object.prototype was polluted");
  return faults;
}

interface Ask {
  body(random: Random): string;
  read(body: string, random: Random): Promise<unknown>;
}

const whole =
  (answers: readonly object[]) =>
  (random: Random): string =>
    mutated(pick(answers, random), random);

const events =
  (streams: readonly (readonly object[])[]) =>
  (random: Random): string => {
    const stream = pick(streams, random);
    const at = random(stream.length);
    const lines = stream.map((event, place) => (place === at ? mutated(event, random) : JSON.stringify(event)));
    return [...lines, ...(random(4) > 0 ? ["[DONE]"] : [])].map((line) => `data: ${line}\n\n`).join("");
  };

const ASKS: readonly (readonly [string, Ask])[] = [
  ["chat", { body: whole(CHATS), read: (body) => client(body).chat(HELLO) }],
  ["send", { body: whole(CHATS), read: (body) => session(body).send("Hi") }],
  [
    "streamChat",
    {
      body: events(STREAMS),
      read: async (body, random) => {
        const thinkTags = pick([false, true, "opened"] as const, random);
        const stream = await client(body, "text/event-stream").streamChat(HELLO, {}, { thinkTags });
        try {
          for await (const chunk of stream) {
            checkChunk(chunk);
            if (random(8) === 0) checkHeld(stream.partial);
          }
        } finally {
          checkHeld(stream.partial);
        }
        return stream.final();
      },
    },
  ],
  [
    "final()",
    {
      body: events(STREAMS),
      read: async (body) => (await client(body, "text/event-stream").streamChat(HELLO)).final(),
    },
  ],
  [
    "a whole answer to streamChat",
    { body: whole(CHATS), read: async (body) => (await client(body).streamChat(HELLO)).final() },
  ],
  [
    "toResponse()",
    {
      body: events(STREAMS),
      read: async (body) => (await client(body, "text/event-stream").streamChat(HELLO)).toResponse().text(),
    },
  ],
  [
    "session.stream()",
    {
      body: events(STREAMS),
      read: async (body) => {
        const turn = await session(body, "text/event-stream").stream("Hi");
        for await (const event of turn)
          if (typeof event.content !== "string") throw new Error("an event without content");
        return turn.final();
      },
    },
  ],
  ["completion", { body: whole(COMPLETIONS), read: (body) => client(body).completion("Once", { model: "m" }) }],
  [
    "streamCompletion",
    {
      body: events(TEXT_STREAMS),
      read: async (body) => {
        const stream = await streamCompletion(client(body, "text/event-stream"), "Once", { model: "m" });
        for await (const { content, index } of stream)
          if (typeof content !== "string" || typeof index !== "number") throw new Error("a chunk of wrong types");
        return stream.final();
      },
    },
  ],
];

function client(body: string, type = "application/json"): ReturnType<typeof createClient> {
  let asked = 0;
  return createClient({
    apiKey: "sk-test-0123456789",
    maxRetries: 0,
    fetch: () => {
      const [text, contentType] = asked++ === 0 ? [body, type] : [JSON.stringify(CHATS[0]), "application/json"];
      return Promise.resolve(new Response(text, { headers: { "content-type": contentType } }));
    },
  });
}

function session(body: string, type?: string): ReturnType<ReturnType<typeof createClient>["newChatSession"]> {
  const weather = tool({ name: "weather", parameters: { type: "object" }, execute: () => "fine" });
  return client(body, type).newChatSession({ tools: [weather], maxSteps: 3 });
}

function checkChunk({ content, reasoning, calls, index, finishReason }: ChatChunk): void {
  const texts = [content, reasoning, finishReason ?? ""];
  if (texts.some((one) => typeof one !== "string") || typeof index !== "number" || !Array.isArray(calls))
    throw new Error("a chunk of wrong types");
}

function checkHeld({ text, reasoning, toolCalls }: { text: unknown; reasoning: unknown; toolCalls: unknown }): void {
  if (typeof text !== "string" || typeof reasoning !== "string" || !Array.isArray(toolCalls))
    throw new Error("a partial of wrong types");
}

/** Returns the fault of an outcome: results are fine, and so are the package's own errors with their own messages. */
function faultOf(outcome: unknown): string | undefined {
  if (!(outcome instanceof Error)) return undefined;
  const { kind, message } = outcome as Error & { kind?: string };
  if (kind === undefined || !KINDS.has(kind)) return `${outcome.name}: ${message}`;
  return ENGINE.test(message) ? `in the engine's words: ${message}` : undefined;
}

async function inTime(work: Promise<string | undefined>): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(() => resolve("no end within 20 s"), 20_000)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns an answer's JSON with one value replaced. */
function mutated(answer: object, random: Random): string {
  const copy = structuredClone(answer);
  const places = placesOf(copy);
  const [holder, key] = pick(places, random);
  holder[key] = HOLE;
  return JSON.stringify(copy).replace(JSON.stringify(HOLE), () => pick(VALUES, random));
}

type Holder = Record<string, unknown>;

function placesOf(value: object): (readonly [Holder, string])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    [value as Holder, key] as const,
    ...(typeof inner === "object" && inner !== null ? placesOf(inner) : []),
  ]);
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[random(list.length)] as T;
}

function shortened(body: string): string {
  return body.length > 2_000 ? `${body.slice(0, 1_000)} … ${body.slice(-1_000)}` : body;
}

/** Creates a random generator from a seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
