/**
 * `npm run bench`: compares fetchat with other clients and two floors, as Markdown.
 *
 *     npm run bench                          everything but soak and truth, in Node, Deno and workerd; two hours on two cores
 *     npm run bench -- --quick               budgets, sizes, types and short measures, in Node; fails only on budgets
 *     npm run bench -- truth                 the conformance scenarios with the other clients
 *     npm run bench -- sizes install types cold
 *     npm run bench -- speed event reply50   only these speed measures, in Node
 *     npm run bench -- speed heap many --runtime=deno,workerd
 *     npm run bench -- speed event reply50 --repeat=3
 *     npm run bench -- heap many calls reuse
 *     npm run bench -- soak --streams=1000000 --seconds=600
 *
 *     --rounds=7         processes per adapter and measure
 *     --runtime=deno     the runtimes of speed, heap and many: node, deno, workerd or several of them
 *     --repeat=3         repeats each speed measure and compares the order of the clients
 *     --only=openai,xsai only these clients beside fetchat and the floor
 *     --fetchat=FOLDER   another build of fetchat than this repository's
 */
import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { cpus } from "node:os";
import { buildIfStale } from "../scripts/lib/install.ts";
import { INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import { ADAPTERS } from "./lib/adapter.ts";
import { RUNTIMES, versionOf } from "./lib/runtimes.ts";
import { BENCH } from "./lib/spawn.ts";
import { calls, type Form, heap, many, reuse, speed, SPEEDS } from "./measures/loads.ts";

const words = process.argv.slice(2);
const option = (name: string): string | undefined =>
  words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const list = (name: string): string[] | undefined => option(name)?.split(",");
const named = words.filter((word) => !word.startsWith("--"));
const quick = words.includes("--quick");
const PARTS = [
  "budgets",
  "truth",
  "sizes",
  "install",
  "types",
  "cold",
  "speed",
  "heap",
  "many",
  "calls",
  "reuse",
  "history",
  "soak",
];

const wanted =
  named.length > 0
    ? named
    : quick
      ? ["budgets", "sizes", "install", "types", "speed", "heap", "many", "reuse", "history"]
      : PARTS.filter((part) => part !== "soak" && part !== "truth");
const measures =
  named[0] === "speed" && !named.slice(1).every((word) => PARTS.includes(word)) ? named.slice(1) : undefined;
const only = list("only") ?? [];
const asked = list("runtime") ?? (named.length > 0 || quick ? ["node"] : RUNTIMES);
refuseUnknown(measures ?? wanted, measures ? Object.keys(SPEEDS) : PARTS);
refuseUnknown(only, ADAPTERS);
refuseUnknown(asked, RUNTIMES);
const runtimes = RUNTIMES.filter((runtime) => asked.includes(runtime));
const form = {
  quick,
  rounds: Number(option("rounds") ?? (quick ? 1 : 7)),
  only: only.length > 0 ? ["fetchat", ...only] : [],
  repeat: Number(option("repeat") ?? 1),
};

await prepare();
const { budgets } = await import("./measures/budgets.ts");
const { history } = await import("./measures/history.ts");
const { cold } = await import("./measures/cold.ts");
const { install, sizes } = await import("./measures/sizes.ts");
const { types } = await import("./measures/types.ts");
const { truth } = await import("./truth/truth.ts");
const { soak } = await import("./measures/soaks.ts");

if (wanted[0] !== "truth") {
  const versions = await Promise.all([...new Set(["node" as const, ...runtimes])].map(versionOf));
  console.log(
    `${versions.join(", ")}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${form.rounds} rounds${quick ? ", quick form" : ""}`,
  );
}

const work: Readonly<Record<string, readonly (() => Promise<string>)[]>> = {
  budgets: [
    async () => {
      const { text, kept } = await budgets();
      if (!kept) process.exitCode = 1;
      return text;
    },
  ],
  truth: [truth],
  sizes: [sizes],
  install: [install],
  types: [() => types(Math.min(5, form.rounds))],
  cold: [() => cold(form.rounds)],
  speed: inEach((of) => speed(of, measures)),
  heap: inEach(heap),
  many: inEach(many),
  calls: [calls],
  reuse: [() => reuse(form)],
  history: [history],
  soak: [
    async () => {
      const { text, kept } = await soak(Number(option("streams") ?? 1_000_000), Number(option("seconds") ?? Infinity));
      if (!kept) process.exitCode = 1;
      return text;
    },
  ],
};
for (const part of measures ? ["speed"] : wanted) for (const step of work[part]!) console.log(`\n${await step()}`);

/** Returns one step per runtime. */
function inEach(measure: (form: Form) => Promise<string>): (() => Promise<string>)[] {
  return runtimes.map((runtime) => () => measure({ ...form, runtime }));
}

/** Exits with 2 for an unknown word. */
function refuseUnknown(given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((word) => !known.includes(word));
  if (unknown === undefined) return;
  console.error(`Unknown: ${unknown}. There are: ${known.join(", ")}.`);
  process.exit(2);
}

/** Installs missing clients, builds fetchat if it is stale, and installs it beside them. */
async function prepare(): Promise<void> {
  if (!existsSync(`${BENCH}/node_modules/openai`)) {
    console.error("Installing the other clients");
    const installed = await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: BENCH });
    if (installed.code !== 0) throw new Error(installed.stderr);
  }
  const other = option("fetchat");
  if (other === undefined) await buildIfStale();
  const link = `${BENCH}/node_modules/fetchat`;
  await rm(link, { force: true });
  await symlink(other ?? `${INSTALLED}/node_modules/fetchat`, link);
  process.chdir(ROOT);
}
