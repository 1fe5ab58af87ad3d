/** Small servers: `fetch` functions that return real Responses with real streams, and record what happens to them. */
import { setImmediate } from "node:timers";
import { vi } from "vitest";
import { createClient, type ClientOptions, type OpenAI } from "../../src/index.ts";

/** A value whose fields tests read without declaring its type. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

const encoder = new TextEncoder();

/** A part of a body: text, bytes, silence in ms (`"hang"`: without end), or a failure. */
export type Part = string | Uint8Array | { wait: number } | { fail: unknown };

/** A body and what happened to it. */
export interface Body {
  stream: ReadableStream<Uint8Array>;
  /** The number of cancellations. */
  cancels: number;
  /** The number of pulls. */
  pulls: number;
}

/** Creates a body of these parts, each produced on demand. */
export function body(...parts: readonly Part[]): Body {
  const queue = [...parts];
  const made: Body = { cancels: 0, pulls: 0, stream: undefined as never };
  made.stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        made.pulls++;
        for (;;) {
          const part = queue.shift();
          if (part === undefined) return controller.close();
          if (part === "hang") return new Promise(() => undefined);
          if (typeof part === "object" && "wait" in part)
            await new Promise((resolve) => setTimeout(resolve, part.wait));
          else if (typeof part === "object" && "fail" in part) return controller.error(part.fail);
          else if (part.length > 0) return controller.enqueue(typeof part === "string" ? encoder.encode(part) : part);
        }
      },
      cancel() {
        made.cancels++;
      },
    },
    { highWaterMark: 0 },
  );
  return made;
}

/** Cuts bytes at these positions. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const ends = [...sorted, bytes.length];
  return ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1], end)).filter((piece) => piece.length > 0);
}

/** A request to a small server. */
export interface Seen {
  url: string;
  init: RequestInit;
  headers: Headers;
  /** Parsed if it is JSON. */
  body: unknown;
}

/**
 * A reply: a Response, a body for a stream, an error for `fetch` to reject with, silence, or a function that creates
 * one of these.
 */
export type Answer = Response | Body | Error | "hang" | ((seen: Seen) => Answer | Promise<Answer>);

/** A small server. */
export interface Server {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  seen: Seen[];
}

/** Creates a server with these answers in order. A function at the end answers all further requests. */
export function server(...answers: readonly Answer[]): Server {
  const seen: Seen[] = [];
  return {
    seen,
    fetch: (url, init) => {
      const one: Seen = {
        url,
        init,
        headers: new Headers(init.headers),
        body: typeof init.body === "string" ? parse(init.body) : init.body,
      };
      seen.push(one);
      const answer = answers[Math.min(seen.length, answers.length) - 1];
      return Promise.resolve(give(answer, one)).then(async (given) =>
        given === "hang" ? hangUntil(init.signal) : given,
      );
    },
  };
}

async function give(answer: Answer | undefined, seen: Seen): Promise<Response | "hang"> {
  if (answer === undefined) throw new Error("no answer is left");
  if (typeof answer === "function") return give(await answer(seen), seen);
  if (answer instanceof Error) throw answer;
  if (answer === "hang" || answer instanceof Response) return answer;
  return sse(answer);
}

function hangUntil(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Creates the response of an event stream. */
export function sse(from: Body | string, headers: Record<string, string> = {}): Response {
  return new Response(typeof from === "string" ? body(from).stream : from.stream, {
    headers: { "content-type": "text/event-stream", ...headers },
  });
}

/** Creates a JSON response. */
export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(typeof value === "string" ? value : JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** Creates a client over these answers, without retries unless `options` has them. */
export function clientOf(from: Server | readonly Answer[], options: ClientOptions = {}): OpenAI {
  const { fetch } = "fetch" in from ? from : server(...from);
  return createClient({ apiKey: "sk-test-0123456789", fetch, maxRetries: 0, ...options });
}

/** Returns the outcome of a promise: its value, or its error. */
export async function failure(promise: Promise<unknown>): Promise<Loose> {
  return promise.then(
    (value) => {
      throw new Error(`did not fail, gave ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** Waits for real turns of the event loop, also under fake timers. */
export async function settle(turns = 5): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** Fakes every clock that the package uses. */
export function fakeTime(): void {
  vi.useFakeTimers({
    now: 1_700_000_000_000,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance"],
  });
}

/** Advances fake time, with real turns of the event loop before and after. */
export async function pass(ms: number): Promise<void> {
  await settle();
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

/** Creates a signal that counts its listeners. */
export function countedSignal(): { controller: AbortController; signal: AbortSignal; listeners: () => number } {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set<unknown>();
  const { addEventListener: add, removeEventListener: remove } = signal;
  signal.addEventListener = (...args: unknown[]) => (
    listeners.add(args[1]),
    add.apply(signal, args as Parameters<typeof add>)
  );
  signal.removeEventListener = (...args: unknown[]) => (
    listeners.delete(args[1]),
    remove.apply(signal, args as Parameters<typeof remove>)
  );
  return { controller, signal, listeners: () => listeners.size };
}

/** Reads a stream to its end: all chunks, and the error if it fails. */
export async function readAll<T>(stream: AsyncIterable<T>): Promise<{ chunks: T[]; error: Loose }> {
  const chunks: T[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return { chunks, error };
  }
  return { chunks, error: undefined };
}
