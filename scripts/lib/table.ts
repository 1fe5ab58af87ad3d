import type { Result } from "../../test/conformance/case.ts";

/** The results of the suite in one runtime. */
export interface Column {
  readonly name: string;
  readonly version: string;
  readonly results: readonly Result[];
  readonly ms: number;
}

/** Formats the totals, one line per runtime. */
export function totals(columns: readonly Column[]): string {
  const lines = columns.map(({ name, version, results, ms }) => {
    const failed = results.filter((result) => !result.ok).length;
    const cases = new Set(results.map((result) => result.case)).size;
    return `  ${failed === 0 ? "✓" : "✗"} ${name.padEnd(16)} ${version.padEnd(16)} ${String(cases).padStart(4)} cases ${String(results.length).padStart(5)} runs ${String(failed).padStart(4)} failed ${(ms / 1000).toFixed(1).padStart(7)} s`;
  });
  return lines.join("\n");
}

/**
 * Formats a table of cases × runtimes: `·` if all runs passed, the number of failed runs (or another mark), blank if it
 * did not run.
 */
export function matrix(columns: readonly Column[], failedMark: (runs: number) => string = String): string {
  const names = [...new Set(columns.flatMap((column) => column.results.map((result) => result.case)))];
  const head = [0, 1]
    .map((line) => columns.map(({ name }) => (name.split("/")[line] ?? "").padStart(9)).join(""))
    .join("\n");
  const rows = names.map(
    (name) => columns.map((column) => cell(column, name, failedMark).padStart(9)).join("") + `  ${name}`,
  );
  return [head, ...rows].join("\n");
}

function cell(column: Column, name: string, failedMark: (runs: number) => string): string {
  const runs = column.results.filter((result) => result.case === name);
  const failed = runs.filter((result) => !result.ok).length;
  return runs.length === 0 ? "" : failed === 0 ? "·" : failedMark(failed);
}

/** Formats all failures. Equal failures of one case, in any runtime and cutting, share a heading. */
export function failures(columns: readonly Column[]): string {
  const groups = new Map<string, { error: string; where: string[] }>();
  for (const { name, results } of columns) {
    for (const result of results.filter((one) => !one.ok)) {
      const error = result.error ?? "failed";
      const key = `${result.case}\n${error.split("\n")[0] ?? ""}`;
      const group = groups.get(key) ?? { error, where: [] };
      group.where.push(`${name}/${result.pieces}`);
      groups.set(key, group);
    }
  }
  return [...groups]
    .map(([key, { error, where }]) => `✗ ${key.split("\n")[0] ?? ""}\n${indent(error)}\n    in ${where.join(" ")}`)
    .join("\n");
}

/** Formats the cases that passed only with more time, one line per case. */
export function late(columns: readonly Column[]): string {
  const where = new Map<string, string[]>();
  for (const { name, results } of columns) {
    for (const one of results)
      if (one.late !== undefined) where.set(one.case, [...(where.get(one.case) ?? []), `${name}/${one.pieces}`]);
  }
  return [...where].map(([test, places]) => `  ${test} (${places.join(" ")})`).join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
