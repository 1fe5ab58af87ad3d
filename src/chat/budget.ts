import { InputError } from "../errors.ts";

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
export interface Spent<U> {
  /** Tokens used; with `estimated: true` where some of them are. */
  usage: U | undefined;
  /** Requests that were answered, or had begun to be. */
  steps: number;
  /** How long its turns took, in milliseconds. */
  time: number;
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
  return total_tokens ?? (prompt_tokens ?? input_tokens ?? 0) + (completion_tokens ?? output_tokens ?? 0);
}

/** The limit that is used up, if one is: its name and how much was spent. */
export function usedUp(
  budget: Budget | undefined,
  { usage, steps, time }: Spent<AnyUsage>,
): [name: keyof Budget, amount: number] | undefined {
  const amounts = { tokens: tokensOf(usage ?? {}), steps, time };
  return (Object.entries(amounts) as [keyof Budget, number][]).find(
    ([name, amount]) => amount >= (budget?.[name] ?? Infinity),
  );
}

/** @throws InputError where a limit is none, or is used up already */
export function checkBudget(budget: Budget | undefined, spent: Spent<AnyUsage>): void {
  for (const [name, limit] of Object.entries(budget ?? {})) {
    if (limit !== undefined && !(limit > 0)) throw new InputError(`budget.${name}`, "a number above 0", String(limit));
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
        if (!BINARY.has(name) || typeof inner !== "string") left.push(inner);
  }
  return Math.ceil(bytes / 4);
}

/** Sums numbers by their names, those of inner objects too. What only one of them has stays. */
export function sum<T extends object>(one: T | undefined, other: T): T {
  const total = { ...other } as Record<string, unknown>;
  for (const [name, had] of Object.entries(one ?? {})) {
    const value = total[name];
    if (typeof had === "number" && typeof value === "number") total[name] = had + value;
    else
      total[name] =
        had && typeof had === "object" && value && typeof value === "object" ? sum(had, value) : (value ?? had);
  }
  return total as T;
}
