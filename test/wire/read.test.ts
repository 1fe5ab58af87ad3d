import { describe, expect, it } from "vitest";
import { fieldOf, fieldsOf, listOf, numberOf, objectOf, stringOf } from "../../src/wire/read.ts";

const wrong = [undefined, null, 0, 1, "", "text", true, [], [{ type: "x" }], () => 1];

describe("typed readers", () => {
  it("return undefined or an empty list for a value that is no object, and never throw", () => {
    for (const value of wrong) {
      expect(fieldsOf(value)).toBeUndefined();
      expect(fieldOf(value, "type")).toBeUndefined();
      expect(stringOf(value, "length")).toBeUndefined();
      expect(numberOf(value, "length")).toBeUndefined();
      expect(objectOf(value, "type")).toBeUndefined();
      expect(listOf(value, "type")).toEqual([]);
    }
  });

  it("return a field only if it has the type that was asked for", () => {
    const value = { text: "a", count: 2, list: [1], inner: { x: 1 }, none: null, huge: Infinity };
    expect(stringOf(value, "text")).toBe("a");
    expect(numberOf(value, "count")).toBe(2);
    expect(listOf(value, "list")).toEqual([1]);
    expect(objectOf(value, "inner")).toEqual({ x: 1 });
    for (const key of ["count", "list", "inner", "none", "absent"]) expect(stringOf(value, key)).toBeUndefined();
    for (const key of ["text", "list", "inner", "none", "absent", "huge"]) expect(numberOf(value, key)).toBeUndefined();
    for (const key of ["text", "count", "inner", "none", "absent"]) expect(listOf(value, key)).toEqual([]);
    for (const key of ["text", "count", "list", "none", "absent"]) expect(objectOf(value, key)).toBeUndefined();
  });

  it("do not see what an object inherits", () => {
    expect(fieldOf({}, "toString")).toBeUndefined();
    expect(fieldOf(JSON.parse('{"__proto__":{"type":"x"}}'), "type")).toBeUndefined();
  });
});
