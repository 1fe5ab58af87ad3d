import { safeParse } from "valibot";
import type { GenericSchema } from "valibot";
import { InputError } from "../errors.ts";

/** What a value must be. Typed as unknown so that no public type knows the library behind it. */
export type Shape = GenericSchema<unknown, unknown>;

/** How much of a wrong value an error shows, in characters. */
const LONGEST = 60;

/**
 * Checks a value that came from outside, and gives it back as it was: unknown fields pass, nothing is copied.
 *
 * @param root what the value is called in the error, such as `messages`
 * @throws InputError that names the path, what was expected and what was there
 */
export function check(shape: Shape, value: unknown, root: string): unknown {
  const { issues } = safeParse(shape, value, { abortEarly: true });
  if (!issues) return value;
  const [{ path, message, received, input }] = issues;
  const place = path?.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("") ?? "";
  const found = Array.isArray(input) ? input.length ? "a list" : "an empty list" : received;
  throw new InputError(root + place, message, found.length > LONGEST ? `${found.slice(0, LONGEST)}…` : found);
}
