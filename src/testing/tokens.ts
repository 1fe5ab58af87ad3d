// A token: up to eight characters of a word with the space before them, or space alone. The u flag keeps surrogate
// pairs together.
const TOKEN = /\s*\S{1,8}|\s+/gu;
const JSON_TOKEN = /[{}[\],:"]+|[^{}[\],:"]{1,8}/gu;

/** Splits text into the tokens that the mock API streams. Joined they give the text. */
export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

/** Splits JSON text into tokens: {@link tokenize} for the arguments of tool calls. */
export function tokenizeJson(text: string): string[] {
  return text.match(JSON_TOKEN) ?? [];
}

/** Counts the tokens of a text: about four characters each, as real tokenizers do. */
export function countTokens(text: string): number {
  return tokenize(text).length;
}

/** Returns each text of a prompt or input. Arrays of tokens become their JSON. */
export function textsOf(given: unknown): string[] {
  const list: unknown[] = Array.isArray(given) && typeof given[0] !== "number" ? given : [given];
  return list.map((one) => (typeof one === "string" ? one : JSON.stringify(one ?? "")));
}

/** Splits a text into words, so that long lists stay readable. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
