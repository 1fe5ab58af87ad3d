/** Run as a process: one adapter, one measure of speed. Prints `{ wall, cpu }` in microseconds a unit. */
import { type AdapterName, type Client, type FetchLike, loadAdapter } from "../lib/adapter.ts";
import { answer, eventOf, eventsOf, fetchOf, inPieces, perEvent } from "../lib/source.ts";

/** What a measure runs and how many units one run has. */
interface Measure {
  readonly units: number;
  readonly warm: number;
  readonly runs: number;
  run(): Promise<void>;
}

const [name, measure, quick] = process.argv.slice(2) as [AdapterName, string, string | undefined];
const adapter = await loadAdapter(name);
const share = quick ? 0.25 : 1;
let characters = 0;
const onText = (text: string): void => {
  characters += text.length;
};

const measures: Readonly<Record<string, () => Measure>> = {
  "event": () => streamed(20_000, perEvent),
  "16k": () => streamed(20_000, (events) => inPieces(events, 16_384)),
  "byte": () => streamed(400, (events) => inPieces(events, 1)),
  "mega": () => streamed(8, (events) => inPieces(events, 65_536), () => "0123456789abcdef".repeat(65_536)),
  "short": () => short(Math.round(2000 * share)),
  "chat": () => whole(Math.round(2000 * share)),
};

const make = measures[measure];
if (make) await time(make());
else if (measure === "latency") await latency(Math.round(2000 * share));
else if (measure === "first") await first(Math.round(1000 * share));
else throw new Error(`no measure ${measure}`);

async function time({ units, warm, runs, run }: Measure): Promise<void> {
  for (let count = 0; count < warm; count++) await run();
  const walls: number[] = [];
  const cpus: number[] = [];
  for (let count = 0; count < runs; count++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await run();
    walls.push(((performance.now() - start) * 1000) / units);
    const used = process.cpuUsage(cpu);
    cpus.push((used.user + used.system) / units);
  }
  if (characters === 0) throw new Error(`${name} read nothing`);
  say({ wall: middle(walls), cpu: middle(cpus) });
}

function streamed(units: number, cut: (events: readonly string[]) => Uint8Array[], content?: (at: number) => string): Measure {
  const client = adapter.create(fetchOf(cut(eventsOf(units, content))));
  return { units, warm: quick ? 2 : 5, runs: quick ? 3 : 9, run: () => client.stream(onText) };
}

/** Replies of ten deltas, each by a new client. */
function short(units: number): Measure {
  const fetch = fetchOf(perEvent(eventsOf(10)));
  const run = async (): Promise<void> => {
    for (let count = 0; count < units; count++) await adapter.create(fetch).stream(onText);
  };
  return { units, warm: 1, runs: 3, run };
}

/** Over loopback, to a server in another process. */
function whole(units: number): Measure {
  const client = adapter.create((input, init) => fetch(input, init));
  const run = async (): Promise<void> => {
    for (let count = 0; count < units; count++) characters += (await client.chat!()).length;
  };
  return { units, warm: 1, runs: 3, run };
}

/** From an event's `enqueue` to the program's callback, in the middle of events that come one at a time. */
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

/** From making a client to the first text; the answer is left to end. */
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
