/**
 * `npm run bench`: fetchat beside other clients and two floors, as Markdown.
 *
 *   npm run bench                          everything but the soak; about an hour on two cores
 *   npm run bench -- --quick               budgets, sizes, types and a short form of the measures; fails on budgets alone
 *   npm run bench -- truth                 the conformance scenarios, asked of the other clients too
 *   npm run bench -- sizes install types cold
 *   npm run bench -- speed event short     only these measures of speed
 *   npm run bench -- heap many reuse
 *   npm run bench -- soak --streams=1000000 --seconds=600
 *
 *   --rounds=7         processes an adapter and measure
 *   --only=openai,xsai only these beside fetchat and the floor
 *   --fetchat=FOLDER   another build of fetchat than this repository's
 */
import { existsSync } from "node:fs";
import { rm, symlink } from "node:fs/promises";
import { cpus } from "node:os";
import { buildIfStale } from "../scripts/lib/install.ts";
import { INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import { BENCH } from "./lib/spawn.ts";

const words = process.argv.slice(2);
const option = (name: string): string | undefined => words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const named = words.filter((word) => !word.startsWith("--"));
const quick = words.includes("--quick");
const only = option("only")?.split(",") ?? [];
const form = { quick, rounds: Number(option("rounds") ?? (quick ? 1 : 7)), only: only.length > 0 ? ["fetchat", ...only] : [] };
const PARTS = ["budgets", "truth", "sizes", "install", "types", "cold", "speed", "heap", "many", "reuse", "soak"];

await prepare();
const { budgets } = await import("./measures/budgets.ts");
const { cold } = await import("./measures/cold.ts");
const { heap, many, reuse, speed } = await import("./measures/loads.ts");
const { install, sizes } = await import("./measures/sizes.ts");
const { types } = await import("./measures/types.ts");
const { truth } = await import("./truth/truth.ts");
const { soak } = await import("./measures/soaks.ts");

const wanted = named.length > 0 ? named : quick ? ["budgets", "sizes", "install", "types", "speed", "heap", "many", "reuse"] : PARTS.filter((part) => part !== "soak" && part !== "truth");
if (!PARTS.includes(wanted[0]!)) {
  console.error(`Unknown: ${wanted[0]}. There are: ${PARTS.join(", ")}.`);
  process.exit(2);
}
const measures = named[0] === "speed" && named.length > 1 ? named.slice(1) : undefined;
if (wanted[0] !== "truth") console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${form.rounds} rounds${quick ? ", quick form" : ""}`);

const work: Readonly<Record<string, () => Promise<string>>> = {
  budgets: async () => {
    const { text, kept } = await budgets();
    if (!kept) process.exitCode = 1;
    return text;
  },
  truth, sizes, install,
  types: () => types(Math.min(5, form.rounds)),
  cold: () => cold(form.rounds),
  speed: () => speed(form, measures),
  heap: () => heap(form),
  many: () => many(form),
  reuse: () => reuse(form),
  soak: async () => {
    const { text, kept } = await soak(Number(option("streams") ?? 1_000_000), Number(option("seconds") ?? Infinity));
    if (!kept) process.exitCode = 1;
    return text;
  },
};
for (const part of measures ? ["speed"] : wanted) console.log(`\n${await work[part]!()}`);

/** Installs the other clients where they are missing, builds fetchat where it is stale, and puts it beside them. */
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
