import { array, check as rule, literal, looseObject, number, optional, pipe, string, union, variant } from "valibot";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import { check } from "../../src/schemas/check.ts";

const failure = (schema: Parameters<typeof check>[0], value: unknown): InputError => {
  try {
    check(schema, value, "it");
  } catch (error) {
    return error as InputError;
  }
  throw new Error("it passed");
};

describe("check()", () => {
  it("gives back the value itself, with everything in it", () => {
    const value = { a: 1, b: { c: 2 } };
    expect(check(looseObject({ a: number() }), value, "it")).toBe(value);
  });

  it("says where, what was expected, and what was there", () => {
    const error = failure(looseObject({ list: array(looseObject({ n: number() })) }), { list: [{ n: 1 }, { n: "x" }] });
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ path: "it.list[1].n", expected: "number", received: '"x"' });
  });

  it("says that something is missing", () => {
    expect(failure(looseObject({ a: string() }), {})).toMatchObject({ path: "it.a", expected: "a value", received: "undefined" });
  });

  it("tells of the branch of a union that came furthest", () => {
    const schema = union([string(), looseObject({ kind: literal("a"), inner: looseObject({ n: number() }) })]);
    expect(failure(schema, { kind: "a", inner: { n: "x" } })).toMatchObject({ path: "it.inner.n", expected: "number" });
    expect(failure(schema, 5)).toMatchObject({ path: "it", expected: "string or an object" });
  });

  it("tells of the kind that a variant has", () => {
    const schema = variant("type", [looseObject({ type: literal("a"), x: string() }), looseObject({ type: literal("b"), y: optional(string()) })]);
    expect(failure(schema, { type: "a" })).toMatchObject({ path: "it.x" });
    expect(failure(schema, { type: "c" })).toMatchObject({ path: "it.type", expected: '"a" or "b"', received: '"c"' });
  });

  it("uses the words of a rule", () => {
    expect(failure(pipe(string(), rule((text) => text !== "", "a name")), "")).toMatchObject({ expected: "a name" });
  });

  it("shows no more than the beginning of a long value", () => {
    expect(failure(number(), "x".repeat(10_000)).received).toHaveLength(61);
  });
});
