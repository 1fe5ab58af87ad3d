/**
 * `npm run mutate`: makes each mutation of the source in a copy, runs the conformance suite against it in Node, and writes which
 * mutation each case fails for into test/conformance/killed.json: of several the one that the fewest cases fail for. A case that no
 * mutation makes fail is named, and is a failure. What fails for a mutation of its own is not tried with those that follow.
 *
 *   --check        runs each case with its recorded mutation only: it must still fail, and pass without
 *   --only=WORDS   only the cases whose name contains the words; writes nothing
 */
import { readFile, writeFile } from "node:fs/promises";
import * as testing from "../src/testing/index.ts";
import type { Fetchat } from "../test/conformance/case.ts";
import { cases } from "../test/conformance/index.ts";
import { mutations, type Mutation } from "../test/conformance/mutations.ts";
import { type Run, runCase, runsOf } from "../test/conformance/run.ts";
import { startFaultServer } from "../test/support/server.ts";
import { mutant } from "./lib/mutant.ts";
import { ROOT } from "./lib/paths.ts";

const RECORD = `${ROOT}/test/conformance/killed.json`;
const ROOMY = { firstContent: 400, idle: 400, grace: 60 };
/** Short: mutants often wait for what never comes. */
const SHORT = { firstContent: 120, idle: 120, grace: 40 };
/** How many cases of a mutant run at a time, and how long each may take. */
const AT_ONCE = 16;
const DEADLINE = 1_500;
/** A mutation that so few cases fail for is their own. */
const FEW = 3;

const check = process.argv.includes("--check");
const only = process.argv.find((word) => word.startsWith("--only="))?.slice(7);
const chosen = cases.filter(({ name }) => only === undefined || name.includes(only));
const recorded = check ? JSON.parse(await readFile(RECORD, "utf8")) as Record<string, string> : {};
/** The names of the cases that fail for a mutation, by its name. */
const failures: Record<string, readonly string[]> = {};
const told = new Set<string>();
const problems: string[] = [];
const started = Date.now();

// A mutant may break in places where nobody waits for it, and a case that is told of is not waited for to its end.
process.on("unhandledRejection", () => undefined);
process.on("uncaughtException", () => undefined);
await unmutated();
// Those that are tried with a few cases first: what they make fail need not be tried with the others.
const order = mutations.toSorted((a, b) => Number(b.cases !== undefined) - Number(a.cases !== undefined));
for (const [at, mutation] of order.entries()) await kill(mutation, at);
const killed = Object.fromEntries(chosen.flatMap(({ name }) => {
  const by = mutations.filter((mutation) => failures[mutation.name]?.includes(name));
  const [most] = by.toSorted((a, b) => failures[a.name]!.length - failures[b.name]!.length);
  if (most === undefined) problems.push(`no mutation makes it fail: ${name}`);
  return most ? [[name, most.name]] : [];
}));
if (!check && only === undefined) await writeFile(RECORD, `${JSON.stringify(killed, null, 1)}\n`);
for (const problem of problems) console.log(problem);
console.log(`${Object.keys(killed).length} of ${chosen.length} cases fail for a mutation, in ${Math.round((Date.now() - started) / 1000)} s.`);
process.exit(problems.length > 0 ? 1 : 0);

/** Every case must pass without a mutation, in the same crowd. */
async function unmutated(): Promise<void> {
  const runs = runsOf(chosen).filter(({ pieces }) => pieces === "whole");
  const failed = await failing(await mutant(undefined, "none"), runs);
  problems.push(...failed.map((name) => `fails without a mutation: ${name}`));
}

async function kill(mutation: Mutation, at: number): Promise<void> {
  const { name, pieces = "whole", cases: tried } = mutation;
  const tests = chosen.filter((test) => (check ? recorded[test.name] === name : !told.has(test.name) && (tried?.test(test.name) ?? true)));
  const runs = runsOf(tests).filter((run) => run.pieces === pieces);
  if (runs.length === 0) return;
  const since = Date.now();
  try {
    failures[name] = await failing(await mutant(mutation, String(at)), runs);
  } catch (error) {
    problems.push(String(error));
  }
  const failed = failures[name] ?? [];
  if (failed.length <= FEW) for (const one of failed) told.add(one);
  console.log(`${String(failed.length).padStart(3)} of ${String(runs.length).padStart(3)}  ${name} (${Date.now() - since} ms)`);
}

/** The names of the cases that fail in a crowd and, as that could be the crowd's doing, again with more time and room. */
async function failing(fetchat: Fetchat, runs: readonly Run[]): Promise<string[]> {
  const server = await startFaultServer();
  const attempt = async ({ test, pieces }: Run, limits: typeof SHORT): Promise<string | undefined> => {
    const world = { fetchat, testing, server: server.url, limits, onUnhandled: () => () => undefined };
    const { error } = await runCase({ test: { ...test, timeout: DEADLINE }, pieces }, world);
    delete (Object.prototype as { polluted?: unknown }).polluted;
    return error;
  };
  const waiting = [...runs];
  const failed: Run[] = [];
  const late: Run[] = [];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      const error = await attempt(run, SHORT);
      if (error !== undefined) (error.includes("did not end within") ? late : failed).push(run);
    }
  }));
  const names: string[] = [];
  const confirm = async (run: Run): Promise<void> => {
    if (await attempt(run, ROOMY) !== undefined) names.push(run.test.name);
  };
  for (const run of failed) await confirm(run);
  await Promise.all(late.map(confirm));
  await server.close();
  return names;
}
