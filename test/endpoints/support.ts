import { afterEach, expect } from "vitest";
import { type ClientOptions, createClient, type OpenAI } from "../../src/index.ts";
import { createMockAPI, type MockAPI, type MockAPIOptions } from "../../src/testing/index.ts";
import { requestFaults } from "../support/openapi.ts";

const open: MockAPI[] = [];

/** Models for endpoints without a default at OpenAI. */
export const NAMED = { completion: "base-model", speech: "gpt-4o-mini-tts", translation: "whisper-1" } as const;

// Every request of a test must be valid by OpenAI's API description.
afterEach(() => {
  const faults = open.splice(0).flatMap((mock) => mock.requests.flatMap((request) => requestFaults(request) ?? []));
  expect(faults).toEqual([]);
});

/** Creates a client and its mock API. */
export function setUp(
  options: ClientOptions = {},
  mockOptions: MockAPIOptions = {},
): { client: OpenAI; mock: MockAPI } {
  const mock = createMockAPI({ pace: "instant", ...mockOptions });
  open.push(mock);
  return { mock, client: createClient({ apiKey: "sk-test", fetch: mock.fetch, ...options }) };
}

/** Returns the body of the last request. */
export function lastBody(mock: MockAPI): unknown {
  return mock.requests.at(-1)?.body;
}

/** Returns all items of an iterable. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Returns the error of a promise. */
export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error("It did not fail");
}

/** Creates a stream of pieces that records its cancellation. */
export function streamOf(pieces: readonly unknown[]): {
  stream: ReadableStream<Uint8Array>;
  state: { cancelled: boolean; pulls: number };
} {
  const state = { cancelled: false, pulls: 0 };
  const left = [...pieces];
  const stream = new ReadableStream<unknown>(
    {
      pull: (controller) => {
        state.pulls += 1;
        const piece = left.shift();
        if (piece instanceof Error) controller.error(piece);
        else if (piece === undefined) controller.close();
        else controller.enqueue(typeof piece === "string" ? new TextEncoder().encode(piece) : piece);
      },
      cancel: () => {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream: stream as ReadableStream<Uint8Array>, state };
}
