/**
 * A process, in Node with --expose-gc, in Deno with --v8-flags=--expose-gc: short concurrent streams through one
 * client, some of them cancelled or aborted. Prints a line of JSON from time to time, and one at the end.
 */
import { left, pause, run } from "./streams.ts";

declare const gc: (() => void) | undefined;
declare const process: { memoryUsage(): { heapUsed: number }; exit(code: number): never; argv: string[] };

const [total, seconds] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Infinity)];
const SAMPLES = 20;

let finished = 0;
const begin = performance.now();
const samples: number[] = [];
let nextSample = total / SAMPLES;

function sample(): void {
  nextSample = finished + Math.max(1, total / SAMPLES);
  gc?.();
  const { heapUsed } = process.memoryUsage();
  samples.push(heapUsed);
  console.log(JSON.stringify({ streams: finished, heapMB: +(heapUsed / 2 ** 20).toFixed(1), ...left() }));
}

await run(0, total, (ended) => {
  finished = ended;
  if (finished >= nextSample) sample();
  return performance.now() - begin < seconds * 1000;
});
await pause(50);
sample();
const growth = (samples.at(-1)! - (samples[1] ?? samples[0]!)) / Math.max(1, finished);
const { timers, listeners, open } = left();
console.log(
  JSON.stringify({
    done: true,
    streams: finished,
    seconds: +((performance.now() - begin) / 1000).toFixed(1),
    ...left(),
    bytesAStream: +growth.toFixed(3),
  }),
);
process.exit(timers === 0 && listeners === 0 && open === 0 ? 0 : 1);
