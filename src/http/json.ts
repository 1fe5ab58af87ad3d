import { InputError } from "../errors.ts";

/**
 * Writes a request's body as JSON.
 *
 * @param body its fields
 * @param inputs the fields that are no params: an error names them alone
 * @throws InputError that names the place of what JSON cannot hold: a BigInt, a cycle, what throws when it is read
 */
export function writeJSON(body: object, inputs: readonly string[] = []): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    const name = Object.keys(body).find((key) => isUnwritable((body as Record<string, unknown>)[key]));
    if (name === undefined || error instanceof RangeError)
      throw new InputError(name ?? "params", "what can be written as JSON", "one that is nested too deep, or throws");
    throw fault((body as Record<string, unknown>)[name], inputs.includes(name) ? name : `params.${name}`, [body]);
  }
}

/** Follows the first field that cannot be written, down to the one whose own value is at fault. */
function fault(value: unknown, at: string, above: readonly unknown[]): InputError {
  const expected = "what can be written as JSON";
  if (typeof value === "bigint") return new InputError(at, expected, "a BigInt");
  if (above.includes(value)) return new InputError(at, expected, "an object that holds itself");
  try {
    const isList = Array.isArray(value);
    for (const [key, one] of Object.entries(value as object))
      if (isUnwritable(one)) return fault(one, isList ? `${at}[${key}]` : `${at}.${key}`, [...above, value]);
  } catch {
    // A proxy or a getter.
  }
  return new InputError(at, expected, "one that throws when it is read");
}

function isUnwritable(value: unknown): boolean {
  try {
    JSON.stringify(value);
    return false;
  } catch {
    return true;
  }
}
