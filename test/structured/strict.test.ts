import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonSchemaOf } from "../../src/schemas/standard.ts";
import { toStrict } from "../../src/structured/strict.ts";

describe("toStrict", () => {
  it("closes objects at every depth, and leaves the given schema as it was", () => {
    const schema = { type: "object", properties: { a: { type: "array", items: { type: "object", properties: { b: { type: "string" } }, required: ["b"] } } }, required: ["a"] };
    const before = structuredClone(schema);
    expect(toStrict(schema).schema).toEqual({
      type: "object",
      properties: { a: { type: "array", items: { type: "object", properties: { b: { type: "string" } }, required: ["b"], additionalProperties: false } } },
      required: ["a"],
      additionalProperties: false,
    });
    expect(schema).toEqual(before);
  });

  it.each([
    [{ type: "array" }, /at the top is no object/],
    [{ type: "object", properties: { a: { type: "string" } } }, /properties\/a may be left out/],
    [{ type: "object", properties: {}, additionalProperties: { type: "string" } }, /open to further/],
    [{ type: "object", properties: { a: { allOf: [] } }, required: ["a"] }, /^\/properties\/a has allOf/],
  ])("says why %j cannot be made strict", (schema, reason) => {
    expect(toStrict(schema).reason).toMatch(reason);
  });

  it.each([
    ["zod", z.object({ kind: z.discriminatedUnion("type", [z.object({ type: z.literal("a") }), z.object({ type: z.literal("b"), n: z.number() })]) })],
    ["arktype", type({ name: "string", tags: "string[]" })],
    ["valibot", toStandardJsonSchema(v.object({ name: v.string(), note: v.nullable(v.string()) }))],
  ])("makes a schema of %s strict", (_, schema) => {
    const made = toStrict(jsonSchemaOf(schema as never, "schema"));
    expect(made.reason).toBeUndefined();
    expect(JSON.stringify(made.schema)).not.toContain("oneOf");
    expect(made.schema?.["additionalProperties"]).toBe(false);
  });
});
