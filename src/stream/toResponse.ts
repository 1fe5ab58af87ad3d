import { InputError, isStreamError } from "../errors.ts";
import { checkOptions, type Rules, wrong } from "../options.ts";
import { bytePair, EventWriter } from "./eventWriter.ts";

/** How a stream is passed on. */
export interface ToResponseInit {
  /** Default 200. */
  status?: number | undefined;
  /** Headers besides `content-type` and `cache-control`. */
  headers?: ResponseInit["headers"] | undefined;
  /** Milliseconds of silence after which a comment is sent; `Infinity` for none. Default 2,000. */
  heartbeat?: number | undefined;
}

/** Events as text, and a way to stop them. */
export interface FrameSource {
  next(): Promise<IteratorResult<string, undefined>>;
  cancel(): void;
  /** Whether no `[DONE]` is to be written at the end. */
  withoutDone?: boolean | undefined;
}

/** Writes frames as the body of an SSE response, with comments in silence and a last event that tells how it ended. */
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
 * Checks how a stream is to be passed on, before anybody owns it.
 *
 * @throws InputError
 */
export function checkInit(init: ToResponseInit | undefined): void {
  checkOptions(init, INIT, "init");
}

const INIT: Rules = {
  status(value, at) {
    // Others have no body.
    if (typeof value !== "number" || !Number.isInteger(value) || value < 200 || value > 599 || value in NO_BODY)
      throw new InputError(
        at,
        "a status that has a body, 200 to 599",
        typeof value === "number" ? String(value) : typeof value,
      );
  },
  headers: (value) => void headersOf(value as Headers),
  // 0, a negative one and NaN are no heartbeat, as Infinity is.
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
      // Whatever could not be written: the answer behind it must not go on unread.
      source.cancel();
      await write(errorFrame(error));
    }
    await writer.close();
  } catch {
    // The client has left, and there is nobody to tell.
    source.cancel();
  }
}

/** One event in the wire format. Data of several lines takes several fields. */
export function eventFrame(data: string, event?: string): string {
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${lines}\n\n`;
}

/** The events of chunks, each once: chunks of several choices share one. */
export function framesOf(chunks: readonly unknown[]): string[] {
  const events = new Set(chunks.map((chunk) => (chunk as { raw?: unknown }).raw));
  return [...events].map((raw) => eventFrame(JSON.stringify(raw), (raw as { type?: string } | undefined)?.type));
}

/** An error event in the API's form, with the ending beside the API's fields. */
export function errorFrame(error: unknown): string {
  const known = isStreamError(error) ? error : undefined;
  const told = {
    message: error instanceof Error ? error.message : String(error),
    type: known?.type ?? "stream_error",
    param: null,
    code: known?.code ?? null,
    ending: known?.ending ?? "provider_error",
  };
  return `event: error\ndata: ${JSON.stringify({ error: told })}\n\n`;
}
