import { safeParse } from "valibot";
import type { BaseIssue, GenericSchema } from "valibot";
import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import { pathOf } from "./path.ts";

/** What a value must be. Typed as unknown so that no public type knows the library behind it. */
export type Shape = GenericSchema<unknown, unknown>;
type Issues = readonly [BaseIssue<unknown>, ...BaseIssue<unknown>[]];

/** How much of a wrong value an error shows, in characters. */
const LONGEST = 60;

const issuesOf = (shape: Shape, value: unknown): Issues | undefined =>
  safeParse(shape, value, { abortEarly: true }).issues;

/** Whether a value has a shape. */
export function fits(shape: Shape, value: unknown): boolean {
  return !issuesOf(shape, value);
}

/**
 * Checks a value that came from outside, and gives it back as it was: unknown fields pass, nothing is copied.
 *
 * @param root what the value is called in the error, such as `messages`
 * @throws InputError that names the path, what was expected and what was there
 */
export function check(shape: Shape, value: unknown, root: string): unknown {
  const issues = readable(root, () => issuesOf(shape, value));
  if (!issues) return value;
  const [{ path, message, received, input }] = issues;
  const found = Array.isArray(input) ? (input.length ? "a list" : "an empty list") : received;
  throw new InputError(root + pathOf(path), message, found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found);
}
