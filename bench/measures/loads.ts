import { spawn } from "node:child_process";
import { type AdapterName, TITLES } from "../lib/adapter.ts";
import { chosen, type Column, inRounds, results } from "../lib/rounds.ts";
import { BENCH, measured } from "../lib/spawn.ts";

/** A run's size: how often, and whether in the quick form. */
export interface Form {
  readonly rounds: number;
  readonly quick: boolean;
  /** Only these adapters, and the floor. */
  readonly only: readonly string[];
}

interface Speed {
  readonly wall: number;
  readonly cpu: number;
}

/** What is measured, and what one unit of it is. */
const SPEEDS: Readonly<Record<string, string>> = {
  "event": "One event a chunk: µs a delta",
  "16k": "Chunks of 16 KiB: µs a delta",
  "byte": "Chunks of one byte: µs a delta",
  "mega": "Events of 1 MB: µs an event",
  "short": "Replies of ten deltas, each by a new client: µs a reply",
  "latency": "From an event's arrival to the callback: µs, p50",
  "first": "From making a client to the first text: µs, p50",
  "chat": "chat() over loopback: µs a call",
};

/** Prints every measure of speed, or those that are named. */
export async function speed(form: Form, measures: readonly string[] = Object.keys(SPEEDS)): Promise<string> {
  const parts: string[] = [];
  for (const measure of measures) {
    const server = measure === "chat" ? await startServer() : undefined;
    const env: Record<string, string> = server ? { BENCH_BASE_URL: server.url } : {};
    const rounds = await inRounds<Speed>(form.rounds, chosen(form.only), (name) => measured("measures/speed.ts", [name, measure, ...(form.quick ? ["quick"] : [])], { env }));
    server?.stop();
    const timed = measure === "latency" || measure === "first";
    const wall: Column<Speed>[] = [
      { head: "wall", of: (one: Speed) => one.wall, show: digits },
      { head: "× floor", of: (one: Speed) => one.wall, show: "ratio" },
    ];
    const cpu: Column<Speed>[] = [
      { head: "CPU", of: (one: Speed) => one.cpu, show: digits },
      { head: "× floor", of: (one: Speed) => one.cpu, show: "ratio" },
    ];
    parts.push(results(SPEEDS[measure] ?? measure, rounds, timed ? wall : [...wall, ...cpu]));
  }
  return parts.join("\n\n");
}

const digits = (value: number): string => value.toFixed(value < 100 ? 2 : 0);

/** Prints what a long stream keeps for each delta. */
export async function heap(form: Form): Promise<string> {
  const deltas = form.quick ? 100_000 : 500_000;
  const rounds = await inRounds<{ kept: number }>(form.quick ? 1 : Math.min(3, form.rounds), chosen(form.only), (name) => measured("measures/heap.ts", [name, String(deltas)], { flags: ["--expose-gc"] }));
  return results(`Heap kept over ${deltas.toLocaleString("en")} deltas, beyond the answer's characters`, rounds, [{ head: "bytes a delta", of: ({ kept }) => kept, show: (value) => value.toFixed(1) }]);
}

/** Prints what many streams at once cost. */
export async function many(form: Form): Promise<string> {
  const parts: string[] = [];
  for (const streams of form.quick ? [2000] : [2000, 10_000]) {
    const rounds = await inRounds<{ cpu: number; memory: number }>(Math.min(3, form.rounds), chosen(form.only), (name) => measured("measures/many.ts", [name, String(streams)], { flags: ["--expose-gc"], timeout: 600_000 }));
    parts.push(results(`${streams.toLocaleString("en")} streams at once, 20 deltas each`, rounds, [
      { head: "CPU µs a stream", of: ({ cpu }) => cpu, show: digits },
      { head: "× floor", of: ({ cpu }) => cpu, show: "ratio" },
      { head: "bytes a stream", of: ({ memory }) => memory, show: (value) => Math.round(value).toLocaleString("en") },
      { head: "× floor", of: ({ memory }) => memory, show: "ratio" },
    ]));
  }
  return parts.join("\n\n");
}

/** Prints how many connections 20 streams take: a stream that is cancelled at its end throws its connection away. */
export async function reuse(form: Form): Promise<string> {
  const rounds = await inRounds<{ connections: number }>(1, chosen(form.only), (name) => measured("measures/reuse.ts", [name]));
  return results("Connections that 20 streams after one another take", rounds, [{ head: "connections", of: ({ connections }) => connections, show: String }]);
}

/** Starts the loopback server of `chat` in a process of its own. */
function startServer(): Promise<{ url: string; stop: () => void }> {
  const running = spawn(process.execPath, ["lib/server.ts"], { cwd: BENCH, stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    running.on("error", reject);
    running.stdout.setEncoding("utf8").once("data", (text: string) => resolve({ url: text.trim(), stop: () => running.stdin.end() }));
  });
}

/** Whether these are adapters' names. */
export function isAdapter(name: string): name is AdapterName {
  return Object.hasOwn(TITLES, name);
}
