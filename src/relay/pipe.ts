import { joined } from "./body.ts";
import { EventGate } from "./gate.ts";
import { errorEvent } from "./refusal.ts";

/**
 * A comment goes out in two writes: the first to a client that has left still succeeds, and only the answer to it, that
 * nobody is there, makes the second one fail.
 */
const COMMENT: Uint8Array = new TextEncoder().encode(":");
const COMMENT_END: Uint8Array = new TextEncoder().encode(" keep-alive\n\n");
const COMMENT_PAUSE = 250;

const NOTHING = new Uint8Array();
const BLANK: Uint8Array = new TextEncoder().encode("\n\n");
const BOM = [0xef, 0xbb, 0xbf];

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** Where a body's bytes come from. */
export interface Source {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): void;
}

/** The bytes of a source as they come; a failure errors the body, leaving the body cancels the source. */
export function plainBody(source: Source): Body {
  const { readable, writable } = bytePair();
  void carry(source, writable.getWriter());
  return readable;
}

/**
 * The events of a source in whole, with a comment after each `heartbeat` milliseconds of silence. A failure of the
 * source becomes an error event. Leaving the body cancels the source. With `silent` it has been silent for long already.
 */
export function eventBody(source: Source, heartbeat: number, silent = false): Body {
  const { readable, writable } = bytePair();
  void new EventPipe(source, writable.getWriter(), heartbeat, silent ? 0 : Date.now()).run();
  return readable;
}

/**
 * workerd's own pair, where there is one: under `waitUntil` it never cancels a stream made in JavaScript when the
 * client has left, while a write to its own fails at once.
 */
function bytePair(): { readable: Body; writable: WritableStream<Uint8Array> } {
  const { IdentityTransformStream } = globalThis as { IdentityTransformStream?: typeof TransformStream };
  return new (IdentityTransformStream ?? TransformStream)<Uint8Array, Uint8Array<ArrayBuffer>>();
}

async function carry(source: Source, writer: Writer): Promise<void> {
  writer.closed.catch(() => source.cancel());
  try {
    for (let next = await source.read(); !next.done; next = await source.read()) {
      if (next.value) await writer.write(next.value);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}

class EventPipe {
  readonly #source: Source;
  readonly #writer: Writer;
  readonly #heartbeat: number;
  readonly #gate = new EventGate();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #written: number;
  #writing = 0;
  #commenting = false;
  #commented = false;
  #passed = false;

  constructor(source: Source, writer: Writer, heartbeat: number, written: number) {
    this.#source = source;
    this.#writer = writer;
    this.#heartbeat = heartbeat;
    this.#written = written;
  }

  async run(): Promise<void> {
    this.#writer.closed.catch(() => this.#leave());
    this.#arm(this.#tick());
    try {
      await this.#events().catch((error: unknown) => this.#fail(error));
      await this.#writer.close();
    } catch {
      this.#leave();
    } finally {
      clearTimeout(this.#timer);
    }
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#source.cancel();
  }

  async #events(): Promise<void> {
    for (let next = await this.#source.read(); !next.done; next = await this.#source.read()) {
      if (next.value) await this.#pass(this.#gate.push(next.value));
    }
    await this.#write(this.#gate.rest());
  }

  /** The half of an event that is held goes nowhere: what never ended would be read as an event that was malformed. */
  async #fail(error: unknown): Promise<void> {
    if (!this.#gate.between) await this.#write(BLANK);
    await this.#write(error instanceof FailedSource ? error.event : cutEvent());
  }

  async #pass(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    // A byte order mark is one only where a stream begins, and this one began with a comment.
    const mark = this.#commented && !this.#passed && BOM.every((byte, at) => bytes[at] === byte);
    this.#passed = true;
    await this.#write(mark ? bytes.subarray(BOM.length) : bytes);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    const all = this.#commenting ? joined([COMMENT_END, bytes]) : bytes;
    this.#commenting = false;
    this.#writing++;
    await this.#writer.write(all);
    this.#writing--;
    this.#written = Date.now();
  }

  /** One timer that looks at the time of the last write, instead of a timer for each chunk. */
  #arm(wait: number): void {
    this.#timer = setTimeout(() => this.#arm(this.#tick()), wait);
  }

  /** Comments if it is time; gives the milliseconds until the next look. */
  #tick(): number {
    if (this.#commenting) this.#write(NOTHING).catch(() => this.#leave());
    const left = this.#written + this.#heartbeat - Date.now();
    // While a write waits to be read, the silence is the client's, and that write tells when it leaves.
    if (left > 0 || this.#writing > 0 || !this.#gate.between) return Math.max(left, COMMENT_PAUSE);
    this.#write(COMMENT).catch(() => this.#leave());
    this.#commenting = true;
    this.#commented = true;
    return Math.min(COMMENT_PAUSE, this.#heartbeat / 2);
  }
}

/** A failure that knows the event with which the client is to be told. */
export class FailedSource extends Error {
  readonly event: Uint8Array;

  constructor(event: Uint8Array) {
    super("The source failed.");
    this.event = event;
  }
}

function cutEvent(): Uint8Array {
  const message = "The connection to the API broke before the answer was whole.";
  return errorEvent({ message, type: "api_error", code: "relay_cut" }, "truncated");
}
