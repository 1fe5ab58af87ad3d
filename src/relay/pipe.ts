import { bytePair, EventWriter } from "../stream/eventWriter.ts";
import { WholeEvents } from "./wholeEvents.ts";
import type { ByteFilter } from "./redact.ts";
import { errorEvent } from "./refusal.ts";

const BLANK: Uint8Array = new TextEncoder().encode("\n\n");
const EMPTY = new Uint8Array();
const BOM = [0xef, 0xbb, 0xbf];

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** The source of a body's bytes. */
export interface Source {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): void;
  /** Replaces secrets in the bytes. It exists once there are bytes. */
  readonly filter: ByteFilter | undefined;
}

/**
 * Passes the bytes of a source on as they arrive. A failure errors the body; cancelling the body cancels the source.
 */
export function plainBody(source: Source): Body {
  const { readable, writable } = bytePair();
  void carry(source, writable.getWriter());
  return readable;
}

/**
 * Passes the events of a source on as a whole, with a heartbeat comment after each `heartbeat` milliseconds of silence.
 * A failure of the source becomes an error event. Cancelling the body cancels the source.
 *
 * @param silent sends the first heartbeat at once, because the source has already been silent
 */
export function eventBody(source: Source, heartbeat: number, silent = false): Body {
  const { readable, writable } = bytePair();
  void new EventPipe(source, writable, heartbeat, silent).run();
  return readable;
}

async function carry(source: Source, writer: Writer): Promise<void> {
  const pass = async (bytes: Uint8Array = EMPTY): Promise<void> => {
    if (bytes.length > 0) await writer.write(bytes);
  };
  writer.closed.catch(() => source.cancel());
  try {
    for (let next = await source.read(); !next.done; next = await source.read()) {
      if (next.value) await pass(source.filter?.push(next.value));
    }
    await pass(source.filter?.rest());
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => undefined);
  }
}

class EventPipe {
  readonly #source: Source;
  readonly #events = new WholeEvents();
  readonly #writer: EventWriter;
  #passed = false;

  constructor(source: Source, writable: WritableStream<Uint8Array>, heartbeat: number, silent: boolean) {
    this.#source = source;
    this.#writer = new EventWriter(writable, {
      heartbeat,
      silent,
      onLeft: () => source.cancel(),
      between: () => this.#events.between,
    });
  }

  async run(): Promise<void> {
    try {
      await this.#passAll().catch((error: unknown) => this.#fail(error));
      await this.#writer.close();
    } catch {
      this.#source.cancel();
    }
  }

  async #passAll(): Promise<void> {
    for (let next = await this.#source.read(); !next.done; next = await this.#source.read()) {
      if (next.value) await this.#pass(this.#source.filter?.push(this.#events.push(next.value)));
    }
    await this.#pass(this.#source.filter?.push(this.#events.rest()));
    await this.#pass(this.#source.filter?.rest());
  }

  /** Drops the buffered part of an unfinished event: a reader would take it for a malformed event. */
  async #fail(error: unknown): Promise<void> {
    if (!this.#events.between) await this.#writer.write(BLANK);
    await this.#writer.write(error instanceof FailedSource ? error.event : cutEvent());
  }

  async #pass(bytes: Uint8Array = EMPTY): Promise<void> {
    if (bytes.length === 0) return;
    // A byte order mark counts only at the beginning of a stream, and this stream began with a comment.
    const mark = this.#writer.commented && !this.#passed && BOM.every((byte, at) => bytes[at] === byte);
    this.#passed = true;
    await this.#writer.write(mark ? bytes.subarray(BOM.length) : bytes);
  }
}

/** A failure with the error event to send to the client. */
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
