import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Program, STREAMED, TOOLS } from "../../bench/lib/programs.ts";
import { bundle } from "./bundle.ts";
import { INSTALLED, ROOT } from "./paths.ts";
import { countTypes } from "./typeBudgets.ts";

/** What something costs, beside its limit. */
export interface Weighed {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  /** The figure of the last release; none before the first. */
  readonly released: number | null;
}

const PACKAGE = `${INSTALLED}/node_modules/fetchat`;
const FILE = `${ROOT}/test/budgets.json`;

/** Programs whose size is watched, by the name that test/budgets.json gives a limit for: bytes, minified and gzipped. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  "one streamed chat, free functions": STREAMED.fetchatFree,
  "one streamed chat, createClient": STREAMED.fetchat,
  "a conversation with a tool, free functions": TOOLS.fetchatFree,
  "a conversation with a tool, createClient": TOOLS.fetchat,
};

/** Bundles each program and each entry from the installed package, and weighs the bundles. */
export async function weigh(): Promise<Weighed[]> {
  const { exports } = JSON.parse(await readFile(`${PACKAGE}/package.json`, "utf8")) as {
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(exports).map((path) => `fetchat${path.slice(1)}`);
  return beside({
    ...(await each(Object.keys(PROGRAMS), (name) => gzipped(PROGRAMS[name]!.code))),
    ...(await each(entries, (entry) => gzipped(`export * from "${entry}";`))),
  });
}

/** Counts what the installed package's declarations cost a program, and 50 tools. */
export async function weighTypes(): Promise<Weighed[]> {
  return beside(await countTypes(STREAMED.fetchat.code));
}

async function beside(values: Readonly<Record<string, number>>): Promise<Weighed[]> {
  const limits = JSON.parse(await readFile(FILE, "utf8")) as Record<string, Pick<Weighed, "limit" | "released">>;
  return Object.entries(values).map(([name, value]) => ({ name, value, limit: 0, released: null, ...limits[name] }));
}

async function each(
  names: readonly string[],
  weighOne: (name: string) => Promise<number>,
): Promise<Record<string, number>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await weighOne(name)] as const)));
}

async function gzipped(code: string): Promise<number> {
  return gzipSync(await bundle(code, INSTALLED), { level: 9 }).length;
}
