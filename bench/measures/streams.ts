/**
 * Short streams through one client, with counts of everything that could leak: timers, listeners, requests. For any
 * runtime.
 */
import { createClient } from "fetchat";
import { answer, eventsOf, perEvent } from "../lib/source.ts";

const AT_ONCE = 64;
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
  const timer = count(
    set(() => {
      pending.delete(timer);
      run();
    }, ms),
  );
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

/** Returns a signal with many listeners, like that of a server's shutdown: a listener that stays is a leak. */
function sharedSignal(): AbortSignal {
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  }) as typeof addEventListener;
  signal.removeEventListener = ((...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  }) as typeof removeEventListener;
  return signal;
}

/** Returns what is still open, and the number of timers ever created. */
export function left(): { timers: number; timersMade: number; listeners: number; open: number } {
  return { timers: pending.size, timersMade: timers, listeners, open };
}

/** Waits with a timer that is not counted. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void set(resolve, ms));
}

async function one(at: number, signal: AbortSignal): Promise<void> {
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

/**
 * Runs concurrent streams.
 *
 * @param after called with the number of streams that have ended
 */
export async function run(from: number, to: number, after: (ended: number) => boolean = () => true): Promise<void> {
  const signal = sharedSignal();
  let next = from;
  let ended = from;
  const worker = async (): Promise<void> => {
    while (next < to) {
      await one(next++, signal);
      if (!after(++ended)) next = to;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
