import { safeParse } from "valibot";
import type { BaseIssue, GenericSchema } from "valibot";
import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import { pathOf } from "./path.ts";

/** The shape that a value must have. Typed as unknown, so that no public type depends on valibot. */
export type Shape = GenericSchema<unknown, unknown>;
type Issues = readonly [BaseIssue<unknown>, ...BaseIssue<unknown>[]];

/** The most characters of a wrong value that an error shows. */
const LONGEST = 60;

const issuesOf = (shape: Shape, value: unknown): Issues | undefined =>
  safeParse(shape, value, { abortEarly: true }).issues;

/** Returns `true` if a value has a shape. */
export function fits(shape: Shape, value: unknown): boolean {
  return !issuesOf(shape, value);
}

/**
 * Checks a value from outside. Unknown fields are accepted.
 *
 * @param root the value's name in an error, such as `messages`
 * @returns the value itself, not a copy
 * @throws InputError that names the path, the expected value and the actual one
 */
export function check(shape: Shape, value: unknown, root: string): unknown {
  const issues = readable(root, () => issuesOf(shape, value));
  if (!issues) return value;
  const [{ path, message, received, input }] = issues;
  const found = Array.isArray(input) ? (input.length ? "a list" : "an empty list") : received;
  throw new InputError(root + pathOf(path), message, found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found);
}
