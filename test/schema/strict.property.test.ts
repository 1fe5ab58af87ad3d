import { toStandardJsonSchema } from "@valibot/to-json-schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type } from "arktype";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonSchemaOf, validate } from "../../src/schema/standard.ts";
import type { AnySchema } from "../../src/schema/standard.ts";
import { Shape, withoutNulls } from "../../src/schema/nulls.ts";
import { toStrict } from "../../src/schema/strict.ts";
import { findStrictFault } from "../../src/testing/strictRules.ts";
import type { JSONSchema } from "../../src/wire/index.ts";

/** A described type, independent of the library that writes its schema. */
type Kind =
  | { readonly is: "string" | "number" | "integer" | "boolean" }
  | { readonly is: "choice"; readonly of: readonly string[] }
  | { readonly is: "constant"; readonly value: string | number }
  | { readonly is: "list"; readonly item: Kind }
  | { readonly is: "nullable"; readonly inner: Kind }
  | { readonly is: "object"; readonly fields: readonly Field[] }
  /** Objects told apart by `kind`. */
  | { readonly is: "variant"; readonly objects: readonly (readonly Field[])[] };

interface Field {
  readonly name: string;
  readonly kind: Kind;
  readonly optional: boolean;
}

const { kind: top } = fc.letrec<{ any: Kind; object: Kind; kind: Kind; fields: readonly Field[] }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, depthIdentifier: "kind" },
    fc.constantFrom<Kind>(
      { is: "string" },
      { is: "number" },
      { is: "integer" },
      { is: "boolean" },
      { is: "choice", of: ["a", "b c"] },
      { is: "constant", value: "x" },
      { is: "constant", value: 7 },
    ),
    tie("any").map((item): Kind => ({ is: "list", item })),
    tie("any").map((inner): Kind => (inner.is === "nullable" ? inner : { is: "nullable", inner })),
    tie("object"),
    fc.array(tie("fields"), { minLength: 2, maxLength: 3 }).map((objects): Kind => ({ is: "variant", objects })),
  ),
  object: tie("fields").map((fields): Kind => ({ is: "object", fields })),
  kind: tie("object"),
  fields: fc.uniqueArray(
    fc.record({ name: fc.constantFrom("a", "b", "c", "d e"), kind: tie("any"), optional: fc.boolean() }),
    { selector: ({ name }) => name, maxLength: 4 },
  ),
}));

const tagged = (objects: readonly (readonly Field[])[]): Field[][] =>
  objects.map((fields, at) => [
    { name: "kind", kind: { is: "constant", value: `k${at}` }, optional: false },
    ...fields,
  ]);

const writers: Readonly<Record<string, (kind: Kind) => AnySchema<unknown>>> = {
  zod: (kind) => inZod(kind),
  valibot: (kind) => toStandardJsonSchema(inValibot(kind)),
  arktype: (kind) => inArk(kind),
  "plain JSON Schema": inJSON,
};

function inZod(kind: Kind): z.ZodType {
  const object = (fields: readonly Field[]) =>
    z.object(
      Object.fromEntries(fields.map((one) => [one.name, one.optional ? inZod(one.kind).optional() : inZod(one.kind)])),
    );
  switch (kind.is) {
    case "string":
      return z.string();
    case "number":
      return z.number();
    case "integer":
      return z.int();
    case "boolean":
      return z.boolean();
    case "choice":
      return z.enum(kind.of as [string]);
    case "constant":
      return z.literal(kind.value);
    case "list":
      return z.array(inZod(kind.item));
    case "nullable":
      return inZod(kind.inner).nullable();
    case "object":
      return object(kind.fields);
    case "variant":
      return z.union(tagged(kind.objects).map(object));
  }
}

