/**
 * Of the texts that were parsed, which are learned: a short stream would pay more than it saves, the first texts are like no other, and a
 * stream that repeats nothing is left alone.
 */
const FIRST_LEARNED = 16;
const LAST_LEARNED = 24;
/** In characters. Longer ones are not learned: what they cost is in what they hold. */
const LONGEST = 4_096;

/** What differs from one event to the next: texts that grow, padding, and the Responses API's counter. */
const CHANGING: ReadonlyMap<string, string> = new Map(
  ["content", "delta", "text", "reasoning", "reasoning_content", "obfuscation", "sequence_number"].map((key) => [
    key,
    `"${key}"`,
  ]),
);
const VALUE = /: ?(?:"|(?=(?:0|[1-9]\d*)[,}]))/y;
const QUOTE = 34;
const NUMBER = /0|[1-9]\d*/y;
/** Characters that stand for themselves in a JSON string. */
// eslint-disable-next-line no-control-regex -- those are the ones that do not
const PLAIN = /^[^\\\x00-\x1f]*$/;

type Value = string | number;
type Fields = Record<string, unknown>;

/** What is different in a copy of an object: a value, by its number, or an object within, and how it is copied. */
interface Plan {
  readonly key: string;
  readonly inner: number | Plan | undefined;
  readonly next: Plan | undefined;
}

/** The values of the text that was looked at last: one list for all streams, since each is used at once. */
const VALUES: Value[] = [];

interface Pattern {
  /** The text without its values. */
  readonly parts: readonly string[];
  readonly whole: object;
  readonly plan: Plan | undefined;
}

/**
 * Parses JSON texts of which most are like the one before, but for a few values: a stream's events. What has not changed is compared and
 * copied, which is several times as fast as to parse it again. The results are those of `JSON.parse`, and have nothing in common.
 */
export class SimilarJSON {
  #pattern: Pattern | undefined;
  #parsed = 0;

  /** Parses one text. @throws SyntaxError as `JSON.parse` does */
  parse(text: string): object {
    const pattern = this.#pattern;
    if (pattern && isLike(text, pattern.parts)) return copyOf(pattern.whole, pattern.plan, VALUES);
    const parsed = JSON.parse(text) as object;
    const count = ++this.#parsed;
    if (count >= FIRST_LEARNED && count <= LAST_LEARNED && text.length < LONGEST)
      this.#pattern = patternOf(text, parsed) ?? pattern;
    return parsed;
  }
}

/** Whether a text has these parts, with values between them, which VALUES has then. */
function isLike(text: string, parts: readonly string[]): boolean {
  let at = 0;
  let count = 0;
  for (const part of parts) {
    const from = at + part.length;
    if (text.slice(at, from) !== part) return false;
    if (count === parts.length - 1) return text.length === from;
    at = endOf(text, from);
    const value = text.slice(from, at);
    if (at < from || !PLAIN.test(value)) return false;
    VALUES[count++] = isQuoted(text, from) ? value : Number(value);
  }
  return false;
}

const isQuoted = (text: string, from: number): boolean => text.charCodeAt(from - 1) === QUOTE;

/** Where the value that begins there ends; -1 where none does. */
function endOf(text: string, from: number): number {
  if (isQuoted(text, from)) return text.indexOf('"', from);
  NUMBER.lastIndex = from;
  return NUMBER.test(text) ? NUMBER.lastIndex : -1;
}

/**
 * What later texts may be like; `undefined` where nothing in this one is known to change. Without a backslash in it all keys and strings stand
 * there as they are, so that what is found once is one key of one object.
 */
function patternOf(text: string, parsed: object): Pattern | undefined {
  if (text.includes("\\")) return undefined;
  const names: string[] = [];
  const plan = planOf(parsed, names);
  const parts: string[] = [];
  let at = 0;
  for (const name of names) {
    const from = placeOf(name, text);
    // Keys that are numbers are not in the order of the text.
    if (from <= at) return undefined;
    parts.push(text.slice(at, from));
    at = endOf(text, from);
  }
  return at > 0 ? { parts: [...parts, text.slice(at)], whole: copyOf(parsed, plan, []), plan } : undefined;
}

/** Where the value of a key begins: a string after its quote, or a whole number; 0 where it is neither, or there is more than one such key. */
function placeOf(name: string, text: string): number {
  const at = text.indexOf(name) + name.length;
  VALUE.lastIndex = at;
  return !text.includes(name, at) && VALUE.test(text) ? VALUE.lastIndex : 0;
}

/** @param names gets those of what changes, with their quotes, in the order of the keys */
function planOf(whole: object, names: string[]): Plan | undefined {
  let plan: Plan | undefined;
  for (const key of Object.keys(whole)) {
    const value = (whole as Fields)[key];
    const name = CHANGING.get(key);
    if (typeof value === "object" && value !== null) plan = { key, inner: planOf(value, names), next: plan };
    else if (name !== undefined && (typeof value === "string" || typeof value === "number"))
      plan = { key, inner: names.push(name) - 1, next: plan };
  }
  return plan;
}

function copyOf(whole: object, plan: Plan | undefined, values: readonly Value[]): object {
  const copy = (Array.isArray(whole) ? [...(whole as unknown[])] : { ...whole }) as Fields;
  for (let change = plan; change; change = change.next) {
    const { key, inner } = change;
    copy[key] = typeof inner === "number" ? values[inner] : copyOf(copy[key] as object, inner, values);
  }
  return copy;
}
