import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatChunk, ChatStream } from "../../src/index.ts";
import { createMockAPI } from "../../src/testing/index.ts";
import { chunk, DONE, event, HELLO } from "../conformance/wire.ts";
import { body, clientOf, cutAt, readAll, settle, type Loose } from "../support/streams.ts";

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(async () => {
  await settle(20);
  process.off("unhandledRejection", note);
  expect(rejections).toEqual([]);
});

const encoder = new TextEncoder();
const EVENTS: object[] = [
  chunk({ role: "assistant", content: "" }),
  chunk({ reasoning_content: "Hm… " }),
  chunk({ content: "añ€𝄞" }),
  chunk({ content: "👩‍🚀\n\ndata: x\r\n" }),
  chunk({
    tool_calls: [
      { index: 0, id: "a", type: "function", function: { name: "f", arguments: '{"ö":' } },
      { index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } },
    ],
  }),
  chunk({ tool_calls: [{ index: 1, function: { arguments: "{}" } }] }),
  chunk({ tool_calls: [{ index: 0, function: { arguments: "[1,2]}" } }] }),
  { ...chunk({}), choices: [{ index: 1, delta: { content: "other" }, finish_reason: "stop" }] },
  chunk({}, "tool_calls"),
  { ...chunk({}), choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
];

/** The same events in another dress. */
const DRESSES: Record<string, (events: readonly object[]) => string> = {
  LF: (events) => events.map(event).join("") + DONE,
  CRLF: (events) => (events.map(event).join("") + DONE).replaceAll("\n", "\r\n"),
  CR: (events) => (events.map(event).join("") + DONE).replaceAll("\n", "\r"),
  "mixed line ends": (events) =>
    events.map((one, i) => event(one).replaceAll("\n", ["\n", "\r\n", "\r"][i % 3]!)).join("") + DONE,
  "a BOM, comments and other fields": (events) =>
    `\uFEFF: OPENROUTER PROCESSING\n\n${events.map((one) => `: ka\nevent: message\nid: 1\nretry: 10\n${event(one)}`).join(":\n\n")}${DONE}`,
  "no spaces": (events) => events.map((one) => `data:${JSON.stringify(one)}\n\n`).join("") + "data:[DONE]\n\n",
  "multi-line data": (events) =>
    events
      .map(
        (one) =>
          `${JSON.stringify(one, null, 1)
            .split("\n")
            .map((line) => `data: ${line}`)
            .join("\n")}\n\n`,
      )
      .join("") + DONE,
  "no last blank line": (events) => (events.map(event).join("") + DONE).trimEnd(),
  "no [DONE]": (events) => events.map(event).join(""),
  "events after [DONE]": (events) =>
    `${events.map(event).join("")}${DONE}${event(chunk({ content: "never" }))}data: {broken\n\n`,
};

const open = (pieces: readonly Uint8Array[]): Promise<ChatStream> =>
  clientOf([body(...pieces)]).streamChat(HELLO, { n: 2 });

async function read(pieces: readonly Uint8Array[]): Promise<{ chunks: ChatChunk[]; error: Loose; stream: ChatStream }> {
  const stream = await open(pieces);
  return { ...(await readAll(stream)), stream };
}

async function outcome(pieces: readonly Uint8Array[]): Promise<unknown> {
  const { chunks, error, stream } = await read(pieces);
  return {
    chunks,
    ending: stream.ending,
    error: error?.message,
    partial: stream.partial,
    final: await stream.final().catch((reason: unknown) => reason === error),
  };
}

