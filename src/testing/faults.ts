import {
  aBoolean,
  aCount,
  aFunction,
  aLimit,
  anything,
  aString,
  checkOptions,
  oneOf,
  type Rules,
  wrong,
} from "../options.ts";
import { SERVER_TEXT } from "./apiErrors.ts";
import { eventText, piece, recut, takeUntil } from "./pieces.ts";
import { aStatus } from "./replyRules.ts";
import type { Draft, ErrorBody, Fault, FaultyReply, Piece, Reply } from "./types.ts";

/** The position of a fault in a response. */
export interface Place {
  /** After this many bytes of the body. */
  afterBytes?: number | undefined;
  /** After this many events of a stream, or pieces of any other body. */
  afterEvents?: number | undefined;
}

/** A {@link Place}, or before the response. */
export interface EarlyPlace extends Place {
  /** The server accepts the request and sends no headers. */
  before?: "headers" | undefined;
}

const PLACE: Rules = { afterBytes: aCount, afterEvents: aCount };
const EARLY_PLACE: Rules = { ...PLACE, before: oneOf("headers") };
const KEEP_ALIVE: Rules = { ...PLACE, every: aCount, comment: aString };
const SLOW: Rules = { every: aCount, headers: aCount };
const ERROR_EVENT: Rules = { ...PLACE, error: anything, as: oneOf("data", "event"), goOn: aBoolean };
const FLOOD: Rules = { ...PLACE, start: aString, size: aLimit, limit: aCount };

/**
 * Creates a custom fault.
 *
 * @param name a short name of the fault
 * @param apply turns the sound response into the faulty one
 * @example
 * ```ts
 * const slowHeaders = createFault("slow headers", (draft) => ({ ...draft, before: 5000 }));
 * mock.reply({ text: "Hello", fault: slowHeaders });
 * ```
 */
export function createFault(name: string, apply: (draft: Draft) => Draft): Fault {
  aString(name, "name");
  aFunction(apply, "apply");
  const wrap = (reply?: Reply): FaultyReply => ({ reply, fault: created });
  const created: Fault = Object.assign(wrap, { fault: name, apply });
  return created;
}

/**
 * Ends the body early and cleanly, as a proxy does.
 *
 * @param place the position. Default: before the first byte
 * @example
 * ```ts
 * mock.reply({ text: "One two three", fault: faults.cut({ afterEvents: 2 }) });
 * ```
 */
export function cut(place: Place = {}): Fault {
  checkOptions(place, PLACE, "place");
  return onPieces("cut", (pieces) => until(pieces, place));
}

/**
 * Breaks the connection: the body fails with a TypeError, or `fetch` rejects with one for `before: "headers"`.
 *
 * @param place the position. Default: before the body's first byte
 */
export function reset(place: EarlyPlace = {}): Fault {
  checkOptions(place, EARLY_PLACE, "place");
  if (place.before === "headers")
    return createFault("reset", (draft) => ({ ...draft, before: new TypeError("fetch failed") }));
  return onPieces("reset", function* (pieces) {
    yield* until(pieces, place);
    yield { kind: "break", error: new TypeError("terminated") };
  });
}

/**
 * Sends nothing more until the caller gives up.
 *
 * @param place a position in the body or `before: "headers"`. Default: before the body's first byte
 */
export function stall(place: EarlyPlace = {}): Fault {
  checkOptions(place, EARLY_PLACE, "place");
  if (place.before === "headers") return createFault("stall", (draft) => ({ ...draft, before: "forever" }));
  return onPieces("stall", function* (pieces) {
    yield* until(pieces, place);
    yield { kind: "stall" };
  });
}

/**
 * Sends heartbeat comments for ever, and nothing else.
 *
 * @param options `every` in ms (default 1000); `comment`, the text (default `: keep-alive` and a blank line); and the
 *   position
 */
export function keepAlive(options: Place & { every?: number | undefined; comment?: string | undefined } = {}): Fault {
  checkOptions(options, KEEP_ALIVE, "options");
  const { every = 1000, comment = ": keep-alive\n\n" } = options;
  return onPieces("keepAlive", function* (pieces) {
    yield* until(pieces, options);
    for (;;) yield piece(comment, every);
  });
}

/**
 * Delays every event of a stream, or every piece of any other body.
 *
 * @param options `every` in ms, on top of the pace (default 1000); `headers`, the delay of the headers in ms (default
 *   0)
 */
export function slow(options: { every?: number | undefined; headers?: number | undefined } = {}): Fault {
  checkOptions(options, SLOW, "options");
  const { every = 1000, headers = 0 } = options;
  return createFault("slow", (draft) => ({
    ...draft,
    before: typeof draft.before === "number" ? draft.before + headers : draft.before,
    pieces: mapBytes(draft.pieces, (item) => ({ ...item, wait: item.wait + every })),
  }));
}

