import { InputError } from "../errors.ts";
import { entriesOf, readable, wrong } from "../options.ts";

/** Headers as a caller gives them. `null` takes a header away that would be sent otherwise. */
export type HeadersInput = Headers | Record<string, string | null | undefined>;

/** Headers of a request, by their names in small letters: cheaper than a `Headers`, which `fetch` makes of them anyway. */
export type HeaderRecord = Record<string, string>;

/** Headers to be put over others, by their names in small letters and checked; `null` takes one away. */
export type HeaderLayer = ReadonlyMap<string, string | null>;

/**
 * Makes one layer of several, later ones first in rank.
 *
 * @throws InputError for a name or value that HTTP cannot carry, without showing the value: it may be a key
 */
export function headerLayer(...layers: (HeadersInput | undefined)[]): HeaderLayer {
  const merged = new Map<string, string | null>();
  for (const layer of layers) {
    if (layer === undefined) continue;
    for (const [name, value] of pairsOf(layer)) {
      if (value === undefined) continue;
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new InputError("headers", "a header name", JSON.stringify(name));
      merged.set(name.toLowerCase(), value === null ? null : checkHeader(`headers.${name}`, value));
    }
  }
  return merged;
}

/** A `Headers` of any realm, or a list of pairs, is iterable. */
function pairsOf(layer: object): [name: string, value: unknown][] {
  return readable("headers", () => {
    if (typeof layer !== "object" || layer === null || !(Symbol.iterator in layer)) return entriesOf(layer, "headers");
    const pairs = [...(layer as Iterable<unknown>)];
    const isPair = (one: unknown): one is [string, unknown] => Array.isArray(one) && typeof one[0] === "string";
    if (pairs.every(isPair)) return pairs;
    throw wrong("headers", "a Headers, or an object of strings", layer);
  });
}

/** Puts a layer over headers; they are the same object where it is empty. */
export function overlay(headers: HeaderRecord, layer: HeaderLayer): HeaderRecord {
  if (layer.size === 0) return headers;
  const all = new Map<string, string | null>([...Object.entries(headers), ...layer]);
  return Object.fromEntries([...all].filter((entry): entry is [string, string] => entry[1] !== null));
}

/**
 * Gives back a header's value if HTTP can carry it.
 *
 * @throws InputError that says what is wrong with it, but not what it is
 */
export function checkHeader(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InputError(path, "a string", value === null ? "null" : typeof value);
  if (/[\r\n]/.test(value)) throw new InputError(path, "no line breaks", "a value with a line break");
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw new InputError(path, "characters that a header can carry", "a value with others");
  return value;
}
