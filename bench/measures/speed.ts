/** A process, in Node or Deno: one adapter, one speed measure. Prints `{ wall, cpu }` in microseconds per unit. */
import { type AdapterName, type Client, type FetchLike, loadAdapter } from "../lib/adapter.ts";
import { answer, eventOf, eventsOf, fetchOf, perEvent } from "../lib/source.ts";
import { type Work, WORKS } from "../lib/work.ts";

const [name, measure, form] = process.argv.slice(2) as [AdapterName, string, string | undefined];
const adapter = await loadAdapter(name);
const quick = form === "quick";

const work = WORKS[measure];
if (work) await time(work(adapter, quick));
else if (measure === "latency") await latency(quick ? 500 : 2000);
else if (measure === "first") await first(quick ? 250 : 1000);
else throw new Error(`no measure ${measure}`);

async function time({ units, warm, runs, run }: Work): Promise<void> {
  for (let count = 0; count < warm; count++) await run();
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let count = 0; count < runs; count++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    if ((await run()) === 0) throw new Error(`${name} read nothing`);
    walls.push(((performance.now() - start) * 1000) / units);
    const used = process.cpuUsage(cpu);
    cpus.push((used.user + used.system) / units);
  }
  say({ wall: middle(walls), cpu: middle(cpus) });
}

/**
 * Measures from the `enqueue` of an event to the program's callback, in the middle of events that arrive one at a time.
 */
async function latency(count: number): Promise<void> {
  const pieces = perEvent(eventsOf(count));
  const delays: number[] = [];
  let sent = 0;
  const fetch: FetchLike = async (_input, init) => {
    let at = 0;
    return answer(init, {
      async pull(controller) {
        await new Promise((resolve) => setImmediate(resolve));
        const piece = pieces[at++];
        if (!piece) return controller.close();
        sent = performance.now();
        controller.enqueue(piece);
      },
    });
  };
  await adapter.create(fetch).stream((text) => {
    if (text !== "") delays.push((performance.now() - sent) * 1000);
  });
  const half = delays.slice(delays.length / 2);
  say({ wall: middle(half), cpu: middle(half) });
}

/** Measures from the creation of a client to the first text. */
async function first(count: number): Promise<void> {
  const fetch = fetchOf(perEvent([...eventsOf(2), eventOf("", "stop")].slice(0, -1)));
  const delays: number[] = [];
  for (let at = 0; at < count; at++) {
    let seen = false;
    const start = performance.now();
    const client: Client = adapter.create(fetch);
    await client.stream((text) => {
      if (seen || text === "") return;
      seen = true;
      delays.push((performance.now() - start) * 1000);
    });
  }
  const half = delays.slice(delays.length / 2);
  say({ wall: middle(half), cpu: middle(half) });
}

function middle(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function say(result: { wall: number; cpu: number }): void {
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}
