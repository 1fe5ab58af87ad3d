import { InputError, isStreamError } from "../errors.ts";
import { attachInfo } from "../http/info.ts";
import type { RawHttpInfo } from "../http/info.ts";
import { Inbox } from "./inbox.ts";
import { checkInit, streamResponse } from "./toResponse.ts";
import type { HeldAnswer } from "../wire/index.ts";
import type { Settler } from "./inbox.ts";
import type { EndingOf, Outcome, Sink, Source } from "./source.ts";
import type { ToResponseInit } from "./toResponse.ts";

/** The reader of a stream. The first of the three owns it. */
type Reader<Item> =
  | { readonly name: "a loop"; readonly inbox: Inbox<Item> }
  | { readonly name: "final()"; readonly inbox?: undefined }
  | { readonly name: "toResponse()"; readonly inbox: Inbox<string> };

/**
 * A streamed answer or a running turn: items to loop over, a whole to wait for, or a `Response` to pass on. It has exactly one ending.
 *
 * The first of loop, `final()` and `toResponse()` owns the stream. Leaving the loop stops the request.
 *
 * @example
 * ```ts
 * const stream = await client.streamChat([{ role: "user", content: "Tell me a joke" }]);
 * for await (const chunk of stream) console.log(chunk.content);
 * const answer = await stream.final();
 * ```
 */
export class Stream<Item, Whole> implements AsyncIterable<Item> {
  readonly #source: Source;
  readonly #outlet: Outlet<Item, Whole>;

  /** Private: streams are made by the functions that ask for one, such as `streamChat()`. */
  private constructor(connect: unknown) {
    this.#outlet = new Outlet(this);
    this.#source = (connect as Connect<Item, Whole>)(this.#outlet);
  }

  /** The ending of the stream; `undefined` while it runs. */
  get ending(): EndingOf<Whole> | undefined {
    return this.#outlet.outcome?.ending;
  }

  /** The part that has arrived so far. Can be read at any time, also after a failure. */
  get partial(): HeldAnswer {
    return this.#source.partial;
  }

  /**
   * Returns the items as they come. Leaving the loop stops the request.
   *
   * @throws InputError if the stream is already being read; StreamError in the loop if the stream fails
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Item, undefined> {
    const inbox = new Inbox<Item>(this.#source);
    this.#outlet.own({ name: "a loop", inbox });
    return inbox;
  }

  /**
   * Waits for the end. Reads the stream if nobody else does.
   *
   * @returns the whole
   * @throws StreamError if the stream fails
   */
  final(): Promise<Whole> {
    const promise = this.#outlet.final();
    if (!this.#outlet.reader) {
      this.#outlet.reader = { name: "final()" };
      this.#source.pull();
    }
    return promise;
  }

  /**
   * Passes the stream on in the API's wire format, as server-sent events. During silence it sends a comment, to
   * notice a client that has disconnected. A failure becomes an error event, which fetchat reads as the same ending.
   *
   * @param init status, headers and heartbeat of the response
   * @throws InputError if the stream is already being read, or `init` is wrong
   */
  toResponse(init?: ToResponseInit): Response {
    checkInit(init);
    const inbox = new Inbox<string>(this.#source);
    this.#outlet.own({ name: "toResponse()", inbox });
    return streamResponse(
      { next: () => inbox.next(), cancel: () => void inbox.return(), withoutDone: this.#source.withoutDone },
      init,
    );
  }

  /**
   * Throws: `new Response(stream)` and a template would send "[object Object]" otherwise.
   *
   * @throws InputError that names what to use
   */
  toString(): never {
    throw new InputError("stream", "toResponse() or await final()", "a use as text");
  }

  /**
   * Throws: `Response.json(stream)` would send `{}` otherwise.
   *
   * @throws InputError that names what to use
   */
  toJSON(): never {
    return this.toString();
  }

  /**
   * Stops the request. A loop that waits ends with an AbortError. Does nothing after the end.
   *
   * @param reason the abort's `cause`
   */
  cancel(reason?: unknown): void {
    this.#source.cancel(reason);
  }
}

/** The end of a stream that its source writes into. It knows who reads, and how the stream ended. */
class Outlet<Item, Whole> implements Sink<Item, Whole> {
  reader: Reader<Item> | undefined;
  outcome: Outcome<Whole> | undefined;
  /** The promises of `final()` that wait for the end. */
  #finals: readonly Settler<Whole>[] = [];
  readonly #stream: object;

  constructor(stream: object) {
    this.#stream = stream;
  }

  get isWaiting(): boolean {
    return this.reader !== undefined && (this.reader.inbox?.isWaiting ?? true);
  }

  get isPassedOn(): boolean {
    return this.reader?.name === "toResponse()";
  }

  /** @throws InputError if somebody reads already */
  own(reader: Reader<Item>): void {
    if (this.reader)
      throw new InputError("stream", "to be read once", `a second reader (the first is ${this.reader.name})`);
    this.reader = reader;
    if (this.outcome) reader.inbox?.end(this.outcome.error);
  }

  /** Returns a promise of the whole. */
  final(): Promise<Whole> {
    return new Promise((resolve, reject) => {
      this.#finals = [...this.#finals, { resolve, reject }];
      if (this.outcome) this.#settleFinals(this.outcome);
    });
  }

  push(item: Item): void {
    if (this.reader?.name === "a loop") this.reader.inbox.push(item);
  }

  pushFrame(frame: string): void {
    if (this.reader?.name === "toResponse()") this.reader.inbox.push(frame);
  }

  describe(info: RawHttpInfo): void {
    attachInfo(this.#stream, info);
  }

  end(outcome: Outcome<Whole>): void {
    this.outcome = outcome;
    const inbox = this.reader?.inbox;
    if (outcome.ending === "aborted") inbox?.clear();
    inbox?.end(outcome.error);
    this.#settleFinals(outcome);
  }

  #settleFinals(outcome: Outcome<Whole>): void {
    const finals = this.#finals;
    this.#finals = [];
    for (const { resolve, reject } of finals) {
      if (outcome.error) reject(outcome.error);
      else
        try {
          resolve(outcome.whole());
        } catch (error) {
          this.outcome = { ending: isStreamError(error) ? error.ending : "provider_error", error: error as Error };
          reject(error);
        }
    }
  }
}

/** Makes the source that writes into a stream. */
type Connect<Item, Whole> = (sink: Sink<Item, Whole>) => Source;
type StreamMaker = new <Item, Whole>(connect: Connect<Item, Whole>) => Stream<Item, Whole>;

/**
 * Makes a stream.
 *
 * @param connect makes the source that writes into the stream
 */
export function createStream<Item, Whole>(connect: Connect<Item, Whole>): Stream<Item, Whole> {
  return new (Stream as unknown as StreamMaker)(connect);
}
