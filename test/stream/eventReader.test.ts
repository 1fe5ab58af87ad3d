import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Exchange } from "../../src/http/connection.ts";
import { EventReader } from "../../src/stream/eventReader.ts";
import { cutAt, type Loose } from "../support/streams.ts";

const LIMITS = { event: 1_000, answer: 2_000 };
const KEY = "sk-test-0123456789";
const encoder = new TextEncoder();

interface Read {
  events: { raw: unknown; event: string | undefined }[];
  whole: unknown[];
  done: boolean;
  error: Loose;
}

/** Reads pieces as a body of this content type, to its end. */
function read(
  pieces: readonly (string | Uint8Array)[],
  type: string | null = "text/event-stream",
  takesWhole = true,
): Read {
  const headers = new Headers(type === null ? {} : { "content-type": type });
  const info = { status: 200, headers, attempts: 1, at: 0 };
  const exchange = {
    response: new Response(null, { headers }),
    info,
    redact: (text: string) => text.replaceAll(KEY, "[key]"),
  } as unknown as Exchange;
  const result: Read = { events: [], whole: [], done: false, error: undefined };
  const reader = new EventReader(exchange, LIMITS, {
    onEvent: (raw, _data, event) => result.events.push({ raw, event }),
    onDocument: (raw) => (result.whole.push(raw), takesWhole),
  });
  try {
    for (const piece of pieces) reader.feed(typeof piece === "string" ? encoder.encode(piece) : piece);
    reader.end();
  } catch (error) {
    result.error = error;
  }
  result.done = reader.done;
  return result;
}

const raws = (from: Read): unknown[] => from.events.map(({ raw }) => raw);

