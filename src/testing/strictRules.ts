import { isRecord } from "./contentRules.ts";
import { words } from "./tokens.ts";

type Schema = Readonly<Record<string, unknown>>;

// https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
const WORDS: ReadonlySet<string> = new Set(
  words(`
  type title description enum const properties required additionalProperties items anyOf $ref $defs definitions
  multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems pattern format`),
);
/** Keywords of the root alone. The official clients send them. */
const ROOT_WORDS: readonly string[] = ["$schema", "$id"];
const FORMATS: readonly unknown[] = words("date-time time date duration email hostname ipv4 ipv6 uuid");

/** Returns the API's message about a schema that strict mode does not support, or `undefined`. */
export function findStrictFault(schema: Schema, context: readonly string[] = []): string | undefined {
  const where = `In context=(${context.map((step) => `'${step}'`).join(", ")}),`;
  const own = findOwnFault(context.length === 0 ? withoutRootWords(schema) : schema, where);
  if (own !== undefined) return own;
  for (const [path, part] of partsOf(schema)) {
    const fault = isRecord(part) ? findStrictFault(part, [...context, ...path]) : `${where} schema must be an object.`;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function withoutRootWords(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([word]) => !ROOT_WORDS.includes(word)));
}

const TYPES: readonly unknown[] = words("object array string number integer boolean null");

/**
 * Returns the API's message about an invalid schema without strict mode. It refuses only keywords of a wrong type and
 * arrays without items.
 */
export function findSchemaShapeFault(schema: Schema, context: readonly string[] = []): string | undefined {
  const { type, required, items } = schema;
  const types = type === undefined ? [] : [type].flat();
  const wrong = types.find((one) => !TYPES.includes(one));
  if (wrong !== undefined) return `${literal(wrong)} is not valid under any of the given schemas.`;
  if (required !== undefined && !Array.isArray(required)) return `${literal(required)} is not of type 'array'.`;
  if (types.includes("array") && items === undefined)
    return `In context=(${context.map((step) => `'${step}'`).join(", ")}), array schema missing items.`;
  for (const [path, part] of partsOf(schema)) {
    const fault = isRecord(part) ? findSchemaShapeFault(part, [...context, ...path]) : undefined;
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Formats a value as Python does, like the API's messages. */
function literal(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "None" : JSON.stringify(value);
}

function findOwnFault(schema: Schema, where: string): string | undefined {
  const { $ref, type, format, anyOf, items } = schema;
  const beside = Object.keys(schema).filter((word) => word !== "$ref" && word !== "$defs");
  if ($ref !== undefined)
    return beside.length === 0 ? undefined : `${where} $ref cannot have keywords {'${beside.join("', '")}'}.`;
  const unknown = beside.find((word) => !WORDS.has(word));
  if (unknown !== undefined) return `${where} '${unknown}' is not permitted.`;
  if (format !== undefined && !FORMATS.includes(format))
    return `${where} ${JSON.stringify(format)} is not a valid format.`;
  if (type === undefined && anyOf === undefined) return `${where} schema must have a 'type' key.`;
  const types = [type].flat();
  if (types.includes("array") && !isRecord(items)) return `${where} array schema missing items.`;
  return types.includes("object") || "properties" in schema ? findObjectFault(schema, where) : undefined;
}

function findObjectFault({ additionalProperties, required, properties }: Schema, where: string): string | undefined {
  if (additionalProperties !== false)
    return `${where} 'additionalProperties' is required to be supplied and to be false.`;
  const names = isRecord(properties) ? Object.keys(properties) : [];
  const listed: unknown[] = Array.isArray(required) ? required : [];
  const absent = names.find((name) => !listed.includes(name));
  const extra = listed.map(String).find((name) => !names.includes(name));
  if (absent === undefined && extra === undefined) return undefined;
  const wrong = absent === undefined ? `Extra required key '${extra}' supplied` : `Missing '${absent}'`;
  return `${where} 'required' is required to be supplied and to be an array including every key in properties. ${wrong}.`;
}

function partsOf(schema: Schema): [path: string[], part: unknown][] {
  const inMap = (word: string): [string[], unknown][] =>
    isRecord(schema[word]) ? Object.entries(schema[word]).map(([name, part]) => [[word, name], part]) : [];
  const choices = Array.isArray(schema["anyOf"])
    ? schema["anyOf"].map((part, at): [string[], unknown] => [["anyOf", String(at)], part])
    : [];
  const items: [string[], unknown][] = schema["items"] === undefined ? [] : [[["items"], schema["items"]]];
  return [...inMap("properties"), ...choices, ...items, ...inMap("$defs"), ...inMap("definitions")];
}
