/** The work of the speed measures, for any runtime. The caller has the clocks. */
import type { Adapter, Client } from "./adapter.ts";
import { callEventsOf, eventsOf, fetchOf, inPieces, perEvent, responseEventsOf } from "./source.ts";

/** One run of a measure. */
export interface Work {
  /** The number of units in a run. */
  readonly units: number;
  /** The number of unmeasured and measured runs, if the caller can time a single run. */
  readonly warm: number;
  readonly runs: number;
  /** Resolves to the number of characters that were read. */
  run(): Promise<number>;
}

/** The work of each measure, in quick or full form. */
export const WORKS: Readonly<Record<string, (adapter: Adapter, quick: boolean) => Work>> = {
  event: (adapter, quick) => streamed(adapter, quick, 20_000, perEvent),
  "16k": (adapter, quick) => streamed(adapter, quick, 20_000, (events) => inPieces(events, 16_384)),
  byte: (adapter, quick) => streamed(adapter, quick, 400, (events) => inPieces(events, 1)),
  mega: (adapter, quick) =>
    streamed(
      adapter,
      quick,
      8,
      (events) => inPieces(events, 65_536),
      () => "0123456789abcdef".repeat(65_536),
    ),
  reply20: (adapter, quick) => replies(adapter, quick, 20),
  reply50: (adapter, quick) => replies(adapter, quick, 50),
  reply100: (adapter, quick) => replies(adapter, quick, 100),
  reply500: (adapter, quick) => replies(adapter, quick, 500),
  reply5000: (adapter, quick) => replies(adapter, quick, 5000),
  arguments: (adapter, quick) => replies(adapter, quick, 500, callEventsOf, "calls"),
  responses: (adapter, quick) => replies(adapter, quick, 500, responseEventsOf, "responses"),
  chat: whole,
};

/** Runs one stream with one client for all runs. */
function streamed(
  adapter: Adapter,
  quick: boolean,
  units: number,
  cut: (events: readonly string[]) => Uint8Array[],
  content?: (at: number) => string,
): Work {
  const client = adapter.create(fetchOf(cut(eventsOf(units, content))));
  const run = async (): Promise<number> => {
    let characters = 0;
    await client.stream((text) => (characters += text.length));
    return characters;
  };
  return { units, warm: quick ? 2 : 5, runs: quick ? 3 : 9, run };
}

/** Runs replies with a new client each, one event per chunk. */
function replies(
  adapter: Adapter,
  quick: boolean,
  deltas: number,
  events: (deltas: number) => string[] = eventsOf,
  how: "stream" | "calls" | "responses" = "stream",
): Work {
  const count = Math.ceil((quick ? 10_000 : 40_000) / deltas);
  const fetch = fetchOf(perEvent(events(deltas)));
  const read = (client: Client, onText: (text: string) => void): Promise<void> | undefined => client[how]?.(onText);
  const run = async (): Promise<number> => {
    let characters = 0;
    for (let done = 0; done < count; done++) await read(adapter.create(fetch), (text) => (characters += text.length));
    return characters;
  };
  return { units: count * deltas, warm: quick ? 2 : 4, runs: quick ? 3 : 9, run };
}

/** Runs whole answers over loopback, from a server in another process. */
function whole(adapter: Adapter, quick: boolean): Work {
  const units = quick ? 500 : 2000;
  const client = adapter.create((input, init) => fetch(input, init));
  const run = async (): Promise<number> => {
    let characters = 0;
    for (let count = 0; count < units; count++) characters += (await client.chat!()).length;
    return characters;
  };
  return { units, warm: 1, runs: 3, run };
}
