import { type Fields, listOf, numberOf, objectOf, stringOf } from "../wire/read.ts";
import { isRecord } from "./contentRules.ts";

/** The position of a schema: the root that references start from, its depth, and the name of the property that it describes. */
interface Place {
  readonly root: Fields;
  readonly depth: number;
  readonly name: string;
  /** Leaves out optional properties. */
  readonly requiredOnly: boolean;
}

// From this depth on, only required values are made; at twice the depth none are, for schemas that only an endless value would fit.
const MAX_DEPTH = 6;

/**
 * Returns a JSON value that fits a JSON Schema: the same one every time, and a small one for recursive schemas.
 *
 * @param requiredOnly leaves out optional properties. Default false
 */
export function sampleOf(schema: Fields, requiredOnly = false): unknown {
  return sample(schema, { root: schema, depth: 0, name: "", requiredOnly });
}

function sample(given: unknown, place: Place): unknown {
  const schema = resolve(given, place);
  if ("const" in schema) return schema["const"];
  if ("default" in schema) return schema["default"];
  const choices = listOf(schema, "enum");
  if (choices.length > 0) return choices[0];
  const inside = { ...place, depth: place.depth + 1 };
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, inside);
    case "array":
      return sampleArray(schema, inside);
    case "string":
      return sampleString(schema, place.name || "text");
    case "integer":
      return sampleNumber(schema, 1);
    case "number":
      return sampleNumber(schema, 0);
    case "boolean":
      return true;
    default:
      return null;
  }
}

/** Follows references, merges `allOf`, and takes the first alternative that is not null. */
function resolve(given: unknown, place: Place): Fields {
  if (!isRecord(given)) return {};
  if (place.depth > 2 * MAX_DEPTH) return { type: "null" };
  const deeper = { ...place, depth: place.depth + 1 };
  const reference = given["$ref"];
  if (typeof reference === "string") return resolve(follow(reference, place.root), deeper);
  const parts = listOf(given, "allOf");
  const whole = parts.length === 0 ? given : merge([given, ...parts.map((part) => resolve(part, deeper))]);
  const alternatives = [...listOf(whole, "anyOf"), ...listOf(whole, "oneOf")];
  if (alternatives.length === 0) return whole;
  const tooDeep = place.depth >= MAX_DEPTH;
  const isNull = (item: unknown): boolean => stringOf(item, "type") === "null";
  const chosen = alternatives.find((item) => isNull(item) === tooDeep) ?? alternatives[0];
  return resolve(chosen, deeper);
}

function follow(reference: string, root: Fields): Fields {
  let found: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isRecord(found) ? found : {};
}

function merge(parts: readonly Fields[]): Fields {
  const properties = Object.fromEntries(parts.flatMap((part) => Object.entries(objectOf(part, "properties") ?? {})));
  const required = parts.flatMap((part) => listOf(part, "required"));
  return { ...Object.fromEntries(parts.flatMap((part) => Object.entries(part))), properties, required };
}

function typeOf(schema: Fields): string {
  const { type } = schema;
  if (Array.isArray(type)) return String(type.find((item) => item !== "null") ?? "null");
  if (typeof type === "string") return type;
  if ("properties" in schema) return "object";
  return "items" in schema ? "array" : "string";
}

function sampleObject(schema: Fields, place: Place): Fields {
  const needed = listOf(schema, "required");
  const leaveOut = place.requiredOnly || place.depth >= MAX_DEPTH;
  const properties = Object.entries(objectOf(schema, "properties") ?? {});
  const kept = properties.filter(([name]) => !leaveOut || needed.includes(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, sample(inner, { ...place, name })]));
}

function sampleArray(schema: Fields, place: Place): unknown[] {
  const least = numberOf(schema, "minItems") ?? 0;
  const usual = place.depth >= MAX_DEPTH ? 0 : 2;
  const length = Math.max(least, Math.min(usual, numberOf(schema, "maxItems") ?? usual));
  return Array.from({ length }, () => sample(schema["items"], place));
}

function sampleString(schema: Fields, usual: string): string {
  const text = FORMATS[stringOf(schema, "format") ?? ""] ?? usual;
  return text.slice(0, numberOf(schema, "maxLength")).padEnd(numberOf(schema, "minLength") ?? 0, ".");
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T12:00:00Z",
  date: "2026-01-01",
  time: "12:00:00Z",
  duration: "PT1H",
  email: "ada@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

/** Returns the number closest to 1 that the schema allows. @param usualStep 1 for integers, 0 for any number */
function sampleNumber(schema: Fields, usualStep: number): number {
  const step = numberOf(schema, "multipleOf") || usualStep;
  const margin = step || 0.5;
  const low = Math.max(
    numberOf(schema, "minimum") ?? -Infinity,
    (numberOf(schema, "exclusiveMinimum") ?? -Infinity) + margin,
  );
  const high = Math.min(
    numberOf(schema, "maximum") ?? Infinity,
    (numberOf(schema, "exclusiveMaximum") ?? Infinity) - margin,
  );
  const wanted = Math.min(high, Math.max(low, 1));
  if (step === 0) return wanted;
  const below = Math.floor(wanted / step) * step;
  return below >= low ? below : below + step;
}
