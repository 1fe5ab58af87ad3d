import { PIECES, type Result, type Selection } from "../conformance/case.ts";
import type { Remote } from "./remote.ts";

/** Where a browser runs the suite: in the page, in a module worker, in a service worker that is a classic script. */
export const SCOPES = ["page", "worker", "service"] as const;

export type Scope = (typeof SCOPES)[number];

/** What the page has to tell since it was last asked. */
export interface News {
  readonly results: readonly (readonly [Scope, Result])[];
  /** Why a scope went no further. */
  readonly broken: readonly (readonly [Scope, string])[];
  /** Whether any scope is still at work. */
  readonly running: boolean;
}

/** A page that runs the suite in each of its scopes, as the program that drives the browser sees it. */
export interface Driven {
  /** @param servers a fault server's origin for each scope; the workers leave out what {@link inWorkers} does */
  start(servers: Readonly<Record<Scope, string>>, selection: Selection): void;
  /** Waits a moment for news. */
  news(): Promise<News>;
}

type Post = (message: object, port: MessagePort) => void;
type RunNth = (n: number) => Promise<Result>;

/** Longer than any case may take, its second attempt included. */
const NO_ANSWER = 150_000;
const MOMENT = 250;

/** What the page's script gives to the browser's driver. All scopes work at the same time, each one case after the other. */
export function driven(suite: Remote): Driven {
  let results: [Scope, Result][] = [];
  let broken: [Scope, string][] = [];
  let running = 0;
  const work = async (scope: Scope, open: () => Promise<RunNth>, selection: Selection): Promise<void> => {
    running++;
    const count = suite.count(selection);
    try {
      const run = await open();
      for (let n = 0; n < count; n++) {
        const result = await answered(run(n), `run ${n} of ${count}`);
        results.push([scope, result]);
      }
    } catch (error) {
      broken.push([scope, String(error)]);
    }
    running--;
  };
  return {
    start(servers, selection) {
      const narrow = inWorkers(selection);
      const at =
        (scope: Scope, post: Post): RunNth =>
        (n) =>
          asked(post, { n, selection: narrow, server: servers[scope] });
      void work("page", async () => (n) => suite.run(n, servers.page, selection), selection);
      void work("worker", async () => at("worker", await openWorker()), narrow);
      void work("service", async () => at("service", await openServiceWorker()), narrow);
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

/** Every case, but none byte by byte: in a browser that costs more than all the rest, and the page does it. */
export function inWorkers(selection: Selection): Selection {
  return { ...selection, pieces: (selection.pieces ?? PIECES).filter((pieces) => pieces !== 1) };
}

async function openWorker(): Promise<Post> {
  const worker = new Worker("/worker.js", { type: "module" });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(new Error(`the worker does not start: ${event.message}`));
  });
  // It tells of itself once it has been loaded.
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
  /** A service worker's events have it: it lives until the promise has settled. */
  waitUntil?(running: Promise<unknown>): void;
}

/** What a worker's script does, of either kind: runs what it is asked for, and answers through the port that came with it. */
export function obey(suite: Remote): void {
  const scope = globalThis as unknown as EventTarget & { postMessage?(message: unknown): void };
  scope.addEventListener("message", (event) => {
    const { data, ports, waitUntil } = event as unknown as Asked;
    const running = suite.run(data.n, data.server, data.selection).then((result) => ports[0]?.postMessage(result));
    waitUntil?.call(event, running);
  });
  scope.postMessage?.("loaded");
}