function inValibot(kind: Kind): v.GenericSchema {
  const object = (fields: readonly Field[]) =>
    v.object(
      Object.fromEntries(
        fields.map((one) => [one.name, one.optional ? v.optional(inValibot(one.kind)) : inValibot(one.kind)]),
      ),
    );
  switch (kind.is) {
    case "string":
      return v.string();
    case "number":
      return v.number();
    case "integer":
      return v.pipe(v.number(), v.integer());
    case "boolean":
      return v.boolean();
    case "choice":
      return v.picklist(kind.of);
    case "constant":
      return v.literal(kind.value);
    case "list":
      return v.array(inValibot(kind.item));
    case "nullable":
      return v.nullable(inValibot(kind.inner));
    case "object":
      return object(kind.fields);
    case "variant":
      return v.union(tagged(kind.objects).map(object));
  }
}

type Ark = ReturnType<typeof type.unit>;
function inArk(kind: Kind): Ark {
  const object = (fields: readonly Field[]) =>
    type(
      Object.fromEntries(fields.map((one) => [one.optional ? `${one.name}?` : one.name, inArk(one.kind)])) as never,
    ) as unknown as Ark;
  switch (kind.is) {
    case "string":
      return type("string");
    case "number":
      return type("number");
    case "integer":
      return type("number.integer");
    case "boolean":
      return type("boolean");
    case "choice":
      return type.enumerated(...kind.of);
    case "constant":
      return type.unit(kind.value);
    case "list":
      return inArk(kind.item).array();
    case "nullable":
      return inArk(kind.inner).or("null");
    case "object":
      return object(kind.fields);
    case "variant":
      return tagged(kind.objects)
        .map(object)
        .reduce((one, other) => one.or(other));
  }
}

function inJSON(kind: Kind): JSONSchema {
  const object = (fields: readonly Field[]): JSONSchema => ({
    type: "object",
    properties: Object.fromEntries(fields.map((one) => [one.name, inJSON(one.kind)])),
    required: fields.filter(({ optional }) => !optional).map(({ name }) => name),
  });
  switch (kind.is) {
    case "choice":
      return { enum: kind.of };
    case "constant":
      return { const: kind.value };
    case "list":
      return { type: "array", items: inJSON(kind.item) };
    case "nullable":
      return { anyOf: [inJSON(kind.inner), { type: "null" }] };
    case "object":
      return object(kind.fields);
    case "variant":
      return { oneOf: tagged(kind.objects).map(object) };
    case "string":
    case "number":
    case "integer":
    case "boolean":
      return { type: kind.is };
  }
}

/** A value that fits the strict schema, and its meaning. */
interface Written {
  readonly strict: unknown;
  readonly meant: unknown;
}

function written(kind: Kind, pick: () => number): Written {
  const same = (value: unknown): Written => ({ strict: value, meant: value });
  const object = (fields: readonly Field[]): Written => {
    const parts = fields.map(({ name, kind: own, optional }) => ({
      name,
      left: optional && pick() % 2 === 0,
      value: written(own, pick),
    }));
    return {
      strict: Object.fromEntries(parts.map(({ name, left, value }) => [name, left ? null : value.strict])),
      // A null stays if the schema allowed it before.
      meant: Object.fromEntries(
        parts.flatMap(({ name, left, value }, at) =>
          left ? (fields[at]?.kind.is === "nullable" ? [[name, null]] : []) : [[name, value.meant]],
        ),
      ),
    };
  };
  switch (kind.is) {
    case "string":
      return same(`s${pick()}`);
    case "number":
      return same(pick() / 4);
    case "integer":
      return same(pick());
    case "boolean":
      return same(pick() % 2 === 0);
    case "choice":
      return same(kind.of[pick() % kind.of.length]);
    case "constant":
      return same(kind.value);
    case "list": {
      const items = Array.from({ length: pick() % 3 }, () => written(kind.item, pick));
      return { strict: items.map(({ strict }) => strict), meant: items.map(({ meant }) => meant) };
    }
    case "nullable":
      return pick() % 2 === 0 ? same(null) : written(kind.inner, pick);
    case "object":
      return object(kind.fields);
    case "variant":
      return object(tagged(kind.objects)[pick() % kind.objects.length] ?? []);
  }
}

const values = fc.infiniteStream(fc.nat({ max: 100 })).map((stream) => () => stream.next().value as number);
const ajv = new Ajv2020({ strict: false, allErrors: true });

