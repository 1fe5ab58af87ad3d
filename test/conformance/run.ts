import { type ConformanceCase, type Context, type Fetchat, type Limits, piecesOf, type Pieces, type Result, type Script, type Testing } from "./case.ts";
import { show } from "./expect.ts";
import type { Exchange, Reply } from "../support/script.ts";

/** What a runtime brings to the suite. */
export interface World {
  readonly fetchat: Fetchat;
  readonly testing: Testing;
  /** The fault server's origin. */
  readonly server: string;
  /** Listens for unhandled rejections; returns what ends the listening. */
  readonly onUnhandled?: ((seen: (reason: unknown) => void) => () => void) | undefined;
  /** What cases about silence wait; 400 ms, and 60 after a finish reason, if not given. */
  readonly limits?: Limits | undefined;
}

const LIMITS: Limits = { headers: 2_500, firstContent: 1_200, idle: 1_200, grace: 1_500 };

/** One thing to run: a case, cut in one way. */
export interface Run {
  readonly test: ConformanceCase;
  readonly pieces: Pieces;
}

/** Every run of the cases, in order; with `only`, those whose name contains it. */
export function runsOf(cases: readonly ConformanceCase[], only?: string | null): Run[] {
  const chosen = cases.filter((test) => !only || test.name.includes(only));
  return chosen.flatMap((test) => piecesOf(test).map((pieces) => ({ test, pieces })));
}

/** Runs one case; never rejects. An unhandled rejection while it ran, or just after, is its failure. */
export async function runCase({ test, pieces }: Run, world: World): Promise<Result> {
  const start = Date.now();
  const unhandled: unknown[] = [];
  const stop = (world.onUnhandled ?? listenForRejections)((reason) => unhandled.push(reason));
  let error: string | undefined;
  try {
    await deadline(test.run(contextOf(world, pieces)), test.timeout ?? 5000);
    // Browsers tell of an unhandled rejection some tasks later.
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (unhandled.length > 0) error = `unhandled rejection: ${unhandled.map(show).join("; ")}`;
  } catch (thrown) {
    error = describe(thrown);
  } finally {
    stop();
  }
  const result = { case: test.name, pieces, ms: Date.now() - start };
  return error === undefined ? { ...result, ok: true } : { ...result, ok: false, error };
}

async function deadline(running: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the case did not end within ${milliseconds} ms`)), milliseconds);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return show(thrown);
  const frames = (thrown.stack ?? "").split("\n").filter((line) => /^\s*at |@/.test(line)).slice(0, 6);
  const cause = thrown.cause === undefined ? [] : [`  cause: ${show(thrown.cause)}`];
  return [`${thrown.name}: ${thrown.message}`, ...cause, ...(thrown.name === "Unmet" ? [] : frames)].join("\n");
}

/** The standard event, on every runtime that has it; Node and Bun hand `onUnhandled` instead. */
function listenForRejections(seen: (reason: unknown) => void): () => void {
  const listen = (event: Event): void => {
    event.preventDefault();
    seen((event as Event & { reason?: unknown }).reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  return () => globalThis.removeEventListener("unhandledrejection", listen);
}

function contextOf(world: World, pieces: Pieces): Context {
  const context: Context = {
    fetchat: world.fetchat,
    testing: world.testing,
    server: world.server,
    pieces,
    limits: world.limits ?? LIMITS,
    fetch: (url, init) => fetch(url, init),
    script: (...replies) => leaveScript(world.server, pieces, replies),
    client: (script, options) =>
      world.fetchat.createClient({ apiKey: "sk-test", baseURL: script.baseURL, model: "gpt-5-mini", maxRetries: 0, ...options }),
    async talk(...replies) {
      const script = await context.script(...replies);
      return { script, client: context.client(script) };
    },
  };
  return context;
}

async function leaveScript(server: string, pieces: Pieces, replies: Reply[]): Promise<Script> {
  const response = await fetch(`${server}/script`, { method: "POST", body: JSON.stringify({ pieces, replies }) });
  const { id } = (await response.json()) as { id: string };
  const log = async (query = ""): Promise<Exchange[]> => {
    const answer = await fetch(`${server}/s/${id}/log${query}`);
    const body = (await answer.json()) as { exchanges: Exchange[]; error?: string };
    if (body.error !== undefined) throw new Error(body.error);
    return body.exchanges;
  };
  return {
    baseURL: `${server}/s/${id}/v1`,
    exchanges: async () => (await log()).filter((exchange) => exchange.method !== "OPTIONS"),
    preflights: async () => (await log()).filter((exchange) => exchange.method === "OPTIONS"),
    left: async (milliseconds = 2000) => (await log(`?left=${milliseconds}`)).at(-1)!,
  };
}
