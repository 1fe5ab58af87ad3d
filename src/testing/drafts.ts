import type { Refusal } from "./apiErrors.ts";
import type { Beat } from "./pace.ts";
import { eventText, piece } from "./pieces.ts";
import type { Draft, Piece } from "./types.ts";

/** A JSON body, sent in one piece. */
export function jsonDraft(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Draft {
  const text = typeof body === "string" ? body : `${JSON.stringify(body, null, 2)}\n`;
  return { status, headers: { "content-type": "application/json", ...headers }, before: 0, pieces: [piece(text)] };
}

/** An error object under its status. */
export function refusalDraft(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Draft {
  return jsonDraft({ error: refusal.error }, refusal.status, { "content-type": "application/json; charset=utf-8", ...headers });
}

/** An event stream of which every event is a token. */
export function eventsDraft(events: readonly object[], pace: Beat): Draft {
  return { ...streamDraft(events.map((event) => piece(eventText(event), pace.perToken))), before: pace.firstToken };
}

/** An event stream, one piece an event. */
export function streamDraft(pieces: Iterable<Piece>, headers: Readonly<Record<string, string>> = {}): Draft {
  return { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8", ...headers }, before: 0, pieces };
}
