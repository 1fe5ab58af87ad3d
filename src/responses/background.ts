import { settingsOf } from "../http/connection.ts";
import type { AnswerStream, BackgroundPlace, Step } from "../conversation/apis/api.ts";
import { ResponseDecoder } from "../decode/response.ts";
import { openBackground, resumeBackground } from "../endpoints/responses.ts";
import type { ResponseStream } from "../endpoints/responses.ts";
import { abortError, isAPIError, isConnectionError, isStreamError, isTimeoutError } from "../errors.ts";
import type { HeldAnswer } from "../wire/index.ts";
import type { ResponseChunk } from "../wire/responseEvents.ts";
import { numberOf, objectOf, stringOf } from "../wire/read.ts";
import type { ResponseRequest } from "./request.ts";

/**
 * Asks for a background response, or continues one that the turn has begun, unless the service has lost it.
 *
 * @throws as `streamResponse()` does
 */
export async function askInBackground(asked: ResponseRequest): Promise<AnswerStream> {
  const { connection, options: given, background: place = {} } = asked.request;
  const { resume: _, ...options } = given;
  const decoder = new ResponseDecoder(settingsOf(connection).limits.answer);
  const resume = (id: string): Promise<ResponseStream> =>
    resumeBackground(connection, id, place.after, options, decoder);
  const { id } = place;
  if (id !== undefined) {
    try {
      return new BackgroundAnswer(await resume(id), asked, place, resume);
    } catch (error) {
      if (!isAPIError(error) || (error.status !== 404 && error.status !== 400)) throw error;
      leave(place);
    }
  }
  const stream = await asked.send((input, params) => openBackground(connection, input, params, options, decoder));
  return new BackgroundAnswer(stream, asked, place, resume);
}

/** The stream of a response in the background. If the connection is lost, it reconnects and continues after the last event. */
class BackgroundAnswer implements AnswerStream {
  #stream: ResponseStream;
  readonly #asked: ResponseRequest;
  readonly #place: BackgroundPlace;
  readonly #resume: (id: string) => Promise<ResponseStream>;
  readonly #outcome: Promise<Step>;
  #settle!: { resolve: (step: Step) => void; reject: (error: unknown) => void };
  #isOwned = false;
  #isSettled = false;
  /** The number of connections in a row that brought no new event. */
  #idle = 0;

  constructor(
    stream: ResponseStream,
    asked: ResponseRequest,
    place: BackgroundPlace,
    resume: (id: string) => Promise<ResponseStream>,
  ) {
    this.#stream = stream;
    this.#asked = asked;
    this.#place = place;
    this.#resume = resume;
    this.#outcome = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.#outcome.catch(() => undefined);
  }

  get partial(): HeldAnswer {
    return this.#asked.partial(this.#stream.partial);
  }

  [Symbol.asyncIterator](): AsyncIterator<ResponseChunk, undefined> {
    this.#isOwned = true;
    return this.#read(this.#stream[Symbol.asyncIterator]());
  }

  final(): Promise<Step> {
    if (!this.#isOwned) this.#drain().catch(() => undefined);
    return this.#outcome;
  }

  async #drain(): Promise<void> {
    for await (const _ of this);
  }

  async *#read(first: AsyncIterator<ResponseChunk, undefined>): AsyncGenerator<ResponseChunk, undefined, undefined> {
    let chunks = first;
    try {
      for (;;) {
        const next = await chunks.next().catch((error: unknown) => this.#reconnect(error));
        if (next === undefined) chunks = this.#stream[Symbol.asyncIterator]();
        else if (next.done) break;
        else {
          await this.#note(next.value);
          yield next.value;
        }
      }
      const step = this.#asked.step(await this.#stream.final());
      leave(this.#place);
      this.#isSettled = true;
      this.#settle.resolve(step);
      return undefined;
    } catch (error) {
      // A response that failed has nothing to continue.
      if (isAPIError(error) || (isStreamError(error) && error.ending === "provider_error")) leave(this.#place);
      this.#isSettled = true;
      this.#settle.reject(error);
      throw error;
    } finally {
      if (!this.#isSettled) {
        this.#stream.cancel();
        this.#settle.reject(abortError());
      }
    }
  }

  async #note({ raw }: ResponseChunk): Promise<void> {
    const id = stringOf(objectOf(raw, "response"), "id");
    const isNew = id !== undefined && id !== this.#place.id;
    if (id) this.#place.id = id;
    const after = numberOf(raw, "sequence_number");
    if (after !== undefined && after > (this.#place.after ?? -1)) {
      this.#place.after = after;
      this.#idle = 0;
    }
    if (isNew) await this.#asked.request.save?.();
  }

  /** Continues after the last event. @throws the failure, if there is nothing to continue or the service cannot */
  async #reconnect(failure: unknown): Promise<undefined> {
    const { id, after } = this.#place;
    const { maxRetries = settingsOf(this.#asked.request.connection).maxRetries } = this.#asked.request.options;
    if (id === undefined || after === undefined || !isLostConnection(failure) || this.#idle++ > maxRetries)
      throw failure;
    try {
      this.#stream = await this.#resume(id);
    } catch (error) {
      throw isAPIError(error) || isConnectionError(error) ? failure : error;
    }
  }
}

function leave(place: BackgroundPlace): void {
  delete place.id;
  delete place.after;
}

function isLostConnection(error: unknown): boolean {
  if (!isStreamError(error)) return false;
  const { ending, cause } = error;
  return ending === "truncated" || (ending === "stalled" && !(isTimeoutError(cause) && cause.phase === "total"));
}
