import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { bin, CACHE, ROOT } from "./paths.ts";

/** The totals of the unit tests. */
export interface UnitTotals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Runs vitest with its own output and counts. A file that does not load and an unhandled rejection each count as one
 * failure.
 */
export async function runUnitTests(only: string | undefined): Promise<UnitTotals> {
  const file = `${CACHE}/vitest.json`;
  await rm(file, { force: true });
  const args = [
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    ...(only === undefined ? [] : ["--testNamePattern", only]),
  ];
  const code = await new Promise<number>((resolve) => {
    spawn(bin("vitest"), args, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] }).on("close", (status) =>
      resolve(status ?? 1),
    );
  });
  const report = await readFile(file, "utf8").then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  );
  if (report === undefined) return { passed: 0, failed: 1, skipped: [] };
  const unloaded = report.testResults.filter(
    (one) => one.status === "failed" && one.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + unloaded;
  const skipped =
    only === undefined
      ? report.testResults
          .flatMap((one) => one.assertionResults)
          .filter((one) => one.status === "pending" || one.status === "skipped" || one.status === "todo")
          .map((one) => one.fullName)
      : [];
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, skipped };
}
