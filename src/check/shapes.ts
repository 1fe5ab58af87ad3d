import { array, custom, lazy, object } from "valibot";
import { fieldsOf } from "../wire/read.ts";
import type { Shape } from "./check.ts";

type Entries = Parameters<typeof object>[0];

/** A text, number or the like, as `typeof` names it. @param words what an error says was expected */
export function plain(type: "string" | "number" | "boolean", words: string = type): Shape {
  return custom((value) => typeof value === type, words);
}

/** A number that something was counted with: not negative, not infinite. */
export function count(): Shape {
  return custom((value) => Number.isFinite(value) && (value as number) >= 0, "a number from 0");
}

/** A word that names a kind of thing. */
export function shortName(): Shape {
  return custom((value) => typeof value === "string" && /^[\w.:/-]{1,64}$/.test(value), "the name of a type");
}

/** One of these texts or numbers. */
export function oneOf(...values: readonly (string | number)[]): Shape {
  return custom((value) => values.includes(value as string), named(values));
}

const named = (values: readonly (string | number)[]): string => values.map((one) => JSON.stringify(one)).join(" or ");

/** An object with these fields, and any others. @param missing what an error says was expected where one is not there */
export function fields(entries: Entries, missing = "a value"): Shape {
  return object(entries, ({ expected }) => (expected === "Object" ? "an object" : missing));
}

/** An object, whatever its fields, and no list. */
export function record(): Shape {
  return custom((value) => fieldsOf(value) !== undefined, "an object");
}

/** What is never right, where it depends on the value what is. @param words what an error says was expected */
export function nothing(words: string): Shape {
  return custom(() => false, words);
}

/** A list. */
export function list(item: Shape): Shape {
  return array(item, "a list");
}

/** One shape or the other. @param test tells which, of an object; anything else is of the second */
export function when(test: (value: Record<string, unknown>) => boolean, yes: Shape, no: Shape): Shape {
  return lazy((value) =>
    typeof value === "object" && value !== null && test(value as Record<string, unknown>) ? yes : no,
  );
}

/** Null, or this shape. */
export function orNull(shape: Shape): Shape {
  const isNull = custom((value) => value === null);
  return lazy((value) => (value === null ? isNull : shape));
}

/** A list that is not empty. */
export function some(item: Shape): Shape {
  return when(({ length }) => length === 0, nothing("at least one"), list(item));
}

/** A text, or a list of this shape. */
export function textOr(other: Shape): Shape {
  return when(Array.isArray, other, plain("string", "string or a list"));
}

/**
 * An object whose shape depends on a field.
 *
 * @param key the field that names the kind
 * @param kinds the shapes by kind
 * @param other the shape of other kinds. Default: there are none
 */
export function byKind(key: string, kinds: Readonly<Record<string, Shape>>, other?: Shape): Shape {
  const names = Object.keys(kinds);
  const rest = other ?? fields({ [key]: oneOf(...names) }, named(names));
  return lazy((value) => {
    const kind = (value as Record<string, unknown> | null | undefined)?.[key];
    return typeof kind === "string" && Object.hasOwn(kinds, kind) ? (kinds[kind] as Shape) : rest;
  });
}
