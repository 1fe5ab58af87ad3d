const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A deterministic id that looks like the API's: the same prefix and seed always give the same id.
 *
 * @param prefix `chatcmpl-`, `call_`, …
 * @param length characters behind the prefix
 * @param seed tells ids of one prefix apart
 * @param letters what to choose from (default: digits and letters)
 */
export function makeId(prefix: string, length: number, seed: string | number, letters: string = LETTERS): string {
  let state = hash(`${prefix}${seed}`);
  let id = prefix;
  for (let index = 0; index < length; index += 1) {
    // A linear congruential step; its high bits are the good ones.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    id += letters[(state >>> 16) % letters.length] ?? "0";
  }
  return id;
}

/** A deterministic id in hexadecimal digits. */
export function makeHexId(prefix: string, length: number, seed: string | number): string {
  return makeId(prefix, length, seed, "0123456789abcdef");
}

/** A small number that stands for a text (FNV-1a): the same text, the same number. */
export function hash(text: string): number {
  let state = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 16777619);
  }
  return state >>> 0;
}
