import { InputError } from "./errors.ts";

/** Checks one option's value. Throws an InputError with the path that it is given. */
export type Rule = (value: unknown, at: string) => void;

/** The options that a function takes, by name, each with the check of its value. */
export type Rules = Readonly<Record<string, Rule>>;

/** What other libraries call our options, in lower case and without underscores. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  apiKey: "key token apitoken accesstoken authtoken bearertoken secret openaiapikey auth",
  baseURL: "url endpoint host basepath apibase apiurl apibaseurl openaiapibase server",
  signal: "abortsignal abort abortcontroller canceltoken",
  timeout: "timeoutms requesttimeout timeoutmillis",
  maxRetries: "retries retry maxretry numretries",
  headers: "defaultheaders extraheaders customheaders requestheaders additionalheaders",
  fetch: "fetcher fetchfn customfetch fetchfunction",
  organization: "org orgid organizationid",
  project: "projectid",
  model: "defaultmodel modelname modelid",
  onChunk: "ondelta ontoken ondata onmessage onevent streamcallback callback",
  parameters: "schema inputschema params args arguments input argsschema",
  execute: "run handler func fn function invoke callback call action",
  needsApproval: "requiresapproval requireapproval approval confirm",
  maxSteps: "maxturns maxiterations maxroundtrips maxtoolroundtrips steps",
  onApproval: "onapprove approve needsapproval requestapproval",
  save: "onsave persist onfinish",
  saved: "state snapshot restore resume",
  messages: "history initialmessages",
  description: "desc",
  text: "content message answer",
  toolCalls: "calls",
  filename: "name file",
  ask: "getkey prompt onask",
  storage: "store",
  name: "storagekey title",
};

/** Options of other libraries that need no counterpart here, and why. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  dangerouslyallowbrowser: "no such option (pages may make requests without it)",
};

/**
 * Checks a bag of options: each name is known, and each value passes its check.
 *
 * @param bag the options as the caller gave them; `undefined` is none
 * @param rules the known names
 * @param root what the bag is called in an error; `""` where its options are named alone
 * @param hint added to the list of known names where no name is near
 * @throws InputError that suggests the right name for an unknown one
 */
export function checkOptions(bag: unknown, rules: Rules, root: string, hint = ""): void {
  if (bag === undefined) return;
  for (const [name] of entriesOf(bag, root || "options"))
    if (!Object.hasOwn(rules, name)) throw unknownName(pathOf(root, name), name, Object.keys(rules), hint);
  checkValues(bag as object, rules, root);
}

/**
 * Checks the values of all known options, also those that a prototype has: a class may give its options as getters.
 *
 * @param root what the bag is called in an error
 * @throws InputError
 */
export function checkValues(bag: object, rules: Rules, root: string): void {
  for (const [name, rule] of Object.entries(rules)) {
    const at = pathOf(root, name);
    const value: unknown = readable(at, () => Reflect.get(bag, name) as unknown);
    if (value !== undefined) rule(value, at);
  }
}

function pathOf(root: string, name: string): string {
  return root === "" ? name : `${root}.${name}`;
}

/**
 * Returns the known options of a bag as its own, so that they can be spread: also those of its prototype, such as the
 * getters of a class.
 *
 * @param rules the known names
 */
export function ownOptions<T extends object>(bag: T, rules: Rules): T {
  const known = Object.keys(rules).map((name): [string, unknown] => [name, Reflect.get(bag, name)]);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined)) as T;
}

/** Returns the error for a name that is not known, with the name that was probably meant. */
export function unknownName(at: string, name: string, known: readonly string[], hint = ""): InputError {
  const meant = nearName(name, known);
  const plain = plainName(name);
  const needless = Object.hasOwn(NOT_NEEDED, plain) ? NOT_NEEDED[plain] : undefined;
  const expected = needless ?? (meant ? `the option ${meant}` : `one of ${known.join(", ")}${hint}`);
  return new InputError(at, expected, "an unknown name");
}

