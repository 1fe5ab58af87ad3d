import { type AdapterName, ADAPTERS, TITLES } from "./adapter.ts";
import { table } from "./markdown.ts";

/** Returns the median. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

/** The results of each adapter's processes by round; undefined if one failed. */
export type Rounds<T> = Map<AdapterName, (T | undefined)[]>;

/** Each adapter's ratio to a floor. */
export type Ratios = ReadonlyMap<AdapterName, number>;

/** Runs one process at a time, round after round. Every round begins with another adapter. */
export async function inRounds<T>(
  rounds: number,
  adapters: readonly AdapterName[],
  ask: (name: AdapterName) => Promise<T | undefined>,
): Promise<Rounds<T>> {
  const results: Rounds<T> = new Map(adapters.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < adapters.length; turn++) {
      const name = adapters[(round + turn) % adapters.length]!;
      results.get(name)!.push(await ask(name));
    }
  }
  return results;
}

/** Returns the results of the rounds that did not fail. */
export function answered<T>(rounds: Rounds<T>, name: AdapterName): T[] {
  return (rounds.get(name) ?? []).filter((result) => result !== undefined);
}

/**
 * Returns the medians of the rounds' own ratios to a floor, so that a slow minute of the machine affects both sides;
 * NaN without results.
 *
 * @param to the floor. Default: the one by hand
 */
export function ratios<T>(rounds: Rounds<T>, of: (result: T) => number, to: AdapterName = "byHand"): Ratios {
  const floor = rounds.get(to) ?? [];
  const ratio = (result: T | undefined, round: number): number[] =>
    result === undefined || floor[round] === undefined ? [] : [of(result) / of(floor[round])];
  return new Map([...rounds].map(([name, results]) => [name, median(results.flatMap(ratio))]));
}

/** Returns the adapters to measure, always with the floors, in the tables' order. */
export function chosen(only: readonly string[]): AdapterName[] {
  return ADAPTERS.filter((name) => only.length === 0 || only.includes(name) || name === "byHand" || name === "parser");
}

/** A column of a table. A floor's name shows the ratio to it. */
export interface Column<T> {
  readonly head: string;
  readonly of: (result: T) => number;
  readonly show: ((value: number) => string) | "byHand" | "parser";
}

/** Formats one row per adapter: the medians of its rounds, its ratios, and the number of successful rounds. */
export function results<T>(title: string, rounds: Rounds<T>, columns: readonly Column<T>[]): string {
  const cells = ({ of, show }: Column<T>): ((name: AdapterName) => string) => {
    if (typeof show === "function") return (name) => show(median(answered(rounds, name).map(of)));
    const all = ratios(rounds, of, show);
    return (name) => `${all.get(name)!.toFixed(2)}×`;
  };
  const shown = columns.map(cells);
  const rows = [...rounds.keys()].map((name) => {
    const count = answered(rounds, name).length;
    return [TITLES[name], ...shown.map((cell) => (count === 0 ? "failed" : cell(name))), String(count)];
  });
  return `### ${title}\n\n${table(["", ...columns.map(({ head }) => head), "rounds"], rows)}`;
}
