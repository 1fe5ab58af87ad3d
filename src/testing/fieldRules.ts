import {
  badRequest,
  emptyArray,
  missing,
  outOfRange,
  type Refusal,
  tooLong,
  tooManyFields,
  wrongType,
  wrongValue,
} from "./apiErrors.ts";
import { isRecord } from "./contentRules.ts";
import { isFile } from "./forms.ts";

/**
 * The rule of one field in one line: its types with `|` between them, `!` for a required field, then either the allowed
 * strings or a range. The range limits a number, the length of a list or string, or the number of an object's fields.
 *
 *     "string!"    "number|null 0..2"    "string|null low,medium,high"    "array! 1..2048"
 *
 * A pair also describes the content: the fields of an object, the {@link Kinds} of an object, or one rule for all items
 * of a list or all values of an object.
 */
export type Rule = string | readonly [rule: string, inside: FieldRules | Kinds | Rule];

/** The fields of an object. A field named `*` lets all others pass. */
export type FieldRules = { readonly [name: string]: Rule };

/** The fields of objects that have a `type`, by that type. */
export interface Kinds {
  readonly kinds: Readonly<Record<string, FieldRules>>;
}

/** The strictness of a check. */
export interface Manner {
  /** Lets unknown fields and unknown values pass, as providers other than OpenAI do. Default false. */
  readonly isOpen?: boolean | undefined;
  /** Marks the fields of a form, where numbers and booleans are strings. Default false. */
  readonly isForm?: boolean | undefined;
}

/**
 * Returns the API's refusal of the first wrong field of an object.
 *
 * @param fields the object
 * @param rules the fields that it may have
 * @param path the object's own path, for the refusal; empty for the whole body
 * @returns `undefined` if the API would accept all fields
 */
export function findFieldFault(
  fields: Readonly<Record<string, unknown>>,
  rules: FieldRules,
  manner: Manner = {},
  path = "",
): Refusal | undefined {
  const place = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, rule] of Object.entries(rules)) {
    if (name === "*") continue;
    const fault = findValueFault(Object.hasOwn(fields, name) ? fields[name] : undefined, rule, manner, place(name));
    if (fault) return fault;
  }
  const unknown = manner.isOpen ? undefined : findUnknown(fields, rules);
  return unknown === undefined ? undefined : unknownField(place(unknown));
}

/** Returns the first field that has no rule. */
export function findUnknown(fields: Readonly<Record<string, unknown>>, rules: FieldRules): string | undefined {
  return "*" in rules ? undefined : Object.keys(fields).find((name) => !Object.hasOwn(rules, name));
}

/** Refuses a field that the API does not know. */
function unknownField(path: string): Refusal {
  return badRequest(`Unknown parameter: '${path}'.`, path, "unknown_parameter");
}

interface Parsed {
  readonly types: readonly string[];
  readonly isRequired: boolean;
  readonly allowed: readonly string[] | undefined;
  readonly low: number;
  readonly high: number;
}

/** Parses the line of a rule. */
export function parseRule(rule: Rule): Parsed {
  const [line, limits = ""] = (typeof rule === "string" ? rule : rule[0]).split(" ");
  const [, low, high] = /^(-?[\d.]*?)\.\.(-?[\d.]*)$/.exec(limits) ?? [];
  return {
    types: (line ?? "").replace("!", "").split("|"),
    isRequired: line?.includes("!") ?? false,
    allowed: limits === "" || low !== undefined ? undefined : limits.split(","),
    low: low ? Number(low) : -Infinity,
    high: high ? Number(high) : Infinity,
  };
}

function findValueFault(given: unknown, rule: Rule, manner: Manner, path: string): Refusal | undefined {
  const parsed = parseRule(rule);
  if (given === undefined || (manner.isForm && given === "")) return parsed.isRequired ? missing(path) : undefined;
  const value = manner.isForm ? readFormValue(given, parsed.types) : given;
  if (!parsed.types.some((type) => isOfType(value, type))) return wrongType(path, describeTypes(rule), given);
  return (
    (manner.isOpen ? undefined : findLimitFault(value, parsed, path)) ??
    (typeof rule === "string" ? undefined : findInnerFault(value, rule[1], manner, path))
  );
}

