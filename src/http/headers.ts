import { InputError } from "../errors.ts";
import { entriesOf, readable, wrong } from "../options.ts";

/** Headers as a caller gives them. `null` removes a header that would be sent otherwise. */
export type HeadersInput = Headers | Record<string, string | null | undefined>;

/** Headers of a request by their names in lower case. It costs less than a `Headers`, which `fetch` makes of it anyway. */
export type HeaderRecord = Record<string, string>;

/** Checked headers that replace others, by their names in lower case. `null` removes a header. */
export type HeaderLayer = ReadonlyMap<string, string | null>;

/**
 * Merges layers of headers. Later layers take precedence.
 *
 * @param layers {@link HeadersInput}, or `undefined` for none
 * @throws InputError for a name or value that HTTP cannot carry. It does not show the value, which may be a key
 */
export function headerLayer(...layers: readonly unknown[]): HeaderLayer {
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

/** Returns the names and values of headers. A `Headers` of any realm, or a list of pairs, is iterable. */
function pairsOf(layer: unknown): [name: string, value: unknown][] {
  return readable("headers", () => {
    if (typeof layer !== "object" || layer === null || !(Symbol.iterator in layer)) return entriesOf(layer, "headers");
    return Array.from(layer as Iterable<unknown>, (pair): [string, unknown] => {
      if (Array.isArray(pair) && typeof pair[0] === "string") return [pair[0], pair[1]];
      throw wrong("headers", "a Headers, or an object of strings", layer);
    });
  });
}

/** Returns headers with a layer over them, or the same headers if it is empty. */
export function overlay(headers: HeaderRecord, layer: HeaderLayer): HeaderRecord {
  if (layer.size === 0) return headers;
  const all = new Map(Object.entries(headers));
  for (const [name, value] of layer) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  return Object.fromEntries(all);
}

/**
 * Returns a header's value if HTTP can carry it.
 *
 * @param path the value's name in the error
 * @throws InputError that says what is wrong with the value, without showing it
 */
export function checkHeader(path: string, value: unknown): string {
  if (typeof value !== "string") throw new InputError(path, "a string", value === null ? "null" : typeof value);
  if (/[\r\n]/.test(value)) throw new InputError(path, "no line breaks", "a value with a line break");
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw new InputError(path, "characters that a header can carry", "a value with others");
  return value;
}
