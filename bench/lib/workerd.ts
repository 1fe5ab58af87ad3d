import { readdir, readFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { BENCH } from "./spawn.ts";

/** A Worker in a workerd of this process, and the system's figures for it. */
export interface Worker {
  /** Sends a request and reads the answer to its end. Rejects with the answer's text if it failed. */
  ask(query: string): Promise<string>;
  /** Returns the CPU time of the process in microseconds, counted in ticks of 10 ms. */
  cpu(): Promise<number>;
  /** Returns the memory of the process in bytes. */
  memory(): Promise<number>;
  stop(): Promise<void>;
}

/** Bundles a module of the bench folder into one without imports. Its environment has only the server's address. */
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

/** Starts workerd with one bundled Worker. A process can have one at a time. */
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

/** Positions in `/proc/PID/stat`, counted after the name. */
const [PARENT, USER, SYSTEM] = [1, 11, 12] as const;
/** Linux reports CPU times in hundredths of a second, whatever its own clock. */
const TICK = 10_000;

/** The name is in brackets and may contain spaces. */
const afterName = (stat: string): string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

/** Returns the id of this process's own workerd. */
async function ownWorkerd(): Promise<string> {
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    if (stat.includes(" (workerd) ") && afterName(stat)[PARENT] === String(process.pid)) return pid;
  }
  throw new Error("found no workerd in /proc that is this process's own");
}
