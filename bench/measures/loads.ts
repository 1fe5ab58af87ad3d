import { spawn } from "node:child_process";
import { table } from "../lib/markdown.ts";
import { order } from "../lib/order.ts";
import type { AdapterName } from "../lib/adapter.ts";
import { chosen, type Column, inRounds, ratios, results, type Rounds } from "../lib/rounds.ts";
import { IN, processIn, type Runtime } from "../lib/runtimes.ts";
import { BENCH, type ChildOptions, measured } from "../lib/spawn.ts";

/** The size of a run. */
export interface Size {
  readonly rounds: number;
  readonly quick: boolean;
  /** The adapters to measure, besides the floor. */
  readonly only: readonly string[];
  /** The repetitions of each speed measure. More than one compares the order of the clients. */
  readonly repeat: number;
}

/** The size of a run and its runtime. */
export interface Form extends Size {
  readonly runtime: Runtime;
}

interface Speed {
  readonly wall: number;
  readonly cpu: number;
}

/** The speed measures and their units. */
export const SPEEDS: Readonly<Record<string, string>> = {
  event: "One event a chunk: µs a delta",
  "16k": "Chunks of 16 KiB: µs a delta",
  byte: "Chunks of one byte: µs a delta",
  mega: "Events of 1 MB: µs an event",
  reply20: "Replies of 20 deltas, each by a new client: µs a delta",
  reply50: "Replies of 50 deltas, each by a new client: µs a delta",
  reply100: "Replies of 100 deltas, each by a new client: µs a delta",
  reply500: "Replies of 500 deltas, each by a new client: µs a delta",
  reply5000: "Replies of 5,000 deltas, each by a new client: µs a delta",
  arguments: "Tool arguments in 500 deltas, each call by a new client: µs a delta",
  responses: "Responses of 500 deltas, each by a new client: µs a delta",
  latency: "From an event's arrival to the callback: µs, p50",
  first: "From making a client to the first text: µs, p50",
  chat: "chat() over loopback: µs a call",
};

/** Measures that take the time between two moments of one process. */
const TIMED = ["latency", "first"];

/** The clients that support a measure. Measures without an entry run on all. */
const ABLE: Readonly<Record<string, readonly AdapterName[]>> = {
  arguments: ["fetchat", "openai", "parser", "byHand"],
  responses: ["fetchat", "openai", "parser", "byHand"],
};

/** Measures that the quick form leaves out: it is part of every CI run, and these add little. */
const LEFT_OUT_WHEN_QUICK = ["reply20", "reply100", "reply500", "reply5000"];

/** Runs every speed measure, or the named ones. */
export async function speed(form: Form, named?: readonly string[]): Promise<string> {
  const all = Object.keys(SPEEDS).filter((measure) => !form.quick || !LEFT_OUT_WHEN_QUICK.includes(measure));
  const measures = named ?? all;
  const there = measures.filter((measure) => form.runtime !== "workerd" || !TIMED.includes(measure));
  const parts: string[] = [];
  for (const measure of there) {
    const title = titled(SPEEDS[measure]!, form);
    const runs: Rounds<Speed>[] = [];
    while (runs.length < form.repeat) runs.push(await speeds(form, measure));
    const timed = TIMED.includes(measure);
    if (form.repeat === 1) parts.push(results(title, runs[0]!, timed ? WALL : [...WALL, ...CPU]));
    else
      parts.push(
        order(
          `${title}, ${timed ? "wall" : "CPU"} × floor`,
          runs.map((run) => ratios(run, timed ? ({ wall }) => wall : ({ cpu }) => cpu)),
        ),
      );
  }
  if (there.length < measures.length)
    parts.push(
      `Not measured in workerd, where clocks stand still while code runs: ${measures.filter((measure) => !there.includes(measure)).join(", ")}.`,
    );
  return parts.join("\n\n");
}

const digits = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
const titled = (title: string, { runtime }: Form): string => `${title}, in ${IN[runtime]}`;

const WALL: readonly Column<Speed>[] = [
  { head: "wall", of: ({ wall }) => wall, show: digits },
  { head: "× by hand", of: ({ wall }) => wall, show: "byHand" },
  { head: "× parser", of: ({ wall }) => wall, show: "parser" },
];
const CPU: readonly Column<Speed>[] = [
  { head: "CPU", of: ({ cpu }) => cpu, show: digits },
  { head: "× by hand", of: ({ cpu }) => cpu, show: "byHand" },
  { head: "× parser", of: ({ cpu }) => cpu, show: "parser" },
];

