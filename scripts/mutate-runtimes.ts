/**
 * `npm run mutate:runtimes`: makes each mutation that no runtime may let live (`everywhere` in test/conformance/mutations.ts) in a built
 * package, and runs the cases that must fail for it in every column of the table. Without a mutation they must pass there.
 *
 *   npm run mutate:runtimes -- node firefox   only these
 *
 * A runtime that is not on this machine is named at the end; with FETCHAT_REQUIRE_ALL=1 it is a failure.
 */
import { rm } from "node:fs/promises";
import { everywhere, mutations } from "../test/conformance/mutations.ts";
import { runners } from "../test/runners/index.ts";
import type { Runner } from "../test/runners/runner.ts";
import { columnsOf } from "./lib/columns.ts";
import { installMutant } from "./lib/mutant.ts";
import { CACHE } from "./lib/paths.ts";
import { type Column, matrix } from "./lib/table.ts";

const AT_ONCE = 3;
/** Mutants wait for what never comes. */
const DEADLINE = 3_000;

/** The package with one mutation, or with none. */
interface Mutant {
  readonly name: string;
  readonly folder: string;
  /** The cases that must fail; without a mutation, must pass. */
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
const sound = await made("no mutation", Object.values(everywhere).flat());
const mutants = [];
for (const [name, cases] of Object.entries(everywhere)) mutants.push(await made(name, cases));
await runAll([sound, ...mutants].flatMap((mutant) => there.map((runner) => ({ mutant, runner }))));

const names = there.flatMap(({ columns }) => columns);
const problems = [...complaints(sound, true), ...mutants.flatMap((mutant) => complaints(mutant, false))];
for (const mutant of mutants) {
  mutant.columns.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  console.log(
    `With the mutation: ${mutant.name}\n${matrix(
      mutant.columns.map((column) => only(column, mutant.cases)),
      () => "fails",
    )}\n`,
  );
}
for (const problem of problems) console.log(`✗ ${problem}`);
const left = chosen.flatMap(({ columns }, at) =>
  missing[at] === undefined ? [] : columns.map((name) => `${name}: ${missing[at] ?? ""}`),
);
for (const reason of left) console.log(`${strict ? "✗ Missing" : "Left out"}: ${reason}`);
const killed = mutants.filter((mutant) => complaints(mutant, false).length === 0).length;
console.log(
  `${killed} of ${mutants.length} mutations make every case that is named for them fail in each of ${names.length} columns, in ${Math.round((Date.now() - started) / 1000)} s.`,
);
for (const { folder } of [sound, ...mutants]) await rm(folder, { recursive: true, force: true });
process.exit(problems.length + (strict ? left.length : 0) > 0 || names.length === 0 ? 1 : 0);

async function made(name: string, cases: readonly string[]): Promise<Mutant> {
  const mutation = mutations.find((one) => one.name === name);
  const folder = `${CACHE}/mutants/${process.pid}-${name.replaceAll(/\W+/g, "-")}`;
  await installMutant(mutation, folder);
  return { name, folder, cases, columns: [] };
}

async function runAll(jobs: { mutant: Mutant; runner: Runner }[]): Promise<void> {
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job; job = jobs.shift()) {
      const {
        mutant: { cases, folder, columns },
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

/** The columns in which the case did as it must. */
function columnsWith({ columns }: Mutant, test: string, ok: boolean): string[] {
  return columns
    .filter(({ results }) => results.some((result) => result.case === test && result.ok === ok))
    .map(({ name }) => name);
}

function complaints(mutant: Mutant, ok: boolean): string[] {
  return mutant.cases.flatMap((test) => {
    const wrong = names.filter((name) => !columnsWith(mutant, test, ok).includes(name));
    return wrong.length === 0
      ? []
      : [
          `${mutant.name}: ${ok ? "does not pass" : "does not fail"} in ${wrong.join(", ")}: ${test}${ok ? reasons(mutant, test) : ""}`,
        ];
  });
}

function reasons({ columns }: Mutant, test: string): string {
  const errors = columns.flatMap(({ results }) =>
    results
      .filter((result) => !result.ok && [test, "the runtime starts and runs the suite"].includes(result.case))
      .map(({ error }) => error ?? ""),
  );
  return [...new Set(errors)].map((error) => `\n    ${error}`).join("");
}
