/** What a prompt offers for arguments: read once, then taken from. */
export interface Hints {
  readonly prompt: string;
  /** Numbers in the prompt, in order; taken from the front. */
  readonly numbers: number[];
  /** Names in the prompt: words with a capital that begin no sentence, neighbours joined. */
  readonly names: readonly string[];
}

/** Reads a prompt for what could be arguments. */
export function readHints(prompt: string): Hints {
  const numbers = [...prompt.matchAll(/-?\d+(?:\.\d+)?/g)].map((match) => Number(match[0]));
  return { prompt, numbers, names: readNames(prompt) };
}

const NO_NAMES: ReadonlySet<string> = new Set([
  "I",
  "I'm",
  "I'd",
  "OK",
  "Please",
  "What",
  "Is",
  "Are",
  "How",
  "And",
  "The",
  "A",
  "It",
]);
const NAME = /\p{Lu}[\p{L}\p{N}'’-]*(?: (?:de |la |of )?\p{Lu}[\p{L}\p{N}'’-]*)*/gu;

function readNames(prompt: string): string[] {
  const found = [...prompt.matchAll(NAME)];
  const inside = found.filter((match) => !beginsSentence(prompt, match.index));
  // What begins a sentence may be a name or not: it counts where there is nothing better.
  const names = (inside.length > 0 ? inside : found).map((match) => match[0]);
  return [...new Set(names)].filter((name) => !NO_NAMES.has(name.split(" ")[0] ?? name));
}

function beginsSentence(prompt: string, index: number): boolean {
  return /(?:^|[.!?:\n]\s*)$/.test(prompt.slice(0, index));
}

/**
 * A text for a parameter: a name from the prompt where a place or a person is meant, else what the prompt is about.
 *
 * @param parameter the parameter's name and description
 */
export function textFor(parameter: string, hints: Hints): string {
  const wanted = parameter.toLowerCase();
  if (/quer|question|prompt|text|message|content|input|search|topic|subject/.test(wanted)) return hints.prompt;
  if (/expression|formula|equation/.test(wanted)) return /\d[\d\s.+*/()^-]*\d/.exec(hints.prompt)?.[0] ?? "1 + 1";
  return hints.names[0] ?? lastWord(hints.prompt);
}

function lastWord(prompt: string): string {
  return prompt.match(/[\p{L}\p{N}'’-]+/gu)?.at(-1) ?? "something";
}
