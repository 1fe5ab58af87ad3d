import { readable, shown } from "../options.ts";
import { defined } from "../wire/read.ts";
import { abortError, InputError, isInputError } from "../errors.ts";
import { resolveTimeouts } from "../http/timeouts.ts";
import type { RequestOptions } from "../http/connection.ts";
import type { ToolCall } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";
import { checkSpent } from "../check/saved.ts";
import { note } from "../conversation/approval.ts";
import type { Approval, ApprovalRequest, CallNote, CallNotes } from "../conversation/approval.ts";
import { checkBudget, checkBudgetFields } from "../conversation/budget.ts";
import type { Budget, Spent } from "../conversation/budget.ts";
import { runTurn } from "./turnGenerator.ts";
import type { Account, AnyStep, StreamOf, TurnEnding, TurnEventOf, TurnTask, TurnWatcher } from "./turnGenerator.ts";
import { TurnQueue } from "../conversation/turnQueue.ts";
import { TurnStream } from "./turnStream.ts";
import type { FrameWriter } from "./turnStream.ts";

export type { TurnWatcher } from "./turnGenerator.ts";

/** What a session is told about its turns, besides params. */
export interface SessionLimits<Saved> {
  /** How many requests a turn may take. Default 8. */
  maxSteps?: number | undefined;
  /** How many calls of one answer may run at a time. Default 5. */
  maxParallelTools?: number | undefined;
  /** What the session may spend in all its turns. A turn that reaches a limit ends with `budget` and what there is. Default: no limit. */
  budget?: Budget | undefined;
  /** Decides on calls of tools with `needsApproval`. Left out, or where it gives `undefined`, the call waits and the turn ends with `approval`. */
  onApproval?: ((request: ApprovalRequest) => Approval | Promise<Approval>) | undefined;
  /** Keeps the session as it stands: before a call begins, after each result, and at a turn's end. It is waited for; what it throws fails the turn. */
  save?: ((saved: Saved) => unknown) | undefined;
}

/** What of a turn that was paused is needed to go on. */
export interface PausedTurn<Params, U> {
  /** The requests that it took so far. */
  steps: number;
  /** Tokens used so far. */
  usage?: U | undefined;
  /** Its own params. */
  params?: Params | undefined;
}

/** A session, as its turns see it. */
export interface TurnHost<Saved, Whole, U> extends Account<U> {
  readonly tools: readonly object[] | undefined;
  readonly maxSteps: number;
  readonly maxParallelTools: number;
  readonly onApproval: SessionLimits<Saved>["onApproval"];
  readonly save: SessionLimits<Saved>["save"];
  lastTurn: Whole | undefined;
  toJSON(): Saved;
}

/** What a turn tells of itself. */
export interface AnyTurn<U> {
  readonly ending: TurnEnding;
  readonly usage: U | undefined;
  readonly steps: readonly unknown[];
}

/** One turn as a session sets it up, once its place in the queue has come. */
export interface TurnSetup<Chunk, Answer extends object, OneStep extends AnyStep, U extends object, Whole> {
  readonly task: TurnTask<Chunk, Answer, OneStep, U, Whole>;
  /** `false`: the turn leaves no trace. */
  readonly append: boolean;
  /** Whether the turn says something new: it does not go on with one that was paused. */
  readonly isNew: boolean;
  /** Its own params. */
  readonly params: object | undefined;
  readonly restarts: boolean;
  /** Takes out again what was said, and the results of calls that were left without a yes. */
  takeBack(declined: readonly ToolCall[]): void;
  /** Called when the turn is over. */
  finish?: (() => void) | undefined;
}

/** Runs a session's turns, one at a time, and knows which calls wait for a yes. */
export class TurnRunner<
  Chunk,
  Answer extends object,
  OneStep extends AnyStep,
  U extends object,
  Whole extends AnyTurn<U>,
  Saved,
