import { readFile } from "node:fs/promises";
import { bin, CACHE, ROOT } from "../../scripts/lib/paths.ts";
import type { ChildOptions } from "./spawn.ts";

/** The runtimes of the speed measures. */
export const RUNTIMES = ["node", "deno", "workerd"] as const;

export type Runtime = (typeof RUNTIMES)[number];

/** The runtimes' names in titles. */
export const IN: Readonly<Record<Runtime, string>> = { node: "Node", deno: "Deno", workerd: "workerd" };

/**
 * Returns the options to run a file in Node or Deno.
 *
 * @param gc exposes the garbage collector
 */
export function processIn(runtime: "node" | "deno", gc = false): ChildOptions {
  if (runtime === "node") return { flags: gc ? ["--expose-gc"] : [] };
  const allowed = ["--allow-env", "--allow-read", "--allow-sys", "--allow-net=127.0.0.1"];
  return {
    command: bin("deno"),
    flags: ["run", "--no-check", "--node-modules-dir=manual", ...(gc ? ["--v8-flags=--expose-gc"] : []), ...allowed],
    env: { DENO_DIR: `${CACHE}/deno`, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  };
}

/** Returns a runtime and its version. */
export async function versionOf(runtime: Runtime): Promise<string> {
  if (runtime === "node") return `Node ${process.version}`;
  const { version } = JSON.parse(await readFile(`${ROOT}/node_modules/${runtime}/package.json`, "utf8")) as {
    version: string;
  };
  return `${IN[runtime]} ${version}`;
}
