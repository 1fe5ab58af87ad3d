import type { JSONSchema } from "../wire/index.ts";
import { fieldsOf, itemsIn } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { definition, typeOf } from "./jsonSchema.ts";

const OPEN = "is a map of any names: name its properties, or leave strict() out";
/** Keywords that strict mode refuses, in plain words. */
const REFUSED: Readonly<Record<string, string>> = {
  propertyNames: OPEN,
  patternProperties: OPEN,
  prefixItems: "is a tuple: use an object, or a list of one type",
  not: "excludes values by `not`",
  if: "has conditions (`if`)",
};

/** A schema for the API's strict mode, or the reason why there is none. */
export type StrictResult =
  | { readonly schema: JSONSchema; readonly reason?: undefined }
  | { readonly schema?: undefined; readonly reason: string };

/** Keywords of strict mode: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas. It refuses all others. */
const KNOWN =
  /^(type|title|description|enum|const|properties|required|additionalProperties|items|\$(ref|defs)|definitions|multipleOf|(exclusiveM|m)(in|ax)imum|(min|max)Items|pattern|format)$/;
/** Keywords that only narrow a value. They go into the description, where the model reads them. */
const DESCRIBED =
  /^(default|examples|(min|max)(Length|Properties|Contains)|uniqueItems|contains|content(Encoding|MediaType))$/;