/** Runs one speed measure with each adapter. */
async function speeds({ runtime, rounds, quick, only }: Form, measure: string): Promise<Rounds<Speed>> {
  const server = measure === "chat" ? await startServer() : undefined;
  const [file, options]: [string, ChildOptions] =
    runtime === "workerd" ? ["measures/speedWorkerd.ts", {}] : ["measures/speed.ts", processIn(runtime)];
  const env: Record<string, string> = { ...options.env, ...(server ? { BENCH_BASE_URL: server.url } : {}) };
  const able = chosen(only).filter((name) => ABLE[measure]?.includes(name) ?? true);
  const all = await inRounds<Speed>(rounds, able, (name) =>
    measured(file, [name, measure, ...(quick ? ["quick"] : [])], { ...options, env }),
  );
  server?.stop();
  return all;
}

/** Measures the memory that a long stream keeps per delta. */
export async function heap(form: Form): Promise<string> {
  if (form.runtime === "workerd")
    return "What a stream keeps is not measured in workerd, which hands out no collector.";
  const options = processIn(form.runtime, true);
  const deltas = form.quick ? 100_000 : 500_000;
  const rounds = await inRounds<{ kept: number }>(
    form.quick ? 1 : Math.min(3, form.rounds),
    chosen(form.only),
    (name) => measured("measures/heap.ts", [name, String(deltas)], options),
  );
  return results(
    titled(`Heap kept over ${deltas.toLocaleString("en")} deltas, beyond the answer's characters`, form),
    rounds,
    [{ head: "bytes a delta", of: ({ kept }) => kept, show: (value) => value.toFixed(1) }],
  );
}

/** Measures the cost of many streams at once. */
export async function many(form: Form): Promise<string> {
  if (form.runtime === "workerd") return "Streams at once are not measured in workerd, which hands out no collector.";
  const options = { ...processIn(form.runtime, true), timeout: 600_000 };
  const parts: string[] = [];
  for (const streams of form.quick || form.runtime !== "node" ? [2000] : [2000, 10_000]) {
    const rounds = await inRounds<{ cpu: number; memory: number }>(
      Math.min(3, form.rounds),
      chosen(form.only),
      (name) => measured("measures/many.ts", [name, String(streams)], options),
    );
    parts.push(
      results(titled(`${streams.toLocaleString("en")} streams at once, 20 deltas each`, form), rounds, [
        { head: "CPU µs a stream", of: ({ cpu }) => cpu, show: digits },
        { head: "× by hand", of: ({ cpu }) => cpu, show: "byHand" },
        { head: "bytes a stream", of: ({ memory }) => memory, show: (value) => Math.round(value).toLocaleString("en") },
        { head: "× by hand", of: ({ memory }) => memory, show: "byHand" },
      ]),
    );
  }
  return parts.join("\n\n");
}

/** Counts the connections of 20 streams: a stream that is cancelled at its end discards its connection. */
export async function reuse(form: Size): Promise<string> {
  const rounds = await inRounds<{ connections: number }>(1, chosen(form.only), (name) =>
    measured("measures/reuse.ts", [name]),
  );
  return results("Connections that 20 streams after one another take", rounds, [
    { head: "connections", of: ({ connections }) => connections, show: String },
  ]);
}

/** The lengths of the arguments of {@link calls}, in characters. */
const ARGUMENTS = [40_000, 160_000, 320_000];

/** Measures the cost of long call arguments in a session, which should be linear. */
export async function calls(): Promise<string> {
  const rows: string[][] = [];
  for (const size of ARGUMENTS) {
    const cost = await measured<{ stream: number; send: number }>("measures/calls.ts", [String(size)]);
    rows.push([size.toLocaleString("en"), String(cost?.stream ?? "failed"), String(cost?.send ?? "failed")]);
  }
  const head = ["characters", "session.stream()", "send() with onChunk"];
  return `### One call's arguments in deltas of four characters: ms of CPU\n\n${table(head, rows)}`;
}

/** Starts the loopback server of `chat` as a process. */
function startServer(): Promise<{ url: string; stop: () => void }> {
  const running = spawn(process.execPath, ["lib/server.ts"], { cwd: BENCH, stdio: ["pipe", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    running.on("error", reject);
    running.stdout
      .setEncoding("utf8")
      .once("data", (text: string) => resolve({ url: text.trim(), stop: () => running.stdin.end() }));
  });
}
