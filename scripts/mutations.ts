/**
 * `node scripts/mutations.ts`: makes each recorded mutation of the source in a copy, runs the conformance suite against it in Node, and
 * writes which mutation each case fails for into test/conformance/killed.json. A case that no mutation makes fail is named, and is a failure.
 *
 *   --check   runs each case with its recorded mutation only: it must still fail, and pass without
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { cases } from "../test/conformance/index.ts";
import { mutations, type Mutation } from "../test/conformance/mutations.ts";
import { runCase, runsOf, type World } from "../test/conformance/run.ts";
import { startFaultServer } from "../test/support/server.ts";
import { CACHE, ROOT } from "./lib/paths.ts";

const RECORD = `${ROOT}/test/conformance/killed.json`;
const check = process.argv.includes("--check");
const server = await startFaultServer();
const recorded = check ? JSON.parse(await readFile(RECORD, "utf8")) as Record<string, string> : {};
const killed: Record<string, string> = {};
const problems: string[] = [];

const world = await worldOf(undefined);
for (const run of runsOf(cases)) {
  if (run.pieces === "whole" && !(await runCase(run, world)).ok) problems.push(`fails without a mutation: ${run.test.name}`);
}
for (const mutation of mutations) {
  const mutant = await worldOf(mutation);
  const wanted = runsOf(cases).filter(({ test, pieces }) => (pieces === "whole" || pieces === 1) && !(test.name in killed) && (!check || recorded[test.name] === mutation.name));
  let count = 0;
  for (const run of wanted) {
    if (run.test.name in killed) continue;
    const { ok } = await runCase({ ...run, test: { ...run.test, timeout: 3_000 } }, mutant);
    if (ok) continue;
    killed[run.test.name] = mutation.name;
    count++;
  }
  console.log(`${String(count).padStart(3)}  ${mutation.name}`);
}
for (const { name } of cases) if (!(name in killed)) problems.push(`no mutation makes it fail: ${name}`);
if (!check) await writeFile(RECORD, `${JSON.stringify(Object.fromEntries(cases.map(({ name }) => [name, killed[name]])), null, 1)}\n`);
await server.close();
for (const problem of problems) console.log(problem);
console.log(`${Object.keys(killed).length} of ${cases.length} cases fail for a mutation.`);
process.exit(problems.length > 0 ? 1 : 0);

/** The package's source, with the mutation. */
async function worldOf(mutation: Mutation | undefined): Promise<World> {
  const folder = `${CACHE}/mutants/${mutation ? mutations.indexOf(mutation) : "none"}`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(`${ROOT}/src`, `${folder}/src`, { recursive: true });
  if (mutation) {
    const file = `${folder}/${mutation.file}`;
    const text = await readFile(file, "utf8");
    if (text.split(mutation.find).length !== 2) problems.push(`the mutation does not fit its file: ${mutation.name}`);
    await writeFile(file, text.replace(mutation.find, () => mutation.replace));
  }
  const load = (path: string): Promise<unknown> => import(pathToFileURL(`${folder}/src/${path}`).href);
  return {
    fetchat: await load("index.ts") as World["fetchat"],
    testing: await load("testing/index.ts") as World["testing"],
    server: server.url,
    onUnhandled: (seen) => {
      process.on("unhandledRejection", seen);
      return () => process.off("unhandledRejection", seen);
    },
  };
}
