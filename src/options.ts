import { InputError } from "./errors.ts";

/** Checks the value of one option. Throws an InputError with the given path. */
export type Rule = (value: unknown, at: string) => void;

/**
 * The options of a function: a check for each name, or a check with the option's names in other libraries. Those are in lower case, without
 * underscores and separated by spaces.
 */
export type Rules = Readonly<Record<string, Rule | readonly [rule: Rule, otherNames: string]>>;

/** Options of other libraries without a counterpart here, and what to do instead. */
const NOT_NEEDED: Readonly<Record<string, string>> = {
  dangerouslyallowbrowser: "no such option (pages may make requests without it)",
  onchunk: "for await, or chat() with onChunk",
};

/**
 * Throws unless each option is known and passes its check.
 *
 * @param bag the options as the caller gave them; `undefined` for none
 * @param rules the known options
 * @param root the bag's name in an error; `""` to name its options alone
 * @param hint text after the list of known names
 * @throws InputError that suggests the right name for an unknown one
 */
export function checkOptions(bag: unknown, rules: Rules, root: string, hint = ""): void {
  if (bag === undefined) return;
  const example = `an object, such as { ${Object.keys(rules)[0]} }`;
  for (const [name] of entriesOf(bag, root || "options", example))
    if (!Object.hasOwn(rules, name)) throw unknownName(pathOf(root, name), name, rules, hint);
  if (typeof bag === "object" && bag !== null) checkValues(bag, rules, root);
}

/**
 * Checks the values of known options, including those of a prototype: a class may have its options as getters.
 *
 * @param root the bag's name in an error
 * @throws InputError
 */
export function checkValues(bag: object, rules: Rules, root: string): void {
  for (const [name, rule] of Object.entries(rules)) {
    const at = pathOf(root, name);
    const value = readable(at, (): unknown => Reflect.get(bag, name));
    const check = typeof rule === "function" ? rule : rule[0];
    if (value !== undefined) check(value, at);
  }
}

function pathOf(root: string, name: string): string {
  return root === "" ? name : `${root}.${name}`;
}

/**
 * Returns a copy of the known options of a bag, including those of its prototype, so that they can be spread.
 *
 * @param rules the known options
 */
export function ownOptions<T extends object>(bag: T, rules: Rules): T {
  const known = Object.keys(rules).map((name): [string, unknown] => [name, Reflect.get(bag, name)]);
  return Object.fromEntries(known.filter(([, value]) => value !== undefined)) as T;
}

/** Returns the error for an unknown name. It suggests the name that was probably meant. */
function unknownName(at: string, name: string, rules: Rules, hint: string): InputError {
  const meant = nearName(name, rules);
  const plain = plainName(name);
  const needless = Object.hasOwn(NOT_NEEDED, plain) ? NOT_NEEDED[plain] : undefined;
  const expected = needless ?? (meant ? `the option ${meant}` : `one of ${Object.keys(rules).join(", ")}${hint}`);
  return new InputError(at, expected, "an unknown name");
}

/** Returns the known name that an unknown one probably means: another spelling, the name in another library, or a typing error. */
export function nearName(name: string, rules: Rules): string | undefined {
  const known = Object.keys(rules);
  const plain = plainName(name);
  const longest = plain.length > 5 ? 2 : 1;
  return (
    known.find((one) => plainName(one) === plain) ??
    known.find((one) => isOtherName(plain, rules[one])) ??
    known.find((one) => distance(plainName(one), plain) <= longest)
  );
}

function isOtherName(plain: string, rule: Rules[string] | undefined): boolean {
  return typeof rule === "object" && rule[1].split(" ").includes(plain);
}

const plainName = (name: string): string => name.toLowerCase().replace(/[_-]/g, "");

/** Returns the number of letters to insert, delete or change (Levenshtein), or Infinity if the lengths differ much. */
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
 * Returns the fields of an object from a caller.
 *
 * @param at the object's name in an error
 * @param expected the expected value in an error
 * @throws InputError if it is no object with fields (a list, a Date, an AbortSignal), or if reading it throws
 */
