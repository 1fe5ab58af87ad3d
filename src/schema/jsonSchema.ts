import { InputError } from "../errors.ts";
import type { JSONSchema } from "../wire/index.ts";

/** Whether something is a schema that says something: an object, not `true` or `false`. */
export function isSchema(value: unknown): value is JSONSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a reference within a schema points at: a definition at the top, or the top itself. */
export function definition(root: JSONSchema, reference: string): JSONSchema | undefined {
  if (reference === "#") return root;
  const [, list = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
  const all = root[list];
  const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
  const found = isSchema(all) && Object.hasOwn(all, key) ? all[key] : undefined;
  return isSchema(found) ? found : undefined;
}

/** The name that JSON Schema has for a value's type. */
export function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

/** Whether two values of JSON are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || (typeof one === "object" && JSON.stringify(one) === JSON.stringify(other));
}

/** Whether a value is of a type that JSON Schema names. */
export function isOf(value: unknown, type: unknown): boolean {
  return [type].flat().some((one) => one === typeOf(value) || (one === "integer" && Number.isInteger(value)));
}

/**
 * Checks a value against a plain JSON Schema as far as types go: types, constants, required properties, what is in objects and lists,
 * alternatives. Lengths, ranges, patterns and the like are the model's business.
 *
 * @param at what the value is called in an error
 * @throws InputError that names the first place that does not fit
 */
export function checkTypes(
  schema: unknown,
  value: unknown,
  at: string,
  root: JSONSchema,
  above: readonly unknown[] = [],
): void {
  if (!isSchema(schema) || above.includes(schema)) return;
  const { type, enum: values, required, properties, items, $ref, allOf, anyOf, oneOf } = schema;
  const wrong = (expected: string): never => {
    throw new InputError(at, expected, shown(value));
  };
  if ("const" in schema && !isSame(schema["const"], value)) wrong(JSON.stringify(schema["const"]));
  if (Array.isArray(values) && !values.some((one) => isSame(one, value)))
    wrong(`one of ${values.map((one) => JSON.stringify(one)).join(", ")}`);
  if (type !== undefined && !isOf(value, type)) wrong(([type].flat() as string[]).join(" or "));
  if (Array.isArray(value)) value.forEach((item, index) => checkTypes(items, item, `${at}[${index}]`, root));
  else if (isSchema(value)) {
    const missing = (listOf(required) as string[]).find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) throw new InputError(`${at}.${missing}`, "a value", "nothing");
    for (const [name, own] of Object.entries(isSchema(properties) ? properties : {})) {
      if (Object.hasOwn(value, name)) checkTypes(own, value[name], `${at}.${name}`, root);
    }
  }
  const within = [...above, schema];
  if (typeof $ref === "string") checkTypes(definition(root, $ref), value, at, root, within);
  for (const one of listOf(allOf)) checkTypes(one, value, at, root, within);
  for (const some of [anyOf, oneOf]) checkSome(listOf(some), value, at, root, within);
}

function checkSome(
  schemas: readonly unknown[],
  value: unknown,
  at: string,
  root: JSONSchema,
  above: readonly unknown[],
): void {
  const errors: unknown[] = [];
  for (const schema of schemas) {
    try {
      return checkTypes(schema, value, at, root, above);
    } catch (error) {
      errors.push(error);
    }
  }
  // Of several, the one that came furthest into the value tells most.
  if (errors.length > 0)
    throw errors.reduce((one, other) =>
      (other as InputError).path.length > (one as InputError).path.length ? other : one,
    );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? typeOf(value) : text;
}
