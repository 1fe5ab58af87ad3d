import { entriesOf, shown } from "../options.ts";
import { InputError } from "../errors.ts";
import type { Usage } from "../wire/index.ts";
import { fieldOf, fieldsOf, numberOf } from "../wire/read.ts";

/** What a session may spend in all. What is left out has no limit. */
export interface Budget {
  /** Tokens of all requests and answers. Looked at after each step. */
  tokens?: number | undefined;
  /** Requests. */
  steps?: number | undefined;
  /** How long its turns may take together, in milliseconds: what runs when the time is up is aborted. */
  time?: number | undefined;
}

/** What a session has spent, in all its turns, whatever became of them. */
export interface Spent<U = Usage> {
  /** Tokens used; with `estimated: true` where some of them are. */
  usage: U | undefined;
  /** Requests that were answered, or had begun to be. */
  steps: number;
  /** How long its turns took, in milliseconds. */
  time: number;
}

/** A session's budget and what it has spent. */
export interface Account<U = Usage> {
  readonly budget: Budget | undefined;
  readonly spent: Spent<U>;
}

/** Tokens used, as either API tells it. */
export interface AnyUsage {
  prompt_tokens?: number | undefined;
  completion_tokens?: number | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  total_tokens?: number | undefined;
}

function tokensOf({ total_tokens, prompt_tokens, completion_tokens, input_tokens, output_tokens }: AnyUsage): number {
  return total_tokens || (prompt_tokens ?? input_tokens ?? 0) + (completion_tokens ?? output_tokens ?? 0);
}

/** The fields of {@link AnyUsage} that hold tokens. */
const COUNTS = ["prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens"];
/** How deep an answer's usage is nested at most: details of details. */
const DEEPEST = 4;

/**
 * Returns the usage that a provider told, with nothing but counts in it.
 *
 * @param told what stood in the answer
 * @returns `undefined` where it says nothing that can be: no object, no tokens at all, or a count that is negative or no number
 */
export function usageOf<U extends object = Usage>(told: unknown): U | undefined {
  const isWrong = (name: string): boolean => fieldOf(told, name) != null && countOf(told, name) === undefined;
  if (COUNTS.some(isWrong)) return undefined;
  const usage = countsOf(told, DEEPEST);
  return usage && tokensOf(usage) > 0 ? (usage as U) : undefined;
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

/** The limit that is used up, if one is: its name and how much was spent. */
export function usedUp(
  budget: Budget | undefined,
  { usage, steps, time }: Spent<AnyUsage>,
): [name: keyof Budget, amount: number] | undefined {
  const amounts = { tokens: tokensOf(usage ?? {}), steps, time };
  return (Object.entries(amounts) as [keyof Budget, number][]).find(([name, amount]) => {
    const limit = budget?.[name];
    // A limit that a program spoils while a turn runs stops the turn, rather than nothing.
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

/** Throws if a limit is wrong, or is used up already. @throws InputError that names the limit */
export function checkBudget(budget: Budget | undefined, spent: Spent<AnyUsage>): void {
  checkBudgetFields(budget);
  for (const [name, limit] of Object.entries(budget ?? {}) as [string, unknown][]) {
    if (limit !== undefined && !(typeof limit === "number" && limit > 0))
      throw new InputError(`budget.${name}`, "a number above 0", shown(limit));
  }
  const [name, amount] = usedUp(budget, spent) ?? [];
  if (name)
    throw new InputError(
      `budget.${name}`,
      `a limit above the ${Math.ceil(amount as number)} that were spent`,
      String(budget?.[name]),
    );
}

/** Fields that hold pictures, sound and files, whose tokens their length does not tell. */
const BINARY: ReadonlySet<string> = new Set(["url", "image_url", "data", "file_data"]);
/** The field in which messages keep items of the Responses API: they repeat the content. */
const ITEMS = "responses";

/** About how many tokens there are in the texts of a value: four bytes each, the rule of thumb for models' tokens. */
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

/** Sums numbers by their names, those of inner objects too. What only one of them has stays. */
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
export function startClock({ budget, spent }: Account<unknown>, onUp: () => void): () => void {
  const since = performance.now();
  const left = (budget?.time ?? Infinity) - spent.time;
  // Longer ones overflow a timer, which would fire at once.
  const timer = left < 2 ** 31 ? setTimeout(onUp, left) : undefined;
  return () => {
    clearTimeout(timer);
    spent.time += performance.now() - since;
  };
}
