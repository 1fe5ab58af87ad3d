import { type AdapterName, ADAPTERS, TITLES } from "./adapter.ts";
import { table } from "./markdown.ts";

/** The middle of the values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

/** What each adapter's process said, by round. */
export type Rounds<T> = Map<AdapterName, T[]>;

/** Asks each adapter in turn, one process at a time, round after round, each round beginning with another one. */
export async function inRounds<T>(rounds: number, adapters: readonly AdapterName[], ask: (name: AdapterName) => Promise<T | undefined>): Promise<Rounds<T>> {
  const results: Rounds<T> = new Map(adapters.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < adapters.length; turn++) {
      const name = adapters[(round + turn) % adapters.length]!;
      const result = await ask(name);
      if (result !== undefined) results.get(name)!.push(result);
    }
  }
  return results;
}

/** The adapters that a measure is asked of, in the tables' order. */
export function chosen(only: readonly string[]): AdapterName[] {
  return ADAPTERS.filter((name) => only.length === 0 || only.includes(name) || name === "byHand");
}

/** A column of a table: what to show of the rounds, and how; `ratio` shows it against the floor. */
export interface Column<T> {
  readonly head: string;
  readonly of: (result: T) => number;
  readonly show: ((value: number) => string) | "ratio";
}

/** A row an adapter: medians of its rounds. A ratio is the median of the rounds' own ratios, so that a slow minute of the machine weighs on both sides. */
export function results<T>(title: string, rounds: Rounds<T>, columns: readonly Column<T>[]): string {
  const floor = rounds.get("byHand") ?? [];
  const cell = (name: AdapterName, { of, show }: Column<T>): string => {
    const values = (rounds.get(name) ?? []).map(of);
    if (show !== "ratio") return show(median(values));
    return `${median(values.flatMap((value, round) => (floor[round] === undefined ? [] : [value / of(floor[round])]))).toFixed(2)}×`;
  };
  const rows = [...rounds.keys()].map((name) => [TITLES[name], ...columns.map((column) => cell(name, column))]);
  return `### ${title}\n\n${table(["", ...columns.map(({ head }) => head)], rows)}`;
}
