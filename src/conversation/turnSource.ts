import { abortError, isInputError, isStreamError, StreamError, TimeoutError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import { failureOfRestart } from "../stream/restart.ts";
import type { Outcome, Sink, Source } from "../stream/source.ts";
import { createStream } from "../stream/stream.ts";
import type { Stream } from "../stream/stream.ts";
import type { HeldAnswer } from "../wire/index.ts";
import type { Emit, Turn, TurnEvent, TurnState } from "./turn.ts";
import { TurnFrames } from "./turnFrames.ts";

const NOTHING: HeldAnswer = { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
const LONGEST_TIMER = 2 ** 31 - 1;

/** A running turn: its events to loop over, the turn to wait for, or a `Response` to pass on. */
export type TurnStream = Stream<TurnEvent, Turn>;

/** The step that a turn is at, as its reader sees it. */
type Progress =
  /** The turn works on its next event. `isAsked` is `true` if a reader waits for it. */
  | { readonly name: "working"; readonly isAsked: boolean }
  /** An event is there, and nobody has asked for it yet. */
  | { readonly name: "holding"; readonly event: TurnEvent; resume(): void; fail(error: Error): void }
  /** The reader has the event. The turn goes on once the next one is asked for. */
  | { readonly name: "pausing"; resume(): void; fail(error: Error): void }
  | { readonly name: "ended" };

/**
 * Starts a turn and returns it as a stream, once it has its first event.
 *
 * @param state the turn's state
 * @param timeout how long the stream may lie unread, in milliseconds; later turns wait for it
 * @param start runs the turn, which calls `emit` for each event
 * @throws what the turn fails with before its first event
 */
export async function turnStream(
  state: TurnState,
  timeout: number,
  start: (emit: Emit) => Promise<Turn>,
): Promise<TurnStream> {
  const source = new TurnSource(state, timeout);
  await source.start(start);
  return createStream((sink) => source.connect(sink));
}

/** A turn as a source: it waits at each event until the next one is asked for. */
class TurnSource implements Source {
  #progress: Progress = { name: "working", isAsked: false };
  #sink: Sink<TurnEvent, Turn> | undefined;
  /** The end of a turn that ended before anybody could read it. */
  #outcome: Outcome<Turn> | undefined;
  #frames: TurnFrames | undefined;
  /** Since when nobody reads. */
  #idleSince: number = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #state: TurnState;
  readonly #timeout: number;

  constructor(state: TurnState, timeout: number) {
    this.#state = state;
    this.#timeout = timeout;
  }

  get partial(): HeldAnswer {
    return this.#state.stream?.partial ?? NOTHING;
  }

  /** Starts the turn. Resolves at its first event, or at its end. @throws what it fails with before that */
  start(run: (emit: Emit) => Promise<Turn>): Promise<void> {
    return new Promise((resolve) => {
      const emit = (event: TurnEvent): Promise<void> => {
        resolve();
        return this.#emit(event);
      };
      const turn = run(emit);
      const ended = turn.then(
        (one) => this.#settle(outcomeOf(one)),
        (error: unknown) => {
          this.#settle(this.#failed(error));
          throw error;
        },
      );
      const settle = (): void => resolve(ended);
      // Does nothing after the first event.
      ended.then(settle, settle);
    });
  }

  /** Connects the stream that reads the turn. */
  connect(sink: Sink<TurnEvent, Turn>): this {
    this.#sink = sink;
    if (this.#outcome) sink.end(this.#outcome);
    else this.#watch();
    return this;
  }

  pull(): void {
    const progress = this.#progress;
    if (progress.name === "ended") return;
    this.#idleSince = Infinity;
    if (progress.name === "holding") return this.#deliver(progress);
    this.#progress = { name: "working", isAsked: true };
    if (progress.name === "pausing") progress.resume();
  }

  cancel(reason: unknown): void {
    this.#stop(this.#failed(abortError(reason)), reason);
  }

  leave(): void {
    const error = abortError("The stream was left");
    this.#stop(this.#failed(error), error);
  }

  #emit(event: TurnEvent): Promise<void> {
    const progress = this.#progress;
    if (progress.name === "ended") return Promise.reject(abortError("The stream was left"));
    return new Promise((resume, fail) => {
      const holding = { name: "holding", event, resume, fail } as const;
      this.#progress = holding;
      if (progress.name === "working" && progress.isAsked) this.#deliver(holding);
    });
  }

  #deliver({ event, resume, fail }: Progress & { readonly name: "holding" }): void {
    this.#progress = { name: "pausing", resume, fail };
    this.#idleSince = performance.now();
    if (this.#sink?.isPassedOn) this.#passOn(this.#sink, event);
    else this.#sink?.push(event);
    if (this.#sink?.isWaiting) this.pull();
  }

  #passOn(sink: Sink<TurnEvent, Turn>, event: TurnEvent): void {
    if (event.type === "restart") {
      const words = "The stream broke after a part of it was passed on";
      this.#stop(this.#failed(new StreamError(words, "truncated", this.partial)));
      return;
    }
    try {
      const frame = (this.#frames ??= new TurnFrames()).of(event);
      if (frame !== undefined) sink.pushFrame(frame);
    } catch (cause) {
      this.#stop(this.#unwritable(cause));
    }
  }

  /** Ends a turn from outside; well if its end was there already. */
  #stop(failed: Outcome<Turn>, reason: unknown = failed.error): void {
    const progress = this.#progress;
    if (progress.name === "ended") return;
    const { turn, stopper } = this.#state;
    this.#settle(turn ? outcomeOf(turn) : failed);
    stopper.abort(reason);
    // The turn fails at the event that it waits for.
    if (progress.name !== "working") progress.fail(abortError("The stream was left"));
  }

  #settle(outcome: Outcome<Turn>): void {
    if (this.#progress.name === "ended") return;
    this.#progress = { name: "ended" };
    clearTimeout(this.#timer);
    this.#outcome = this.#sink?.isPassedOn ? this.#passOnEnd(this.#sink, outcome) : outcome;
    this.#sink?.end(this.#outcome);
  }

  #passOnEnd(sink: Sink<TurnEvent, Turn>, outcome: Outcome<Turn>): Outcome<Turn> {
    if (outcome.error) return outcome;
    try {
      sink.pushFrame((this.#frames ??= new TurnFrames()).last(outcome.whole()));
      return outcome;
    } catch (cause) {
      return this.#unwritable(cause);
    }
  }

  #unwritable(cause: unknown): Outcome<Turn> {
    return this.#failed(new StreamError("An event could not be passed on", "provider_error", this.partial, cause));
  }

  /** Lets the next turn in if nobody reads this one. One timer, which looks at a timestamp. */
  #watch(): void {
    const left = this.#idleSince + this.#timeout - performance.now();
    if (left <= 0) this.#stop(this.#failed(new TimeoutError("total", this.#timeout)));
    else if (this.#timeout < Infinity)
      this.#timer = setTimeout(() => this.#watch(), Math.min(Math.ceil(left), this.#timeout, LONGEST_TIMER));
  }

  /** Returns the end of a turn that failed: with one kind of error, like every stream, and what had arrived. */
  #failed(cause: unknown): Outcome<Turn> {
    if (isStreamError(cause)) return { ending: cause.ending, error: cause };
    if (isInputError(cause)) return { ending: "provider_error", error: cause };
    const { ending } = failureOfRestart(cause);
    const message = cause instanceof Error ? cause.message : String(cause);
    const error = new StreamError(message, ending, this.partial, cause);
    return { ending, error: attachInfo(error, infoOf(cause)) };
  }
}

function outcomeOf(turn: Turn): Outcome<Turn> {
  return { ending: turn.ending, whole: () => turn };
}