function findLimitFault(value: unknown, { types, allowed, low, high }: Parsed, path: string): Refusal | undefined {
  if (typeof value === "string" && allowed && !allowed.includes(value)) return wrongValue(path, value, allowed);
  if (typeof value === "number") {
    const kind = types.includes("number") ? "decimal" : "integer";
    if (value < low) return outOfRange(path, value, kind, "below_min", `>= ${low}`);
    if (value > high) return outOfRange(path, value, kind, "above_max", `<= ${high}`);
  }
  if (Array.isArray(value)) {
    if (value.length < low) return emptyArray(path);
    if (value.length > high) return tooLong(path, high, value.length, "array");
  }
  if (isRecord(value) && types.includes("object") && Object.keys(value).length > high)
    return tooManyFields(path, high, Object.keys(value).length);
  if (typeof value === "string" && !types.includes("array")) {
    if (value.length < low) return tooShort(path, low);
    if (value.length > high) return tooLong(path, high, value.length);
  }
  return undefined;
}

function tooShort(path: string, low: number): Refusal {
  const message = `Invalid '${path}': empty string. Expected a string with minimum length ${low}, but got an empty string instead.`;
  return badRequest(message, path, "empty_string");
}

function findInnerFault(
  value: unknown,
  inside: FieldRules | Kinds | Rule,
  manner: Manner,
  path: string,
): Refusal | undefined {
  if (Array.isArray(value)) {
    const rule = isRule(inside) ? inside : (["object", inside] as const);
    return firstFault(value.entries(), ([index, item]) => findValueFault(item, rule, manner, `${path}[${index}]`));
  }
  if (!isRecord(value) || isFile(value)) return undefined;
  if (!isRule(inside))
    return isKinds(inside) ? findKindFault(value, inside, manner, path) : findFieldFault(value, inside, manner, path);
  return firstFault(Object.entries(value), ([name, item]) => findValueFault(item, inside, manner, `${path}.${name}`));
}

/**
 * Returns the API's refusal of the first wrong field of an object that has a `type`.
 *
 * @param value the object
 * @param kinds the fields of each type
 * @param path the object's path
 */
export function findKindFault(
  value: Readonly<Record<string, unknown>>,
  { kinds }: Kinds,
  manner: Manner,
  path: string,
): Refusal | undefined {
  const type = value["type"];
  if (type === undefined) return missing(`${path}.type`);
  const rules = typeof type === "string" && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (rules) return findFieldFault(value, { type: "string", ...rules }, manner, path);
  return manner.isOpen ? undefined : wrongValue(`${path}.type`, type, Object.keys(kinds));
}

/** Returns the first refusal of a check over some items. */
export function firstFault<T>(items: Iterable<T>, check: (item: T) => Refusal | undefined): Refusal | undefined {
  for (const item of items) {
    const fault = check(item);
    if (fault) return fault;
  }
  return undefined;
}

function isRule(inside: FieldRules | Kinds | Rule): inside is Rule {
  return typeof inside === "string" || Array.isArray(inside);
}

function isKinds(inside: FieldRules | Kinds): inside is Kinds {
  return typeof inside["kinds"] === "object" && !Array.isArray(inside["kinds"]);
}

function readFormValue(value: unknown, types: readonly string[]): unknown {
  if (typeof value !== "string" || types.includes("string")) return value;
  if ((types.includes("number") || types.includes("integer")) && value.trim() !== "" && Number.isFinite(Number(value)))
    return Number(value);
  return types.includes("boolean") && /^(true|false)$/.test(value) ? value === "true" : value;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return isRecord(value);
    case "file":
      return isFile(value);
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a decimal",
  integer: "an integer",
  boolean: "a boolean",
  object: "an object",
  file: "a file",
};

/** Describes the expected types in the API's words: `an array of strings`, `one of a string or array of objects`. */
function describeTypes(rule: Rule): string {
  const names = parseRule(rule).types.filter((type) => type !== "null");
  const described = names.map((type) =>
    type === "array" ? `an array${describeItems(rule)}` : (TYPE_NAMES[type] ?? type),
  );
  const [first = "", ...rest] = described;
  return rest.length === 0 ? first : `one of ${first} or ${rest.map((name) => name.replace(/^an? /, "")).join(" or ")}`;
}

function describeItems(rule: Rule): string {
  if (typeof rule === "string") return "";
  const [, inside] = rule;
  const type = isRule(inside) ? (parseRule(inside).types[0] ?? "") : "object";
  return type === "any" ? "" : ` of ${type}s`;
}
