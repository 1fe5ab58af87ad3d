import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Program, STREAMED, TOOLS } from "../../bench/lib/programs.ts";
import { bundle } from "./bundle.ts";
import { INSTALLED, ROOT } from "./paths.ts";
import { countTypes } from "./typeBudgets.ts";

/** A measured value and its limit. */
export interface Weighed {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  /** The value that the design aims at, for programs that it names. */
  readonly aim?: number;
  /** The value of the last release; null before the first. */
  readonly released: number | null;
}

const PACKAGE = `${INSTALLED}/node_modules/fetchat`;
const FILE = `${ROOT}/test/budgets.json`;

/** The programs with a size limit in test/budgets.json, in bytes, minified and gzipped. */
const PROGRAMS: Readonly<Record<string, Program>> = {
  "one streamed chat, free functions": STREAMED.fetchatFree,
  "one streamed chat, createClient": STREAMED.fetchat,
  "a conversation with a tool, free functions": TOOLS.fetchatFree,
  "a conversation with a tool, createClient": TOOLS.fetchat,
  "a conversation with a tool, createClient and responses()": TOOLS.fetchatResponses,
};

/** Bundles each program and each entry of the installed package, and measures the bundles. */
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

/** Measures the type instantiations of the installed package for a program, and for 50 tools. */
export async function weighTypes(): Promise<Weighed[]> {
  return beside(await countTypes(STREAMED.fetchat.code));
}

async function beside(values: Readonly<Record<string, number>>): Promise<Weighed[]> {
  const limits = JSON.parse(await readFile(FILE, "utf8")) as Record<
    string,
    Pick<Weighed, "limit" | "aim" | "released">
  >;
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
