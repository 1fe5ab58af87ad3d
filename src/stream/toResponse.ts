import { InputError, isStreamError } from "../errors.ts";
import { checkOptions, type Rules, wrong } from "../options.ts";
import { bytePair, EventWriter } from "./eventWriter.ts";
import { fieldOf, stringOf } from "../wire/read.ts";

/** Settings of the response that passes a stream on. */
export interface ToResponseInit {
  /** The status. @default 200 */
  status?: number | undefined;
  /** Headers besides `content-type` and `cache-control`. */
  headers?: ResponseInit["headers"] | undefined;
  /** Milliseconds of silence before a comment is sent; `Infinity` for no comments. @default 2000 */
  heartbeat?: number | undefined;
}

/** The frames of a stream. */
export interface FrameSource {
  next(): Promise<IteratorResult<string, undefined>>;
  cancel(): void;
  /** `true` if the stream ends without `[DONE]`. */
  withoutDone?: boolean | undefined;
}

/** Returns a response of server-sent events, with comments in silence and an error event if the stream fails. */
export function streamResponse(source: FrameSource, init: ToResponseInit = {}): Response {
  const { status = 200, heartbeat = 2_000 } = init;
  const headers = headersOf(init.headers);
  headers.set("content-type", "text/event-stream; charset=utf-8");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store, no-transform");
  const { readable, writable } = bytePair();
  void writeFrames(source, new EventWriter(writable, { heartbeat, onLeft: () => source.cancel() }));
  return new Response(readable, { status, headers });
}

/**
 * Checks the settings of a response before it owns the stream.
 *
 * @throws InputError that names the field
 */
export function checkInit(init: ToResponseInit | undefined): void {
  checkOptions(init, INIT, "init");
}

const INIT: Rules = {
  status(value, at) {
    // A response of another status has no body.
    if (typeof value !== "number" || !Number.isInteger(value) || value < 200 || value > 599 || value in NO_BODY)
      throw new InputError(
        at,
        "a status that has a body, 200 to 599",
        typeof value === "number" ? String(value) : typeof value,
      );
  },
  headers: (value) => void headersOf(value as Headers),
  // 0, a negative number, NaN and Infinity all mean no heartbeat.
  heartbeat(value, at) {
    if (typeof value !== "number") throw wrong(at, "milliseconds, or Infinity for none", value);
  },
};

const NO_BODY = { 204: true, 205: true, 304: true };

function headersOf(given: ToResponseInit["headers"]): Headers {
  try {
    return new Headers(given);
  } catch {
    throw new InputError("init.headers", "headers that HTTP can carry", "others");
  }
}

async function writeFrames(source: FrameSource, writer: EventWriter): Promise<void> {
  const encoder = new TextEncoder();
  const write = (text: string): Promise<void> => writer.write(encoder.encode(text));
  try {
    try {
      for (let next = await source.next(); !next.done; next = await source.next()) await write(next.value);
      if (!source.withoutDone) await write("data: [DONE]\n\n");
    } catch (error) {
      // An answer that cannot be written must not stay unread.
      source.cancel();
      await write(errorFrame(error));
    }
    await writer.close();
  } catch {
    // The client has left.
    source.cancel();
  }
}

/** Returns one event in the wire format. Data of several lines takes several fields. */
export function eventFrame(data: string, event?: string): string {
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${lines}\n\n`;
}

/** Returns the events of chunks, each once: chunks of several choices share one. */
export function framesOf(chunks: readonly unknown[]): string[] {
  const events = new Set(chunks.map((chunk) => fieldOf(chunk, "raw")));
  return [...events].map((raw) => eventFrame(JSON.stringify(raw), stringOf(raw, "type")));
}

/** Returns an error event in the API's form, with the ending beside the API's fields. */
export function errorFrame(error: unknown): string {
  const known = isStreamError(error) ? error : undefined;
  const fields = {
    message: error instanceof Error ? error.message : String(error),
    type: known?.type ?? "stream_error",
    param: null,
    code: known?.code ?? null,
    ending: known?.ending ?? "provider_error",
  };
  return `event: error\ndata: ${JSON.stringify({ error: fields })}\n\n`;
}
