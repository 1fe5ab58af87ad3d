/** Assertions for runtimes without an assertion library. Errors show the expected and the actual value. */

/** The error of every assertion here. */
export class Unmet extends Error {
  override readonly name = "Unmet";
}

/** Fails with `message` unless `value` is truthy. */
export function ok(value: unknown, message: string): asserts value {
  if (!value) throw new Unmet(message);
}

/** Fails unless both values are equal: primitives by `Object.is`, arrays and plain objects by content. */
export function equal(actual: unknown, expected: unknown, what = "value"): void {
  const where = difference(actual, expected, what, true);
  if (where !== undefined) throw new Unmet(where);
}

/**
 * Fails unless `actual` has everything in `expected`; more is fine. A RegExp matches a string, a function tests the
 * value.
 */
export function match(actual: unknown, expected: unknown, what = "value"): void {
  const where = difference(actual, expected, what, false);
  if (where !== undefined) throw new Unmet(where);
}

/** Resolves to the error of a promise if it matches `expected`; fails if the promise resolves. */
export async function rejects(promise: PromiseLike<unknown>, expected: object = {}, what = "error"): Promise<Failure> {
  const outcome = await Promise.resolve(promise).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Unmet(`${what}: expected a rejection, resolved to ${show(outcome.value)}`);
  match(outcome.error, expected, what);
  return outcome.error as Failure;
}

/** The result of `rejects`: an error of which any field can be read. */
export type Failure = Error & Readonly<Record<string, unknown>>;

/** Returns the error that `act` throws if it matches `expected`; fails if it does not throw. */
export function throws(act: () => unknown, expected: object = {}, what = "error"): Failure {
  let value: unknown;
  try {
    value = act();
  } catch (error) {
    match(error, expected, what);
    return error as Failure;
  }
  throw new Unmet(`${what}: expected a throw, returned ${show(value)}`);
}

/** Returns the outcome of a promise, or fails after a time. */
export async function within<T>(milliseconds: number, promise: PromiseLike<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unmet(`${what}: nothing within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns all items of an async iterable in order. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

/** Resolves after some milliseconds of real time. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function difference(actual: unknown, expected: unknown, path: string, exact: boolean): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const unlike = `${path}: expected ${show(expected)}, was ${show(actual)}`;
  if (expected instanceof RegExp) return typeof actual === "string" && expected.test(actual) ? undefined : unlike;
  if (typeof expected === "function")
    return (expected as (value: unknown) => unknown)(actual) === true ? undefined : unlike;
  if (typeof expected !== "object" || expected === null || typeof actual !== "object" || actual === null) return unlike;
  if (Array.isArray(expected) !== Array.isArray(actual)) return unlike;
  if (Array.isArray(expected) && (actual as unknown[]).length !== expected.length) return unlike;
  return fieldDifference(actual as Fields, expected as Fields, path, exact);
}

type Fields = Record<string, unknown>;

function fieldDifference(actual: Fields, expected: Fields, path: string, exact: boolean): string | undefined {
  const names = new Set([...Object.keys(expected), ...(exact ? Object.keys(actual) : [])]);
  for (const name of names) {
    if (exact && name in actual !== name in expected)
      return `${path}.${name}: ${name in actual ? "not expected" : "missing"}, in ${show(actual)}`;
    const where = difference(actual[name], expected[name], `${path}.${name}`, exact);
    if (where !== undefined) return where;
  }
  return undefined;
}

/** Formats a value for an error message: short, and without throwing. */
export function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (value instanceof RegExp || typeof value === "function" || typeof value === "bigint") return String(value);
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > 400 ? `${text.slice(0, 400)}…` : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}
