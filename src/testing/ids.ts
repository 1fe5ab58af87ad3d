const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Returns a deterministic id that looks like the API's: equal prefixes and seeds give equal ids.
 *
 * @param prefix `chatcmpl-`, `call_`, …
 * @param length the number of characters after the prefix
 * @param seed makes ids of the same prefix differ
 * @param letters the characters to choose from. Default: digits and letters
 */
export function makeId(prefix: string, length: number, seed: string | number, letters: string = LETTERS): string {
  let state = hash(`${prefix}${seed}`);
  let id = prefix;
  for (let index = 0; index < length; index += 1) {
    // One step of a linear congruential generator, whose high bits are the random ones.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    id += letters[(state >>> 16) % letters.length] ?? "0";
  }
  return id;
}

/** Returns a deterministic id in hexadecimal digits. */
export function makeHexId(prefix: string, length: number, seed: string | number): string {
  return makeId(prefix, length, seed, "0123456789abcdef");
}

/** Returns the 32-bit FNV-1a hash of a text. */
export function hash(text: string): number {
  let state = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 16777619);
  }
  return state >>> 0;
}
