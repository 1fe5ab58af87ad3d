import { readFile } from "node:fs/promises";
import { bin, CACHE, ROOT } from "../../scripts/lib/paths.ts";
import type { ChildOptions } from "./spawn.ts";

/** Where the measures of speed run. */
export const RUNTIMES = ["node", "deno", "workerd"] as const;

export type Runtime = (typeof RUNTIMES)[number];

/** How each is called in a title. */
export const IN: Readonly<Record<Runtime, string>> = { node: "Node", deno: "Deno", workerd: "workerd" };

/** How a file is run as a process in Node or in Deno; with `gc`, it has the collector at hand. What it asks of `process`, both answer truly. */
export function processIn(runtime: "node" | "deno", gc = false): ChildOptions {
  if (runtime === "node") return { flags: gc ? ["--expose-gc"] : [] };
  const allowed = ["--allow-env", "--allow-read", "--allow-sys", "--allow-net=127.0.0.1"];
  return {
    command: bin("deno"),
    flags: ["run", "--no-check", "--node-modules-dir=manual", ...(gc ? ["--v8-flags=--expose-gc"] : []), ...allowed],
    env: { DENO_DIR: `${CACHE}/deno`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  };
}

/** A runtime and its version. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === "node") return `Node ${process.version}`;
  const { version } = JSON.parse(await readFile(`${ROOT}/node_modules/${runtime}/package.json`, "utf8")) as {
    version: string;
  };
  return `${IN[runtime]} ${version}`;
}
