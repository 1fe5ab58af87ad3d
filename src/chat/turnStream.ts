import { InputError, isStreamError } from "../errors.ts";
import { streamResponse } from "../sse/toResponse.ts";
import type { FailedEnding, StreamError } from "../errors.ts";
import type { ToResponseInit } from "../sse/toResponse.ts";
import type { Turn, TurnEnding, TurnEvent } from "./turn.ts";

/** A running turn, as events. The first of loop, `final()` and `toResponse()` owns it; leaving the loop stops the turn. */
export class TurnStream implements AsyncIterable<TurnEvent> {
  readonly #events: AsyncGenerator<TurnEvent, Turn, undefined>;
  readonly #stop: (reason?: unknown) => void;
  #first: IteratorResult<TurnEvent, Turn> | undefined;
  #owned = false;
  #outcome: Promise<Turn> | undefined;
  #settle: { resolve(turn: Turn): void; reject(error: unknown): void } | undefined;
  #turn: Turn | undefined;
  #failure: { error: unknown } | undefined;

  /** Made by `ChatSession.stream()`. @param first what the first step brought at once @param stop aborts the turn */
  constructor(events: AsyncGenerator<TurnEvent, Turn, undefined>, first: IteratorResult<TurnEvent, Turn>, stop: (reason?: unknown) => void) {
    this.#events = events;
    this.#first = first;
    this.#stop = stop;
  }

  /** How the turn ended; `undefined` as long as it runs. */
  get ending(): TurnEnding | FailedEnding | undefined {
    const error = this.#failure?.error;
    return this.#turn?.ending ?? (isStreamError(error) ? error.ending : error ? "provider_error" : undefined);
  }

  /**
   * Gives the events as they come. Leaving the loop stops the turn.
   *
   * @throws InputError where the stream is already being read; in the loop, whatever the turn fails with
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<TurnEvent, undefined> {
    this.#own();
    const iterator: AsyncIterableIterator<TurnEvent, undefined> = {
      next: () => this.#next(),
      return: async () => {
        await this.#leave();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  /** Waits for the end; reads the turn itself where nobody else does. @throws what the turn fails with */
  final(): Promise<Turn> {
    if (this.#turn) return Promise.resolve(this.#turn);
    if (this.#failure) return Promise.reject(this.#failure.error as Error);
    this.#outcome ??= new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    if (!this.#owned) {
      this.#owned = true;
      void this.#drain();
    }
    return this.#outcome;
  }

  /**
   * Passes the turn on as one chat completion in the API's wire format: the text of all steps, and one finish reason at the end.
   *
   * @throws InputError where the stream is already being read
   */
  toResponse(init?: ToResponseInit): Response {
    this.#own();
    return streamResponse({ next: () => this.#nextFrame(), cancel: () => void this.#leave() }, init);
  }

  /** Stops the turn. */
  cancel(reason?: unknown): void {
    this.#stop(reason);
    // Where nobody reads, nobody would notice: the turn's own end is run here.
    if (!this.#owned) void this.#leave();
  }

  #own(): void {
    if (this.#owned) throw new InputError("stream", "to be read once", "a second reader");
    this.#owned = true;
  }

  async #next(): Promise<IteratorResult<TurnEvent, undefined>> {
    if (this.#failure || this.#turn) return { done: true, value: undefined };
    try {
      const result = this.#first ?? await this.#events.next();
      this.#first = undefined;
      if (!result.done) return result;
      this.#finish(result.value);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    return { done: true, value: undefined };
  }

  async #nextFrame(): Promise<IteratorResult<string, undefined>> {
    if (this.#turn) return { done: true, value: undefined };
    for (;;) {
      const { done, value } = await this.#next();
      const frame = done ? lastFrame(this.#turn as Turn | undefined) : frameOf(value);
      if (frame !== undefined) return { done: false, value: frame };
      if (done) return { done: true, value: undefined };
    }
  }

  async #drain(): Promise<void> {
    try {
      while (!(await this.#next()).done);
    } catch {
      // Told by final().
    }
  }

  async #leave(): Promise<void> {
    if (this.#turn || this.#failure) return;
    this.#stop();
    try {
      while (!(await this.#next()).done);
    } catch {
      // The abort that was just asked for.
    }
  }

  #finish(turn: Turn): void {
    this.#turn = turn;
    this.#settle?.resolve(turn);
  }

  #fail(error: unknown): void {
    this.#failure = { error: error as StreamError };
    this.#settle?.reject(error);
  }
}

function frameOf(event: TurnEvent): string | undefined {
  if (event.type !== "text" && event.type !== "reasoning") return undefined;
  const { raw } = event.chunk;
  const choices = raw.choices.filter(({ index }) => (index ?? 0) === 0).map((choice) => ({ ...choice, finish_reason: null }));
  return `data: ${JSON.stringify({ ...raw, choices })}\n\n`;
}

/** What is left to tell at the end: calls that the program is to run, the finish reason, the usage of all steps. */
function lastFrame(turn: Turn | undefined): string | undefined {
  const step = turn?.steps.at(-1);
  if (!turn || !step) return undefined;
  const { id, created, model } = step.completion;
  const { message } = turn;
  const calls = turn.ending === "tool_calls" ? message.tool_calls?.map((call, index) => ({ index, ...call })) : undefined;
  const delta = {
    ...(calls ? { tool_calls: calls } : undefined),
    ...(message.refusal ? { refusal: message.refusal } : undefined),
    ...(turn.ending === "tool_calls" && message.function_call ? { function_call: message.function_call } : undefined),
  };
  const reason = turn.ending === "complete" ? "stop" : turn.ending === "max_steps" ? "length" : turn.ending;
  const base = { id, object: "chat.completion.chunk", created, model };
  const end = `data: ${JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  return turn.usage ? `${end}data: ${JSON.stringify({ ...base, choices: [], usage: turn.usage })}\n\n` : end;
}
