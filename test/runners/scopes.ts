import { PIECES, type Result, type Selection } from "../conformance/case.ts";
import { inLanes } from "../conformance/run.ts";
import type { Remote } from "./remote.ts";

/** The scopes of a browser: the page, a module worker, and a service worker with a classic script. */
export const SCOPES = ["page", "worker", "service"] as const;

export type Scope = (typeof SCOPES)[number];

/** The results since the last call. */
export interface News {
  readonly results: readonly (readonly [Scope, Result])[];
  /** The reasons why scopes stopped. */
  readonly broken: readonly (readonly [Scope, string])[];
  /** True while any scope is running. */
  readonly running: boolean;
}

/** A page that runs the suite in each of its scopes, for the program that drives the browser. */
export interface Driven {
  /**
   * Starts the suite; the workers leave out the runs that {@link inWorkers} removes.
   *
   * @param servers the fault server's origins for each scope, one for each lane: a browser opens few connections to an
   *   origin
   */
  start(servers: Readonly<Record<Scope, Origins>>, selection: Selection): void;
  /** Waits briefly for results. */
  news(): Promise<News>;
}

type Post = (message: object, port: MessagePort) => void;
type Origins = readonly string[];
type RunNth = (n: number, server: string) => Promise<Result>;

/** Longer than any case may take with its second attempt. */
const NO_ANSWER = 150_000;
const MOMENT = 250;

/**
 * Creates the object that the page offers to the browser's driver. The scopes run in parallel, each one case at a time, and one that waits for each
 * further origin.
 */
export function driven(suite: Remote): Driven {
  let results: [Scope, Result][] = [];
  let broken: [Scope, string][] = [];
  let running = 0;
  const work = async (
    scope: Scope,
    open: () => Promise<RunNth>,
    selection: Selection,
    servers: Origins,
  ): Promise<void> => {
    running++;
    try {
      const run = await open();
      await inLanes(suite.lanes(selection, servers.length - 1), async (n, lane) => {
        const result = await answered(run(n, servers[lane]!), `run ${n}`);
        results.push([scope, result]);
      });
    } catch (error) {
      broken.push([scope, String(error)]);
    }
    running--;
  };
  return {
    start(servers, selection) {
      const narrow = inWorkers(selection);
      const through =
        (post: Post): RunNth =>
        (n, server) =>
          asked(post, { n, selection: narrow, server });
      void work("page", async () => (n, server) => suite.run(n, server, selection), selection, servers.page);
      void work("worker", async () => through(await openWorker()), narrow, servers.worker);
      void work("service", async () => through(await openServiceWorker()), narrow, servers.service);
    },
    async news() {
      await new Promise((resolve) => setTimeout(resolve, MOMENT));
      const told = { results, broken, running: running > 0 };
      results = [];
      broken = [];
      return told;
    },
  };
}

/** Removes the runs with chunks of one byte, which cost more than all others in a browser; the page runs them. */
export function inWorkers(selection: Selection): Selection {
  return { ...selection, pieces: (selection.pieces ?? PIECES).filter((pieces) => pieces !== 1) };
}

async function openWorker(): Promise<Post> {
  const worker = new Worker("/worker.js", { type: "module" });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(`the worker does not start: ${event.message}`));
  });
  // The script announces itself when it has loaded.
  const loaded = new Promise<void>((resolve) => {
    worker.onmessage = () => resolve();
  });
  await answered(Promise.race([loaded, failed]), "the worker");
  worker.onerror = null;
  failed.catch(() => undefined);
  return (message, port) => worker.postMessage(message, [port]);
}

async function openServiceWorker(): Promise<Post> {
  await navigator.serviceWorker.register("/service.js");
  const { active } = await answered(navigator.serviceWorker.ready, "the service worker");
  return (message, port) => active!.postMessage(message, [port]);
}

function asked(post: Post, message: object): Promise<Result> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => {
      port1.close();
      resolve(data as Result);
    };
    post(message, port2);
  });
}

async function answered<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer from ${what} within ${NO_ANSWER} ms`)), NO_ANSWER);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Asked {
  readonly data: { readonly n: number; readonly selection: Selection; readonly server: string };
  readonly ports: readonly MessagePort[];
  /** Keeps a service worker alive until the promise has settled. */
  waitUntil?(running: Promise<unknown>): void;
}

/** Runs the suite in a worker: executes the requested runs and answers through the port of the request. */
export function obey(suite: Remote): void {
  const scope = globalThis as unknown as EventTarget & { postMessage?(message: unknown): void };
  scope.addEventListener("message", (event) => {
    const { data, ports, waitUntil } = event as unknown as Asked;
    const running = suite.run(data.n, data.server, data.selection).then((result) => ports[0]?.postMessage(result));
    waitUntil?.call(event, running);
  });
  scope.postMessage?.("loaded");
}