> {
  /** What is known of the last answer's calls. */
  readonly notes: CallNotes = new Map();
  /** The turn that was paused, if one was. */
  paused: PausedTurn<object, U> | undefined;
  readonly #session: TurnHost<Saved, Whole, U>;
  readonly #open: () => readonly ToolCall[];
  readonly #queue: TurnQueue = new TurnQueue();
  #saving: Promise<unknown> = Promise.resolve();

  /** @param session whose turns these are @param open the calls of the last answer that have no result */
  constructor(session: TurnHost<Saved, Whole, U>, open: () => readonly ToolCall[]) {
    checkLimits(session);
    checkBudgetFields(session.budget);
    this.#session = session;
    this.#open = open;
  }

  /** The calls that wait for a yes. */
  pending(): ToolCall[] {
    return this.#noted("waiting");
  }

  /** Decides on calls; none named: on all that wait. @throws InputError where one does not wait */
  decide(calls: readonly (string | { readonly id: string })[], state: CallNote["state"], reason?: string): void {
    const open = new Set(this.#noted("waiting", "approved", "rejected").map(({ id }) => id));
    const ids = (calls.length > 0 ? calls : this.pending()).map(idOf);
    const wrong = ids.length > 0 ? ids.find((id) => !open.has(id)) : "none that does";
    if (wrong !== undefined)
      throw new InputError(
        "call",
        open.size > 0 ? `the id of a call that waits: ${[...open].join(", ")}` : "a call that waits for approval",
        wrong,
      );
    if (reason !== undefined && typeof reason !== "string") throw new InputError("reason", "a text", shown(reason));
    for (const id of ids) note(this.notes, id, state, reason);
  }

  /**
   * Takes up what was saved. A call of the last answer that nothing is known of is of unknown outcome.
   *
   * @throws InputError where a note is of no open call of the last answer, or of one that has a note already
   */
  restore({
    calls = [],
    spent,
    turn,
  }: {
    calls?: CallNote[] | undefined;
    spent?: Spent<U> | undefined;
    turn?: PausedTurn<object, U> | undefined;
  }): void {
    const open = new Set(this.#open().map(({ id }) => id));
    for (const [at, { id, state, reason }] of calls.entries()) {
      if (!open.delete(id))
        throw new InputError(`saved.calls[${at}].id`, "an open call of the last answer, once", shown(id));
      note(this.notes, id, state, reason);
    }
    Object.assign(this.#session.spent, spent);
    this.paused = turn;
  }

  /** What there is to save of calls and of a paused turn. */
  toJSON(): { calls?: CallNote[]; turn?: PausedTurn<object, U> } {
    const calls = this.#open()
      .flatMap(({ id }) => this.notes.get(id) ?? [])
      .map((one) => ({ ...one }));
    return defined({ calls: calls.length > 0 ? calls : undefined, turn: this.paused });
  }

  /** Runs a turn as a stream of events; see `ChatSession.stream()`. */
  async stream(
    start: (
      watcher: TurnWatcher<StreamOf<Chunk, Answer>, Whole>,
    ) => AsyncGenerator<TurnEventOf<Chunk, OneStep>, Whole, undefined>,
    options: RequestOptions | undefined,
    frames: () => FrameWriter<TurnEventOf<Chunk, OneStep>, Whole>,
  ): Promise<TurnStream<TurnEventOf<Chunk, OneStep>, Whole>> {
    const { total: timeout } = resolveTimeouts(true, options?.timeout);
    const watcher: TurnWatcher<StreamOf<Chunk, Answer>, Whole> = { stopper: new AbortController(), streamed: true };
    const events = start(watcher);
    const first = await events.next();
    const stop = (reason: unknown): void => watcher.stopper.abort(reason);
    const leave = (): void => void events.return(undefined as never).catch(() => undefined);
    return new TurnStream({ next: () => events.next(), leave }, first, {
      timeout,
      stop,
      held: () => watcher.stream?.partial,
      turn: () => watcher.turn,
      frames,
    });
  }

  /** Waits for its place in the queue, then runs a turn. */
  async *run(
    given: AbortSignal | null | undefined,
    watcher: TurnWatcher<StreamOf<Chunk, Answer>, Whole>,
    setUp: (signal: AbortSignal, leave: () => void) => TurnSetup<Chunk, Answer, OneStep, U, Whole>,
  ): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Whole, undefined> {
    const session = this.#session;
    const { stopper } = watcher;
    const { signal } = stopper;
    checkSignal(given);
    const { ready, leave } = this.#queue.enter(signal);
    const onAbort = (): void => stopper.abort(given?.reason);
    if (given?.aborted) onAbort();
    given?.addEventListener("abort", onAbort);
    let setup: TurnSetup<Chunk, Answer, OneStep, U, Whole> | undefined;
    let paused: PausedTurn<object, U> | undefined;
    let declined: readonly ToolCall[] = [];
    let stopClock: (() => void) | undefined;
    let saved = false;
    try {
      await ready;
      if (signal.aborted) throw abortError(signal.reason);
      ({ paused } = this);
      checkLimits(session);
      checkSpent(session.spent, "spent");
      checkBudget(session.budget, session.spent);
      setup = setUp(signal, leave);
      const { append, isNew, params } = setup;
      const before = { steps: 0, usage: undefined, ...(append && !isNew ? paused : undefined) };
      if (append) this.paused = undefined;
      if (append && isNew) declined = this.pending();
      for (const { id } of declined) note(this.notes, id, "rejected", "the conversation went on without a yes.");
      stopClock = startClock(session, () => {
        watcher.timeUp = true;
        stopper.abort();
      });
      const turn = yield* runTurn(setup.task, {
        ...session,
        tools: (session.tools ?? []) as readonly object[],
        session,
        watcher,
        signal,
        before,
        notes: append ? this.notes : new Map(this.notes),
        restarts: setup.restarts,
        save: append && session.save ? this.#save : undefined,
        onTurn: (turn) => {
          const { ending, steps, usage } = turn;
          if (ending === "approval")
            this.paused = defined({ steps: before.steps + steps.length, usage, params }) as PausedTurn<object, U>;
          session.lastTurn = turn;
        },
      });
      saved = true;
      if (append) await this.#save();
      return turn;
    } catch (error) {
      if (!watcher.accepted && isInputError(error) && setup) {
        setup.takeBack(declined);
        for (const { id } of declined) note(this.notes, id, "waiting");
        if (setup.append) this.paused = paused;
      }
      throw error;
    } finally {
      stopClock?.();
      setup?.finish?.();
      if (!saved && setup?.append) await this.#save().catch(() => undefined);
      given?.removeEventListener("abort", onAbort);
      leave();
    }
  }

  #noted(...states: readonly CallNote["state"][]): ToolCall[] {
    const isNoted = ({ state }: CallNote): boolean => states.includes(state);
    return this.#open().filter(({ id }) => [this.notes.get(id) ?? []].flat().some(isNoted));
  }

  /** One after the other, each with what stands when its time has come. */
  readonly #save = async (): Promise<void> => {
    const saving = this.#saving.then(() => {
      // The program may have set it while the turn ran.
      checkHook(this.#session, "save");
      return this.#session.save?.(this.#session.toJSON());
    });
    this.#saving = saving.catch(() => undefined);
    await saving;
  };
}

