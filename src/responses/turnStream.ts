import { abortError, InputError, isInputError, isStreamError, StreamError, TimeoutError } from "../errors.ts";
import type { FailedEnding } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import { failureOfRestart } from "../stream/restart.ts";
import { checkInit, streamResponse } from "../stream/toResponse.ts";
import type { ToResponseInit } from "../stream/toResponse.ts";
import type { HeldAnswer } from "../wire/index.ts";
import type { TurnEnding } from "../conversation/turn.ts";

const NOTHING: HeldAnswer = { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
const LONGEST_TIMER = 2 ** 31 - 1;

type Outcome<Whole> =
  { readonly turn: Whole; readonly error?: undefined } | { readonly turn?: undefined; readonly error: Error };

/** How a turn's events become the API's wire format. */
export interface FrameWriter<Event, Whole> {
  /** The frame of one event; `undefined` where there is nothing to pass on. */
  of(event: Event): string | undefined;
  /** What is left to tell at the end; asked for until it is `undefined`. */
  last(turn: Whole | undefined): string | undefined;
  /** Whether the API's streams end without a `[DONE]`. */
  readonly withoutDone?: boolean | undefined;
}

/** What a {@link TurnStream} is made with besides its events. */
export interface TurnHooks<Event, Whole> {
  /** Aborts the turn. */
  stop(reason: unknown): void;
  /** What the answer under way has brought. */
  held(): HeldAnswer | undefined;
  /** The turn, once it has ended. */
  turn(): Whole | undefined;
  /** How long the stream may lie unread, in milliseconds. */
  timeout: number;
  /** Writes the wire format. */
  frames: () => FrameWriter<Event, Whole>;
}

/** The events of a turn, one at a time. */
export interface EventSource<Event, Whole> {
  /** Takes the next event, or the turn's end. */
  next(): Promise<IteratorResult<Event, Whole>>;
  /** Lets go of the turn: it fails at the event that it waits for. */
  leave(): void;
}

/** A running turn, as events. The first of loop, `final()` and `toResponse()` owns it; leaving the loop stops the turn. */
export class TurnStream<
  Event extends { readonly type: string },
  Whole extends { readonly ending: TurnEnding },
> implements AsyncIterable<Event> {
  readonly #events: EventSource<Event, Whole>;
  readonly #hooks: TurnHooks<Event, Whole>;
  #first: IteratorResult<Event, Whole> | undefined;
  #owner: string | undefined;
  #outcome: Outcome<Whole> | undefined;
  /** The failure that the reader was not told of yet. */
  #untold: Error | undefined;
  #end!: (outcome: Outcome<Whole>) => void;
  readonly #ended: Promise<Outcome<Whole>> = new Promise((resolve) => (this.#end = resolve));
  /** Since when nobody reads. */
  #idleSince: number = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Made by `ChatSession.stream()`.
   *
   * @param events the turn
   * @param first its first event, which has come already
   */
  constructor(events: EventSource<Event, Whole>, first: IteratorResult<Event, Whole>, hooks: TurnHooks<Event, Whole>) {
    this.#events = events;
    this.#first = first;
    this.#hooks = hooks;
    this.#watch();
  }

  /** How the turn ended; `undefined` as long as it runs. */
  get ending(): TurnEnding | FailedEnding | undefined {
    const { turn, error } = this.#outcome ?? {};
    return turn?.ending ?? (error && (isStreamError(error) ? error.ending : "provider_error"));
  }

  /** What the last request's answer has brought so far; can be read at any time. Once that answer is complete, the history has it. */
  get partial(): HeldAnswer {
    return this.#hooks.held() ?? NOTHING;
  }

  /**
   * Gives the events as they come. Leaving the loop stops the turn.
   *
   * @throws InputError where the stream is already being read; in the loop, StreamError where the turn fails
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Event, undefined> {
    this.#own("a loop");
    return iterate(
      () => this.#next(),
      () => this.#leave(),
    );
  }

  /**
   * Waits for the end; reads the turn itself where nobody else does.
   *
   * @throws StreamError where the turn fails
   */
  async final(): Promise<Whole> {
    if (!this.#owner && !this.#outcome) {
      this.#owner = "final()";
      void this.#drain();
    }
    const { turn, error } = await this.#ended;
    if (error) throw error;
    return turn;
  }

  /**
   * Passes the turn on as one chat completion in the API's wire format: the text of all steps, and one finish reason at the end.
   *
   * @throws InputError where the stream is already being read
   */
  toResponse(init?: ToResponseInit): Response {
    checkInit(init);
    this.#own("toResponse()");
    const frames = this.#hooks.frames();
    return streamResponse(
      { next: () => this.#nextFrame(frames), cancel: () => this.#leave(), withoutDone: frames.withoutDone },
      init,
    );
  }

  /** Stops the turn, and lets the next one in. A loop that is waiting ends with an AbortError. Does nothing after the end. */
  cancel(reason?: unknown): void {
    this.#stop(this.#failure(abortError(reason)), reason);
  }

  #own(owner: string): void {
    if (this.#owner) throw new InputError("stream", "to be read once", `a second reader (the first is ${this.#owner})`);
    this.#owner = owner;
  }

  async #next(): Promise<IteratorResult<Event, undefined>> {
    if (!this.#outcome) {
      this.#idleSince = Infinity;
      const first = this.#first;
      this.#first = undefined;
      try {
        const result = first ?? (await this.#events.next());
        if (result.done) this.#settle({ turn: result.value });
        else if (!this.#outcome) return result;
      } catch (error) {
        this.#settle({ error: this.#failure(error) });
      } finally {
        this.#idleSince = performance.now();
      }
    }
    const error = this.#untold;
    this.#untold = undefined;
    if (error) throw error;
    return { done: true, value: undefined };
  }

  async #nextFrame(frames: FrameWriter<Event, Whole>): Promise<IteratorResult<string, undefined>> {
    for (;;) {
      const { done, value } = await this.#next();
      const frame = this.#frameOf(() => (done ? frames.last(this.#outcome?.turn) : frames.of(value)));
      if (frame !== undefined) return { done: false, value: frame };
      if (done) return { done, value };
      if (value.type === "restart")
        this.#stop(new StreamError("The stream broke after a part of it was passed on", "truncated", this.partial));
    }
  }

  /** An event that cannot be written ends the turn; the next one would wait for it otherwise. */
  #frameOf(write: () => string | undefined): string | undefined {
    try {
      return write();
    } catch (cause) {
      const error = new StreamError("An event could not be passed on", "provider_error", this.partial, cause);
      this.#stop(error);
      this.#untold = undefined;
      throw error;
    }
  }

  async #drain(): Promise<void> {
    // A failure is told by final().
    while (!this.#outcome) await this.#next().catch(() => undefined);
  }

  #leave(): void {
    this.#stop(this.#failure(abortError("The stream was left")));
    this.#untold = undefined;
  }

  /** Ends a turn from without: with what it came to if its end was there already. */
  #stop(error: Error, reason: unknown = error): void {
    if (this.#outcome) return;
    const turn = this.#hooks.turn();
    this.#settle(turn ? { turn } : { error });
    this.#hooks.stop(reason);
    this.#events.leave();
  }

  #settle(outcome: Outcome<Whole>): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    this.#untold = outcome.error;
    clearTimeout(this.#timer);
    this.#end(outcome);
  }

  /** Lets the next turn in where nobody reads this one. One timer, which looks at a timestamp. */
  #watch(): void {
    const { timeout } = this.#hooks;
    const left = this.#idleSince + timeout - performance.now();
    if (left <= 0) this.#stop(this.#failure(new TimeoutError("total", timeout)));
    else if (timeout < Infinity)
      this.#timer = setTimeout(() => this.#watch(), Math.min(Math.ceil(left), timeout, LONGEST_TIMER));
  }

  /** As with every stream that was handed out: one kind of error, with what had arrived. */
  #failure(cause: unknown): Error {
    if (isStreamError(cause) || isInputError(cause)) return cause;
    const { ending } = failureOfRestart(cause);
    return attachInfo(
      new StreamError(cause instanceof Error ? cause.message : String(cause), ending, this.partial, cause),
      infoOf(cause),
    );
  }
}

/** An iterator by hand: a generator's `finally` does not run where `return()` comes before the first `next()`. */
function iterate<Item>(
  next: () => Promise<IteratorResult<Item, undefined>>,
  leave: () => void,
): AsyncIterableIterator<Item, undefined> {
  const iterator: AsyncIterableIterator<Item, undefined> = {
    next,
    return: () => {
      leave();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
