import { APIError } from "../errors.ts";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Message of the error for a body that is no chat completion. */
export const NO_COMPLETION = "The answer is no completion: it has no choices";

/**
 * Returns the error for an answer in which something essential has the wrong type.
 *
 * @param problem the place and what is wrong there, without anything that the model wrote
 */
export function malformed(problem: string): APIError {
  return new APIError(`The answer is malformed: ${problem}`, { status: 200, code: "malformed" });
}

/**
 * Returns the error for an answer with more items than a client should keep.
 *
 * @param items the limit and what is limited, such as `1024 choices`
 */
export function tooMany(items: string): APIError {
  return new APIError(`More than ${items}`, { status: 200, code: "too_large" });
}

/**
 * Returns a part of an answer that must be an object if it is there.
 *
 * @param what the part's name in the error
 * @returns `undefined` if it is missing or null
 * @throws APIError if it is anything else
 */
export function expectObject(value: unknown, what: string): Fields | undefined {
  const fields = fieldsOf(value);
  if (value != null && !fields) throw malformed(`${what} is no object`);
  return fields;
}

/**
 * Returns a part of an answer that must be a list if it is there.
 *
 * @param what the part's name in the error
 * @returns an empty list if it is missing or null
 * @throws APIError if it is anything else
 */
export function expectList(value: unknown, what: string): readonly unknown[] {
  if (value == null) return [];
  if (!Array.isArray(value)) throw malformed(`${what} is no list`);
  return value;
}

/**
 * Returns a value as JSON text.
 *
 * @param what the value's name in the error
 * @throws APIError if it is nested too deep to be written
 */
export function jsonText(value: unknown, what: string): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw malformed(`${what} is nested too deep`);
  }
}

/**
 * Returns a call's arguments or input as text. Some servers send them as an object.
 *
 * @returns `""` if there are none
 * @throws APIError if they are nested too deep to be written
 */
export function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value == null ? "" : jsonText(value, "a tool call's arguments");
}
