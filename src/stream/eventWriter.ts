/**
 * A comment is sent in two writes. The first write to a client that has left still succeeds; its rejection by the other side makes the
 * second one fail.
 */
const COMMENT: Uint8Array = new TextEncoder().encode(":");
const COMMENT_END: Uint8Array = new TextEncoder().encode(" keep-alive\n\n");
const COMMENT_PAUSE = 250;
const NOTHING = new Uint8Array();
/** The longest wait that `setTimeout` takes, in milliseconds. Longer timers fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The two ends of a body. */
export interface BytePair {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<Uint8Array>;
}

/**
 * Returns a pair of streams, in workerd its own kind. Under `waitUntil` workerd never cancels a stream made in JavaScript when the client
 * has left, but a write to its own kind fails at once.
 */
export function bytePair(): BytePair {
  const { IdentityTransformStream } = globalThis as { IdentityTransformStream?: typeof TransformStream };
  return new (IdentityTransformStream ?? TransformStream)<Uint8Array, Uint8Array<ArrayBuffer>>();
}

/** Settings of an {@link EventWriter}. */
export interface EventWriterOptions {
  /** Milliseconds of silence before a comment; 0 or `Infinity` for no comments. */
  heartbeat: number;
  /** Called when the client has left. */
  onLeft: () => void;
  /** Returns `false` within an event, where no comment may stand. Default: always `true`. */
  between?: (() => boolean) | undefined;
  /** `true` if the stream has been silent for long already. Default: `false`. */
  silent?: boolean | undefined;
}

/** Writes an event stream, with comments in silence: platforms notice only by writing that a client has left. */
export class EventWriter {
  /** `true` once a comment was written. */
  commented = false;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #options: EventWriterOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: number;
  #writing = 0;
  #commenting = false;
  /** `true` until the stream ends, unless there is no heartbeat. */
  #beating: boolean;

  constructor(writable: WritableStream<Uint8Array>, options: EventWriterOptions) {
    this.#writer = writable.getWriter();
    this.#options = options;
    this.#written = options.silent ? 0 : Date.now();
    this.#writer.closed.catch(() => this.#leave());
    const { heartbeat } = options;
    this.#beating = heartbeat > 0 && heartbeat <= LONGEST_TIMER;
    if (this.#beating) this.#arm(this.#tick());
  }

  /** Writes bytes and waits until they are taken. @throws if the client has left */
  async write(bytes: Uint8Array): Promise<void> {
    const all = this.#commenting ? joined(COMMENT_END, bytes) : bytes;
    this.#commenting = false;
    if (all.length === 0) return;
    this.#writing++;
    await this.#writer.write(all);
    this.#writing--;
    // Finishing a comment does not reset the silence timer.
    if (bytes.length > 0) this.#written = Date.now();
    if (this.#beating && this.#timer === undefined) this.#arm(this.#tick());
  }

  /** Ends the stream. */
  async close(): Promise<void> {
    this.#stop();
    await this.write(NOTHING);
    await this.#writer.close();
  }

  #leave(): void {
    this.#stop();
    this.#options.onLeft();
  }

  #stop(): void {
    this.#beating = false;
    clearTimeout(this.#timer);
  }

  /** Sets the one timer, which looks at the time of the last write instead of being reset at each chunk. */
  #arm(wait: number | undefined): void {
    this.#timer = wait === undefined || !this.#beating ? undefined : setTimeout(() => this.#arm(this.#tick()), wait);
  }

  /** Writes a comment if it is time. @returns milliseconds until the timer has to look again; `undefined` if it need not */
  #tick(): number | undefined {
    const { heartbeat, between } = this.#options;
    if (this.#commenting) this.write(NOTHING).catch(() => this.#leave());
    const left = this.#written + heartbeat - Date.now();
    if (left > 0) return left;
    // While a write waits to be read, the client is the silent one, and the write fails when it leaves. A body that is never read keeps
    // no timer.
    if (this.#writing > 0) return undefined;
    if (between?.() === false) return COMMENT_PAUSE;
    this.write(COMMENT).catch(() => this.#leave());
    this.#commenting = true;
    this.commented = true;
    return Math.min(COMMENT_PAUSE, heartbeat / 2);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
