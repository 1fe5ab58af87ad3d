import { entriesOf, shown } from "../options.ts";
import { InputError } from "../errors.ts";
import type { Usage } from "../wire/index.ts";
import { fieldOf, fieldsOf, numberOf } from "../wire/read.ts";

/** Limits on what all turns of a session spend together. A limit that is left out does not apply. */
export interface Budget {
  /** Tokens of all requests and answers. Checked after each step. */
  tokens?: number | undefined;
  /** Requests. */
  steps?: number | undefined;
  /** The time of all turns together, in milliseconds. Work that runs when it is used up is aborted. */
  time?: number | undefined;
}

/** Sums over all turns of a session, including those that failed. */
export interface Spent {
  /** Tokens used; with `estimated: true` if some of them are estimated. */
  usage: Usage | undefined;
  /** Requests that the API accepted. */
  steps: number;
  /** The time of its turns, in milliseconds. */
  time: number;
}

/** A session's budget and what it has spent. */
export interface Account {
  readonly budget: Budget | undefined;
  readonly spent: Spent;
}

function tokensOf({ total_tokens, prompt_tokens = 0, completion_tokens = 0 }: Partial<Usage>): number {
  return total_tokens || prompt_tokens + completion_tokens;
}

/** The fields of {@link Usage} that hold tokens. */
const COUNTS = ["prompt_tokens", "completion_tokens", "total_tokens"];
/** The deepest nesting of an answer's usage: details of details. */
const DEEPEST = 4;

/**
 * Returns the usage that a provider reports, reduced to counts.
 *
 * @param reported the field of the answer
 * @returns `undefined` if it cannot be right: no object, no tokens at all, or a count that is negative or no number
 */
export function usageOf(reported: unknown): Usage | undefined {
  const isWrong = (name: string): boolean => fieldOf(reported, name) != null && countOf(reported, name) === undefined;
  if (COUNTS.some(isWrong)) return undefined;
  const usage = countsOf(reported, DEEPEST);
  return usage && tokensOf(usage) > 0 ? (usage as unknown as Usage) : undefined;
}

function countsOf(value: unknown, left: number): Record<string, unknown> | undefined {
  const fields = fieldsOf(value);
  if (!fields || left === 0) return undefined;
  const read = (name: string): unknown =>
    name === "estimated" && fields[name] === true ? true : (countOf(fields, name) ?? countsOf(fields[name], left - 1));
  const counts = Object.keys(fields).map((name) => [name, read(name)] as const);
  return Object.fromEntries(counts.filter(([name, count]) => count !== undefined && name !== "__proto__"));
}

function countOf(value: unknown, name: string): number | undefined {
  const count = numberOf(value, name);
  return count !== undefined && count >= 0 && count <= Number.MAX_SAFE_INTEGER ? count : undefined;
}

/** Returns the name of a limit that is used up, and the amount spent. */
export function usedUp(
  budget: Budget | undefined,
  { usage, steps, time }: Spent,
): readonly [name: keyof Budget, amount: number] | undefined {
  const amounts = { tokens: tokensOf(usage ?? {}), steps, time };
  const names = ["tokens", "steps", "time"] as const;
  return names
    .map((name) => [name, amounts[name]] as const)
    .find(([name, amount]) => {
      const limit = budget?.[name];
      // If a program sets a wrong limit while a turn runs, the turn stops: a comparison with NaN is false.
      return limit !== undefined && !(amount < limit);
    });
}

const LIMITS: readonly string[] = ["tokens", "steps", "time"];

/**
 * Throws unless a budget is an object with known limits.
 *
 * @throws InputError that names the field
 */
export function checkBudgetFields(budget: unknown): void {
  if (budget === undefined) return;
  for (const [name] of entriesOf(budget, "budget")) {
    if (LIMITS.includes(name)) continue;
    const meant = LIMITS.find((one) => one.startsWith(name.toLowerCase().slice(0, 4)));
    throw new InputError(`budget.${name}`, meant ? `the name ${meant}` : "tokens, steps or time", "an unknown limit");
  }
}

/** Checks that limits are right and none is used up. @throws InputError that names the limit */
export function checkBudget(budget: Budget | undefined, spent: Spent): void {
  checkBudgetFields(budget);
  for (const [name, limit] of Object.entries<unknown>({ ...budget })) {
    if (limit !== undefined && !(typeof limit === "number" && limit > 0))
      throw new InputError(`budget.${name}`, "a number above 0", shown(limit));
  }
  const reached = usedUp(budget, spent);
  if (!reached) return;
  const [name, amount] = reached;
  throw new InputError(`budget.${name}`, `a limit above the ${Math.ceil(amount)} that were spent`, `${budget?.[name]}`);
}

/** Fields that hold pictures, sound and files. Their length says nothing about their tokens. */
const BINARY: ReadonlySet<string> = new Set(["url", "image_url", "data", "file_data"]);
/** The field in which messages keep items of the Responses API: they repeat the content. */
const ITEMS = "responses";

/** Estimates the tokens in the texts of a value by the rule of thumb of four bytes each. */
export function estimateTokens(...values: readonly unknown[]): number {
  const utf8 = new TextEncoder();
  let bytes = 0;
  // No recursion: a provider may nest a field as deep as it likes.
  for (const left = [...values]; left.length > 0;) {
    const value = left.pop();
    if (typeof value === "string") bytes += utf8.encode(value).length;
    else
      for (const [name, inner] of Object.entries(value ?? {}))
        if (name !== ITEMS && (!BINARY.has(name) || typeof inner !== "string")) left.push(inner);
  }
  return Math.ceil(bytes / 4);
}

/** Adds two usages, also their inner objects. A field that only one of them has stays. */
export function sum<T extends object>(one: T | undefined, other: T): T {
  const total = { ...other } as Record<string, unknown>;
  for (const [name, had] of Object.entries(one ?? {})) {
    const value = fieldOf(total, name);
    if (typeof had === "number" && typeof value === "number") total[name] = had + value;
    else
      total[name] =
        had && typeof had === "object" && value && typeof value === "object" ? sum(had, value) : (value ?? had);
  }
  return total as T;
}

/**
 * Counts the time of a turn.
 *
 * @param onUp called when the budget's time is used up
 * @returns a function that ends the counting
 */
export function startClock(account: Account, onUp: () => void): () => void {
  const since = performance.now();
  const left = (account.budget?.time ?? Infinity) - account.spent.time;
  // Longer ones overflow a timer, which would fire at once.
  const timer = left < 2 ** 31 ? setTimeout(onUp, left) : undefined;
  return () => {
    clearTimeout(timer);
    account.spent.time += performance.now() - since;
  };
}
