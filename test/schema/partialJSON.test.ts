import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartialJSON } from "../../src/schema/partialJSON.ts";

const read = (...pieces: string[]): PartialJSON => {
  const reader = new PartialJSON();
  pieces.forEach((piece) => reader.feed(piece));
  return reader;
};

/** Returns `true` if every known value equals the final one, except that strings may be shorter. */
function isBeginning(known: unknown, whole: unknown): boolean {
  if (typeof known === "string") return typeof whole === "string" && whole.startsWith(known);
  if (Array.isArray(known))
    return (
      Array.isArray(whole) && known.length <= whole.length && known.every((item, at) => isBeginning(item, whole[at]))
    );
  if (typeof known === "object" && known !== null) {
    return (
      typeof whole === "object" &&
      whole !== null &&
      !Array.isArray(whole) &&
      Object.keys(known).every(
        (key) =>
          Object.hasOwn(whole, key) &&
          isBeginning((known as Record<string, unknown>)[key], (whole as Record<string, unknown>)[key]),
      )
    );
  }
  return Object.is(known, whole);
}

const json = fc.oneof(
  fc.json({ maxDepth: 5 }),
  fc.json({ stringUnit: "binary" }),
  fc.jsonValue({ stringUnit: "grapheme" }).map((value) => JSON.stringify(value, null, 2)),
);

describe("PartialJSON", () => {
  it("withholds numbers and literals until they are complete", () => {
    expect(read('{"a": 12').value).toEqual({});
    expect(read('{"a": 12', "3 ").value).toEqual({ a: 123 });
    expect(read('{"a": tru').value).toEqual({});
    expect(read("[true, fals").value).toEqual([true]);
    expect(read("-1.5e").value).toBeUndefined();
  });

  it("shows growing strings, and keys only with a value", () => {
    const reader = read('{"name": "Os');
    expect(reader.value).toEqual({ name: "Os" });
    reader.feed('lo", "pop');
    expect(reader.value).toEqual({ name: "Oslo" });
    reader.feed('ulation": ');
    expect(reader.value).toEqual({ name: "Oslo" });
  });

  it("withholds half a surrogate pair and half an escape", () => {
    expect(read('["\\ud83d').value).toEqual([""]);
    expect(read('["\\ud83d', "\\ude0", "0").value).toEqual(["😀"]);
    expect(read('["a\\').value).toEqual(["a"]);
    expect(read('["a\\u00').value).toEqual(["a"]);
    expect(read('["', "\ud83d").value).toEqual([""]);
  });

  it("keeps the last of duplicate keys", () => {
    expect(read('{"a": 1, "a": 2}').value).toEqual({ a: 2 });
  });

  it("leaves out nulls for which omitNull returns true", () => {
    const asked: unknown[] = [];
    const reader = new PartialJSON({ omitNull: (path) => asked.push(path) > 1 });
    reader.feed('{"a":[{"b":null},null,{"c":1,"c":null,"d":{"e":null}}],"f":nul');
    expect(asked).toEqual([
      ["a", 0, "b"],
      ["a", 2, "c"],
      ["a", 2, "d", "e"],
    ]);
    expect(reader.value).toEqual({ a: [{ b: null }, null, { d: {} }] });
    reader.feed("l}");
    expect(reader.value).toEqual({ a: [{ b: null }, null, { d: {} }] });
    expect(reader.done).toBe(true);
  });

  it("reads a long string in small pieces in linear time", () => {
    // Copying the text for each piece would move a hundred thousand megabytes.
    for (const unit of ["x", "\n", "😀"]) {
      const text = JSON.stringify({ a: unit.repeat(1_000_000 / unit.length) });
      const reader = new PartialJSON();
      for (let at = 0; at < text.length; at += 3) reader.feed(text.slice(at, at + 3));
      expect(reader.done).toBe(true);
      expect((reader.value as { a: string }).a === unit.repeat(1_000_000 / unit.length)).toBe(true);
    }
  });

  it("shows only final values at any cut, except for duplicate keys", () => {
    const value = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
    const entries = fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), value), { maxLength: 8 });
    fc.assert(
      fc.property(entries, fc.nat(), (list, cut) => {
        const text = `{${list.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(",")}}`;
        const at = cut % (text.length + 1);
        const reader = read(text.slice(0, at));
        for (const [key, known] of Object.entries((reader.value ?? {}) as Record<string, unknown>))
          expect(list.some(([own, one]) => own === key && isBeginning(known, one))).toBe(true);
        reader.feed(text.slice(at));
        expect(reader.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("shows every complete value and no incomplete one", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.integer(), fc.double({ noDefaultInfinity: true, noNaN: true }), fc.boolean(), fc.constant(null)),
          { maxLength: 10 },
        ),
        fc.nat(),
        (list, cut) => {
          const texts = list.map((one) => JSON.stringify(one));
          const text = `[${texts.join(",")}]`;
          const before = text.slice(0, cut % (text.length + 1));
          const commas = before.split(/[,\]]/).length - 1;
          expect((read(before).value ?? []) as unknown[]).toEqual((JSON.parse(text) as unknown[]).slice(0, commas));
        },
      ),
    );
  });

  it("keeps __proto__ as a plain field", () => {
    const { value } = read('{"__proto__": {"polluted": 1}}');
    expect(Object.hasOwn(value as object, "__proto__")).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("adds to the same live object", () => {
    const reader = read('{"list": [1, ');
    const before = reader.value as { list: number[] };
    reader.feed("2, 3]}");
    expect(before.list).toEqual([1, 2, 3]);
    expect(reader.value).toBe(before);
    expect(reader.done).toBe(true);
  });

  it.each([
    "}",
    "{,",
    "[1 2]",
    '{"a" 1}',
    "tru ",
    "[1,]",
    '{"a":1,}',
    '"a" 1',
    "{'a': 1}",
    '["\n"]',
    '["\\x"]',
    "[}",
    '{"a":1]',
    "01 ",
  ])("stops at invalid JSON: %s", (text) => {
    expect(read(text).broken).toBe(true);
  });

  it("reads the same value as JSON.parse, however the text is cut", () => {
    fc.assert(
      fc.property(json, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const reader = read(...[0, ...places].map((from, at) => text.slice(from, places[at])));
        reader.end();
        expect(reader.broken).toBe(false);
        expect(reader.done).toBe(true);
        expect(reader.value).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("never shows a value that the whole text does not have", () => {
    fc.assert(
      fc.property(json, (text) => {
        const reader = new PartialJSON();
        const whole: unknown = JSON.parse(text);
        for (const char of text) {
          reader.feed(char);
          expect(reader.value === undefined || isBeginning(reader.value, whole)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("is broken or not done for whole texts that JSON.parse rejects", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('{}[]:,"\\ 01ea-.tru\n')), maxLength: 12 }),
        (text) => {
          const reader = read(text);
          reader.end();
          let parses = true;
          try {
            JSON.parse(text);
          } catch {
            parses = false;
          }
          expect(reader.done).toBe(parses);
        },
      ),
      { numRuns: 20_000 },
    );
  });
});
