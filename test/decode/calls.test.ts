import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CallBuilder, isWhole } from "../../src/decode/calls.ts";
import type { ToolCall } from "../../src/wire/index.ts";
import type { Loose } from "../support/streams.ts";

const fold = (...deltas: object[]): ToolCall[] => {
  const calls = new CallBuilder();
  for (const delta of deltas) calls.add(delta);
  return calls.list(false);
};
const call = (id: string, name: string, text: string): ToolCall => ({
  id,
  type: "function",
  function: { name, arguments: text },
});
const fn = (name?: string | null, text?: unknown): object => ({
  function: { ...(name === undefined ? {} : { name }), ...(text === undefined ? {} : { arguments: text }) },
});

describe("CallBuilder", () => {
  it.each<[string, object[], ToolCall[]]>([
    [
      "assembles the fragments of OpenAI",
      [
        { index: 0, id: "a", type: "function", ...fn("f", "") },
        { index: 0, ...fn(undefined, '{"x"') },
        { index: 0, ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "keeps the first id if each fragment has another one",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn(undefined, '{"x"') },
        { index: 0, id: "c", ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "separates calls by their whole arguments if each fragment has another id and the name",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn("f", '{"x"') },
        { index: 0, id: "c", ...fn("f", ":1}") },
        { index: 0, id: "d", ...fn("f", '{"x":2}') },
      ],
      [call("a", "f", '{"x":1}'), call("d", "f", '{"x":2}')],
    ],
    [
      "keeps the first id if each fragment has another one and no index",
      [
        { id: "a", ...fn("f", '{"x"') },
        { id: "b", ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "separates calls of one function without arguments at one index",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn("f", "") },
      ],
      [call("a", "f", ""), call("b", "f", "")],
    ],
    [
      "joins fragments with one id at several indices (LocalAI)",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 1, id: "a", ...fn("f", '{"x"') },
        { index: 1, ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "separates calls of two functions with one id",
      [
        { index: 0, id: "a", ...fn("f", "{}") },
        { index: 1, id: "a", ...fn("g", "{}") },
        { index: 2, id: "a", ...fn("g", '{"x":1}') },
      ],
      [call("a", "f", "{}"), call("a", "g", "{}"), call("a", "g", '{"x":1}')],
    ],
    [
      "reads snapshots of the arguments",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, ...fn(undefined, '{"x"') },
        { index: 0, ...fn(undefined, '{"x":{"y":1') },
        { index: 0, ...fn(undefined, '{"x":{"y":1}}') },
        { index: 0, ...fn(undefined, '{"x":{"y":1}}') },
      ],
      [call("a", "f", '{"x":{"y":1}}')],
    ],
    [
      "reads snapshots of the arguments before another call",
      [
        { index: 0, id: "a", ...fn("f", '{"x"') },
        { index: 0, id: "a", ...fn("f", '{"x":1}') },
        { index: 0, id: "b", ...fn("f", '{"x"') },
        { index: 0, id: "b", ...fn("f", '{"x":2}') },
      ],
      [call("a", "f", '{"x":1}'), call("b", "f", '{"x":2}')],
    ],
    [
      "appends arguments that only resemble a snapshot",
      [
        { index: 0, id: "a", ...fn("f", '{"x":') },
        { index: 0, ...fn(undefined, '{"x":1}') },
        { index: 0, ...fn(undefined, "}") },
      ],
      [call("a", "f", '{"x":{"x":1}}')],
    ],
    [
      "ignores repeated arguments without an id",
      [
        { index: 0, id: "a", ...fn("f", '{"x"') },
        { index: 0, ...fn(undefined, ":1}") },
        { index: 0, ...fn(undefined, '{"x":1}') },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "accepts indices that start at 1",
      [
        { index: 1, id: "a", ...fn("f", "{}") },
        { index: 2, id: "b", ...fn("g", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "sorts calls by index",
      [
        { index: 1, id: "b", ...fn("g", "{}") },
        { index: 0, id: "a", ...fn("f", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "separates whole calls without an index (Gemini)",
      [
        { id: "a", ...fn("f", "{}") },
        { id: "b", ...fn("f", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "f", "{}")],
    ],
    [
      "makes up ids for whole calls without index and id",
      [fn("f", "{}"), fn("f", '{"x":1}'), fn("g", "{}")],
      [call("call_0", "f", "{}"), call("call_1", "f", '{"x":1}'), call("call_2", "g", "{}")],
    ],
    [
      "appends fragments without an index to the last call",
      [{ id: "a", ...fn("f", "") }, fn(undefined, '{"x"'), fn(undefined, ":1}"), { id: "b", ...fn("g", "{}") }],
      [call("a", "f", '{"x":1}'), call("b", "g", "{}")],
    ],
    [
      "accepts a null index",
      [
        { index: null, id: "a", ...fn("f", "{") },
        { index: null, id: "a", ...fn(undefined, "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "begins another call at a new id with a name",
      [
        { index: 0, id: "a", ...fn("f", "{}") },
        { index: 0, id: "b", ...fn("g", "{") },
        { index: 0, ...fn(undefined, "}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "ignores null fields",
      [
        { index: 0, id: "a", type: "function", ...fn("f", null) },
        { index: 0, id: null, type: null, ...fn(null, "{}") },
        { index: 0, function: null },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "makes up ids for empty ones (llama.cpp)",
      [
        { index: 0, id: "", ...fn("f", "{}") },
        { index: 1, id: "", ...fn("g", "{}") },
      ],
      [call("call_0", "f", "{}"), call("call_1", "g", "{}")],
    ],
    [
      "accepts a repeated id",
      [
        { index: 0, id: "a", ...fn("f", "{") },
        { index: 0, id: "a", ...fn("", "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "accepts a repeated name",
      [
        { index: 0, id: "a", ...fn("f", "{") },
        { index: 0, id: "a", ...fn("f", "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "joins a name in fragments",
      [
        { index: 0, id: "a", ...fn("get_") },
        { index: 0, ...fn("weather", "{}") },
      ],
      [call("a", "get_weather", "{}")],
    ],
    [
      "reads snapshots of the name",
      [
        { index: 0, id: "a", ...fn("get_") },
        { index: 0, ...fn("get_weather", "{}") },
      ],
      [call("a", "get_weather", "{}")],
    ],
    [
      "writes arguments that are an object as JSON",
      [{ index: 0, id: "a", ...fn("f", { x: 1 }) }],
      [call("a", "f", '{"x":1}')],
    ],
    ["keeps a call without arguments", [{ index: 0, id: "a", function: { name: "f" } }], [call("a", "f", "")]],
    [
      "assembles the input of a custom tool",
      [
        { index: 0, id: "a", type: "custom", custom: { name: "c", input: "SEL" } },
        { index: 0, custom: { input: "ECT" } },
      ],
      [{ id: "a", type: "custom", custom: { name: "c", input: "SELECT" } }],
    ],
    [
      "keeps fields of the provider",
      [{ index: 0, id: "a", ...fn("f", "{}"), extra_content: { google: { thought_signature: "s" } } }],
      [{ ...call("a", "f", "{}"), extra_content: { google: { thought_signature: "s" } } } as unknown as ToolCall],
    ],
    [
      "sorts calls with absurd indices",
      [
        { index: 1e308, id: "b", ...fn("g", "{}") },
        { index: -5, id: "a", ...fn("f", "{}") },
        { index: 2 ** 32, id: "c", ...fn("h", "{}") },
      ],
      [call("a", "f", "{}"), call("c", "h", "{}"), call("b", "g", "{}")],
    ],
    [
      "accepts the index as a string",
      [
        { index: "0", id: "a", ...fn("f", "") },
        { index: "1", id: "b", ...fn("g", "") },
        { index: "0", ...fn(undefined, '{"x"') },
        { index: "1", ...fn(undefined, "{}") },
        { index: "0", ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}'), call("b", "g", "{}")],
    ],
    [
      "ignores an index that is no number",
      [
        { index: "0", id: "a", ...fn("f", "{}") },
        { index: {}, id: "b", ...fn("g", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
  ])("%s", (_name, deltas, expected) => {
    expect(fold(...deltas)).toEqual(expected);
  });

  it("assembles the same calls however their fragments are interleaved", () => {
    const one = fc.record({
      name: fc.stringMatching(/^[a-z_]{1,12}$/),
      args: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
      cuts: fc.array(fc.nat(), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.nat()),
        fc.boolean(),
        fc.boolean(),
        (calls, order, repeatId, byId) => {
          const queues = calls.map(({ name, args, cuts }, index) => {
            const at = [0, ...new Set(cuts.map((cut) => cut % (args.length + 1)))].sort((a, b) => a - b);
            const key = byId ? {} : { index };
            return at.map((from, i) => ({
              ...key,
              ...(i === 0 || repeatId || byId ? { id: `id${index}` } : {}),
              ...fn(i === 0 ? name : undefined, args.slice(from, at[i + 1])),
            }));
          });
          const mixed: object[] = [];
          for (const pick of order) {
            const open = queues.filter((queue) => queue.length > 0);
            if (open.length === 0) break;
            mixed.push(open[pick % open.length]!.shift()!);
          }
          const expected = calls
            // A null stands for no arguments.
            .map(({ name, args }, i) => call(`id${i}`, name, args === "null" ? "{}" : args))
            .sort((a, b) => a.id.localeCompare(b.id));
          expect(fold(...mixed).sort((a, b) => a.id.localeCompare(b.id))).toEqual(expected);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("pollutes no prototype and accepts any shape", () => {
    fold(
      JSON.parse(
        '{"index":0,"id":"a","__proto__":{"polluted":1},"x":{"__proto__":{"polluted":1}},"function":{"__proto__":{"polluted":1},"name":"f"}}',
      ) as object,
      JSON.parse('{"index":0,"x":{"__proto__":{"polluted":1}}}') as object,
    );
    expect(({} as Loose).polluted).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        try {
          expect(Array.isArray(fold(...(values as object[])))).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ kind: "APIError", code: "malformed" });
        }
      }),
    );
  });

  it("rejects more than 1,024 calls", () => {
    expect(() => fold(...Array.from({ length: 1_025 }, (_, index) => ({ index, id: `${index}` })))).toThrow(
      /1024 tool calls/,
    );
  });
});

describe("isWhole", () => {
  it.each([
    ["f", "{}", true],
    ["f", "", true],
    ["f", " ", true],
    ["f", '{"a":1', false],
    ["f", '{"a":1}}', false],
    ["", "{}", false],
    ["f", "{'a':1}", false],
  ])("%s(%s) is %s", (name, text, whole) => {
    expect(isWhole(call("a", name, text))).toBe(whole);
  });

  it("accepts any input of a custom tool", () => {
    expect(isWhole({ id: "a", type: "custom", custom: { name: "c", input: "{" } })).toBe(true);
  });

  it("rejects every prefix of an object", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (args, cut) => {
        const text = JSON.stringify(args);
        expect(isWhole(call("a", "f", text.slice(0, 1 + (cut % (text.length - 1)))))).toBe(false);
      }),
    );
  });
});