describe.each(Object.entries(writers))("A strict schema in %s", (_name, write) => {
  it(
    "is one that the API takes, and its values fit the schema as it was, once nulls that mean nothing are out",
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(top, fc.array(values, { minLength: 1, maxLength: 4 }), async (kind, picks) => {
          const schema = write(kind);
          const plain = jsonSchemaOf(schema, "schema");
          const before = structuredClone(plain);
          const made = toStrict(plain);
          expect(made.reason).toBeUndefined();
          expect(plain).toEqual(before);
          const strict = made.schema as JSONSchema;
          expect(findStrictFault(strict)).toBeUndefined();
          const [fits, fitted] = [
            ajv.compile(strict),
            ajv.compile({ ...plain, $schema: "https://json-schema.org/draft/2020-12/schema" }),
          ];
          for (const pick of picks) {
            const { strict: value, meant } = written(kind, pick);
            expect(fits(value), JSON.stringify(fits.errors)).toBe(true);
            expect(withoutNulls(structuredClone(value), new Shape(plain))).toEqual(meant);
            expect(withoutNulls(structuredClone(meant), new Shape(plain))).toEqual(meant);
            expect(fitted(meant), JSON.stringify(fitted.errors)).toBe(true);
            expect(await validate(schema, structuredClone(meant), "value")).toEqual(meant);
          }
        }),
        { numRuns: 60 },
      );
    },
  );
});

describe("Alternatives that differ by keys and types only", () => {
  it("keep nulls that one of them needs, and lose nulls that none allows", () => {
    const alternative = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom("a", "b", "c"),
        type: fc.constantFrom<JSONSchema>(
          { type: "string" },
          { type: ["string", "null"] },
          { type: "number" },
          { type: "null" },
        ),
        optional: fc.boolean(),
      }),
      { selector: ({ name }) => name, maxLength: 3 },
    );
    const cells = fc.dictionary(fc.constantFrom("a", "b", "c"), fc.constantFrom<unknown>(null, "s", 1));
    fc.assert(
      fc.property(fc.array(alternative, { minLength: 1, maxLength: 4 }), cells, (alternatives, value) => {
        const objects = alternatives.map((fields) => ({
          type: "object",
          properties: Object.fromEntries(fields.map(({ name, type: own }) => [name, own])),
          required: fields.filter(({ optional }) => !optional).map(({ name }) => name),
        }));
        const schema = { type: "object", properties: { one: { anyOf: objects } }, required: ["one"] };
        const fits = (own: object, strict: boolean): boolean =>
          alternatives.some(
            (fields) =>
              Object.keys(own).every((name) => fields.some((one) => one.name === name)) &&
              fields.every(({ name, type: allowed, optional }) => {
                if (!Object.hasOwn(own, name)) return optional && !strict;
                const held = (own as Record<string, unknown>)[name];
                const types = [allowed["type"], ...(optional && strict ? ["null"] : [])].flat();
                return types.includes(held === null ? "null" : typeof held);
              }),
          );
        fc.pre(fits(value, true));
        const { one: left } = withoutNulls({ one: { ...value } }, new Shape(schema)) as { one: object };
        expect(fits(left, false)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it("of a recursive schema are followed, and a cycle of references ends", () => {
    const Node = {
      type: "object",
      properties: { value: { type: "number" }, next: { $ref: "#/$defs/Node" } },
      required: ["value"],
    };
    const schema = { $ref: "#/$defs/Node", $defs: { Node, Loop: { $ref: "#/$defs/Loop" } } };
    const chain = (depth: number, end: object): object =>
      depth === 0 ? end : { value: depth, next: chain(depth - 1, end) };
    expect(withoutNulls(chain(50, { value: 0, next: null }), new Shape(schema))).toEqual(chain(50, { value: 0 }));
    expect(withoutNulls({ a: null }, new Shape({ ...schema, $ref: "#/$defs/Loop" }))).toEqual({ a: null });
    expect(withoutNulls({ a: { b: null } }, new Shape({ $ref: "#/$defs/None" }))).toEqual({ a: { b: null } });
  });
});