describe.each(Object.entries(DRESSES))("a stream with %s", (_name, dress) => {
  const bytes = encoder.encode(dress(EVENTS));

  it("gives the same chunks and the same completion for every cut of its bytes", async () => {
    const whole: Loose = await outcome([bytes]);
    expect(whole.ending).toBe("tool_calls");
    expect((whole.chunks as ChatChunk[]).map((one) => one.raw)).toEqual([
      ...EVENTS.slice(0, 7),
      EVENTS[7],
      ...EVENTS.slice(8),
    ]);
    expect(whole.final.choices[0].message).toEqual({
      role: "assistant",
      content: "añ€𝄞👩‍🚀\n\ndata: x\r\n",
      reasoning_content: "Hm… ",
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: '{"ö":[1,2]}' } },
        { id: "b", type: "function", function: { name: "g", arguments: "{}" } },
      ],
    });
    expect(await outcome([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length }), { maxLength: 40 }), async (places) => {
        expect(await outcome(cutAt(bytes, places))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("that is cut off at any byte is truncated, with a prefix of the answer, or was complete", async () => {
    const whole = await read([bytes]);
    const text = whole.stream.partial.text;
    let complete = 0;
    for (let at = 0; at < bytes.length; at++) {
      const { chunks, error, stream } = await read(at === 0 ? [] : [bytes.subarray(0, at)]);
      expect(chunks).toEqual(whole.chunks.slice(0, chunks.length));
      if (stream.ending === "tool_calls") {
        complete++;
        expect(error).toBeUndefined();
        expect((await stream.final()).choices).toEqual((await whole.stream.final()).choices);
      } else {
        expect([stream.ending, error.ending, error.partial.message?.tool_calls]).toEqual([
          "truncated",
          "truncated",
          undefined,
        ]);
        expect(text.startsWith(error.partial.text as string)).toBe(true);
        for (const call of error.partial.toolCalls) expect(whole.stream.partial.toolCalls).toContainEqual(call);
      }
    }
    expect(complete).toBeGreaterThan(0);
  }, 60_000);
});

describe("whatever happens to a stream", () => {
  const bytes = encoder.encode(DRESSES["LF"]!(EVENTS));

  it("has one ending, the same for all who ask, and leaves no rejection behind", async () => {
    const act = fc.constantFrom("next", "final", "cancel", "return", "abort", "tick", "loop", "response");
    const end = fc.constantFrom(
      { fail: new TypeError("terminated") },
      "hang" as const,
      'data: {"error":"No."}\n\n',
      "data: {oops\n\n",
      "",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: bytes.length }), { maxLength: 6 }),
        fc.nat({ max: bytes.length }),
        end,
        fc.array(act, { maxLength: 10 }),
        async (places, length, last, acts) => {
          const controller = new AbortController();
          const source = body(...cutAt(bytes.subarray(0, length), places), last);
          const stream = await clientOf([source]).streamChat(HELLO, { n: 2 }, { signal: controller.signal });
          const finals: Promise<unknown>[] = [];
          const iterator = ((): AsyncIterator<ChatChunk> | undefined =>
            acts.includes("loop") ? stream[Symbol.asyncIterator]() : undefined)();
          for (const one of acts) {
            if (one === "next") iterator?.next().catch(() => undefined);
            else if (one === "return") void iterator?.return?.();
            else if (one === "final")
              finals.push(
                stream.final().then(
                  (value) => JSON.stringify(value),
                  (error: unknown) => error,
                ),
              );
            else if (one === "cancel") stream.cancel();
            else if (one === "abort") controller.abort();
            else if (one === "response" && !iterator && finals.length === 0) {
              try {
                void stream.toResponse().body?.cancel();
              } catch (error) {
                expect((error as Error).name).toBe("InputError");
              }
            } else await settle(1);
          }
          stream.cancel();
          const ending = stream.ending;
          expect(ending).toBeDefined();
          finals.push(
            stream.final().then(
              (value) => JSON.stringify(value),
              (error: unknown) => error,
            ),
          );
          expect(new Set(await Promise.all(finals)).size).toBe(1);
          controller.abort();
          expect(stream.ending).toBe(ending);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe("large and deep streams", () => {
  it("bring an event of 1 MB, in 16 KB pieces and in one", async () => {
    const content = "x".repeat(2 ** 20);
    const large = encoder.encode(event(chunk({ content })) + event(chunk({}, "stop")) + DONE);
    for (const size of [large.length, 16_384]) {
      const pieces = Array.from({ length: Math.ceil(large.length / size) }, (_, i) =>
        large.subarray(i * size, (i + 1) * size),
      );
      expect((await (await open(pieces)).final()).choices[0]?.message.content).toBe(content);
    }
  });

  it("bring JSON that is nested 100,000 levels deep", async () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const stream = await open([
      encoder.encode(
        `data: {"deep":${deep},"choices":[{"index":0,"delta":{"content":"a","deep":${deep}},"finish_reason":"stop"}]}\n\n${DONE}`,
      ),
    ]);
    expect((await stream.final()).choices[0]?.message.content).toBe("a");
    const error = await (
      await open([encoder.encode(`data: {"error":{"deep":${deep}}}\n\n`)])
    )
      .final()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ ending: "provider_error" });
  });

  it.each([
    ["event", 'data: {"choices":[{"delta":{"content":"'],
    ["answer", "<html>"],
  ])("are refused beyond the limit of one %s, and the request stopped", async (name, start) => {
    const endless = body(start, ...Array.from({ length: 50 }, () => "x".repeat(1_000)), "hang");
    const stream = await clientOf([endless], { limits: { [name]: 10_000 } }).streamChat(HELLO);
    expect((await readAll(stream)).error).toMatchObject({ ending: "provider_error", code: "too_large" });
    expect([endless.cancels, endless.pulls < 20]).toEqual([1, true]);
  });

  it("are refused beyond the limit of a whole answer, with what had arrived", async () => {
    const endless = body(...Array.from({ length: 100 }, () => event(chunk({ content: "x".repeat(100) }))), "hang");
    const stream = await clientOf([endless], { limits: { answer: 1_000 } }).streamChat(HELLO);
    const { error } = await readAll(stream);
    expect([error.code, error.partial.text.length <= 1_100, endless.cancels]).toEqual(["too_large", true, 1]);
  });
});

describe("against the mock API", () => {
  it("streams text, calls and usage", async () => {
    const mock = createMockAPI({ pace: "instant" });
    mock.reply({ text: "Hello there", reasoning: "Hm" }, { toolCalls: [{ name: "f", arguments: { a: 1 } }] });
    const client = clientOf([], { fetch: mock.fetch });
    const first = await client.streamChat(HELLO);
    const { chunks } = await readAll(first);
    expect([
      chunks.map((one) => one.content).join(""),
      chunks.map((one) => one.reasoning).join(""),
      first.ending,
    ]).toEqual(["Hello there", "Hm", "complete"]);
    expect(first.partial.usage?.total_tokens).toBeGreaterThan(0);
    const second = await (
      await client.streamChat(HELLO, { tools: [{ type: "function", function: { name: "f" } }] })
    ).final();
    expect(second.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "f", arguments: '{"a":1}' } }]);
  });
});