/**
 * Throws unless a session's limits and hooks are what they must be. They are fields that a program may set, so each turn checks them.
 *
 * @throws InputError that names the field
 */
function checkLimits(
  session: Pick<TurnHost<unknown, unknown, unknown>, "maxSteps" | "maxParallelTools" | "onApproval"> & {
    readonly save: unknown;
  },
): void {
  for (const name of ["maxSteps", "maxParallelTools"] as const) {
    const limit: unknown = session[name];
    if (!(typeof limit === "number" && limit >= 1)) throw new InputError(name, "a number from 1", shown(limit));
  }
  checkHook(session, "onApproval");
  checkHook(session, "save");
}

function checkHook<Name extends string>(session: { readonly [N in Name]: unknown }, name: Name): void {
  const hook: unknown = session[name];
  if (hook !== undefined && typeof hook !== "function") throw new InputError(name, "a function", shown(hook));
}

function checkSignal(signal: unknown): void {
  const { addEventListener, aborted } = (signal ?? {}) as Partial<AbortSignal>;
  if (signal != null && (typeof addEventListener !== "function" || typeof aborted !== "boolean"))
    throw new InputError("options.signal", "an AbortSignal", shown(signal));
}

function idOf(call: unknown): string {
  const id = typeof call === "string" ? call : readable("call", () => stringOf(call, "id"));
  if (id === undefined) throw new InputError("call", "a call or its id", shown(call));
  return id;
}

/** Counts the time of a turn, and tells when the budget has none left. @returns what ends it */
function startClock(session: Account<unknown>, onUp: () => void): () => void {
  const since = performance.now();
  const left = (session.budget?.time ?? Infinity) - session.spent.time;
  // Longer ones overflow a timer, which would fire at once.
  const timer = left < 2 ** 31 ? setTimeout(onUp, left) : undefined;
  return () => {
    clearTimeout(timer);
    session.spent.time += performance.now() - since;
  };
}
