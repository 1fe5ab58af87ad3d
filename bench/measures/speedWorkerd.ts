/**
 * A process: one adapter, one speed measure, in workerd. Prints `{ wall, cpu }` in microseconds per unit, like
 * `speed.ts`. Clocks stand still in workerd while code runs, so both are taken from outside, around a request of many
 * runs, minus the cost of an empty request.
 */
import type { AdapterName } from "../lib/adapter.ts";
import { median } from "../lib/rounds.ts";
import { startWorker } from "../lib/workerd.ts";

const [name, measure, form] = process.argv.slice(2) as [AdapterName, string, string | undefined];
const quick = form === "quick";
/** The duration of a warm-up and of a request in microseconds: long, because the system counts CPU time in ticks. */
const LONG = quick ? 400_000 : 800_000;
const EMPTY = 20;
const REQUESTS = 3;

const WORKER = `
import { adapter } from "./adapters/${name}.ts";
import { WORKS } from "./lib/work.ts";
let work;
export default {
  async fetch(request) {
    work ??= WORKS["${measure}"](adapter, ${quick});
    for (let runs = Number(new URL(request.url).searchParams.get("runs")); runs > 0; runs--) {
      if (await work.run() === 0) return new Response("read nothing", { status: 500 });
    }
    return Response.json(work.units);
  },
};`;

interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

const worker = await startWorker(WORKER);

/** Returns the cost of some requests with some runs each, in microseconds. */
async function cost(requests: number, runs: number): Promise<Cost> {
  const [before, start] = [await worker.cpu(), performance.now()];
  for (let count = 0; count < requests; count++) await worker.ask(`runs=${runs}`);
  const wall = (performance.now() - start) * 1000;
  return { wall, cpu: (await worker.cpu()) - before };
}

/** Warms up and returns the number of runs in a long request. */
async function runsOfLong(): Promise<number> {
  let last = 0;
  for (let spent = 0; spent < LONG; spent += last) last = (await cost(1, 1)).wall;
  return Math.ceil(LONG / last);
}

const units = Number(await worker.ask("runs=0"));
const runs = await runsOfLong();
const empty = await cost(EMPTY, 0);
const costs: Cost[] = [];
// One run of a slow client takes longer than all of these requests.
for (let spent = 0; spent < REQUESTS * LONG * 0.9; spent += costs.at(-1)!.wall) costs.push(await cost(1, runs));
const aUnit = (of: (one: Cost) => number): number => (median(costs.map(of)) - of(empty) / EMPTY) / (runs * units);
console.log(JSON.stringify({ wall: aUnit(({ wall }) => wall), cpu: aUnit(({ cpu }) => cpu) }));
await worker.stop();
process.exit(0);
