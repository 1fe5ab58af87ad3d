/**
 * A process with --expose-gc: the memory that one long stream keeps per delta, beyond the answer's own characters.
 * Prints `{ kept }` in bytes.
 */
import { type AdapterName, type FetchLike, loadAdapter } from "../lib/adapter.ts";
import { answer, eventOf, word } from "../lib/source.ts";

const [name, deltas] = [process.argv[2] as AdapterName, Number(process.argv[3])];
const adapter = await loadAdapter(name);
const encoder = new TextEncoder();
const events = Array.from({ length: 10 }, (_, at) => encoder.encode(eventOf(word(at))));
const FIRST = Math.round(deltas / 10);
let seen = 0;
let characters = 0;
let before = { used: 0, characters: 0, seen: 0 };

const fetch: FetchLike = async (_input, init) => {
  let at = 0;
  return answer(init, {
    pull(controller) {
      const ending = at - deltas;
      if (ending < 0) controller.enqueue(events[at % 10]!);
      else if (ending === 0) controller.enqueue(encoder.encode(`${eventOf("", "stop")}data: [DONE]\n\n`));
      else controller.close();
      at++;
    },
  });
};

const used = (): number => {
  gc!();
  gc!();
  return process.memoryUsage().heapUsed;
};

let kept = NaN;
await adapter.create(fetch).stream((text) => {
  if (text === "") return;
  seen++;
  characters += text.length;
  if (seen === FIRST) before = { used: used(), characters, seen };
  if (seen === deltas) kept = (used() - before.used - (characters - before.characters)) / (seen - before.seen);
});
process.stdout.write(JSON.stringify({ kept: Math.max(0, kept) }), () => process.exit(0));
