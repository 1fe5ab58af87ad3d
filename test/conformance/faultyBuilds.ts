import type { OpenAI } from "../../src/index.ts";

/** The options that a faulty build replaces. */
type Options = { fetch?: FetchFunction | undefined } | undefined;
type FetchFunction = (url: string, init: RequestInit) => Promise<Response>;

/** A fault of a build. */
export interface Fault {
  /** The cases that must fail with it, on every runtime. */
  readonly cases: readonly string[];
  /** Wraps the `fetch` that the package uses. */
  readonly fetch?: (fetch: FetchFunction) => FetchFunction;
  /** Changes the client that the package creates. */
  readonly client?: (client: OpenAI) => OpenAI;
}

/** The faults that every runtime must detect, by name. */
export const faults: Readonly<Record<string, Fault>> = {
  "drop the last event": {
    cases: [
      "a streamed chat yields each delta, and then the whole completion",
      "length is a good ending of a stream",
      "a streamed response yields every event of the API, and the whole response that is stored",
    ],
    fetch: (fetch) => async (url, init) => {
      const response = await fetch(url, init);
      const events = (await response.text()).split(/(?<=(?:\r\n|\n|\r){2})/);
      const last = events.findLastIndex((event) => event.startsWith("data: {") || event.startsWith("event: "));
      return new Response(events.toSpliced(last, 1).join(""), response);
    },
  },
  "ignore the abort": {
    cases: [
      "an abort in the middle ends the stream as aborted, and stops the request at the server",
      "an abort while the server is silent stops the request at the server",
      "an abort before the headers rejects as an abort",
    ],
    client(client) {
      for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(client))) {
        const method = Reflect.get(client, name) as unknown;
        if (typeof method !== "function" || name === "constructor") continue;
        Reflect.set(client, name, (...args: unknown[]) => method.apply(client, args.map(withoutSignal)) as unknown);
      }
      return client;
    },
  },
  "send the key to a redirect's target": {
    cases: [301, 302, 303, 307, 308].map(
      (status) => `a redirect by ${status} is refused, and no header goes to its target`,
    ),
    fetch: (fetch) => (url, init) => fetch(url, { ...init, redirect: "follow" }),
  },
};

function withoutSignal(value: unknown): unknown {
  return typeof value === "object" && value !== null && "signal" in value ? { ...value, signal: undefined } : value;
}

/** Returns options with the fault's `fetch`. */
export function faultyOptions<O extends Options>(name: string, options: O): O {
  const own = options?.fetch ?? ((url: string, init: RequestInit) => fetch(url, init));
  return { ...options, fetch: faults[name]?.fetch?.(own) ?? own };
}

/** Returns a client with the fault in its methods. */
export function faultyClient(name: string, client: OpenAI): OpenAI {
  return faults[name]?.client?.(client) ?? client;
}
