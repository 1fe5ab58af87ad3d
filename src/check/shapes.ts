import { array, custom, lazy, object } from "valibot";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import type { Shape } from "./check.ts";

type Entries = Parameters<typeof object>[0];

/**
 * Accepts values of a primitive type.
 *
 * @param type the type as `typeof` names it
 * @param expected the expected value in an error. Default: the type
 */
export function plain(type: "string" | "number" | "boolean", expected: string = type): Shape {
  return custom((value) => typeof value === type, expected);
}

/** Accepts a count: a number from 0 that is finite. */
export function count(): Shape {
  return custom((value) => typeof value === "number" && Number.isFinite(value) && value >= 0, "a number from 0");
}

/** Accepts a word that names a kind of thing. */
export function shortName(): Shape {
  return custom((value) => typeof value === "string" && /^[\w.:/-]{1,64}$/.test(value), "the name of a type");
}

/** Accepts one of these values. */
export function oneOf(...values: readonly (string | number)[]): Shape {
  const known: readonly unknown[] = values;
  return custom((value) => known.includes(value), named(values));
}

const named = (values: readonly (string | number)[]): string => values.map((one) => JSON.stringify(one)).join(" or ");

/**
 * Accepts an object with these fields and any others.
 *
 * @param missing the expected value in an error for a missing field
 * @param what the expected value in an error for anything else than an object
 */
export function fields(entries: Entries, missing = "a value", what = "an object"): Shape {
  return object(entries, ({ expected }) => (expected === "Object" ? what : missing));
}

/** Accepts any object that is no list. */
export function record(): Shape {
  return custom((value) => fieldsOf(value) !== undefined, "an object");
}

/** Accepts nothing. @param expected the expected value in an error */
export function nothing(expected: string): Shape {
  return custom(() => false, expected);
}

/** Accepts a list. */
export function list(item: Shape): Shape {
  return array(item, "a list");
}

/** Accepts one shape for objects that pass a test, and another shape for all other values. A list is tested as an empty object. */
export function when(test: (value: Fields) => boolean, yes: Shape, no: Shape): Shape {
  return lazy((value) => {
    const found = Array.isArray(value) ? {} : fieldsOf(value);
    return found && test(found) ? yes : no;
  });
}

/** Accepts null, or a shape. */
export function orNull(shape: Shape): Shape {
  const isNull = custom((value) => value === null);
  return lazy((value) => (value === null ? isNull : shape));
}

/** Accepts a list with at least one item. */
export function some(item: Shape): Shape {
  const none = nothing("at least one");
  const items = list(item);
  return lazy((value) => (Array.isArray(value) && value.length === 0 ? none : items));
}

/** Accepts a string, or a shape for lists. */
export function textOr(other: Shape): Shape {
  const text = plain("string", "a string or a list of parts");
  return lazy((value) => (Array.isArray(value) ? other : text));
}

/**
 * Accepts an object whose shape depends on a field.
 *
 * @param key the field that names the kind
 * @param kinds the shapes by kind
 * @param other the shape of other kinds. Default: none is accepted
 * @param what the expected value in an error for anything else than an object
 */
export function byKind(key: string, kinds: Readonly<Record<string, Shape>>, other?: Shape, what?: string): Shape {
  const names = Object.keys(kinds);
  const rest = other ?? fields({ [key]: oneOf(...names) }, named(names), what);
  const shapes = new Map(Object.entries(kinds));
  return lazy((value) => {
    const kind: unknown = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
    return (typeof kind === "string" && shapes.get(kind)) || rest;
  });
}
