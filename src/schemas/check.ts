import { safeParse } from "valibot";
import type { BaseIssue, GenericSchema } from "valibot";
import { InputError } from "../errors.ts";

/**
 * Checks a value that came from outside, and gives it back as it was: unknown fields pass, nothing is copied.
 *
 * @param root what the value is called in the error, such as `messages`
 * @throws InputError that names the path, what was expected and what was there
 */
export function check<T>(schema: GenericSchema<unknown, T>, value: unknown, root: string): T {
  const result = safeParse(schema, value, { abortEarly: true, abortPipeEarly: true });
  if (result.success) return value as T;
  const { issue, path } = deepest(result.issues[0]);
  const { received } = issue;
  throw new InputError(root + path, expectation(issue), received.length > LONGEST ? `${received.slice(0, LONGEST)}…` : received);
}

/** How much of a wrong value an error shows, in characters. */
const LONGEST = 60;

interface Found {
  issue: BaseIssue<unknown>;
  path: string;
  depth: number;
}

/** A union says little; the branch that came furthest says what is wrong. */
function deepest(issue: BaseIssue<unknown>, above = "", depth = 0): Found {
  const path = above + pathOf(issue);
  let found: Found = { issue, path, depth: depth + (issue.path?.length ?? 0) };
  for (const inner of issue.issues ?? []) {
    const candidate = deepest(inner, path, depth + (issue.path?.length ?? 0));
    if (candidate.depth > found.depth) found = candidate;
  }
  return found;
}

function expectation({ type, expected, message, received, path }: BaseIssue<unknown>): string {
  if (type === "check") return message;
  if (type === "min_length") return "at least one";
  if (received === "undefined" && expected === `"${String(path?.at(-1)?.key)}"`) return "a value";
  const words = (expected ?? "something else").replace("Array", "a list").replace("Object", "an object");
  return words.replaceAll(/[()]/g, "").replaceAll(" | ", " or ");
}

function pathOf({ path }: BaseIssue<unknown>): string {
  return (path ?? []).map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
}
