/**
 * `npm run test:faults`: tests the conformance suite itself. Builds the package with each fault of
 * test/conformance/faultyBuilds.ts and runs the cases that must fail for it in every column of the table. Without a
 * fault these cases must pass.
 *
 *     npm run test:faults -- node firefox   only these runtimes
 *
 * The output names runtimes that are not installed; with FETCHAT_REQUIRE_ALL=1 they count as failures.
 */
import { rm } from "node:fs/promises";
import { faults } from "../test/conformance/faultyBuilds.ts";
import { runners } from "../test/runners/index.ts";
import type { Runner } from "../test/runners/runner.ts";
import { columnsOf } from "./lib/columns.ts";
import { installFaulty } from "./lib/faultyBuild.ts";
import { CACHE } from "./lib/paths.ts";
import { type Column, matrix } from "./lib/table.ts";

const AT_ONCE = 3;
/** The deadline of a case in ms. Faulty builds may wait for ever. */
const DEADLINE = 3_000;

/** The package with one fault, or with none. */
interface Build {
  readonly name: string;
  readonly folder: string;
  /** The cases that must fail, or must pass without a fault. */
  readonly cases: readonly string[];
  readonly columns: Column[];
}

const words = process.argv.slice(2);
const unknown = words.filter((word) => !runners.some(({ name }) => name === word));
if (unknown.length > 0)
  throw new Error(`unknown: ${unknown.join(", ")}; there are: ${runners.map(({ name }) => name).join(", ")}`);
const chosen = runners.filter(({ name }) => words.length === 0 || words.includes(name));
const strict = process.env["FETCHAT_REQUIRE_ALL"] === "1";
const started = Date.now();

const missing = await Promise.all(chosen.map((runner) => runner.missing()));
const there = chosen.filter((_, at) => missing[at] === undefined);
const sound = await made(
  undefined,
  Object.values(faults).flatMap(({ cases }) => cases),
);
const faulty: Build[] = [];
for (const [name, { cases }] of Object.entries(faults)) faulty.push(await made(name, cases));
await runAll([sound, ...faulty].flatMap((build) => there.map((runner) => ({ build, runner }))));

const names = there.flatMap(({ columns }) => columns);
const problems = [...complaints(sound, true), ...faulty.flatMap((build) => complaints(build, false))];
for (const build of faulty) {
  build.columns.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  console.log(
    `With the fault: ${build.name}\n${matrix(
      build.columns.map((column) => only(column, build.cases)),
      () => "fails",
    )}\n`,
  );
}
for (const problem of problems) console.log(`✗ ${problem}`);
const left = chosen.flatMap(({ columns }, at) =>
  missing[at] === undefined ? [] : columns.map((name) => `${name}: ${missing[at] ?? ""}`),
);
for (const reason of left) console.log(`${strict ? "✗ Missing" : "Left out"}: ${reason}`);
const noticed = faulty.filter((build) => complaints(build, false).length === 0).length;
console.log(
  `${noticed} of ${faulty.length} faults make every case that is named for them fail in each of ${names.length} columns, in ${Math.round((Date.now() - started) / 1000)} s.`,
);
for (const { folder } of [sound, ...faulty]) await rm(folder, { recursive: true, force: true });
process.exit(problems.length + (strict ? left.length : 0) > 0 || names.length === 0 ? 1 : 0);

async function made(fault: string | undefined, cases: readonly string[]): Promise<Build> {
  const name = fault ?? "no fault";
  const folder = `${CACHE}/faulty/${process.pid}-${name.replaceAll(/\W+/g, "-")}`;
  await installFaulty(fault, folder);
  return { name, folder, cases, columns: [] };
}

async function runAll(jobs: { build: Build; runner: Runner }[]): Promise<void> {
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const {
        build: { cases, folder, columns },
        runner,
      } = job;
      const deadline = columns === sound.columns ? undefined : DEADLINE;
      columns.push(...(await columnsOf(runner, { folder, selection: { names: cases, pieces: ["whole"], deadline } })));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function only(column: Column, cases: readonly string[]): Column {
  return { ...column, results: column.results.filter((result) => cases.includes(result.case)) };
}

/** Returns the columns in which a case had the expected result. */
function columnsWith({ columns }: Build, test: string, ok: boolean): string[] {
  return columns
    .filter(({ results }) => results.some((result) => result.case === test && result.ok === ok))
    .map(({ name }) => name);
}

function complaints(build: Build, ok: boolean): string[] {
  return build.cases.flatMap((test) => {
    const wrong = names.filter((name) => !columnsWith(build, test, ok).includes(name));
    return wrong.length === 0
      ? []
      : [
          `${build.name}: ${ok ? "does not pass" : "does not fail"} in ${wrong.join(", ")}: ${test}${ok ? reasons(build, test) : ""}`,
        ];
  });
}

function reasons({ columns }: Build, test: string): string {
  const errors = columns.flatMap(({ results }) =>
    results
      .filter((result) => !result.ok && [test, "the runtime starts and runs the suite"].includes(result.case))
      .map(({ error }) => error ?? ""),
  );
  return [...new Set(errors)].map((error) => `\n    ${error}`).join("");
}
