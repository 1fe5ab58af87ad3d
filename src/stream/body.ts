import { settingsOf } from "../http/connection.ts";
import { abortError, ConnectionError, isAbortError, StreamError } from "../errors.ts";
import type { Decoder } from "../decode/decoder.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import type { Exchange } from "../http/connection.ts";
import type { HeldAnswer } from "../wire/index.ts";
import { EventReader } from "./eventReader.ts";
import type { EventHandler } from "./eventReader.ts";
import { failureOf } from "./failure.ts";
import type { Failure } from "./failure.ts";
import { drain, releaseConnection } from "./releaseConnection.ts";
import { failureOfRestart, mayRestart, restartRequest } from "./restart.ts";
import type { StreamOptions } from "./restart.ts";
import type { Outcome, Sink, Source } from "./source.ts";
import { createStream } from "./stream.ts";
import type { Stream } from "./stream.ts";
import { eventFrame, framesOf } from "./toResponse.ts";

const NOTHING: HeldAnswer = { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };

/** Makes the decoder of one attempt. `restarted` is `true` if an earlier attempt has given out content, which is void now. */
export type MakeDecoder<Item, Whole> = (restarted: boolean) => Decoder<Item, Whole>;

/** Returns the stream of an answer. */
export function bodyStream<Item, Whole>(
  exchange: Exchange,
  makeDecoder: MakeDecoder<Item, Whole>,
  options: StreamOptions,
): Stream<Item, Whole> {
  return createStream((sink) => new BodySource(exchange, makeDecoder, options, sink));
}

/** One answer to the request, read until it ends, or breaks and is asked for again. */
interface Attempt<Item, Whole> {
  readonly exchange: Exchange;
  readonly decoder: Decoder<Item, Whole>;
  readonly events: EventReader;
  /** `undefined` once the end of the body was read. */
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** The phase of the deadline. */
  phase: "first_content" | "idle" | "grace";
  hasContent: boolean;
  /** The last event that was no part of the answer. */
  foreign: string | undefined;
  /** The failure of a question to the decoder outside of an event. */
  broken: Failure | undefined;
}

/** The body of a streamed answer as a source: bytes become events, and a decoder turns them into items. */
class BodySource<Item, Whole> implements Source, EventHandler {
  #state: "idle" | "reading" | "restarting" | "ended" = "idle";
  #attempt: Attempt<Item, Whole>;
  /** The most that the last read brought. */
  #brought: "nothing" | "events" | "content" = "nothing";
  readonly #makeDecoder: MakeDecoder<Item, Whole>;
  readonly #options: StreamOptions;
  readonly #sink: Sink<Item, Whole>;

  constructor(
    exchange: Exchange,
    makeDecoder: MakeDecoder<Item, Whole>,
    options: StreamOptions,
    sink: Sink<Item, Whole>,
  ) {
    this.#makeDecoder = makeDecoder;
    this.#options = options;
    this.#sink = sink;
    this.#attempt = this.#newAttempt(exchange, false);
    this.#start();
  }

  get partial(): HeldAnswer {
    return this.#ask((decoder) => decoder.partial()) ?? NOTHING;
  }

  get withoutDone(): boolean | undefined {
    return this.#attempt.decoder.withoutDone;
  }

