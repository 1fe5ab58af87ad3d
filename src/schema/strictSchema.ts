import { InputError } from "../errors.ts";
import type { FromSchema } from "./fromSchema.ts";
import { isLeftOut, Shape, withoutNulls } from "./nulls.ts";
import { jsonSchemaOf, MadeStrict } from "./standard.ts";
import type { AnySchema, PlainSchema, StandardSchema, StrictSchema } from "./standard.ts";
import type { JSONSchema } from "../wire/index.ts";
import { toStrict } from "./strict.ts";

/**
 * Makes a schema strict, so that the API follows it exactly: for the `parameters` of `tool()` and for `outputFormat()`. Objects are closed,
 * and a property that may be left out becomes required and nullable. The model sends null for it, and fetchat removes that null again before your
 * code sees the value.
 *
 * @param schema a Standard Schema that carries a JSON Schema, or a plain JSON Schema
 * @throws InputError for a schema that strict mode cannot express, such as an open map or a tuple; it names the place
 * @example
 * ```ts
 * const weather = tool({
 *   name: "get_weather",
 *   parameters: strict({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }),
 *   execute: ({ city }) => `Rain in ${city}`,
 * });
 * ```
 */
export function strict<const Schema extends PlainSchema>(schema: Schema): StrictSchema<FromSchema<Schema>>;
/** Makes a schema for values of a given type strict. */
export function strict<T = unknown>(schema: JSONSchema): StrictSchema<T>;
/** Makes a Standard Schema strict. */
// Last, so that the compiler's last words about a schema name what it lacks.
// eslint-disable-next-line @typescript-eslint/unified-signatures
export function strict<T>(schema: StandardSchema<T>): StrictSchema<T>;
export function strict<T>(schema: AnySchema<T>): StrictSchema<T> {
  const plain = jsonSchemaOf(schema, "schema");
  const made = toStrict(plain);
  if (made.schema === undefined)
    throw new InputError("schema", "a schema that strict mode can express", `one in which ${made.reason}`);
  const shape = new Shape(plain);
  return new MadeStrict(schema, made.schema, {
    restore: (value) => withoutNulls(value, shape),
    isLeftOut: (path) => isLeftOut(shape, path),
  });
}