/** Keywords that say nothing about a value. */
const WITHOUT_MEANING = /^([$~]|x-)|^(id|deprecated|readOnly|writeOnly)$/;
const FORMATS = /^(date-time|time|date|duration|email|hostname|ipv[46]|uuid)$/;
const LOOKS_AROUND = /\(\?<?[=!]|\\[1-9]/;
const ALTERNATIVES = ["anyOf", "oneOf", "allOf"];

class NotStrict extends Error {}

/**
 * Makes a JSON Schema strict without changing what it describes.
 *
 * Objects become closed unless they are explicitly open. Optional properties become required and nullable; a null then stands for a missing
 * property (see `withoutNulls()`). `oneOf` becomes `anyOf`. Limits that the API does not support go into the description.
 *
 * @returns the strict schema; for an open map, a tuple and the like the reason, which names the place
 */
export function toStrict(schema: JSONSchema): StrictResult {
  const { $ref, ...beside } = schema;
  const found = typeof $ref === "string" ? definition(schema, $ref) : undefined;
  const top = found && found !== schema ? { ...found, ...beside } : schema;
  if (top["type"] !== "object" || ALTERNATIVES.some((word) => word in top))
    return { reason: "the schema at the top is no object" };
  try {
    return { schema: strictly(top, "") };
  } catch (error) {
    if (error instanceof NotStrict) return { reason: error.message };
    // A schema that contains itself never ends.
    if (error instanceof RangeError) return { reason: "the schema is nested too deep" };
    throw error;
  }
}

/** Returns the alternatives of a schema; an empty list if it has none. A single `allOf` is the same as a single `anyOf`. */
export function alternatives(schema: Fields): readonly unknown[] {
  return ALTERNATIVES.flatMap((word) => schema[word] ?? []);
}

function strictly(schema: Fields, at: string): JSONSchema {
  const place = at || "the schema at the top";
  const strict: JSONSchema = {};
  const described: string[] = [];
  for (const [word, value] of Object.entries(schema)) {
    if (DESCRIBED.test(word) || isUnsupported(word, value)) described.push(`${word}: ${JSON.stringify(value)}`);
    else if (KNOWN.test(word)) strict[word] = word === "items" ? part(value, `${at}/items`) : inMap(word, value, at);
    else if (!ALTERNATIVES.includes(word) && !WITHOUT_MEANING.test(word))
      throw new NotStrict(`${place} ${Object.hasOwn(REFUSED, word) ? REFUSED[word] : `has ${word}`}`);
  }
  if (described.length > 0)
    strict["description"] = [schema["description"], `(${described.join(", ")})`].filter(Boolean).join(" ");
  const choices = choicesOf(schema, at, place);
  if (!choices) return typed(closed(strict, place), place);
  // Each alternative says that it is an object, and is closed by itself.
  const { type, ...beside } = strict;
  return { ...(type === "object" ? beside : strict), anyOf: choices };
}

function isUnsupported(word: string, value: unknown): boolean {
  return (
    (word === "format" && !FORMATS.test(String(value))) || (word === "pattern" && LOOKS_AROUND.test(String(value)))
  );
}

function inMap(word: string, value: unknown, at: string): unknown {
  const map = ["properties", "$defs", "definitions"].includes(word) ? fieldsOf(value) : undefined;
  if (!map) return value;
  return Object.fromEntries(Object.entries(map).map(([name, one]) => [name, part(one, `${at}/${word}/${name}`)]));
}

function choicesOf(schema: Fields, at: string, place: string): JSONSchema[] | undefined {
  const words = ALTERNATIVES.filter((word) => word in schema);
  const [word] = words;
  if (word === undefined) return undefined;
  const list = alternatives(schema);
  const isMixed = ["properties", "required", "additionalProperties", "items", "$ref"].some((other) => other in schema);
  if (words.length > 1 || isMixed || list.length === 0 || (word === "allOf" && list.length > 1))
    throw new NotStrict(`${place} has ${words.join(" and ")}${isMixed ? " among other rules" : ""}`);
  return list.map((one, index) => part(one, `${at}/${word}/${index}`));
}

/** Adds the type that the API wants in every schema. A reference must stand alone. */
function typed(schema: JSONSchema, place: string): JSONSchema {
  const { $ref, ...beside } = schema;
  if ($ref !== undefined) {
    if (typeof $ref !== "string" || !/^#(\/(\$defs|definitions)\/[^/]+)?$/.test($ref))
      throw new NotStrict(`${place} refers to ${JSON.stringify($ref)}, which is no definition at the top`);
    return Object.keys(beside).length > 0 ? { ...beside, anyOf: [{ $ref }] } : schema;
  }
  if (schema["type"] === "array" && !("items" in schema))
    throw new NotStrict(`${place} may have items of any kind: give them a type`);
  if ("type" in schema || "anyOf" in schema) return schema;
  const values = "const" in schema ? [schema["const"]] : itemsIn(schema["enum"]);
  if (values.length === 0) throw new NotStrict(`${place} may be anything: give it a type`);
  const types = [...new Set(values.map(typeOf))];
  return { type: types.length === 1 ? types[0] : types, ...schema };
}

/** Closes an object, and makes every property required. */
function closed(schema: JSONSchema, place: string): JSONSchema {
  const {
    type = "properties" in schema ? "object" : undefined,
    properties,
    required,
    additionalProperties = false,
  } = schema;
  if (type !== "object" && !itemsIn(type).includes("object")) return schema;
  if (additionalProperties !== false) throw new NotStrict(`${place} ${OPEN}`);
  const own = fieldsOf(properties) ?? {};
  const needed = itemsIn(required).filter((name) => typeof name === "string");
  const undeclared = needed.find((name) => !Object.hasOwn(own, name));
  if (undeclared !== undefined) throw new NotStrict(`${place} requires ${undeclared}, and does not say what it is`);
  const all = Object.entries(own).map(([name, one]) => [
    name,
    needed.includes(name) ? one : nullable(fieldsOf(one) ?? {}),
  ]);
  return {
    ...schema,
    type,
    properties: Object.fromEntries(all),
    required: Object.keys(own),
    additionalProperties: false,
  };
}

function nullable(schema: Fields): Fields {
  const { description, ...rest } = schema;
  const { type, anyOf } = rest;
  const types = [type].flat();
  if (types.includes("null") || rest["const"] === null) return schema;
  const isPlain =
    !("enum" in rest) &&
    !("const" in rest) &&
    types.every((one) => typeof one === "string" && !/^(object|array)$/.test(one));
  if (isPlain && type !== undefined) return { ...schema, type: [type, "null"].flat() };
  const choices = Array.isArray(anyOf) ? itemsIn(anyOf) : [rest];
  if (choices.some((one) => fieldsOf(one)?.["type"] === "null")) return schema;
  return { ...(description === undefined ? undefined : { description }), anyOf: [...choices, { type: "null" }] };
}

function part(value: unknown, at: string): JSONSchema {
  const schema = fieldsOf(value);
  if (!schema) throw new NotStrict(`${at} is ${JSON.stringify(value)}`);
  return strictly(schema, at);
}
