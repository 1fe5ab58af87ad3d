import { type AdapterName, TITLES } from "./adapter.ts";
import { table } from "./markdown.ts";
import type { Ratios } from "./rounds.ts";

/** A column for each run of the same measure, the clients in the first run's order, and which of them changed places in another run. */
export function order(title: string, runs: readonly Ratios[]): string {
  const [first] = runs;
  const names = [...first!.keys()].filter((name) => runs.every((run) => Number.isFinite(run.get(name)))).toSorted((one, other) => first!.get(one)! - first!.get(other)!);
  const shown = (name: AdapterName): string[] => runs.map((run) => `${run.get(name)!.toFixed(2)}×`);
  const changed = names.flatMap((faster, at) => names.slice(at + 1).filter((slower) => runs.some((run) => run.get(faster)! > run.get(slower)!)).map((slower) => `${TITLES[faster]} and ${TITLES[slower]}`));
  const rows = names.map((name) => [TITLES[name], ...shown(name)]);
  const verdict = changed.length === 0 ? `The same order in all ${runs.length} runs.` : `Not the same order in all ${runs.length} runs. Changed places: ${changed.join("; ")}.`;
  return `### ${title}\n\n${table(["", ...runs.map((_, at) => `run ${at + 1}`)], rows)}\n\n${verdict}`;
}
