import { optional } from "valibot";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { check } from "../../src/check/check.ts";
import { byKind, fields, list, nothing, oneOf, plain, some, textOr, when } from "../../src/check/shapes.ts";

const failure = (shape: Parameters<typeof check>[0], value: unknown): InputError => {
  try {
    check(shape, value, "it");
  } catch (error) {
    return error as InputError;
  }
  throw new Error("it passed");
};

describe("check", () => {
  it("returns the value itself", () => {
    const value = { a: "1", b: { c: 2 } };
    expect(check(fields({ a: plain("string") }), value, "it")).toBe(value);
    expect(value).toEqual({ a: "1", b: { c: 2 } });
  });

  it("names the path, the expected value and the actual one", () => {
    const error = failure(fields({ list: list(fields({ n: plain("string") })) }), { list: [{ n: "x" }, { n: 1 }] });
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ path: "it.list[1].n", expected: "string", received: "1" });
  });

  it("reports a missing field", () => {
    expect(failure(fields({ a: plain("string") }), {})).toMatchObject({
      path: "it.a",
      expected: "a value",
      received: "undefined",
    });
    expect(() => check(fields({ a: optional(plain("string")) }), {}, "it")).not.toThrow();
  });

  it.each([
    [null, "null"],
    ["x", '"x"'],
    [5, "5"],
  ])("reports that %j is no object", (value, received) => {
    expect(failure(fields({}), value)).toMatchObject({ path: "it", expected: "an object", received });
    expect(failure(byKind("type", {}), value)).toMatchObject({ path: "it", expected: "an object", received });
  });

  it.each([
    [{}, "Object"],
    ["x", '"x"'],
    [undefined, "undefined"],
  ])("reports that %j is no list", (value, received) => {
    expect(failure(list(plain("string")), value)).toMatchObject({ path: "it", expected: "a list", received });
    expect(failure(some(plain("string")), value)).toMatchObject({ path: "it", expected: "a list", received });
  });

  it("distinguishes empty lists from others", () => {
    expect(failure(some(plain("string")), [])).toMatchObject({
      path: "it",
      expected: "at least one",
      received: "an empty list",
    });
    expect(failure(plain("string"), ["x"])).toMatchObject({ expected: "string", received: "a list" });
    expect(failure(some(plain("string")), ["x", 5])).toMatchObject({
      path: "it[1]",
      expected: "string",
      received: "5",
    });
  });

  it("reports the fault of a string or of a list", () => {
    const shape = textOr(list(fields({ n: plain("string") })));
    expect(failure(shape, [{ n: 5 }])).toMatchObject({ path: "it[0].n", expected: "string" });
    expect(failure(shape, 5)).toMatchObject({ path: "it", expected: "a string or a list of parts" });
    expect(failure(shape, {})).toMatchObject({ path: "it", expected: "a string or a list of parts" });
  });

  it.each(["c", 5, ["a"], "__proto__", "constructor", undefined])(
    "lists the possible kinds for the unknown %j",
    (type) => {
      const shape = byKind("type", { a: fields({ x: plain("string") }), b: fields({}) });
      expect(failure(shape, { type, x: "" })).toMatchObject({ path: "it.type", expected: '"a" or "b"' });
      expect(failure(shape, type === undefined ? {} : [])).toMatchObject({
        path: "it.type",
        expected: '"a" or "b"',
        received: "undefined",
      });
      expect(failure(shape, { type: "a" })).toMatchObject({ path: "it.x", expected: "a value" });
    },
  );

  it("accepts a shape for other kinds", () => {
    const shape = byKind("type", { a: fields({ x: plain("string") }) }, fields({ type: plain("string") }));
    expect(() => check(shape, { type: "b" }, "it")).not.toThrow();
    expect(failure(shape, { type: "a" })).toMatchObject({ path: "it.x" });
    expect(failure(shape, {})).toMatchObject({ path: "it.type", expected: "a value" });
  });

  it.each([
    ["number", "5"],
    ["boolean", 0],
    ["string", true],
  ] as const)("tells a %s from %j", (type, value) => {
    expect(failure(plain(type), value)).toMatchObject({ expected: type, received: JSON.stringify(value) });
  });

  it("lists the possible values", () => {
    const shape = fields({ version: oneOf(1, "b") });
    expect(() => check(shape, { version: "b" }, "it")).not.toThrow();
    expect(failure(shape, { version: 2 })).toMatchObject({ path: "it.version", expected: '1 or "b"', received: "2" });
  });

  it("uses the rule's own words", () => {
    const shape = when(({ a, b }) => a === b, nothing("two values"), fields({}));
    expect(failure(shape, { a: 1, b: 1 })).toMatchObject({ path: "it", expected: "two values" });
    expect(() => check(shape, { a: 1 }, "it")).not.toThrow();
    expect(failure(shape, null)).toMatchObject({ expected: "an object", received: "null" });
  });

  it("shows only the beginning of a long value", () => {
    expect(failure(list(plain("string")), "x".repeat(10_000)).received).toHaveLength(61);
  });
});
