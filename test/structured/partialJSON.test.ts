import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PartialJSON } from "../../src/structured/partialJSON.ts";

const read = (...pieces: string[]): PartialJSON => {
  const reader = new PartialJSON();
  pieces.forEach((piece) => reader.feed(piece));
  return reader;
};

/** Whether all that is known is final: equal to the whole, but for strings, which may be their beginnings. */
function isBeginning(known: unknown, whole: unknown): boolean {
  if (typeof known === "string") return typeof whole === "string" && whole.startsWith(known);
  if (Array.isArray(known)) return Array.isArray(whole) && known.length <= whole.length && known.every((item, at) => isBeginning(item, whole[at]));
  if (typeof known === "object" && known !== null) {
    return typeof whole === "object" && whole !== null && !Array.isArray(whole) &&
      Object.keys(known).every((key) => Object.hasOwn(whole, key) && isBeginning((known as Record<string, unknown>)[key], (whole as Record<string, unknown>)[key]));
  }
  return Object.is(known, whole);
}

const json = fc.oneof(fc.json({ maxDepth: 5 }), fc.json({ stringUnit: "binary" }), fc.jsonValue({ stringUnit: "grapheme" }).map((value) => JSON.stringify(value, null, 2)));

describe("PartialJSON", () => {
  it("withholds numbers and literals until they are terminated", () => {
    expect(read('{"a": 12').value).toEqual({});
    expect(read('{"a": 12', "3 ").value).toEqual({ a: 123 });
    expect(read('{"a": tru').value).toEqual({});
    expect(read('[true, fals').value).toEqual([true]);
    expect(read("-1.5e").value).toBeUndefined();
  });

  it("lets strings grow, and keys appear only with a value", () => {
    const reader = read('{"name": "Os');
    expect(reader.value).toEqual({ name: "Os" });
    reader.feed('lo", "pop');
    expect(reader.value).toEqual({ name: "Oslo" });
    reader.feed('ulation": ');
    expect(reader.value).toEqual({ name: "Oslo" });
  });

  it("withholds half of a pair and half of an escape", () => {
    expect(read('["\\ud83d').value).toEqual([""]);
    expect(read('["\\ud83d', "\\ude0", "0").value).toEqual(["😀"]);
    expect(read('["a\\').value).toEqual(["a"]);
    expect(read('["a\\u00').value).toEqual(["a"]);
    expect(read('["', "\ud83d").value).toEqual([""]);
  });

  it("takes the last of duplicate keys", () => {
    expect(read('{"a": 1, "a": 2}').value).toEqual({ a: 2 });
  });

  it("leaves out the nulls that it is told to, asked by their path", () => {
    const asked: unknown[] = [];
    const reader = new PartialJSON({ omitNull: (path) => asked.push(path) > 1 });
    reader.feed('{"a":[{"b":null},null,{"c":1,"c":null,"d":{"e":null}}],"f":nul');
    expect(asked).toEqual([["a", 0, "b"], ["a", 2, "c"], ["a", 2, "d", "e"]]);
    expect(reader.value).toEqual({ a: [{ b: null }, null, { d: {} }] });
    reader.feed("l}");
    expect(reader.value).toEqual({ a: [{ b: null }, null, { d: {} }] });
    expect(reader.done).toBe(true);
  });

  it("keeps __proto__ as a field like any other", () => {
    const { value } = read('{"__proto__": {"polluted": 1}}');
    expect(Object.hasOwn(value as object, "__proto__")).toBe(true);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("is live: what was read before gains what comes", () => {
    const reader = read('{"list": [1, ');
    const before = reader.value as { list: number[] };
    reader.feed("2, 3]}");
    expect(before.list).toEqual([1, 2, 3]);
    expect(reader.value).toBe(before);
    expect(reader.done).toBe(true);
  });

  it.each(["}", "{,", "[1 2]", '{"a" 1}', "tru ", "[1,]", '{"a":1,}', '"a" 1', "{'a': 1}", '["\n"]', '["\\x"]', "[}", '{"a":1]', "01 "])("stops at what is no JSON: %s", (text) => {
    expect(read(text).broken).toBe(true);
  });

  it("agrees with JSON.parse on the whole, however it is cut", () => {
    fc.assert(fc.property(json, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
      const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
      const reader = read(...[0, ...places].map((from, at) => text.slice(from, places[at])));
      reader.end();
      expect(reader.broken).toBe(false);
      expect(reader.done).toBe(true);
      expect(reader.value).toEqual(JSON.parse(text));
    }), { numRuns: 2_000 });
  });

  it("shows nothing at any cut that the whole does not hold", () => {
    fc.assert(fc.property(json, (text) => {
      const reader = new PartialJSON();
      const whole: unknown = JSON.parse(text);
      for (const char of text) {
        reader.feed(char);
        expect(reader.value === undefined || isBeginning(reader.value, whole)).toBe(true);
      }
    }), { numRuns: 1_000 });
  });

  it("is broken wherever JSON.parse is, for text that is whole", () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...Array.from("{}[]:,\"\\ 01ea-.tru\n")), maxLength: 12 }), (text) => {
      const reader = read(text);
      reader.end();
      let parses = true;
      try {
        JSON.parse(text);
      } catch {
        parses = false;
      }
      expect(reader.done).toBe(parses);
    }), { numRuns: 20_000 });
  });
});
