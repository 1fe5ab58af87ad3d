/**
 * A comment goes out in two writes: the first to a client that has left still succeeds, and only the answer to it, that
 * nobody is there, makes the second one fail.
 */
const COMMENT: Uint8Array = new TextEncoder().encode(":");
const COMMENT_END: Uint8Array = new TextEncoder().encode(" keep-alive\n\n");
const COMMENT_PAUSE = 250;
const NOTHING = new Uint8Array();
/** Beyond this, timers fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A body to be read, and where it is written. */
export interface BytePair {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<Uint8Array>;
}

/**
 * Makes a pair of streams: workerd's own where there is one. Under `waitUntil` it never cancels a stream made in JavaScript when the
 * client has left, while a write to its own fails at once.
 */
export function bytePair(): BytePair {
  const { IdentityTransformStream } = globalThis as { IdentityTransformStream?: typeof TransformStream };
  return new (IdentityTransformStream ?? TransformStream)<Uint8Array, Uint8Array<ArrayBuffer>>();
}

/** What an {@link EventWriter} may be told. */
export interface EventWriterOptions {
  /** Milliseconds of silence after which a comment is written; 0 or `Infinity` for never. */
  heartbeat: number;
  /** Called when the client has left. */
  onLeft: () => void;
  /** Whether a comment may stand here: not within an event. Default: always. */
  between?: (() => boolean) | undefined;
  /** Whether it has been silent for long already. */
  silent?: boolean | undefined;
}

/** Writes an event stream, with comments in silence: a platform learns only by writing that its client has left. */
export class EventWriter {
  /** Whether a comment was written. */
  commented = false;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #options: EventWriterOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: number;
  #writing = 0;
  #commenting = false;
  /** Whether there still are to be comments. */
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

  /** Writes bytes, and waits until they are taken. @throws where the client has left */
  async write(bytes: Uint8Array): Promise<void> {
    const all = this.#commenting ? joined(COMMENT_END, bytes) : bytes;
    this.#commenting = false;
    if (all.length === 0) return;
    this.#writing++;
    await this.#writer.write(all);
    this.#writing--;
    // The end of a comment is no sign of life: silence goes on from its beginning.
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

  /** One timer that looks at the time of the last write, instead of a timer for each chunk. */
  #arm(wait: number | undefined): void {
    this.#timer = wait === undefined || !this.#beating ? undefined : setTimeout(() => this.#arm(this.#tick()), wait);
  }

  /** Comments if it is time; gives the milliseconds until the next look, where the timer has to look again. */
  #tick(): number | undefined {
    const { heartbeat, between } = this.#options;
    if (this.#commenting) this.write(NOTHING).catch(() => this.#leave());
    const left = this.#written + heartbeat - Date.now();
    if (left > 0) return left;
    // While a write waits to be read, the silence is the client's, and that write tells when it leaves. A body that is
    // never read keeps no timer.
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