/** Returns the known name that an unknown one probably means: a name in other libraries, another spelling, or a slip. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  const plain = plainName(name);
  const longest = plain.length > 5 ? 2 : 1;
  return (
    known.find((one) => plainName(one) === plain) ??
    known.find((one) => Object.hasOwn(OTHER_NAMES, one) && OTHER_NAMES[one]?.split(" ").includes(plain)) ??
    known.find((one) => distance(plainName(one), plain) <= longest)
  );
}

const plainName = (name: string): string => name.toLowerCase().replace(/[_-]/g, "");

/** Counts the letters to insert, delete or change (Levenshtein). Names whose lengths differ much are far apart. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return Infinity;
  let above = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const line = [row];
    for (let at = 1; at <= other.length; at++) {
      const changed = (above[at - 1] ?? 0) + (one[row - 1] === other[at - 1] ? 0 : 1);
      line.push(Math.min(changed, (above[at] ?? 0) + 1, (line[at - 1] ?? 0) + 1));
    }
    above = line;
  }
  return above.at(-1) ?? 0;
}

/**
 * Returns the fields of an object that a caller gave.
 *
 * @param at what it is called in an error
 * @throws InputError where it is no object with fields (a list, a Date, an AbortSignal), or reading it throws
 */
export function entriesOf(value: unknown, at: string): [name: string, value: unknown][] {
  return readable(at, () => {
    // Of any realm, and of any class that does not name itself otherwise.
    if (typeof value !== "object" || value === null || Object.prototype.toString.call(value) !== "[object Object]")
      throw wrong(at, "an object", value);
    return Object.entries(value);
  });
}

/**
 * Runs what reads a caller's value: a proxy or a getter may throw anything.
 *
 * @throws InputError
 */
export function readable<T>(at: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(at, "a value that can be read", "one that throws when it is read");
  }
}

/** Returns the error for a value of the wrong kind. The value is not shown: it may be a key. */
export function wrong(at: string, expected: string, value: unknown): InputError {
  return new InputError(at, expected, kindOf(value));
}

function kindOf(value: unknown): string {
  if (value === null || Number.isNaN(value)) return String(value);
  try {
    return Array.isArray(value) ? "a list" : typeof value;
  } catch {
    return "a revoked proxy";
  }
}

/** Takes anything: the value is checked where it is used. */
export function anything(): void {
  // Nothing to check.
}

/** Takes a string. */
export function aString(value: unknown, at: string): void {
  if (typeof value !== "string") throw wrong(at, "a string", value);
}

/** Takes `true` and `false`. */
export function aBoolean(value: unknown, at: string): void {
  if (typeof value !== "boolean") throw wrong(at, "true or false", value);
}

/** Takes a function. */
export function aFunction(value: unknown, at: string): void {
  if (typeof value !== "function") throw wrong(at, "a function", value);
}

/** Takes an object with fields. */
export function anObject(value: unknown, at: string): void {
  entriesOf(value, at);
}

/** Takes a list of strings. */
export function strings(value: unknown, at: string): void {
  if (!readable(at, () => Array.isArray(value) && value.every((one) => typeof one === "string")))
    throw wrong(at, "a list of strings", value);
}

/** Takes a number from 0, or Infinity. */
export function aCount(value: unknown, at: string): void {
  if (typeof value !== "number") throw wrong(at, "a number from 0", value);
  if (!(value >= 0)) throw new InputError(at, "a number from 0", String(value));
}

/** Takes a number above 0, or Infinity. */
export function aLimit(value: unknown, at: string): void {
  if (typeof value !== "number") throw wrong(at, "a number above 0", value);
  if (!(value > 0)) throw new InputError(at, "a number above 0", String(value));
}

/** Takes one of these strings. */
export function oneOf(...values: readonly string[]): Rule {
  return (value, at) => {
    if (typeof value !== "string" || !values.includes(value))
      throw wrong(at, values.map((one) => JSON.stringify(one)).join(" or "), value);
  };
}

/** Takes an AbortSignal of any realm, or null. */
export function aSignal(value: unknown, at: string): void {
  const isSignal = (given: unknown): boolean => {
    if (typeof given !== "object" || given === null) return false;
    const { aborted, addEventListener, removeEventListener } = given as Partial<AbortSignal>;
    return (
      typeof aborted === "boolean" &&
      typeof addEventListener === "function" &&
      typeof removeEventListener === "function"
    );
  };
  if (value !== null && !readable(at, () => isSignal(value))) throw wrong(at, "an AbortSignal", value);
}

/** Returns a wrong value as an error shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? "a long text" : JSON.stringify(value);
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return isList(value) ? "a list" : "an object";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

/** A revoked proxy throws at any question. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
