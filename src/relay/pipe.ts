import { bytePair, EventWriter } from "../stream/eventWriter.ts";
import { EventGate } from "./gate.ts";
import type { ByteFilter } from "./redact.ts";
import { errorEvent } from "./refusal.ts";

const BLANK: Uint8Array = new TextEncoder().encode("\n\n");
const EMPTY = new Uint8Array();
const BOM = [0xef, 0xbb, 0xbf];

type Body = ReadableStream<Uint8Array<ArrayBuffer>>;
type Writer = WritableStreamDefaultWriter<Uint8Array>;

/** Where a body's bytes come from. */
export interface Source {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): void;
  /** Changes the bytes on their way. There is one as soon as there are bytes. */
  readonly filter: ByteFilter | undefined;
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
  readonly #gate = new EventGate();
  readonly #writer: EventWriter;
  #passed = false;

  constructor(source: Source, writable: WritableStream<Uint8Array>, heartbeat: number, silent: boolean) {
    this.#source = source;
    this.#writer = new EventWriter(writable, {
      heartbeat,
      silent,
      onLeft: () => source.cancel(),
      between: () => this.#gate.between,
    });
  }

  async run(): Promise<void> {
    try {
      await this.#events().catch((error: unknown) => this.#fail(error));
      await this.#writer.close();
    } catch {
      this.#source.cancel();
    }
  }

  async #events(): Promise<void> {
    for (let next = await this.#source.read(); !next.done; next = await this.#source.read()) {
      if (next.value) await this.#pass(this.#source.filter?.push(this.#gate.push(next.value)));
    }
    await this.#pass(this.#source.filter?.push(this.#gate.rest()));
    await this.#pass(this.#source.filter?.rest());
  }

  /** The half of an event that is held goes nowhere: what never ended would be read as an event that was malformed. */
  async #fail(error: unknown): Promise<void> {
    if (!this.#gate.between) await this.#writer.write(BLANK);
    await this.#writer.write(error instanceof FailedSource ? error.event : cutEvent());
  }

  async #pass(bytes: Uint8Array = EMPTY): Promise<void> {
    if (bytes.length === 0) return;
    // A byte order mark is one only where a stream begins, and this one began with a comment.
    const mark = this.#writer.commented && !this.#passed && BOM.every((byte, at) => bytes[at] === byte);
    this.#passed = true;
    await this.#writer.write(mark ? bytes.subarray(BOM.length) : bytes);
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
