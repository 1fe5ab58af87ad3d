import { InputError } from "../errors.ts";

/** Headers as a caller gives them. `null` takes a header away that would be sent otherwise. */
export type HeadersInput = Headers | Record<string, string | null | undefined>;

/** Headers of a request, by their names in small letters: cheaper than a `Headers`, which `fetch` makes of them anyway. */
export type HeaderRecord = Record<string, string>;

/**
 * Merges header layers, later ones first in rank.
 *
 * @throws InputError for a name or value that HTTP cannot carry, without showing the value: it may be a key
 */
export function mergeHeaders(...layers: (HeadersInput | undefined)[]): HeaderRecord {
  const merged = new Map<string, string>();
  for (const layer of layers) {
    for (const [name, value] of entries(layer ?? {})) {
      if (value === undefined) continue;
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new InputError("headers", "a header name", JSON.stringify(name));
      const key = name.toLowerCase();
      if (value === null) merged.delete(key);
      else merged.set(key, checkHeader(`headers.${name}`, value));
    }
  }
  return Object.fromEntries(merged);
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
