import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonSchemaOf } from "../../src/schema/standard.ts";
import { toStrict } from "../../src/schema/strict.ts";

describe("toStrict", () => {
  it("closes objects at every depth without changing the given schema", () => {
    const schema = {
      type: "object",
      properties: {
        a: { type: "array", items: { type: "object", properties: { b: { type: "string" } }, required: ["b"] } },
      },
      required: ["a"],
    };
    const before = structuredClone(schema);
    expect(toStrict(schema).schema).toEqual({
      type: "object",
      properties: {
        a: {
          type: "array",
          items: {
            type: "object",
            properties: { b: { type: "string" } },
            required: ["b"],
            additionalProperties: false,
          },
        },
      },
      required: ["a"],
      additionalProperties: false,
    });
    expect(schema).toEqual(before);
  });

  it.each([
    [{ type: "array" }, /at the top is no object/],
    [{ type: "object", properties: {}, additionalProperties: { type: "string" } }, /is a map of any names/],
    [{ type: "object", properties: {}, additionalProperties: {} }, /is a map of any names/],
    [{ type: "object", anyOf: [{ type: "object" }] }, /at the top is no object/],
    [{ type: "object", properties: { a: { allOf: [] } }, required: ["a"] }, /^\/properties\/a has allOf/],
    [
      { type: "object", properties: { a: { allOf: [{ type: "string" }, { type: "number" }] } } },
      /^\/properties\/a has allOf/,
    ],
    [
      { type: "object", properties: { a: { anyOf: [{ type: "object" }], properties: {} } } },
      /a has anyOf among other rules/,
    ],
    [{ type: "object", properties: { a: { not: { type: "string" } } } }, /^\/properties\/a excludes values/],
    [
      { type: "object", properties: { a: { type: "array", prefixItems: [{ type: "string" }], items: false } } },
      /a is a tuple: use an object/,
    ],
    [{ type: "object", properties: { a: { type: "array" } } }, /a may have items of any kind/],
    [{ type: "object", properties: { a: {} } }, /a may be anything/],
    [{ type: "object", properties: { a: true } }, /a is true/],
    [{ type: "object", properties: {}, required: ["b"] }, /requires b/],
    [
      {
        type: "object",
        properties: { a: { type: "array", items: { $ref: "#/properties/b" } }, b: { type: "string" } },
      },
      /items refers to "#\/properties\/b"/,
    ],
    [JSON.parse('{"type":"object","properties":{"a":{"type":"string","__proto__":1}}}') as object, /has __proto__/],
  ])("says why %j cannot be made strict", (schema, reason) => {
    expect(toStrict(schema as Record<string, unknown>).reason).toMatch(reason);
  });

  it.each([
    ["a plain type", { type: "string", description: "D" }, { type: ["string", "null"], description: "D" }],
    ["several types", { type: ["string", "number"] }, { type: ["string", "number", "null"] }],
    [
      "an enum",
      { enum: ["a", "b"], description: "D" },
      { description: "D", anyOf: [{ type: "string", enum: ["a", "b"] }, { type: "null" }] },
    ],
    ["a constant", { const: 1 }, { anyOf: [{ type: "number", const: 1 }, { type: "null" }] }],
    [
      "alternatives",
      { oneOf: [{ type: "string" }, { type: "number" }] },
      { anyOf: [{ type: "string" }, { type: "number" }, { type: "null" }] },
    ],
    [
      "what may be null anyway",
      { anyOf: [{ type: "string" }, { type: "null" }] },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    ["an enum with null", { enum: ["a", null] }, { type: ["string", "null"], enum: ["a", null] }],
    [
      "a reference",
      { $ref: "#/$defs/d", description: "D" },
      { description: "D", anyOf: [{ $ref: "#/$defs/d" }, { type: "null" }] },
    ],
    [
      "an object",
      { properties: {} },
      { anyOf: [{ type: "object", properties: {}, required: [], additionalProperties: false }, { type: "null" }] },
    ],
  ])("makes %s required and nullable if it is optional", (_, given, expected) => {
    const { schema, reason } = toStrict({ type: "object", properties: { a: given }, $defs: { d: { type: "string" } } });
    expect(reason).toBeUndefined();
    expect(schema).toMatchObject({ properties: { a: expected }, required: ["a"], additionalProperties: false });
    expect((schema?.["properties"] as Record<string, unknown>)["a"]).toEqual(expected);
  });

  it("moves unsupported limits into the description, and drops keywords without meaning", () => {
    const properties = {
      a: { type: "string", description: "A name", minLength: 2, maxLength: 5, $comment: "x", deprecated: true },
      b: { type: "string", format: "uri" },
      c: { type: "string", pattern: "^(?!a)b$" },
      d: { type: "string", pattern: "^b$", format: "email", default: "a@b.c" },
    };
    const { schema } = toStrict({ $schema: "x", $id: "y", type: "object", properties, required: ["a", "b", "c", "d"] });
    expect(schema).toEqual({
      type: "object",
      properties: {
        a: { type: "string", description: "A name (minLength: 2, maxLength: 5)" },
        b: { type: "string", description: '(format: "uri")' },
        c: { type: "string", description: '(pattern: "^(?!a)b$")' },
        d: { type: "string", pattern: "^b$", format: "email", description: '(default: "a@b.c")' },
      },
      required: ["a", "b", "c", "d"],
      additionalProperties: false,
    });
  });

  it("replaces a reference at the top by its definition", () => {
    const Node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } } };
    const { schema } = toStrict({ $ref: "#/$defs/Node", $defs: { Node } });
    expect(schema).toMatchObject({
      type: "object",
      required: ["next"],
      $defs: { Node: { properties: { next: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] } } } },
    });
  });

  it.each([
    [
      "zod",
      z.object({
        kind: z.discriminatedUnion("type", [
          z.object({ type: z.literal("a") }),
          z.object({ type: z.literal("b"), n: z.number() }),
        ]),
      }),
    ],
    ["arktype", type({ name: "string", tags: "string[]" })],
    ["valibot", toStandardJsonSchema(v.object({ name: v.string(), note: v.nullable(v.string()) }))],
  ])("makes a schema of %s strict", (_, schema) => {
    const made = toStrict(jsonSchemaOf(schema as never, "schema"));
    expect(made.reason).toBeUndefined();
    expect(JSON.stringify(made.schema)).not.toContain("oneOf");
    expect(made.schema?.["additionalProperties"]).toBe(false);
  });
});
