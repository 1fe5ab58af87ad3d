import { InputError } from "../errors.ts";

const EXPECTED = "a value that JSON can hold";

/**
 * Returns a request's body as JSON.
 *
 * @param body the fields of the body
 * @param inputs names of the fields that are no params. An error names those without `params.`
 * @throws InputError that names the value that JSON cannot hold: a BigInt, a cycle, or a getter that throws
 */
export function writeJSON(body: object, inputs: readonly string[] = []): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    const [name, value] = Object.entries(body).find(([, field]) => isUnwritable(field)) ?? [];
    if (name === undefined || error instanceof RangeError)
      throw new InputError(name ?? "params", EXPECTED, "one that is nested too deep, or throws");
    throw faultIn(value, inputs.includes(name) ? name : `params.${name}`, [body]);
  }
}

/** Follows the first value that cannot be written down to the one that is itself at fault. */
function faultIn(value: unknown, path: string, above: readonly unknown[]): InputError {
  if (typeof value === "bigint") return new InputError(path, EXPECTED, "a BigInt");
  if (above.includes(value)) return new InputError(path, EXPECTED, "an object that holds itself");
  try {
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    for (const [key, inner] of entries) {
      const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`;
      if (isUnwritable(inner)) return faultIn(inner, at, [...above, value]);
    }
  } catch {
    // A proxy or a getter.
  }
  return new InputError(path, EXPECTED, "one that throws when it is read");
}

function isUnwritable(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}
