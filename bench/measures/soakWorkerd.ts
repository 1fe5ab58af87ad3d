/** Run as a process: the soak in workerd, a batch of streams a request. Prints what `soak.ts` prints; the memory is the whole process's. */
import { readdir, readFile } from "node:fs/promises";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { BENCH } from "../lib/spawn.ts";

const [total, seconds] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Infinity)];
const SAMPLES = 20;
/** Few enough for one request's time and memory. */
const BATCH = 2_500;

const WORKER = `
import { left, pause, run } from "./measures/streams.ts";
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    await run(Number(searchParams.get("from")), Number(searchParams.get("to")));
    await pause(5);
    return Response.json(left());
  },
};`;

interface Left {
  readonly timers: number;
  readonly listeners: number;
  readonly open: number;
}

const stdin = { contents: WORKER, resolveDir: BENCH, loader: "ts" as const };
const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", platform: "browser", target: "es2022", define: { "process.env": "{}" }, logLevel: "error" });
const miniflare = new Miniflare({ modules: [{ type: "ESModule", path: "worker.mjs", contents: outputFiles[0]!.text }], compatibilityDate: "2026-07-01" });
await miniflare.ready;
const begin = performance.now();
const samples: number[] = [];
let done = 0;
let last: Left = { timers: 0, listeners: 0, open: 0 };
while (done < total && performance.now() - begin < seconds * 1000) {
  const to = Math.min(total, done + BATCH);
  last = (await (await miniflare.dispatchFetch(`http://localhost/?from=${done}&to=${to}`)).json()) as Left;
  done = to;
  if (done >= (total / SAMPLES) * (samples.length + 1) || done === total) {
    const memory = await resident();
    samples.push(memory);
    console.log(JSON.stringify({ streams: done, heapMB: +(memory / 2 ** 20).toFixed(1), ...last }));
  }
}
const growth = (samples.at(-1)! - (samples[1] ?? samples[0]!)) / Math.max(1, done);
console.log(JSON.stringify({ done: true, streams: done, seconds: +((performance.now() - begin) / 1000).toFixed(1), ...last, bytesAStream: +growth.toFixed(3) }));
await miniflare.dispose();
process.exit(last.timers === 0 && last.listeners === 0 && last.open === 0 ? 0 : 1);

/** What this process's workerd holds, in bytes. */
async function resident(): Promise<number> {
  let bytes = 0;
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (!status.startsWith("Name:\tworkerd") || !status.includes(`PPid:\t${process.pid}\n`)) continue;
    bytes += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
  }
  return bytes;
}
