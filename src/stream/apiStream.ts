import { abortError, ConnectionError, InputError, isAbortError, StreamError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import { EventReader } from "./eventReader.ts";
import { failureOf } from "./failure.ts";
import { Items, iterate } from "./items.ts";
import { drain, releaseConnection } from "./releaseConnection.ts";
import { restartRequest, failureOfRestart, mayRestart } from "./restart.ts";
import { checkInit, eventFrame, framesOf, streamResponse } from "./toResponse.ts";
import type { FailedEnding } from "../errors.ts";
import type { Exchange } from "../http/connection.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";
import type { Failure } from "./failure.ts";
import type { Settler } from "./items.ts";
import type { Decoder } from "../decode/decoder.ts";
import type { StreamOptions } from "./restart.ts";
import type { ToResponseInit } from "./toResponse.ts";

export type { StreamOptions } from "./restart.ts";

/** A chunk; or a frame of the wire format, where the stream is passed on. */
type Item<Chunk> = Chunk | string;

const NOTHING_HELD: HeldAnswer = { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
const OWNERS = { loop: "a loop", final: "final()", response: "toResponse()" };

/**
 * A streamed answer: chunks to loop over, a whole to wait for, or a `Response` to pass on. It has one ending, and it is true.
 * The first of loop, `final()` and `toResponse()` owns it; leaving the loop stops the request.
 */
export class ApiStream<Chunk, Result> implements AsyncIterable<Chunk> {
  readonly #queue = new Items<Item<Chunk>>();
  readonly #waiters = new Items<Settler<IteratorResult<Item<Chunk>, undefined>>>();
  #finals: Settler<Result>[] = [];
  #owner: keyof typeof OWNERS | undefined;
  #state: "idle" | "reading" | "restarting" | "ended" = "idle";
  #good: GoodEnding | undefined;
  #error: StreamError | undefined;
  /** What the protocol threw where it was asked outside of an event. */
  #broken: Failure | undefined;
  /** The last event that was no part of the answer. */
  #foreign: string | undefined;
  #thrown = false;
  /** Whether content has come, and whether the last read brought any, or any event. */
  #begun = false;
  #content = false;
  #taken = false;
  #grace = false;
  #eof = false;
  #exchange!: Exchange;
  #reader!: ReadableStreamDefaultReader<Uint8Array>;
  #events!: EventReader;
  readonly #protocol: Decoder<Chunk, Result>;
  readonly #options: StreamOptions;

  /** Made by the endpoints; see `streamChat()`. */
  constructor(exchange: Exchange, protocol: Decoder<Chunk, Result>, options: StreamOptions) {
    this.#protocol = protocol;
    this.#options = options;
    this.#open(exchange);
  }

  /** How the stream ended; `undefined` as long as it runs. */
  get ending(): GoodEnding | FailedEnding | undefined {
    return this.#good ?? this.#error?.ending;
  }

  /** What has arrived so far; can be read at any time, also after a failure. */
  get partial(): HeldAnswer {
    return this.#ask(() => this.#protocol.held()) ?? NOTHING_HELD;
  }

  /**
   * Gives the chunks as they come. Leaving the loop stops the request.
   *
   * @throws InputError where the stream is already being read; StreamError in the loop, where the stream ends badly
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Chunk, undefined> {
    this.#own("loop");
    return iterate(
      () => this.#next() as Promise<IteratorResult<Chunk, undefined>>,
      () => this.#leave(),
    );
  }

  /**
   * Waits for the end; reads the stream itself where nobody else does.
   *
   * @returns the whole answer
   * @throws StreamError where the stream ends badly
   */
  final(): Promise<Result> {
    const outcome = new Promise<Result>((resolve, reject) => this.#finals.push({ resolve, reject }));
    if (this.#state === "ended") this.#tellFinals();
    else if (!this.#owner) {
      this.#owner = "final";
      this.#pull();
    }
    return outcome;
  }

  /**
   * Passes the stream on in the API's own wire format, as server-sent events. In silence a comment is sent from time to time, so
   * that a client that left is noticed. A failure becomes an error event from which fetchat's reader learns the same ending.
   *
   * @throws InputError where the stream is already being read
   */
  toResponse(init?: ToResponseInit): Response {
    checkInit(init);
    this.#own("response");
    return streamResponse(
      {
        next: () => this.#next() as Promise<IteratorResult<string, undefined>>,
        cancel: () => this.#leave(),
        withoutDone: this.#protocol.withoutDone,
      },
      init,
    );
  }

  /** Stops the request. A loop that is waiting ends with an AbortError. Does nothing after the end. */
  cancel(reason?: unknown): void {
    this.#fail({ ending: "aborted", cause: abortError(reason) });
  }

  #own(owner: "loop" | "response"): void {
    if (this.#owner)
      throw new InputError("stream", "to be read once", `a second reader (the first is ${OWNERS[this.#owner]})`);
    this.#owner = owner;
  }

  #open(exchange: Exchange): void {
    const { deadline, response, info } = exchange;
    this.#exchange = exchange;
    attachInfo(this, info);
    this.#events = new EventReader(exchange, this.#options.connection.settings.limits, {
      onEvent: (raw, data, event) => this.#take(raw, data, event),
      onWhole: (raw) => this.#takeWhole(raw),
    });
    this.#reader = (response.body ?? new Blob([]).stream()).getReader();
    deadline.startPhase("first_content");
    deadline.onStop = this.#onStop;
    if (deadline.error) this.#onStop(deadline.error);
  }

  #take(raw: object, data: string, event: string | undefined): void {
    if (this.#protocol.done) return;
    this.#taken = true;
    const passedOn = this.#owner === "response";
    if (this.#protocol.take(raw, passedOn ? [] : this.#queue, data.length, event)) this.#content = true;
    if (this.#protocol.isForeign?.(raw)) this.#foreign = data;
    if (passedOn) this.#queue.push(eventFrame(data, event));
  }

  #takeWhole(raw: object): boolean {
    const chunks: Chunk[] = [];
    const taken = this.#protocol.takeWhole(raw, chunks);
    for (const item of this.#owner === "response" ? framesOf(chunks) : chunks) this.#queue.push(item);
    return taken;
  }

  #next(): Promise<IteratorResult<Item<Chunk>, undefined>> {
    if (!this.#queue.empty) return Promise.resolve({ done: false, value: this.#queue.shift() });
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#pull();
      this.#wake();
    });
  }

  #pull(): void {
    if (this.#state !== "idle") return;
    this.#exchange.deadline.resume();
    this.#read();
  }

  #read(): void {
    this.#state = "reading";
    this.#reader.read().then(this.#onRead, this.#onBroken);
  }

  readonly #onRead = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    if (this.#state !== "reading") return;
    this.#state = "idle";
    this.#content = this.#taken = false;
    try {
      if (done) {
        this.#eof = true;
        this.#events.end();
      } else this.#events.feed(value);
      if (this.#events.done) this.#protocol.end?.();
    } catch (error) {
      // Content that came in the same piece as the failure will be given out.
      if (this.#content) this.#begun = true;
      const failure = failureOf(error, done);
      return failure.ending === "truncated" ? this.#end(failure) : this.#fail(failure);
    }
    if (done || this.#events.done || this.#protocol.done) return this.#end(this.#cut());
    // A piece of an event, or a comment: the wait goes on.
    if (!this.#taken) return this.#read();
    this.#watchContent();
    this.#serve();
  };

  readonly #onBroken = (cause: unknown): void => {
    if (this.#state !== "reading") return;
    this.#state = "idle";
    this.#end({ ending: "truncated", cause: new ConnectionError("The connection broke", { cause }) });
  };

  readonly #onStop = (error: Error | undefined): void => {
    if (isAbortError(error)) this.#fail({ ending: "aborted", cause: error });
    else this.#end({ ending: "stalled", cause: error });
  };

  /** Some servers tell of an error in an event like any other. It counts only where no answer came to its end. */
  #cut(): Failure {
    const cause = this.#foreign === undefined ? undefined : this.#events.errorOf(this.#foreign);
    return { ending: cause ? "provider_error" : "truncated", cause };
  }

  /** Nothing more will come: a failure, unless the answer is whole. */
  #end(failure: Failure): void {
    if (this.#ending()) this.#settle(undefined);
    else this.#fail(this.#broken ?? failure);
  }

  #ending(): GoodEnding | undefined {
    return this.#ask(() => this.#protocol.ending());
  }

  /**
   * Asks the protocol something outside of the reading of an event. What it throws there is noted as a failure of the stream: nobody could
   * catch it in a callback, and one stray exception would end the process.
   */
  #ask<T>(question: () => T): T | undefined {
    try {
      return question();
    } catch (error) {
      this.#broken ??= failureOf(error, false);
      return undefined;
    }
  }

  /** Gives waiting readers what there is, and reads on for those that are left. */
  #serve(): void {
    if (this.#owner === "final") this.#queue.clear();
    this.#wake();
    if (!this.#waiters.empty || this.#owner === "final") this.#pull();
  }

  #wake(): void {
    while (!this.#waiters.empty && (this.#state === "ended" || !this.#queue.empty)) this.#give(this.#waiters.shift());
  }

  #give({ resolve, reject }: Settler<IteratorResult<Item<Chunk>, undefined>>): void {
    if (!this.#queue.empty) return resolve({ done: false, value: this.#queue.shift() });
    const failure = this.#thrown ? undefined : this.#error;
    this.#thrown = true;
    if (failure) reject(failure);
    else resolve({ done: true, value: undefined });
  }

  #watchContent(): void {
    const { deadline } = this.#exchange;
    if (this.#content && !this.#begun) {
      this.#begun = true;
      deadline.startPhase("idle");
    }
    deadline.pause(this.#content);
    const over = this.#ask(() => this.#protocol.over()) ?? false;
    if (over === this.#grace) return;
    this.#grace = over;
    deadline.startPhase(over ? "grace" : "idle");
  }

  #leave(): void {
    if (this.#state === "ended") return;
    const left = abortError("The stream was left");
    if (this.#ending()) this.#settle(undefined);
    else this.#settle(this.#streamError({ ending: "aborted", cause: left }));
    this.#queue.clear();
    this.#thrown = true;
  }

  #fail(failure: Failure): void {
    if (this.#state === "ended") return;
    // What was passed on cannot be taken back: the far end would read it twice.
    if (
      (this.#owner !== "response" || !this.#begun) &&
      mayRestart(failure, this.#begun, this.#exchange, this.#options)
    ) {
      void this.#restart();
      return;
    }
    if (failure.ending === "aborted") this.#queue.clear();
    this.#settle(this.#streamError(failure));
  }

  async #restart(): Promise<void> {
    this.#state = "restarting";
    if (!this.#eof) releaseConnection(this.#exchange.controller, this.#reader);
    try {
      const exchange = await restartRequest(this.#exchange, this.#options);
      // Left in the very moment of the answer.
      if (this.#state !== "restarting") return releaseConnection(exchange.controller, exchange.response.body);
      this.#protocol.restart(this.#begun);
      this.#begun = this.#grace = this.#eof = false;
      this.#broken = this.#foreign = undefined;
      this.#state = "idle";
      this.#open(exchange);
      this.#serve();
    } catch (error) {
      if (this.#state === "restarting") this.#settle(this.#streamError(failureOfRestart(error)));
    }
  }

  #streamError({ ending, cause }: Failure): StreamError {
    const message = cause instanceof Error ? cause.message : "The stream ended before the answer did";
    return attachInfo(new StreamError(message, ending, this.partial, cause), infoOf(cause) ?? this.#exchange.info);
  }

  #settle(error: StreamError | undefined): void {
    const { deadline } = this.#exchange;
    const restarting = this.#state === "restarting";
    this.#state = "ended";
    this.#error = error;
    if (!error) this.#good = this.#ending();
    if (restarting) deadline.stop(abortError());
    if (!error && !this.#eof && (this.#events.done || this.#protocol.done))
      drain(this.#exchange, this.#reader, this.#grace);
    else this.#releaseConnection();
    this.#wake();
    this.#tellFinals();
  }

  #tellFinals(): void {
    for (const { resolve, reject } of this.#finals.splice(0)) {
      const result = this.#error ? undefined : this.#ask(() => ({ value: this.#protocol.result() }));
      if (result) resolve(attachInfo(result.value, this.#exchange.info));
      else reject(this.#unreadable());
    }
  }

  /** The stream's error; one is made where a good answer could not be put together after all. */
  #unreadable(): StreamError {
    if (!this.#error) {
      this.#error = this.#streamError(this.#broken ?? { ending: "truncated", cause: undefined });
      this.#good = undefined;
    }
    return this.#error;
  }

  #releaseConnection(): void {
    this.#exchange.deadline.close();
    if (!this.#eof) releaseConnection(this.#exchange.controller, this.#reader);
  }
}