/**
 * Changes the content type and leaves the body as it is.
 *
 * @param type the content type. Default `text/html; charset=utf-8`
 */
export function wrongContentType(type = "text/html; charset=utf-8"): Fault {
  aString(type, "type");
  return createFault("wrongContentType", (draft) => ({
    ...draft,
    headers: { ...draft.headers, "content-type": type },
  }));
}

/**
 * Sends an error object in the middle of a stream.
 *
 * @param options the position (default: the first event); `error` (default: OpenAI's server error); `as`: `"data"`
 *   (default) for an unnamed event, `"event"` for one named `error`; `goOn`: continues the stream after the error
 *   (default false)
 */
export function errorEvent(
  options: Place & {
    error?: string | ErrorBody | undefined;
    as?: "data" | "event" | undefined;
    goOn?: boolean | undefined;
  } = {},
): Fault {
  checkOptions(options, ERROR_EVENT, "options");
  const { error = SERVER_ERROR, as = "data", goOn = false } = options;
  const body = { error: typeof error === "string" ? error : { type: null, param: null, code: null, ...error } };
  const text = eventText(body, as === "event" ? "error" : undefined);
  return onPieces("errorEvent", (pieces) => insert(pieces, text, options, goOn));
}

const SERVER_ERROR: ErrorBody = {
  message: SERVER_TEXT,
  type: "server_error",
  param: null,
  code: null,
};

/** Sends the whole answer, the finish reason and `[DONE]` included, and never closes the body. */
export function linger(): Fault {
  return onPieces("linger", function* (pieces) {
    yield* pieces;
    yield { kind: "stall" };
  });
}

/**
 * Cuts the body into pieces of other sizes.
 *
 * @param sizes the size in bytes of all pieces, or sizes to use in turn and over again
 */
export function pieces(sizes: number | readonly number[]): Fault {
  const list = typeof sizes === "number" ? [sizes] : sizes;
  if (!Array.isArray(list) || list.length === 0) throw wrong("sizes", "a number of bytes, or a list of such", sizes);
  for (const size of list as unknown[]) aLimit(size, "sizes");
  return onPieces("pieces", (items) => recut(items, list));
}

/**
 * Sends one line that does not end.
 *
 * @param options the position; `start`, the line's first characters (default `data:
 *   {"choices":[{"delta":{"content":"`); `size`, the bytes per piece (default 16384); `limit`, the total bytes after
 *   which the body closes (default none)
 */
export function flood(
  options: Place & { start?: string | undefined; size?: number | undefined; limit?: number | undefined } = {},
): Fault {
  checkOptions(options, FLOOD, "options");
  const { start = 'data: {"choices":[{"delta":{"content":"', size = 16384, limit = Infinity } = options;
  const block = new Uint8Array(size).fill(0x78);
  return onPieces("flood", function* (items) {
    yield* until(items, options);
    yield piece(start);
    for (let sent = 0; sent < limit; sent += size) yield piece(block.subarray(0, Math.min(size, limit - sent)));
  });
}

/**
 * Sends the body under another status, as a proxy does. For an error of the API itself, use the reply `{ status }`.
 *
 * @param code the status
 */
export function status(code: number): Fault {
  aStatus(code, "code");
  return createFault("status", (draft) => ({ ...draft, status: code }));
}

function onPieces(name: string, change: (pieces: Iterable<Piece>) => Iterable<Piece>): Fault {
  return createFault(name, (draft) => ({ ...draft, pieces: change(draft.pieces) }));
}

function until(items: Iterable<Piece>, place: Place): Iterable<Piece> {
  const nowhere = place.afterBytes === undefined && place.afterEvents === undefined;
  return takeUntil(items, nowhere ? { count: 0 } : { bytes: place.afterBytes, count: place.afterEvents });
}

function* insert(items: Iterable<Piece>, text: string, place: Place, goOn: boolean): Generator<Piece> {
  if (!goOn) {
    yield* until(items, place);
    yield piece(text);
    return;
  }
  let count = place.afterEvents ?? 0;
  for (const item of items) {
    if (count === 0) yield piece(text);
    count -= 1;
    yield item;
  }
  if (count >= 0) yield piece(text);
}

function* mapBytes(
  items: Iterable<Piece>,
  change: (item: Extract<Piece, { kind: "bytes" }>) => Piece,
): Generator<Piece> {
  for (const item of items) yield item.kind === "bytes" ? change(item) : item;
}
