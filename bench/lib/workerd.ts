import { readdir, readFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { BENCH } from "./spawn.ts";

/** A Worker in a workerd that this process has started, and what the system says of that workerd. */
export interface Worker {
  /** Asks it, and reads the answer to its end. Rejects with the answer's text where it failed. */
  ask(query: string): Promise<string>;
  /** What the process has used, in microseconds; it counts in ticks of 10 ms. */
  cpu(): Promise<number>;
  /** What the process holds, in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Bundles a module that stands in the bench folder into one without imports; of the environment it gets the server's address. */
export async function bundled(code: string): Promise<string> {
  const stdin = { contents: code, resolveDir: BENCH, loader: "ts" as const };
  const define = { "process.env": JSON.stringify({ BENCH_BASE_URL: process.env["BENCH_BASE_URL"] }) };
  const { outputFiles } = await build({
    stdin,
    bundle: true,
    minify: true,
    write: false,
    define,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

/** Starts workerd with one Worker, whose module is given as `bundled` takes it. One at a time in a process. */
export async function startWorker(code: string): Promise<Worker> {
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.mjs", contents: await bundled(code) }],
    compatibilityDate: "2026-07-01",
  });
  await miniflare.ready;
  const folder = `/proc/${await ownWorkerd()}`;
  return {
    async ask(query) {
      const response = await miniflare.dispatchFetch(`http://localhost/?${query}`);
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return text;
    },
    async cpu() {
      const fields = afterName(await readFile(`${folder}/stat`, "utf8"));
      return (Number(fields[USER]) + Number(fields[SYSTEM])) * TICK;
    },
    async memory() {
      return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`${folder}/status`, "utf8"))?.[1] ?? 0) * 1024;
    },
    stop: () => miniflare.dispose(),
  };
}

/** Places in `/proc/PID/stat`, counted after the name. */
const [PARENT, USER, SYSTEM] = [1, 11, 12] as const;
/** Linux tells times to programs in hundredths of a second, whatever its own clock. */
const TICK = 10_000;

/** The name stands in brackets and may hold spaces. */
const afterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** The id of the workerd that is this process's own child: others may run on the machine. */
async function ownWorkerd(): Promise<string> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat.includes(" (workerd) ") && afterName(stat)[PARENT] === String(process.pid)) return pid;
  }
  throw new Error("found no workerd in /proc that is this process's own");
}
