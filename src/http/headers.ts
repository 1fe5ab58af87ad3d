import { InputError } from "../errors.ts";

/** Headers as a caller gives them. `null` takes a header away that would be sent otherwise. */
export type HeadersInput = Headers | Record<string, string | null | undefined>;

/**
 * Merges header layers, later ones first in rank.
 *
 * @throws InputError for a name or value that HTTP cannot carry, without showing the value: it may be a key
 */
export function mergeHeaders(...layers: (HeadersInput | undefined)[]): Headers {
  const merged = new Headers();
  for (const layer of layers) {
    for (const [name, value] of entries(layer ?? {})) {
      if (value === undefined) continue;
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new InputError("headers", "a header name", JSON.stringify(name));
      if (value === null) merged.delete(name);
      else merged.set(name, checkHeader(`headers.${name}`, value));
    }
  }
  return merged;
}

function entries(layer: HeadersInput): Iterable<[string, string | null | undefined]> {
  return Symbol.iterator in layer ? layer : Object.entries(layer);
}

/**
 * Gives back a header's value if HTTP can carry it.
 *
 * @throws InputError that says what is wrong with it, but not what it is
 */
export function checkHeader(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InputError(path, "a string", value === null ? "null" : typeof value);
  if (/[\r\n]/.test(value)) throw new InputError(path, "no line breaks", "a value with a line break");
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new InputError(path, "characters that a header can carry", "a value with others");
  return value;
}
