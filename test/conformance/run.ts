import {
  type ConformanceCase,
  type Context,
  type Fetchat,
  type Limits,
  piecesOf,
  type Pieces,
  type Result,
  type Script,
  type Selection,
  type Testing,
} from "./case.ts";
import { show } from "./expect.ts";
import type { Exchange, Reply } from "../support/script.ts";

/** The parts of a runtime that the suite needs. */
export interface World {
  readonly fetchat: Fetchat;
  readonly testing: Testing;
  /** The origin of the fault server. */
  readonly server: string;
  /** Listens for unhandled rejections. Returns a function that stops listening. */
  readonly onUnhandled?: ((seen: (reason: unknown) => void) => () => void) | undefined;
  /**
   * The time limits of cases about silence. Default: 2500 ms for headers, 1200 for content, 1500 after a finish reason.
   */
  readonly limits?: Limits | undefined;
  /** The factor for all time limits. Default 1. */
  readonly patience?: number | undefined;
}

const LIMITS: Limits = { headers: 2_500, firstContent: 1_200, idle: 1_200, grace: 1_500 };
const TIMEOUT = 5_000;
const LEAVING = 2_000;

/** A failure within these milliseconds is not caused by a slow machine. */
const SOON = 1_000;
const PATIENCE = 4;

/** A case with one chunk size. */
export interface Run {
  readonly test: ConformanceCase;
  readonly pieces: Pieces;
}

/** Returns all runs of the cases in order, or those of a selection. */
export function runsOf(
  cases: readonly ConformanceCase[],
  { word = "", names, pieces: cuts, deadline }: Selection = {},
): Run[] {
  const chosen = cases.filter(({ name }) => name.includes(word) && (names?.includes(name) ?? true));
  return chosen.flatMap((test) => {
    const limited = deadline === undefined ? test : { ...test, timeout: deadline };
    return piecesOf(test)
      .filter((pieces) => cuts?.includes(pieces) ?? true)
      .map((pieces) => ({ test: limited, pieces }));
  });
}

/** The numbers of runs that are performed one after the other. */
export type Lane = readonly number[];

/**
 * Deals out runs to lanes: the first has the runs that compute, the others those that wait for a time limit. All lanes
 * are performed at the same time, so that a wait does not leave the processor idle.
 *
 * @param waiting the number of lanes for runs that wait
 */
export function lanesOf(runs: readonly Run[], waiting: number): Lane[] {
  const waits = (n: number): boolean => runs[n]?.test.waits === true;
  const numbers = runs.map((_, n) => n);
  if (waiting === 0) return [numbers];
  const long = numbers.filter(waits);
  const lanes = Array.from({ length: waiting }, (_, lane) => long.filter((_, at) => at % waiting === lane));
  return [numbers.filter((n) => !waits(n)), ...lanes];
}

/** Performs the runs of all lanes. Rejects with the first fault. */
export async function inLanes(
  lanes: readonly Lane[],
  perform: (n: number, lane: number) => Promise<void>,
): Promise<void> {
  const work = async (lane: Lane, at: number): Promise<void> => {
    for (const n of lane) await perform(n, at);
  };
  await Promise.all(lanes.map(work));
}

/**
 * Runs one case and never rejects. A late failure may come from a slow machine, because all limits of the cases are a
 * second or longer: the case then runs again with four times the time, and the result says so.
 */
export async function runPatiently(run: Run, world: World): Promise<Result> {
  const first = await runCase(run, world);
  if (first.ok || first.ms < SOON) return first;
  const second = await runCase(run, { ...world, patience: PATIENCE });
  return { ...second, late: first.error ?? "" };
}

/** Runs one case once and never rejects. An unhandled rejection during the case, or just after it, is a failure. */
export async function runCase({ test, pieces }: Run, world: World): Promise<Result> {
  const start = Date.now();
  const unhandled: unknown[] = [];
  const stop = (world.onUnhandled ?? listenForRejections)((reason) => unhandled.push(reason));
  let error: string | undefined;
  try {
    await deadline(test.run(contextOf(world, pieces)), (test.timeout ?? TIMEOUT) * (world.patience ?? 1));
    // Browsers report an unhandled rejection some tasks later.
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
  const frames = (thrown.stack ?? "")
    .split("\n")
    .filter((line) => /^\s*at |@/.test(line))
    .slice(0, 6);
  const cause = thrown.cause === undefined ? [] : [`  cause: ${show(thrown.cause)}`];
  return [`${thrown.name}: ${thrown.message}`, ...cause, ...(thrown.name === "Unmet" ? [] : frames)].join("\n");
}

/** Listens for the standard event. Node and Bun use `onUnhandled` instead. */
function listenForRejections(seen: (reason: unknown) => void): () => void {
  const listen = (event: Event): void => {
    event.preventDefault();
    seen((event as Event & { reason?: unknown }).reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  return () => globalThis.removeEventListener("unhandledrejection", listen);
}

function contextOf(world: World, pieces: Pieces): Context {
  const { patience = 1 } = world;
  const context: Context = {
    fetchat: world.fetchat,
    testing: world.testing,
    server: world.server,
    pieces,
    limits: longer(world.limits ?? LIMITS, patience),
    fetch: (url, init) => fetch(url, init),
    script: (...replies) => leaveScript(world.server, { pieces, replies }, LEAVING * patience),
    client: (script, options) =>
      world.fetchat.createClient({
        apiKey: "sk-test",
        baseURL: script.baseURL,
        model: "gpt-6-luna",
        maxRetries: 0,
        ...options,
      }),
    async talk(...replies) {
      const script = await context.script(...replies);
      return { script, client: context.client(script) };
    },
  };
  return context;
}

function longer(limits: Limits, times: number): Limits {
  return Object.fromEntries(
    Object.entries(limits).map(([name, limit]: [string, number]) => [name, limit * times]),
  ) as unknown as Limits;
}

async function leaveScript(
  server: string,
  said: { pieces: Pieces; replies: Reply[] },
  leaving: number,
): Promise<Script> {
  const response = await fetch(`${server}/script`, { method: "POST", body: JSON.stringify(said) });
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
    left: async (milliseconds = leaving) => (await log(`?left=${milliseconds}`)).at(-1)!,
  };
}