  pull(): void {
    if (this.#state !== "idle") return;
    this.#attempt.exchange.deadline.resume();
    this.#read();
  }

  cancel(reason: unknown): void {
    this.#fail({ ending: "aborted", cause: abortError(reason) });
  }

  leave(): void {
    this.#end({ ending: "aborted", cause: abortError("The stream was left") });
  }

  onEvent(raw: object, data: string, event: string | undefined): void {
    const { decoder } = this.#attempt;
    if (decoder.expects() === "nothing") return;
    if (this.#brought === "nothing") this.#brought = "events";
    const brought = decoder.take(raw, this.#sink, data.length, event);
    if (brought === "content") this.#brought = "content";
    else if (brought === "foreign") this.#attempt.foreign = data;
    if (this.#sink.isPassedOn) this.#sink.pushFrame(eventFrame(data, event));
  }

  onDocument(raw: object): boolean {
    const chunks: Item[] = [];
    const isTaken = this.#attempt.decoder.takeWhole(raw, chunks);
    for (const chunk of chunks) this.#sink.push(chunk);
    if (this.#sink.isPassedOn) for (const frame of framesOf(chunks)) this.#sink.pushFrame(frame);
    return isTaken;
  }

  #newAttempt(exchange: Exchange, restarted: boolean): Attempt<Item, Whole> {
    const { response } = exchange;
    return {
      exchange,
      decoder: this.#makeDecoder(restarted),
      events: new EventReader(exchange, settingsOf(this.#options.connection).limits, this),
      reader: (response.body ?? new Blob([]).stream()).getReader(),
      phase: "first_content",
      hasContent: false,
      foreign: undefined,
      broken: undefined,
    };
  }

  #start(): void {
    const { deadline, info } = this.#attempt.exchange;
    this.#sink.describe(info);
    deadline.startPhase("first_content");
    deadline.onStop = this.#onStop;
    if (deadline.error) this.#onStop(deadline.error);
  }

  #read(): void {
    this.#state = "reading";
    this.#brought = "nothing";
    this.#attempt.reader?.read().then(this.#onRead, this.#onBroken);
  }

  readonly #onRead = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    if (this.#state !== "reading") return;
    const attempt = this.#attempt;
    const { events, decoder } = attempt;
    this.#state = "idle";
    try {
      if (done) {
        attempt.reader = undefined;
        events.end();
      } else events.feed(value);
      if (events.done) decoder.finish?.();
    } catch (error) {
      // Content that came in the same piece as the failure is given out.
      if (this.#brought === "content") attempt.hasContent = true;
      const failure = failureOf(error, done);
      return failure.ending === "truncated" ? this.#end(failure) : this.#fail(failure);
    }
    if (done || this.#isComplete()) this.#end(this.#cut());
    // A piece of an event, or a comment: the wait goes on.
    else if (this.#brought === "nothing") this.#read();
    else {
      this.#watchContent();
      if (this.#sink.isWaiting) this.pull();
    }
  };

  readonly #onBroken = (cause: unknown): void => {
    if (this.#state !== "reading") return;
    this.#end({ ending: "truncated", cause: new ConnectionError("The connection broke", { cause }) });
  };

  readonly #onStop = (error: Error | undefined): void => {
    if (isAbortError(error)) this.#fail({ ending: "aborted", cause: error });
    else this.#end({ ending: "stalled", cause: error });
  };

  #watchContent(): void {
    const attempt = this.#attempt;
    const { deadline } = attempt.exchange;
    const hasContent = this.#brought === "content";
    deadline.pause(hasContent);
    attempt.hasContent ||= hasContent;
    const isOver = this.#ask((decoder) => decoder.expects() !== "content") === true;
    const phase = isOver ? "grace" : attempt.hasContent ? "idle" : "first_content";
    if (phase === attempt.phase) return;
    attempt.phase = phase;
    deadline.startPhase(phase);
  }

  /** Returns `true` once the server has said that nothing more comes. */
  #isComplete(): boolean {
    const { events, decoder } = this.#attempt;
    return events.done || decoder.expects() === "nothing";
  }

  /** Some servers report an error in an event like any other. It counts only if no answer came to its end. */
  #cut(): Failure {
    const { foreign, events } = this.#attempt;
    const cause = foreign === undefined ? undefined : events.errorOf(foreign);
    return { ending: cause ? "provider_error" : "truncated", cause };
  }

  /** Asks the decoder outside of an event. An error is noted as a failure of the stream, because nobody could catch it in a callback. */
  #ask<T>(question: (decoder: Decoder<Item, Whole>) => T): T | undefined {
    const attempt = this.#attempt;
    try {
      return question(attempt.decoder);
    } catch (error) {
      attempt.broken ??= failureOf(error, false);
      return undefined;
    }
  }

  /** Ends because nothing more comes: well if the answer is whole. */
  #end(failure: Failure): void {
    if (this.#state === "ended") return;
    const ending = this.#ask((decoder) => decoder.ending());
    if (ending) this.#settle({ ending, whole: () => this.#whole() });
    else this.#fail(this.#attempt.broken ?? failure);
  }

  #fail(failure: Failure): void {
    if (this.#state === "ended") return;
    const { exchange, hasContent } = this.#attempt;
    // What was passed on cannot be taken back: the far end would read it twice.
    const isFinal = hasContent && this.#sink.isPassedOn;
    if (!isFinal && mayRestart(failure, hasContent, exchange, this.#options)) void this.#restart();
    else this.#settleWith(failure);
  }

  async #restart(): Promise<void> {
    const { exchange, reader, hasContent } = this.#attempt;
    this.#state = "restarting";
    if (reader) releaseConnection(exchange.controller, reader);
    try {
      const next = await restartRequest(exchange, this.#options);
      // The reader left in the very moment of the answer.
      if (this.#state !== "restarting") return releaseConnection(next.controller, next.response.body);
      this.#attempt = this.#newAttempt(next, hasContent);
      this.#state = "idle";
      this.#start();
      if (this.#sink.isWaiting) this.pull();
    } catch (error) {
      if (this.#state === "restarting") this.#settleWith(failureOfRestart(error));
    }
  }

  #errorOf({ ending, cause }: Failure): StreamError {
    const message = cause instanceof Error ? cause.message : "The stream ended before the answer did";
    const info = infoOf(cause) ?? this.#attempt.exchange.info;
    return attachInfo(new StreamError(message, ending, this.partial, cause), info);
  }

  #settleWith(failure: Failure): void {
    this.#settle({ ending: failure.ending, error: this.#errorOf(failure) });
  }

  #settle(outcome: Outcome<Whole>): void {
    const { exchange, reader, phase } = this.#attempt;
    const { deadline, controller } = exchange;
    const isRestarting = this.#state === "restarting";
    this.#state = "ended";
    // Ends the wait or the request of a restart under way.
    if (isRestarting) deadline.stop(abortError());
    if (!outcome.error && reader && this.#isComplete()) drain(exchange, reader, phase === "grace");
    else {
      deadline.close();
      if (reader) releaseConnection(controller, reader);
    }
    this.#sink.end(outcome);
  }

  #whole(): Whole {
    const { decoder, exchange } = this.#attempt;
    try {
      return attachInfo(decoder.result(), exchange.info);
    } catch (error) {
      throw this.#errorOf(failureOf(error, false));
    }
  }
}