export function entriesOf(value: unknown, at: string, expected = "an object"): [name: string, value: unknown][] {
  return readable(at, () => {
    // Objects of any realm, and of any class without a tag of its own.
    if (typeof value !== "object" || value === null || Object.prototype.toString.call(value) !== "[object Object]")
      throw wrong(at, expected, value);
    return Object.entries(value);
  });
}

/**
 * Runs code that reads a caller's value. A proxy or a getter may throw anything.
 *
 * @param at the value's name in an error
 * @param read the code
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

/** Returns the error for a value of the wrong type. It does not show the value, which may be a key. */
export function wrong(at: string, expected: string, value: unknown): InputError {
  return new InputError(at, expected, kindOf(value, at));
}

function kindOf(value: unknown, at: string): string {
  if (value === null || Number.isNaN(value)) return String(value);
  if (typeof value !== "object") return typeof value;
  try {
    if (Array.isArray(value)) return "a list";
    // Other clients take an endpoint's input and its params in one object.
    if (Object.hasOwn(value, at)) return `an object with ${at} in it: give its ${at}`;
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind === "Promise") return "a promise: await it";
    return kind === "Object" ? "object" : kind;
  } catch {
    return "a revoked proxy";
  }
}

/** Accepts any value. It is checked where it is used. */
export function anything(): void {
  // Nothing to check.
}

/** Throws unless a value is a string. */
export function aString(value: unknown, at: string): void {
  if (typeof value !== "string") throw wrong(at, "a string", value);
}

/** Throws unless a value is `true` or `false`. */
export function aBoolean(value: unknown, at: string): void {
  if (typeof value !== "boolean") throw wrong(at, "true or false", value);
}

/** Throws unless a value is a function. */
export function aFunction(value: unknown, at: string): void {
  if (typeof value !== "function") throw wrong(at, "a function", value);
}

/** Throws unless a value is an object with fields. */
export function anObject(value: unknown, at: string): void {
  entriesOf(value, at);
}

/** Throws unless a value is a list of strings. */
export function strings(value: unknown, at: string): void {
  if (!readable(at, () => Array.isArray(value) && value.every((one) => typeof one === "string")))
    throw wrong(at, "a list of strings", value);
}

/** Throws unless a value is a number from 0, or Infinity. */
export function aCount(value: unknown, at: string): void {
  if (typeof value !== "number") throw wrong(at, "a number from 0", value);
  if (!(value >= 0)) throw new InputError(at, "a number from 0", String(value));
}

/** Throws unless a value is a number above 0, or Infinity. */
export function aLimit(value: unknown, at: string): void {
  if (typeof value !== "number") throw wrong(at, "a number above 0", value);
  if (!(value > 0)) throw new InputError(at, "a number above 0", String(value));
}

/** Returns a check that throws unless a value is one of these strings. */
export function oneOf(...values: readonly string[]): Rule {
  return (value, at) => {
    if (typeof value !== "string" || !values.includes(value))
      throw wrong(at, values.map((one) => JSON.stringify(one)).join(" or "), value);
  };
}

/** Throws unless a value is an AbortSignal of any realm, or null. */
export function aSignal(value: unknown, at: string): void {
  const isSignal = ({ aborted, addEventListener, removeEventListener }: Partial<AbortSignal>): boolean =>
    typeof aborted === "boolean" && typeof addEventListener === "function" && typeof removeEventListener === "function";
  if (value === null) return;
  if (typeof value !== "object" || !readable(at, () => isSignal(value)))
    throw wrong(at, "an AbortSignal, such as controller.signal", value);
}

/** Returns a value as an error shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? "a long text" : JSON.stringify(value);
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return isList(value) ? "a list" : "an object";
  return typeof value === "number" || typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

/** Returns `true` for a list. Any question about a revoked proxy throws. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
