import { SERVER_TEXT } from "./apiErrors.ts";
import { eventText, piece, recut, takeUntil } from "./pieces.ts";
import type { Draft, ErrorBody, Fault, FaultyReply, Piece, Reply } from "./types.ts";

/** Where in a response a fault comes. */
export interface Place {
  /** After this many bytes of the body. */
  afterBytes?: number | undefined;
  /** After this many events of a stream, or pieces of another body. */
  afterEvents?: number | undefined;
}

/** As {@link Place}, or before there is a response at all. */
export interface EarlyPlace extends Place {
  /** The request is taken, and no headers come. */
  before?: "headers" | undefined;
}

/**
 * A fault of one's own.
 *
 * @param name what it does
 * @param apply turns the sound response into the faulty one
 */
export function createFault(name: string, apply: (draft: Draft) => Draft): Fault {
  const wrap = (reply?: Reply): FaultyReply => ({ reply, fault: created });
  const created: Fault = Object.assign(wrap, { fault: name, apply });
  return created;
}

/** The body ends early and cleanly, as where a proxy closes it. Default place: before its first byte. */
export function cut(place: Place = {}): Fault {
  return onPieces("cut", (pieces) => until(pieces, place));
}

/**
 * The connection breaks: the body fails with a TypeError, or, `before: "headers"`, `fetch` rejects with one.
 * Default place: before the body's first byte.
 */
export function reset(place: EarlyPlace = {}): Fault {
  if (place.before === "headers")
    return createFault("reset", (draft) => ({ ...draft, before: new TypeError("fetch failed") }));
  return onPieces("reset", function* (pieces) {
    yield* until(pieces, place);
    yield { kind: "break", error: new TypeError("terminated") };
  });
}

/** Silence, until the caller gives up: after a place in the body (default: before its first byte) or `before: "headers"`. */
export function stall(place: EarlyPlace = {}): Fault {
  if (place.before === "headers") return createFault("stall", (draft) => ({ ...draft, before: "forever" }));
  return onPieces("stall", function* (pieces) {
    yield* until(pieces, place);
    yield { kind: "stall" };
  });
}

/**
 * Silence dressed as life: comments for ever, and nothing else.
 *
 * @param options `every` in ms (default 1000); `comment` the text (default `: keep-alive` and a blank line); and the place
 */
export function keepAlive(options: Place & { every?: number | undefined; comment?: string | undefined } = {}): Fault {
  const { every = 1000, comment = ": keep-alive\n\n" } = options;
  return onPieces("keepAlive", function* (pieces) {
    yield* until(pieces, options);
    for (;;) yield piece(comment, every);
  });
}

/**
 * Every event of a stream (piece of another body) comes late.
 *
 * @param options `every` in ms, on top of the pace (default 1000); `headers`: silence before the headers, in ms (default 0)
 */
export function slow(options: { every?: number | undefined; headers?: number | undefined } = {}): Fault {
  const { every = 1000, headers = 0 } = options;
  return createFault("slow", (draft) => ({
    ...draft,
    before: typeof draft.before === "number" ? draft.before + headers : draft.before,
    pieces: mapBytes(draft.pieces, (item) => ({ ...item, wait: item.wait + every })),
  }));
}

/** The body is as it was and its content type says something else: `text/html` by default. */
export function wrongContentType(type = "text/html; charset=utf-8"): Fault {
  return createFault("wrongContentType", (draft) => ({
    ...draft,
    headers: { ...draft.headers, "content-type": type },
  }));
}

/**
 * An error object in the midst of a stream, which ends there.
 *
 * @param options the place (default: the first event); `error` (default: OpenAI's server error); `as`: `"data"` (default) for a nameless
 *   event, `"event"` for one named `error`; `goOn`: whether the stream goes on behind it (default false)
 */
export function errorEvent(
  options: Place & {
    error?: string | ErrorBody | undefined;
    as?: "data" | "event" | undefined;
    goOn?: boolean | undefined;
  } = {},
): Fault {
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

/** All is sent, the finish reason and `[DONE]` too, and the body is never closed. */
export function linger(): Fault {
  return onPieces("linger", function* (pieces) {
    yield* pieces;
    yield { kind: "stall" };
  });
}

/** The body in pieces of other sizes, in bytes: one size for all, or sizes that are taken in turn and over again. */
export function pieces(sizes: number | readonly number[]): Fault {
  const list = typeof sizes === "number" ? [sizes] : sizes;
  return onPieces("pieces", (items) => recut(items, list));
}

/**
 * One line that does not end.
 *
 * @param options the place; `start`: the line's first characters (default `data: {"choices":[{"delta":{"content":"`); `size`: bytes a
 *   piece (default 16384); `limit`: bytes in all, after which the body closes (default none)
 */
export function flood(
  options: Place & { start?: string | undefined; size?: number | undefined; limit?: number | undefined } = {},
): Fault {
  const { start = 'data: {"choices":[{"delta":{"content":"', size = 16384, limit = Infinity } = options;
  const block = new Uint8Array(size).fill(0x78);
  return onPieces("flood", function* (items) {
    yield* until(items, options);
    yield piece(start);
    for (let sent = 0; sent < limit; sent += size) yield piece(block.subarray(0, Math.min(size, limit - sent)));
  });
}

/** The answer's body under another status, as where a proxy speaks. For an error of the API's own reply `{ status }`. */
export function status(code: number): Fault {
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
