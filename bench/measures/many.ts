/**
 * A process with --expose-gc: many streams at once, each of 20 deltas that arrive one at a time. Prints `{ cpu, memory
 * }` per stream in µs and bytes.
 */
import { type AdapterName, type FetchLike, loadAdapter } from "../lib/adapter.ts";
import { answer, eventsOf, perEvent } from "../lib/source.ts";

const [name, streams] = [process.argv[2] as AdapterName, Number(process.argv[3])];
const adapter = await loadAdapter(name);
const pieces = perEvent(eventsOf(20));
const controllers = new Set<ReadableStreamDefaultController<Uint8Array>>();
const fetch: FetchLike = async (_input, init) =>
  answer(init, { start: (controller) => void controllers.add(controller) });

const client = adapter.create(fetch);
let characters = 0;
const run = async (count: number): Promise<number> => {
  gc!();
  const start = resident();
  const all = Array.from({ length: count }, () => client.stream((text) => (characters += text.length)));
  while (controllers.size < count) await new Promise((resolve) => setImmediate(resolve));
  let memory = 0;
  for (const [at, piece] of pieces.entries()) {
    for (const controller of controllers) if (!still(() => controller.enqueue(piece))) controllers.delete(controller);
    await new Promise((resolve) => setImmediate(resolve));
    if (at === 10) {
      gc!();
      memory = (resident() - start) / count;
    }
  }
  for (const controller of controllers) still(() => controller.close());
  controllers.clear();
  await Promise.all(all);
  return memory;
};
/** Returns true while the stream is still being read: many clients stop after `[DONE]`. */
const still = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch {
    return false;
  }
};
const resident = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;

await run(200);
const cpu = process.cpuUsage();
const memory = await run(streams);
const used = process.cpuUsage(cpu);
process.stdout.write(JSON.stringify({ cpu: (used.user + used.system) / streams, memory }), () => process.exit(0));