describe("framing", () => {
  it.each([
    ["LF", 'data: {"a":1}\n\ndata: {"a":2}\n\n'],
    ["CRLF", 'data: {"a":1}\r\n\r\ndata: {"a":2}\r\n\r\n'],
    ["CR", 'data: {"a":1}\r\rdata: {"a":2}\r\r'],
    ["mixed line ends", 'data: {"a":1}\r\n\ndata: {"a":2}\n\r\n'],
    ["no space", 'data:{"a":1}\n\ndata:{"a":2}\n\n'],
    ["a BOM", '\uFEFFdata: {"a":1}\n\ndata: {"a":2}\n\n'],
    ["comments", ': OPENROUTER PROCESSING\n\ndata: {"a":1}\n\n:\n: x\ndata: {"a":2}\n\n'],
    ["other fields", 'event: x\nid: 1\nretry: 5\ndata: {"a":1}\n\nretry: never\nunknown: y\ndata: {"a":2}\n\n'],
    ["multi-line data", 'data: {\ndata: "a":1}\n\ndata: {"a"\ndata: :2}\n\n'],
    ["blank lines first", '\n\n\ndata: {"a":1}\n\n\n\ndata: {"a":2}\n\n'],
    ["a last event without its blank line", 'data: {"a":1}\n\ndata: {"a":2}\n'],
    ["a last event without its line end", 'data: {"a":1}\n\ndata: {"a":2}'],
    ["spaces around the JSON", 'data:   {"a":1}  \n\ndata: {"a":2}\n\n'],
    [
      "empty data, and pings that say so by their name",
      'event: ping\ndata: 1\n\ndata: {"a":1}\n\ndata: \n\ndata\n\nevent: keep-alive\ndata: ok\n\ndata: {"a":2}\n\n',
    ],
    [
      "JSON objects in events that are named like a ping",
      'event: ping\ndata: {"a":1}\n\nevent: heartbeat\ndata: {"a":2}\n\n',
    ],
    [
      "[DONE] and events after it",
      'data: {"a":1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\ndata: {"a":3}\n\ndata: {broken\n\n',
    ],
  ])("with %s gives the same events for every cut", (_name, text) => {
    const bytes = encoder.encode(text);
    expect(raws(read([bytes]))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(raws(read([...bytes].map((byte) => Uint8Array.of(byte))))).toEqual([{ a: 1 }, { a: 2 }]);
    for (let at = 0; at <= bytes.length; at++)
      expect(raws(read([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual([{ a: 1 }, { a: 2 }]);
    fc.assert(
      fc.property(fc.array(fc.nat()), (places) => {
        const result = read(cutAt(bytes, places));
        expect(result.error).toBeUndefined();
        expect(raws(result)).toEqual([{ a: 1 }, { a: 2 }]);
      }),
      { numRuns: 200 },
    );
  });

  it("puts characters together whose bytes come apart", () => {
    const bytes = encoder.encode('data: {"a":"añ€𝄞👩‍🚀"}\n\n');
    for (let at = 0; at <= bytes.length; at++)
      expect(raws(read([bytes.subarray(0, at), bytes.subarray(at)]))).toEqual([{ a: "añ€𝄞👩‍🚀" }]);
  });

  it("tells the event's name", () => {
    expect(read(['event: response.created\ndata: {"a":1}\n\n']).events).toEqual([
      { raw: { a: 1 }, event: "response.created" },
    ]);
  });

  it("knows [DONE], also at the very end of a cut body", () => {
    expect([
      read(["data: [DONE]\n\n"]).done,
      read(["data: [DONE]"]).done,
      read(["data: [DON"]).done,
      read([""]).done,
    ]).toEqual([true, true, false, false]);
  });

  it("survives any bytes: events, or one clear error", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.constantFrom("text/event-stream", "text/plain", "application/json", null),
        (pieces, type) => {
          const { error } = read(pieces, type);
          if (error) expect(error.kind).toBe("APIError");
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("gives the same outcome for any bytes, however they are cut", () => {
    const line = fc.constantFrom(
      'data: {"a":1}',
      'data: {"a":',
      "data: 1}",
      "data",
      ":",
      "event: error",
      "event",
      "",
      "data: [DONE]",
      '{"x":1}',
      "dat",
      "<",
      "oops",
      "\uFEFF",
      'data: {"error":"x"}',
      `data: {"a":"${"x".repeat(990)}"}`,
      "x".repeat(700),
    );
    const end = fc.constantFrom("\n", "\r\n", "\r", "\n\n");
    const texts = fc.array(fc.tuple(line, end), { maxLength: 12 }).map((lines) => lines.flat().join(""));
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.constantFrom("text/event-stream", "text/plain", null),
        (text, places, type) => {
          const bytes = encoder.encode(text);
          const [one, other] = [read([bytes], type), read(cutAt(bytes, places), type)];
          expect([other.events, other.whole, other.done, other.error?.code, other.error?.message]).toEqual([
            one.events,
            one.whole,
            one.done,
            one.error?.code,
            one.error?.message,
          ]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("an error in the stream", () => {
  it.each([
    ['data: {"error":{"message":"No.","code":429,"type":"t"}}', { message: "No.", code: 429, type: "t" }],
    ['data: {"error":"No."}', { message: "No." }],
    [
      'data: {"error":{"message":"No.","code":"x"},"choices":[{"delta":{},"finish_reason":"error"}]}',
      { message: "No.", code: "x" },
    ],
    ['data: {"object":"error","message":"No.","code":40303}', { message: "No.", code: 40303 }],
    ['data: {"type":"error","message":"No.","code":"x"}', { message: "No.", code: "x" }],
    ['event: error\ndata: {"message":"No."}', { message: "No." }],
    ['event: error\ndata: {"error":{"message":"No."}}', { message: "No." }],
    ["event: error\ndata: No.", { message: "No." }],
    ['data: [{"error":{"message":"No.","code":503}}]', { message: "No.", code: 503 }],
    ['event: error\ndata: [{"error":{"message":"No."}}]', { message: "No." }],
  ])("%j is the provider's", (text, expected) => {
    const result = read([`data: {"a":1}\n\n${text}\n\ndata: {"a":2}\n\n`]);
    expect(raws(result)).toEqual([{ a: 1 }]);
    expect(result.error).toMatchObject({ kind: "APIError", status: 200, ...expected });
  });

  it.each(['data: {"a":1', 'data: {"a":}', "data: {'a':1}", "data: {}}", "data: {\ndata: x"])(
    "as broken JSON (%j) ends it",
    (text) => {
      const result = read([`data: {"a":1}\n\n${text}\n\ndata: {"a":2}\n\n`]);
      expect(raws(result)).toEqual([{ a: 1 }]);
      expect(result.error).toMatchObject({ kind: "APIError", code: "malformed_event" });
    },
  );

  it("never shows the key, in no property and in no cause", () => {
    for (const text of [
      `data: {"a":"${KEY}`,
      `data: {${KEY}}`,
      `data: {"error":"${KEY}"}`,
      `event: error\ndata: ${KEY}`,
    ]) {
      const { error } = read([`${text}\n\n`]);
      const all = [
        error.message,
        error.stack,
        JSON.stringify(error),
        String(error.cause),
        error.cause?.stack,
        JSON.stringify(error.body),
      ].join();
      expect(all).not.toContain("sk-test");
    }
  });
});

describe("a body that is no event stream", () => {
  it.each([
    ["<!doctype html><title>502</title>", "text/html"],
    ["<html>", "text/event-stream"],
    ["\n  <html>", null],
    ["Internal Server Error", "text/plain"],
    ["internal error", "text/plain"],
    ["no", "text/plain"],
    ["rate limited", "text/html"],
    ["error: all is lost", "text/plain; charset=utf-8"],
    ['{"cut":', "application/json"],
  ])("%j (%s) is told as what it is", (text, type) => {
    for (const result of [
      read([text], type),
      read(
        [...encoder.encode(text)].map((byte) => Uint8Array.of(byte)),
        type,
      ),
    ]) {
      expect(result.error).toMatchObject({
        kind: "APIError",
        status: 200,
        code: "not_a_stream",
        body: text.trimStart(),
      });
      const message = `Expected an event stream, received ${type ?? "something else"} (${text.trimStart().length} characters)`;
      expect(result.error.message).toBe(message);
    }
  });

  it.each(["application/json", "text/event-stream", null])(
    "a JSON error under the content type %s is an API error",
    (type) => {
      expect(read(['{"error":{"message":"No.","code":"x"}}'], type).error).toMatchObject({ message: "No.", code: "x" });
      expect(read(['[{"error":{"message":"No.","code":400}}]'], type, false).error).toMatchObject({
        message: "No.",
        code: 400,
      });
    },
  );

  it.each(["application/json", "text/event-stream", "text/plain", null])(
    "a whole answer under the content type %s is one",
    (type) => {
      const result = read(['\uFEFF {"who', 'le":1}\n'], type);
      expect([result.whole, result.error]).toEqual([[{ whole: 1 }], undefined]);
    },
  );

  it("is an error where the whole answer is not one of the endpoint's", () => {
    expect(read(['{"hello":1}'], "application/json", false).error).toMatchObject({
      kind: "APIError",
      message: "The server sent something unexpected (11 characters)",
      body: { hello: 1 },
    });
  });

  it.each(["text/plain", "application/octet-stream", "text/html", "application/json", "", null])(
    "is not assumed of events under the content type %s",
    (type) => {
      const text = ':\n\nevent: x\ndata: {"a":1}\n\n';
      expect(raws(read([text], type))).toEqual([{ a: 1 }]);
      expect(raws(read(text.split(/(?:)/u), type))).toEqual([{ a: 1 }]);
      for (const field of ["data:{}", "event: x\ndata:{}", "id: 1\ndata:{}", "retry: 1\ndata:{}", "id\ndata:{}"])
        expect(raws(read([`${field}\n\n`], type))).toEqual([{}]);
    },
  );

  it("is nothing where it is empty", () => {
    for (const pieces of [[], [""], ["\n"], [" \r\n "]])
      expect(read(pieces, "application/json")).toMatchObject({ events: [], whole: [], error: undefined });
  });
});

describe("limits", () => {
  const event = (size: number): string => `data: {"a":"${"x".repeat(size - 8)}"}`;

  it("hold for one event, in one piece, in many, and over many lines", () => {
    expect(raws(read([`${event(1_000)}\n\n`]))).toHaveLength(1);
    for (const pieces of [
      [`${event(1_001)}\n\n`],
      event(1_100).split(/(?:)/u),
      Array.from({ length: 40 }, () => `data: ${"x".repeat(50)}\n`),
    ]) {
      expect(read(pieces).error).toMatchObject({
        code: "too_large",
        message: "One event is longer than 1000 characters",
      });
    }
  });

  it("hold for a document", () => {
    expect(read(["<".padEnd(1_500), "x".repeat(600)]).error).toMatchObject({
      code: "too_large",
      message: "The answer is longer than 2000 characters",
    });
  });

  it("do not matter after [DONE]", () => {
    expect(read([`data: [DONE]\n\ndata: ${"x".repeat(3_000)}`])).toMatchObject({ done: true, error: undefined });
  });

  it("do not count what is not kept: comments and white space", () => {
    const result = read([...Array.from({ length: 100 }, () => `:${"x".repeat(500)}\n`), 'data: {"a":1}\n\n']);
    expect([result.error, raws(result)]).toEqual([undefined, [{ a: 1 }]]);
    expect(read([...Array.from({ length: 100 }, () => " ".repeat(500)), '{"whole":1}']).whole).toEqual([{ whole: 1 }]);
  });

  it("take no quadratic time over white space without end", () => {
    const block = " ".repeat(65_536);
    const start = performance.now();
    read([...Array.from({ length: 1_000 }, () => block), 'data: {"a":1}\n\n']);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it("are no matter for JSON that is nested without end", () => {
    const deep = "[".repeat(450) + "]".repeat(450);
    expect(raws(read([`data: {"a":${deep}}\n\n`]))).toHaveLength(1);
  });
});
