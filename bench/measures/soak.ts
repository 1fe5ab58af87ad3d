/**
 * Run as a process, in Node with --expose-gc, in Deno with --v8-flags=--expose-gc: short streams through one client, so many at once,
 * some of them left early, aborted or broken. Prints a line of JSON now and then, and one at the end.
 */
import { createClient } from "fetchat";
import { answer, eventsOf, perEvent } from "../lib/source.ts";

declare const gc: (() => void) | undefined;
declare const process: { memoryUsage(): { heapUsed: number }; getActiveResourcesInfo?(): string[]; exit(code: number): never; argv: string[] };

const [total, seconds] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? Infinity)];
const AT_ONCE = 64;
const SAMPLES = 20;
const messages = [{ role: "user", content: "Hello" }] as const;
const pieces = perEvent(eventsOf(5));

let timers = 0;
const { setTimeout: set, clearTimeout: clear, setInterval: every, clearInterval: stop } = globalThis;
const pending = new Set<unknown>();
const count = <T>(timer: T): T => {
  timers++;
  pending.add(timer);
  return timer;
};
globalThis.setTimeout = ((run: () => void, ms?: number) => {
  const timer = count(set(() => {
    pending.delete(timer);
    run();
  }, ms));
  return timer;
}) as typeof setTimeout;
globalThis.setInterval = ((run: () => void, ms?: number) => count(every(run, ms))) as unknown as typeof setInterval;
globalThis.clearTimeout = ((timer: Parameters<typeof clear>[0]) => {
  pending.delete(timer);
  clear(timer);
}) as typeof clearTimeout;
globalThis.clearInterval = ((timer: Parameters<typeof stop>[0]) => {
  pending.delete(timer);
  stop(timer);
}) as typeof clearInterval;

let open = 0;
let listeners = 0;
const client = createClient({
  apiKey: "sk-soak",
  maxRetries: 0,
  fetch: async (_url, init) => {
    let at = 0;
    open++;
    let isOpen = true;
    const ended = (): void => {
      if (isOpen) open--;
      isOpen = false;
    };
    return answer(init, {
      pull(controller) {
        const piece = pieces[at++];
        if (piece) return controller.enqueue(piece);
        ended();
        controller.close();
      },
      cancel: ended,
    });
  },
});

/** One signal that every stream listens to, as a server's shutdown would be: a listener that stays is a leak. */
const shutdown = new AbortController();
const { signal } = shutdown;
const { addEventListener, removeEventListener } = signal;
signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
  listeners++;
  addEventListener.apply(signal, args);
}) as typeof addEventListener;
signal.removeEventListener = ((...args: Parameters<typeof removeEventListener>) => {
  listeners--;
  removeEventListener.apply(signal, args);
}) as typeof removeEventListener;

let started = 0;
let finished = 0;
const begin = performance.now();
const samples: number[] = [];
let nextSample = total / SAMPLES;

async function one(at: number): Promise<void> {
  const own = new AbortController();
  const stream = await client.streamChat(messages, { model: "m" }, { signal: at % 2 === 0 ? signal : own.signal });
  try {
    let seen = 0;
    for await (const _chunk of stream) {
      seen++;
      if (at % 10 === 1 && seen === 2) own.abort();
      if (at % 10 === 2 && seen === 2) break;
    }
  } catch (error) {
    if ((error as Error).name !== "AbortError") throw error;
  }
}

async function worker(): Promise<void> {
  while (started < total && performance.now() - begin < seconds * 1000) {
    await one(started++);
    finished++;
    if (finished >= nextSample) sample();
  }
}

function sample(): void {
  nextSample = finished + Math.max(1, total / SAMPLES);
  gc?.();
  const { heapUsed } = process.memoryUsage();
  samples.push(heapUsed);
  console.log(JSON.stringify({ streams: finished, heapMB: +(heapUsed / 2 ** 20).toFixed(1), timers: pending.size, listeners, open }));
}

await Promise.all(Array.from({ length: AT_ONCE }, worker));
await new Promise((resolve) => set(resolve, 50));
sample();
const seconds_ = (performance.now() - begin) / 1000;
const growth = (samples.at(-1)! - (samples[1] ?? samples[0]!)) / Math.max(1, finished);
console.log(JSON.stringify({ done: true, streams: finished, seconds: +seconds_.toFixed(1), timersMade: timers, timers: pending.size, listeners, open, bytesAStream: +growth.toFixed(3) }));
process.exit(pending.size === 0 && listeners === 0 && open === 0 ? 0 : 1);
