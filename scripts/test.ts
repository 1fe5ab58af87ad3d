/**
 * `npm test`: builds the package, runs the unit tests, then the conformance suite on every runtime, against the built
 * package.
 *
 *     npm test                       everything
 *     npm test -- unit node deno     only these
 *     npm test -- workerd --only=abort --table
 *
 * The output names runtimes that are not installed; with FETCHAT_REQUIRE_ALL=1 they count as failures. The last line is
 * `N passed, N failed`, over all runtimes.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { runners } from "../test/runners/index.ts";
import type { Runner } from "../test/runners/runner.ts";
import { columnsOf } from "./lib/columns.ts";
import { build, install } from "./lib/install.ts";
import { CACHE, INSTALLED } from "./lib/paths.ts";
import { type Column, failures, late, matrix, totals } from "./lib/table.ts";
import { runUnitTests, type UnitTotals } from "./lib/unit.ts";

const chosen = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const only = process.argv.find((word) => word.startsWith("--only="))?.slice("--only=".length);
const wanted = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const known = ["unit", ...runners.map((runner) => runner.name)];
const unknown = chosen.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(", ")}. There are: ${known.join(", ")}.`);
  process.exit(2);
}

await mkdir(CACHE, { recursive: true });
console.log("Building the package");
try {
  await build();
  await install();
} catch (error) {
  console.log(`${error instanceof Error ? error.message : String(error)}\n\n0 passed, 1 failed`);
  process.exit(1);
}
process.env["FETCHAT_BUILT"] = "1";

const unit: UnitTotals = wanted("unit") ? await runUnitTests(only) : { passed: 0, failed: 0, skipped: [] };
const { columns, left } = await conformance(runners.filter((runner) => wanted(runner.name)));
report(unit, columns, left);

/**
 * Runs the suite on two runtimes at a time: a browser, which needs the CPU, beside another runtime, which mostly waits.
 */
async function conformance(chosenRunners: readonly Runner[]): Promise<{ columns: Column[]; left: string[] }> {
  const columns: Column[] = [];
  const left: string[] = [];
  const queue = [...chosenRunners];
  const work = async (next: () => Runner | undefined): Promise<void> => {
    for (let runner = next(); runner !== undefined; runner = next()) {
      const missing = await runner.missing();
      if (missing === undefined)
        columns.push(...(await columnsOf(runner, { folder: INSTALLED, selection: { word: only } })));
      else left.push(...runner.columns.map((name) => `${name}: ${missing}`));
    }
  };
  await Promise.all([work(() => queue.shift()), work(() => queue.pop())]);
  const order = runners.flatMap((runner) => runner.columns);
  columns.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  await writeFile(`${CACHE}/conformance.json`, JSON.stringify(columns, null, 1));
  return { columns, left };
}

function report(units: UnitTotals, columns: readonly Column[], left: readonly string[]): void {
  const results = columns.flatMap((one) => one.results);
  const failedRuns = results.filter((result) => !result.ok).length;
  const strict = process.env["FETCHAT_REQUIRE_ALL"] === "1";
  if (columns.length > 0) {
    console.log(`\nConformance, against the built package:\n${totals(columns)}`);
    if (process.argv.includes("--table")) console.log(`\n${matrix(columns)}`);
    if (results.some(({ late }) => late !== undefined)) console.log(`\nTried again with more time:\n${late(columns)}`);
    if (failedRuns > 0) console.log(`\n${failures(columns)}`);
  }
  for (const name of units.skipped) console.log(`Skipped: ${name}`);
  for (const reason of left) console.log(`${strict ? "✗ Missing" : "Left out"}: ${reason}`);
  const missing = strict ? left.length + units.skipped.length : 0;
  const failed = units.failed + failedRuns + missing;
  const passed = units.passed + results.length - failedRuns;
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`\n${passed} passed, ${failed} failed`);
}
