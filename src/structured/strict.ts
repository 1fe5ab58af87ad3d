import type { JSONSchema } from "../types.ts";

/** A schema as the API's strict mode wants it, or why it cannot be made so. */
export type StrictResult = { readonly schema: JSONSchema; readonly reason?: undefined } | { readonly schema?: undefined; readonly reason: string };

/** What strict mode does not know: https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
const UNSUPPORTED = ["allOf", "not", "dependentRequired", "dependentSchemas", "if", "then", "else", "patternProperties", "propertyNames", "unevaluatedProperties"];
const IN_LISTS = ["anyOf", "oneOf", "prefixItems"];
const IN_MAPS = ["properties", "$defs", "definitions"];

class NotStrict extends Error {}

/**
 * Makes a JSON Schema strict where that changes nothing about what it describes: `additionalProperties: false` where it was left open by
 * silence, `anyOf` for `oneOf`. A property that may be left out, an open map and the like cannot be made strict, and the reason names the place.
 */
export function toStrict(schema: JSONSchema): StrictResult {
  if (schema["type"] !== "object") return { reason: "the schema at the top is no object" };
  try {
    return { schema: strictly(schema, "") };
  } catch (error) {
    if (error instanceof NotStrict) return { reason: error.message };
    throw error;
  }
}

function strictly(schema: JSONSchema, at: string): JSONSchema {
  const place = at === "" ? "the schema at the top" : at;
  for (const word of UNSUPPORTED) if (word in schema) throw new NotStrict(`${place} has ${word}`);
  const strict: JSONSchema = {};
  for (const [word, value] of Object.entries(schema)) {
    if (word === "$schema" || word === "default") continue;
    if (IN_LISTS.includes(word) && Array.isArray(value)) {
      strict[word === "oneOf" ? "anyOf" : word] = value.map((one, index) => part(one, `${at}/${word}/${index}`));
    } else if (IN_MAPS.includes(word) && isSchema(value)) {
      strict[word] = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, part(one, `${at}/${word}/${name}`)]));
    } else strict[word] = word === "items" ? part(value, `${at}/items`) : value;
  }
  if (schema["type"] === "object" || "properties" in schema) closeObject(schema, strict, place);
  return strict;
}

function closeObject(schema: JSONSchema, strict: JSONSchema, place: string): void {
  const open = schema["additionalProperties"];
  if (open !== undefined && open !== false && !(isSchema(open) && Object.keys(open).length === 0)) {
    throw new NotStrict(`${place} is open to further properties`);
  }
  const required = Array.isArray(schema["required"]) ? schema["required"] as unknown[] : [];
  const optional = Object.keys(isSchema(schema["properties"]) ? schema["properties"] : {}).filter((name) => !required.includes(name));
  if (optional.length > 0) throw new NotStrict(`${place}/properties/${optional[0]} may be left out (make it required, and nullable)`);
  strict["properties"] ??= {};
  strict["required"] = required;
  strict["additionalProperties"] = false;
}

function part(value: unknown, at: string): unknown {
  return isSchema(value) ? strictly(value, at) : value;
}

function isSchema(value: unknown): value is JSONSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
