import { type AdapterName, TITLES } from "./adapter.ts";
import { table } from "./markdown.ts";
import type { Ratios } from "./rounds.ts";

/** Formats repeated runs of a measure, one column each, and names the clients whose rank changed. */
export function order(title: string, runs: readonly Ratios[]): string {
  const [first] = runs;
  const ratio = (run: Ratios | undefined, name: AdapterName): number => run?.get(name) ?? NaN;
  const all = [...(first?.keys() ?? [])];
  const failed = all.filter((name) => !runs.every((run) => Number.isFinite(ratio(run, name))));
  const names = all
    .filter((name) => !failed.includes(name))
    .toSorted((one, other) => ratio(first, one) - ratio(first, other));
  const pairs = names.flatMap((faster, at) => names.slice(at + 1).map((slower) => [faster, slower] as const));
  const changed = pairs.filter(([faster, slower]) => runs.some((run) => ratio(run, faster) > ratio(run, slower)));

  const rows = names.map((name) => [TITLES[name], ...runs.map((run) => `${ratio(run, name).toFixed(2)}×`)]);
  const verdict =
    changed.length === 0
      ? `The same order in each of ${runs.length} runs.`
      : `Changed places: ${changed.map((pair) => pair.map((name) => TITLES[name]).join(" and ")).join("; ")}.`;
  const missing = failed.length === 0 ? "" : ` Failed: ${failed.map((name) => TITLES[name]).join(", ")}.`;
  return `### ${title}\n\n${table(["", ...runs.map((_, at) => `run ${at + 1}`)], rows)}\n\n${verdict}${missing}`;
}
