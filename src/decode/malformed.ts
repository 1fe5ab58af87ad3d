import { APIError } from "../errors.ts";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/**
 * Returns the error of an answer in which something essential has the wrong type.
 *
 * @param what where it is and what was expected, without anything that the model wrote
 */
export function malformed(what: string): APIError {
  return new APIError(`The answer is malformed: ${what}`, { status: 200, code: "malformed" });
}

/**
 * Returns a part of an answer as an object; `undefined` where it is missing or null.
 *
 * @param what the part's place, for the error
 * @throws APIError where it is anything else
 */
export function partOf(value: unknown, what: string): Fields | undefined {
  return value == null ? undefined : (fieldsOf(value) ?? fail(`${what} is no object`));
}

/**
 * Returns a part of an answer as a list; empty where it is missing or null.
 *
 * @param what the part's place, for the error
 * @throws APIError where it is anything else
 */
export function itemsOf(value: unknown, what: string): readonly unknown[] {
  if (value == null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : fail(`${what} is no list`);
}

/**
 * Returns a value as JSON text.
 *
 * @param what the value's place, for the error
 * @throws APIError where it is nested too deep to be written
 */
export function jsonText(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    return fail(`${what} is nested too deep`);
  }
}

function fail(what: string): never {
  throw malformed(what);
}

/** What is said of an answer that is none. */
export const NO_COMPLETION = "The answer is no completion: it has no choices";
