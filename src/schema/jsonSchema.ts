import { InputError } from "../errors.ts";
import { fieldsOf, itemsIn, objectOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Returns what a reference within a schema points at: a definition at the top, or the top itself. */
export function definition(root: Fields, reference: string): Fields | undefined {
  if (reference === "#") return root;
  const [, list = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  return objectOf(root[list], name.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Returns the name of a value's type in JSON Schema. */
export function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** Returns `true` if two JSON values are equal. */
export function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));
}

/** Returns `true` if a value has a type, or one of several types, of JSON Schema. */
export function isOf(value: unknown, type: unknown): boolean {
  return [type].flat().some((one) => one === typeOf(value) || (one === "integer" && Number.isInteger(value)));
}

/**
 * Checks the types in a value against a plain JSON Schema: types, constants, required properties, items and alternatives. Lengths, ranges
 * and patterns are left to the model.
 *
 * @param schema the schema, or a part of it
 * @param at the value's name in an error
 * @param root the whole schema, for references
 * @param above the schemas that led here at the same value, so that references that form a cycle end
 * @throws InputError that names the first place that does not fit
 */
export function checkTypes(
  schema: unknown,
  value: unknown,
  at: string,
  root: unknown,
  above: readonly unknown[] = [],
): void {
  const known = fieldsOf(schema);
  if (!known || above.includes(known)) return;
  checkValue(known, value, at);
  checkInside(known, value, at, root);
  const { $ref, allOf, anyOf, oneOf } = known;
  const within = [...above, known];
  if (typeof $ref === "string") checkTypes(definition(fieldsOf(root) ?? {}, $ref), value, at, root, within);
  for (const one of itemsIn(allOf)) checkTypes(one, value, at, root, within);
  for (const choices of [anyOf, oneOf]) checkSome(itemsIn(choices), value, at, root, within);
}

function checkValue(schema: Fields, value: unknown, at: string): void {
  const { type, enum: values } = schema;
  const expect = (holds: boolean, expected: () => string): void => {
    if (!holds) throw new InputError(at, expected(), shown(value));
  };
  if ("const" in schema) expect(isSame(schema["const"], value), () => JSON.stringify(schema["const"]));
  if (Array.isArray(values))
    expect(
      values.some((one) => isSame(one, value)),
      () => `one of ${values.map((one) => JSON.stringify(one)).join(", ")}`,
    );
  if (type !== undefined)
    expect(isOf(value, type), () =>
      [type]
        .flat()
        .filter((one) => typeof one === "string")
        .join(" or "),
    );
}

/** Checks the items of a list, or the properties of an object. */
function checkInside({ required, properties, items }: Fields, value: unknown, at: string, root: unknown): void {
  if (Array.isArray(value)) return value.forEach((item, index) => checkTypes(items, item, `${at}[${index}]`, root));
  const fields = fieldsOf(value);
  if (!fields) return;
  for (const name of itemsIn(required))
    if (typeof name === "string" && !Object.hasOwn(fields, name))
      throw new InputError(`${at}.${name}`, "a value", "nothing");
  for (const [name, own] of Object.entries(fieldsOf(properties) ?? {}))
    if (Object.hasOwn(fields, name)) checkTypes(own, fields[name], `${at}.${name}`, root);
}

/** Throws unless one of several schemas fits. Of their errors, the one furthest inside the value says most. */
function checkSome(
  schemas: readonly unknown[],
  value: unknown,
  at: string,
  root: unknown,
  above: readonly unknown[],
): void {
  let furthest: InputError | undefined;
  for (const schema of schemas) {
    try {
      return checkTypes(schema, value, at, root, above);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!furthest || error.path.length > furthest.path.length) furthest = error;
    }
  }
  if (furthest) throw furthest;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? typeOf(value) : text;
}
