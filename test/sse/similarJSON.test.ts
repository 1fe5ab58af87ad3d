import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { SimilarJSON } from "../../src/sse/similarJSON.ts";

const event = (content: string, more: object = {}): string =>
  JSON.stringify({
    id: "c1",
    created: 1_795_000_000,
    model: "m",
    choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: null }],
    usage: null,
    ...more,
  });

/** What a parser makes of texts, beside what `JSON.parse` makes of them. Written out, so that the order of keys counts. */
function both(texts: readonly string[]): [string[], string[]] {
  const json = new SimilarJSON();
  const read =
    (parse: (text: string) => unknown) =>
    (text: string): string => {
      try {
        return JSON.stringify(parse(text));
      } catch (error) {
        return (error as Error).name;
      }
    };
  return [texts.map(read((text) => json.parse(text))), texts.map(read((text) => JSON.parse(text) as unknown))];
}

const expectSame = (...texts: string[]): void => {
  const [own, native] = both(texts);
  expect(own).toEqual(native);
};

/** So many times that it is learned. */
const learned = (text: string): string[] => new Array<string>(16).fill(text);

describe("JSON that is like the one before", () => {
  it("is parsed as JSON.parse does, whatever comes in place of a value", () => {
    for (const [next] of [
      ["b"],
      [""],
      ["é 👩‍🚀"],
      ["\n"],
      ['"'],
      ["\\"],
      ["}]}"],
      ["\u2028"],
      ["\u0000"],
      ["x".repeat(5_000)],
      ["__proto__"],
    ] as const)
      expectSame(...learned(event("a")), event(next), event("c"));
  });

  it("is parsed as JSON.parse does, whatever changes besides", () => {
    for (const next of [
      event("b", { id: "c2" }),
      event("b", { usage: { total_tokens: 1 } }),
      event("b", { obfuscation: "xy" }),
      event("b", { model: "content" }),
      `${event("b")} `,
      ` ${event("b")}`,
      event("b").replace('"content"', '"Content"'),
      event("b").replace('"content":', '"content": '),
      event("b").slice(0, -1),
      `${event("b")}}`,
      event("b").replace('"b"', "1"),
      event("b").replace('"b"', "null"),
      event("b").replace('"b"', '"b" '),
    ])
      expectSame(...learned(event("a")), next, event("d"));
  });

  it("has no control characters in its strings", () => {
    expectSame(...learned(event("a")), event("a").replace('"a"', '"\n"'), event("a").replace('"a"', '"\t"'));
  });

  it.each([
    ["a number that has a fraction", '{"sequence_number":1.5,"delta":"a"}', '{"sequence_number":2.5,"delta":"b"}'],
    ["a number with an exponent", '{"sequence_number":1e3,"delta":"a"}', '{"sequence_number":2e3,"delta":"b"}'],
    ["a number that begins with 0", '{"sequence_number":10,"delta":"a"}', '{"sequence_number":01,"delta":"b"}'],
    ["a number without digits", '{"sequence_number":10,"delta":"a"}', '{"sequence_number":,"delta":"b"}'],
    ["a large number", '{"sequence_number":10,"delta":"a"}', '{"sequence_number":123456789012345678901,"delta":"b"}'],
    ["a key twice", '{"content":"a","content":"b"}', '{"content":"c","content":"b"}'],
    ["a key that is null elsewhere", '{"reasoning":null,"content":"a"}', '{"reasoning":null,"content":"b"}'],
    [
      "values in objects whose keys are numbers",
      '{"2":{"content":"a"},"1":{"delta":"b"}}',
      '{"2":{"content":"c"},"1":{"delta":"d"}}',
    ],
    ["a key in an escape", '{"a\\"content":"x","c\\u006fntent":"y"}', '{"a\\"content":"z","c\\u006fntent":"y"}'],
    ["a key that is a value too", '{"type":"content","content":"a"}', '{"type":"content","content":"b"}'],
    ["a prototype's name", '{"__proto__":{"a":[]},"content":"a"}', '{"__proto__":{"a":[]},"content":"b"}'],
    ["keys that are numbers", '{"content":"a","2":[1],"1":{"b":[]}}', '{"content":"b","2":[1],"1":{"b":[]}}'],
    [
      "two values, in another order than they are looked for",
      '{"obfuscation":"x","content":"a"}',
      '{"obfuscation":"y","content":"b"}',
    ],
    ["an empty key's neighbour", '{"":"content","content":"a"}', '{"":"content","content":"b"}'],
  ])("is parsed as JSON.parse does with %s", (_name, first, next) => {
    expectSame(...learned(first), next, first, next);
  });

  it("is parsed as JSON.parse does, whatever the texts and their order", () => {
    const key = fc.constantFrom("content", "delta", "text", "sequence_number", "obfuscation", "a", "__proto__", "0");
    const leaf = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: "binary" }),
      fc.nat(),
      fc.double(),
      fc.constantFrom(null, true, "content", "a\\b", '"'),
    );
    const { value: tree } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(key, tie("value"), { maxKeys: 4 }),
      ),
    }));
    const shape = fc.dictionary(key, tree, { maxKeys: 6 });
    const edit = fc.tuple(
      fc.constantFrom("content", "delta", "text", "sequence_number", "obfuscation", "a"),
      fc.oneof(leaf, tree),
    );
    fc.assert(
      fc.property(
        shape,
        fc.array(edit, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        (first, edits, cuts) => {
          const text = JSON.stringify(first);
          const edited = edits.map(([name, value]) => JSON.stringify({ ...first, [name]: value }));
          const broken = cuts.map((at) => text.slice(0, at % text.length));
          expectSame(...learned(text), ...edited, ...broken, text);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("has nothing in common with the one before", () => {
    const json = new SimilarJSON();
    const text = (content: string): string =>
      `{"choices":[{"delta":{"content":"${content}"},"logprobs":{"content":1}}],"usage":{"a":[1]}}`.replace(
        '"logprobs":{"content":1}',
        '"logprobs":{"top":[{"x":1}]}',
      );
    for (let at = 0; at < 16; at++) json.parse(text("a"));
    const seen = ["a", "b", "c", "d", "e"].map((content) => json.parse(text(content)) as Record<string, unknown>);
    const objects = new Set<unknown>();
    const count = (value: unknown): number => {
      if (typeof value !== "object" || value === null) return 0;
      objects.add(value);
      return Object.values(value).reduce((sum: number, one) => sum + count(one), 1);
    };
    expect(seen.reduce((sum, one) => sum + count(one), 0)).toBe(objects.size);
    for (const one of seen) one["usage"] = "changed";
    expect(json.parse(text("f"))).toEqual(JSON.parse(text("f")));
  });

  it("is not parsed again", () => {
    const json = new SimilarJSON();
    const parse = vi.spyOn(JSON, "parse");
    try {
      for (let at = 0; at < 100; at++) json.parse(event(`t${at}`, { obfuscation: `o${at}`, sequence_number: at }));
      expect(parse.mock.calls.length).toBe(16);
    } finally {
      parse.mockRestore();
    }
  });

  it("is parsed as it is where all are different", () => {
    const json = new SimilarJSON();
    for (let at = 0; at < 100; at++)
      expect(json.parse(event("t", { id: at }))).toEqual(JSON.parse(event("t", { id: at })));
  });
});
