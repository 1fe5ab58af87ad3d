// A token: up to eight characters of a word with the space before them, or space alone. With the u flag no character is cut in two.
const TOKEN = /\s*\S{1,8}|\s+/gu;
const JSON_TOKEN = /[{}[\],:"]+|[^{}[\],:"]{1,8}/gu;

/** Text in the pieces that the mock API sends it in: a word and its space each. Deterministic; joined they are the text. */
export function tokenize(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

/** As {@link tokenize} for a tool call's arguments: cut where JSON's marks begin and end. */
export function tokenizeJson(text: string): string[] {
  return text.match(JSON_TOKEN) ?? [];
}

/** How many tokens a text is said to cost: about four characters each, as with a real tokenizer. */
export function countTokens(text: string): number {
  return tokenize(text).length;
}

/** Each text of one or several; what is given as tokens is shown as such. */
export function textsOf(given: unknown): string[] {
  const list: unknown[] = Array.isArray(given) && typeof given[0] !== "number" ? given : [given];
  return list.map((one) => (typeof one === "string" ? one : JSON.stringify(one ?? "")));
}

/** The words of a text: a list that can be read. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
