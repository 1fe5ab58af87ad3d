/**
 * A process: the soak in workerd, with one batch of streams per request. Prints the same as `soak.ts`; the memory is
 * the whole process's.
 */
import { startWorker } from "../lib/workerd.ts";

const [total, seconds] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Infinity)];
const SAMPLES = 20;
/** Few enough for the time and memory of one request. */
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

const worker = await startWorker(WORKER);
const begin = performance.now();
const samples: number[] = [];
let done = 0;
let last: Left = { timers: 0, listeners: 0, open: 0 };
while (done < total && performance.now() - begin < seconds * 1000) {
  const to = Math.min(total, done + BATCH);
  last = JSON.parse(await worker.ask(`from=${done}&to=${to}`)) as Left;
  done = to;
  if (done >= (total / SAMPLES) * (samples.length + 1) || done === total) {
    const memory = await worker.memory();
    samples.push(memory);
    console.log(JSON.stringify({ streams: done, heapMB: +(memory / 2 ** 20).toFixed(1), ...last }));
  }
}
const growth = (samples.at(-1)! - (samples[1] ?? samples[0]!)) / Math.max(1, done);
console.log(
  JSON.stringify({
    done: true,
    streams: done,
    seconds: +((performance.now() - begin) / 1000).toFixed(1),
    ...last,
    bytesAStream: +growth.toFixed(3),
  }),
);
await worker.stop();
process.exit(last.timers === 0 && last.listeners === 0 && last.open === 0 ? 0 : 1);
