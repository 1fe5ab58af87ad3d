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

describe("tool calls from fragments", () => {
  it.each<[string, object[], ToolCall[]]>([
    [
      "as OpenAI sends them",
      [
        { index: 0, id: "a", type: "function", ...fn("f", "") },
        { index: 0, ...fn(undefined, '{"x"') },
        { index: 0, ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "with another id for each fragment",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn(undefined, '{"x"') },
        { index: 0, id: "c", ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "with another id and the name in each fragment",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn("f", '{"x"') },
        { index: 0, id: "c", ...fn("f", ":1}") },
        { index: 0, id: "d", ...fn("f", '{"x":2}') },
      ],
      [call("a", "f", '{"x":1}'), call("d", "f", '{"x":2}')],
    ],
    [
      "with another id for each fragment and no index",
      [
        { id: "a", ...fn("f", '{"x"') },
        { id: "b", ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "of the same function without arguments, at one index",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 0, id: "b", ...fn("f", "") },
      ],
      [call("a", "f", ""), call("b", "f", "")],
    ],
    [
      "at another index for each fragment, with one id (LocalAI)",
      [
        { index: 0, id: "a", ...fn("f", "") },
        { index: 1, id: "a", ...fn("f", '{"x"') },
        { index: 1, ...fn(undefined, ":1}") },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "of two functions with one id",
      [
        { index: 0, id: "a", ...fn("f", "{}") },
        { index: 1, id: "a", ...fn("g", "{}") },
        { index: 2, id: "a", ...fn("g", '{"x":1}') },
      ],
      [call("a", "f", "{}"), call("a", "g", "{}"), call("a", "g", '{"x":1}')],
    ],
    [
      "with all arguments so far in each fragment",
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
      "with all arguments so far in each fragment, and another call behind",
      [
        { index: 0, id: "a", ...fn("f", '{"x"') },
        { index: 0, id: "a", ...fn("f", '{"x":1}') },
        { index: 0, id: "b", ...fn("f", '{"x"') },
        { index: 0, id: "b", ...fn("f", '{"x":2}') },
      ],
      [call("a", "f", '{"x":1}'), call("b", "f", '{"x":2}')],
    ],
    [
      "with arguments that only look as if they were sent again",
      [
        { index: 0, id: "a", ...fn("f", '{"x":') },
        { index: 0, ...fn(undefined, '{"x":1}') },
        { index: 0, ...fn(undefined, "}") },
      ],
      [call("a", "f", '{"x":{"x":1}}')],
    ],
    [
      "with the whole arguments once more, without an id",
      [
        { index: 0, id: "a", ...fn("f", '{"x"') },
        { index: 0, ...fn(undefined, ":1}") },
        { index: 0, ...fn(undefined, '{"x":1}') },
      ],
      [call("a", "f", '{"x":1}')],
    ],
    [
      "starting at 1",
      [
        { index: 1, id: "a", ...fn("f", "{}") },
        { index: 2, id: "b", ...fn("g", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "out of order",
      [
        { index: 1, id: "b", ...fn("g", "{}") },
        { index: 0, id: "a", ...fn("f", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "without an index, whole (Gemini)",
      [
        { id: "a", ...fn("f", "{}") },
        { id: "b", ...fn("f", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "f", "{}")],
    ],
    [
      "without an index or an id, whole",
      [fn("f", "{}"), fn("f", '{"x":1}'), fn("g", "{}")],
      [call("call_0", "f", "{}"), call("call_1", "f", '{"x":1}'), call("call_2", "g", "{}")],
    ],
    [
      "without an index, in fragments",
      [{ id: "a", ...fn("f", "") }, fn(undefined, '{"x"'), fn(undefined, ":1}"), { id: "b", ...fn("g", "{}") }],
      [call("a", "f", '{"x":1}'), call("b", "g", "{}")],
    ],
    [
      "with the index null",
      [
        { index: null, id: "a", ...fn("f", "{") },
        { index: null, id: "a", ...fn(undefined, "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "with the same index and a new id",
      [
        { index: 0, id: "a", ...fn("f", "{}") },
        { index: 0, id: "b", ...fn("g", "{") },
        { index: 0, ...fn(undefined, "}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
    [
      "with null fields",
      [
        { index: 0, id: "a", type: "function", ...fn("f", null) },
        { index: 0, id: null, type: null, ...fn(null, "{}") },
        { index: 0, function: null },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "with an empty id (llama.cpp)",
      [
        { index: 0, id: "", ...fn("f", "{}") },
        { index: 1, id: "", ...fn("g", "{}") },
      ],
      [call("call_0", "f", "{}"), call("call_1", "g", "{}")],
    ],
    [
      "with the id repeated",
      [
        { index: 0, id: "a", ...fn("f", "{") },
        { index: 0, id: "a", ...fn("", "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "with the name repeated",
      [
        { index: 0, id: "a", ...fn("f", "{") },
        { index: 0, id: "a", ...fn("f", "}") },
      ],
      [call("a", "f", "{}")],
    ],
    [
      "with the name in fragments",
      [
        { index: 0, id: "a", ...fn("get_") },
        { index: 0, ...fn("weather", "{}") },
      ],
      [call("a", "get_weather", "{}")],
    ],
    [
      "with the name growing",
      [
        { index: 0, id: "a", ...fn("get_") },
        { index: 0, ...fn("get_weather", "{}") },
      ],
      [call("a", "get_weather", "{}")],
    ],
    ["with arguments as an object", [{ index: 0, id: "a", ...fn("f", { x: 1 }) }], [call("a", "f", '{"x":1}')]],
    ["with no arguments at all", [{ index: 0, id: "a", function: { name: "f" } }], [call("a", "f", "")]],
    [
      "of a custom tool",
      [
        { index: 0, id: "a", type: "custom", custom: { name: "c", input: "SEL" } },
        { index: 0, custom: { input: "ECT" } },
      ],
      [{ id: "a", type: "custom", custom: { name: "c", input: "SELECT" } }],
    ],
    [
      "with a signature to give back",
      [{ index: 0, id: "a", ...fn("f", "{}"), extra_content: { google: { thought_signature: "s" } } }],
      [{ ...call("a", "f", "{}"), extra_content: { google: { thought_signature: "s" } } } as unknown as ToolCall],
    ],
    [
      "with absurd indices",
      [
        { index: 1e308, id: "b", ...fn("g", "{}") },
        { index: -5, id: "a", ...fn("f", "{}") },
        { index: 2 ** 32, id: "c", ...fn("h", "{}") },
      ],
      [call("a", "f", "{}"), call("c", "h", "{}"), call("b", "g", "{}")],
    ],
    [
      "with the index as a text",
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
      "with an index that is no number",
      [
        { index: "0", id: "a", ...fn("f", "{}") },
        { index: {}, id: "b", ...fn("g", "{}") },
      ],
      [call("a", "f", "{}"), call("b", "g", "{}")],
    ],
  ])("%s", (_name, deltas, expected) => {
    expect(fold(...deltas)).toEqual(expected);
  });

  it("give the same calls however those of several calls are interleaved", () => {
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

  it("pollute nothing and survive any shape", () => {
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

  it("are limited in number", () => {
    expect(() => fold(...Array.from({ length: 1_025 }, (_, index) => ({ index, id: `${index}` })))).toThrow(
      /1024 tool calls/,
    );
  });
});

describe("a whole call", () => {
  it.each([
    ["f", "{}", true],
    ["f", "", true],
    ["f", " ", true],
    ["f", '{"a":1', false],
    ["f", '{"a":1}}', false],
    ["", "{}", false],
    ["f", "{'a':1}", false],
  ])("%s(%s): %s", (name, text, whole) => {
    expect(isWhole(call("a", name, text))).toBe(whole);
  });

  it("of a custom tool takes any text", () => {
    expect(isWhole({ id: "a", type: "custom", custom: { name: "c", input: "{" } })).toBe(true);
  });

  it("never comes of a prefix of an object's arguments", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (args, cut) => {
        const text = JSON.stringify(args);
        expect(isWhole(call("a", "f", text.slice(0, 1 + (cut % (text.length - 1)))))).toBe(false);
      }),
    );
  });
});
