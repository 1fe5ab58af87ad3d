import { isRecord } from "../contentRules.ts";
import { type Hints, textFor } from "./hints.ts";

type Schema = Readonly<Record<string, unknown>>;

/** How a sample is made. */
export interface SampleOptions {
  readonly hints: Hints;
  /** Whether properties that need not be there are left out. */
  readonly requiredOnly: boolean;
}

/** A schema's place: its root for references, how deep it lies, and the name of the property it is for. */
interface Place {
  readonly root: Schema;
  readonly depth: number;
  readonly name: string;
}

// From here on only what must be there is; at twice the depth nothing is, for a schema that only an endless value would fit.
const MAX_DEPTH = 6;

/** A JSON value that fits a JSON Schema, made with what the prompt offers. Deterministic; bounded where the schema is recursive. */
export function sampleOf(schema: Schema, options: SampleOptions): unknown {
  return sample(schema, { root: schema, depth: 0, name: "" }, options);
}

function sample(given: unknown, place: Place, options: SampleOptions): unknown {
  const schema = resolve(given, place);
  if ("const" in schema) return schema["const"];
  if ("default" in schema && schema["type"] !== "string") return schema["default"];
  const choices = schema["enum"];
  if (Array.isArray(choices) && choices.length > 0) return chooseFrom(choices, options.hints);
  return sampleType(typeOf(schema), schema, { ...place, depth: place.depth + 1 }, options);
}

function sampleType(type: string, schema: Schema, place: Place, options: SampleOptions): unknown {
  switch (type) {
    case "object":
      return sampleObject(schema, place, options);
    case "array":
      return sampleArray(schema, place, options);
    case "string":
      return sampleString(schema, place, options.hints);
    case "integer":
    case "number":
      return sampleNumber(schema, type === "integer", options.hints);
    case "boolean":
      return true;
    default:
      return null;
  }
}

/** Follows references, merges `allOf`, and takes the first alternative that is not null. */
function resolve(given: unknown, place: Place): Schema {
  if (!isRecord(given)) return {};
  if (place.depth > 2 * MAX_DEPTH) return { type: "null" };
  const deeper = { ...place, depth: place.depth + 1 };
  const reference = given["$ref"];
  if (typeof reference === "string") return resolve(follow(reference, place.root), deeper);
  const parts = listOf(given["allOf"]);
  const whole = parts.length === 0 ? given : merge([given, ...parts.map((part) => resolve(part, deeper))]);
  const alternatives = listOf(whole["anyOf"] ?? whole["oneOf"]);
  if (alternatives.length === 0) return whole;
  const tooDeep = place.depth >= MAX_DEPTH;
  const isNull = (item: unknown): boolean => isRecord(item) && item["type"] === "null";
  const chosen = alternatives.find((item) => isNull(item) === tooDeep) ?? alternatives[0];
  return resolve(chosen, deeper);
}

function follow(reference: string, root: Schema): Schema {
  let found: unknown = root;
  for (const step of reference.split("/").slice(1)) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isRecord(found) ? found : {};
}

function merge(parts: readonly Schema[]): Schema {
  const properties = Object.fromEntries(
    parts.flatMap(({ properties: own }) => (isRecord(own) ? Object.entries(own) : [])),
  );
  const required = parts.flatMap((part) => listOf(part["required"]));
  return { ...Object.fromEntries(parts.flatMap((part) => Object.entries(part))), properties, required };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function typeOf(schema: Schema): string {
  const { type } = schema;
  if (Array.isArray(type)) return String(type.find((item) => item !== "null") ?? "null");
  if (typeof type === "string") return type;
  if ("properties" in schema) return "object";
  return "items" in schema ? "array" : "string";
}

function sampleObject(schema: Schema, place: Place, options: SampleOptions): Record<string, unknown> {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  const needed = listOf(schema["required"]);
  const leaveOut = options.requiredOnly || place.depth >= MAX_DEPTH;
  const names = Object.keys(properties).filter((name) => !leaveOut || needed.includes(name));
  return Object.fromEntries(names.map((name) => [name, sample(properties[name], { ...place, name }, options)]));
}

function sampleArray(schema: Schema, place: Place, options: SampleOptions): unknown[] {
  const { minItems, maxItems, items } = schema;
  const least = typeof minItems === "number" ? minItems : 0;
  if (place.depth >= MAX_DEPTH) return Array.from({ length: least }, () => sample(items, place, options));
  const most = typeof maxItems === "number" ? maxItems : Infinity;
  const length = Math.max(least, Math.min(2, most));
  return Array.from({ length }, () => sample(items, place, options));
}

function sampleString(schema: Schema, place: Place, hints: Hints): string {
  const { format, description, minLength, maxLength } = schema;
  const formatted = FORMATS[String(format)];
  if (formatted !== undefined) return formatted;
  if (typeof schema["default"] === "string") return schema["default"];
  const text = textFor(
    `${place.name} ${place.name === "" && typeof description === "string" ? description : ""}`,
    hints,
  );
  const most = typeof maxLength === "number" ? maxLength : Infinity;
  const least = typeof minLength === "number" ? minLength : 0;
  return text.slice(0, most).padEnd(least, ".");
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
  url: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function sampleNumber(schema: Schema, isInteger: boolean, hints: Hints): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const step = typeof multipleOf === "number" && multipleOf > 0 ? multipleOf : isInteger ? 1 : 0;
  const margin = step || 0.5;
  const low =
    typeof exclusiveMinimum === "number"
      ? exclusiveMinimum + margin
      : typeof minimum === "number"
        ? minimum
        : -Infinity;
  const high =
    typeof exclusiveMaximum === "number" ? exclusiveMaximum - margin : typeof maximum === "number" ? maximum : Infinity;
  const wanted = Math.min(high, Math.max(low, hints.numbers.shift() ?? 1));
  if (step === 0) return wanted;
  const below = Math.floor(wanted / step) * step;
  return below >= low ? below : below + step;
}

/** The value that the prompt names, else the first. */
function chooseFrom(choices: readonly unknown[], hints: Hints): unknown {
  const words = ` ${hints.prompt.toLowerCase().replace(/[^\p{L}\p{N}_-]+/gu, " ")} `;
  return (
    choices.find((choice) => typeof choice === "string" && words.includes(` ${choice.toLowerCase()} `)) ?? choices[0]
  );
}
