import { definition, isSchema, typeOf } from "./jsonSchema.ts";
import type { JSONSchema } from "../wire/index.ts";

/** A schema as the API's strict mode wants it, or why it cannot be made so. */
export type StrictResult =
  | { readonly schema: JSONSchema; readonly reason?: undefined }
  | { readonly schema?: undefined; readonly reason: string };

/** What strict mode knows: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas. Anything else is refused. */
const KNOWN =
  /^(type|title|description|enum|const|properties|required|additionalProperties|items|\$(ref|defs)|definitions|multipleOf|(exclusiveM|m)(in|ax)imum|(min|max)Items|pattern|format)$/;
/** What it does not know and what only narrows: the model reads of it in the description instead. */
const TOLD =
  /^(default|examples|(min|max)(Length|Properties|Contains)|uniqueItems|contains|content(Encoding|MediaType))$/;
/** What says nothing about a value. */
const SAYS_NOTHING = /^([$~]|x-)|^(id|deprecated|readOnly|writeOnly)$/;
const FORMATS = /^(date-time|time|date|duration|email|hostname|ipv[46]|uuid)$/;
const LOOKS_AROUND = /\(\?<?[=!]|\\[1-9]/;
const ALTERNATIVES = ["anyOf", "oneOf", "allOf"];

class NotStrict extends Error {}

/**
 * Makes a JSON Schema strict without changing what it describes. Objects are closed where they were open by silence; a property that may
 * be left out becomes required and nullable (a null then stands for a property left out: see `withoutNulls()`); `oneOf` becomes `anyOf`;
 * limits that the API does not know go into the description. An open map, a tuple and the like cannot be made strict, and the reason names
 * the place.
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
    // A schema that holds itself has no end.
    if (error instanceof RangeError) return { reason: "the schema is nested too deep" };
    throw error;
  }
}

/** The alternatives that a schema gives; none where it gives no choice. One `allOf` alone is as good as one `anyOf` alone. */
export function alternatives(schema: JSONSchema): readonly unknown[] {
  return ALTERNATIVES.flatMap((word) => schema[word] ?? []);
}

function strictly(schema: JSONSchema, at: string): JSONSchema {
  const place = at || "the schema at the top";
  const strict: JSONSchema = {};
  const told: string[] = [];
  for (const [word, value] of Object.entries(schema)) {
    if (TOLD.test(word) || refuses(word, value)) told.push(`${word}: ${JSON.stringify(value)}`);
    else if (KNOWN.test(word)) strict[word] = word === "items" ? part(value, `${at}/items`) : inMap(word, value, at);
    else if (!ALTERNATIVES.includes(word) && !SAYS_NOTHING.test(word)) throw new NotStrict(`${place} has ${word}`);
  }
  if (told.length > 0)
    strict["description"] = [schema["description"], `(${told.join(", ")})`].filter(Boolean).join(" ");
  const choices = choicesOf(schema, at, place);
  if (!choices) return typed(closed(strict, place), place);
  // The alternatives say that they are objects, and are closed each for itself.
  const { type, ...beside } = strict;
  return { ...(type === "object" ? beside : strict), anyOf: choices };
}

const refuses = (word: string, value: unknown): boolean =>
  (word === "format" && !FORMATS.test(String(value))) || (word === "pattern" && LOOKS_AROUND.test(String(value)));

function inMap(word: string, value: unknown, at: string): unknown {
  if (!["properties", "$defs", "definitions"].includes(word) || !isSchema(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, part(one, `${at}/${word}/${name}`)]));
}

function choicesOf(schema: JSONSchema, at: string, place: string): JSONSchema[] | undefined {
  const words = ALTERNATIVES.filter((word) => word in schema);
  const [word] = words;
  if (word === undefined) return undefined;
  const list = alternatives(schema);
  const isMixed = ["properties", "required", "additionalProperties", "items", "$ref"].some((other) => other in schema);
  if (words.length > 1 || isMixed || list.length === 0 || (word === "allOf" && list.length > 1))
    throw new NotStrict(`${place} has ${words.join(" and ")}${isMixed ? " among other rules" : ""}`);
  return list.map((one, index) => part(one, `${at}/${word}/${index}`));
}

/** The API wants a type with every schema, and nothing beside a reference. */
function typed(schema: JSONSchema, place: string): JSONSchema {
  const { $ref, ...beside } = schema;
  if ($ref !== undefined) {
    if (typeof $ref !== "string" || !/^#(\/(\$defs|definitions)\/[^/]+)?$/.test($ref))
      throw new NotStrict(`${place} refers to ${JSON.stringify($ref)}, which is no definition at the top`);
    return Object.keys(beside).length > 0 ? { ...beside, anyOf: [{ $ref }] } : schema;
  }
  if (schema["type"] === "array" && !("items" in schema)) throw new NotStrict(`${place} may have items of any kind`);
  if ("type" in schema || "anyOf" in schema) return schema;
  const values =
    "const" in schema ? [schema["const"]] : Array.isArray(schema["enum"]) ? (schema["enum"] as unknown[]) : [];
  if (values.length === 0) throw new NotStrict(`${place} may be anything`);
  const types = [...new Set(values.map(typeOf))];
  return { type: types.length === 1 ? types[0] : types, ...schema };
}

/** Closes an object, and asks for every property. */
function closed(schema: JSONSchema, place: string): JSONSchema {
  const {
    type = "properties" in schema ? "object" : undefined,
    properties,
    required,
    additionalProperties = false,
  } = schema;
  if (type !== "object" && !(Array.isArray(type) && type.includes("object"))) return schema;
  if (additionalProperties !== false) throw new NotStrict(`${place} is open to further properties`);
  const own = isSchema(properties) ? (properties as Record<string, JSONSchema>) : {};
  const needed = Array.isArray(required) ? (required as string[]) : [];
  const undeclared = needed.find((name) => !Object.hasOwn(own, name));
  if (undeclared !== undefined) throw new NotStrict(`${place} requires ${undeclared}, and does not say what it is`);
  const all = Object.entries(own).map(([name, one]) => [name, needed.includes(name) ? one : nullable(one)] as const);
  return {
    ...schema,
    type,
    properties: Object.fromEntries(all),
    required: Object.keys(own),
    additionalProperties: false,
  };
}

function nullable(schema: JSONSchema): JSONSchema {
  const { description, ...rest } = schema;
  const { type, anyOf } = rest;
  if ([type].flat().includes("null") || rest["const"] === null) return schema;
  const isPlain =
    !("enum" in rest) &&
    !("const" in rest) &&
    [type].flat().every((one) => typeof one === "string" && !/^(object|array)$/.test(one));
  if (isPlain && type !== undefined) return { ...schema, type: [type, "null"].flat() };
  const choices = Array.isArray(anyOf) ? (anyOf as JSONSchema[]) : [rest];
  if (choices.some((one) => one["type"] === "null")) return schema;
  return { ...(description === undefined ? undefined : { description }), anyOf: [...choices, { type: "null" }] };
}

function part(value: unknown, at: string): JSONSchema {
  if (!isSchema(value)) throw new NotStrict(`${at} is ${JSON.stringify(value)}`);
  return strictly(value, at);
}
