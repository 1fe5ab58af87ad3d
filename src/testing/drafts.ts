import type { Refusal } from "./apiErrors.ts";
import type { Beat } from "./pace.ts";
import { eventText, piece } from "./pieces.ts";
import type { Draft, Piece, RecordedRequest } from "./types.ts";

/** Returns a JSON response with its body in one piece. */
export function jsonDraft(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Draft {
  const text = typeof body === "string" ? body : `${JSON.stringify(body, null, 2)}\n`;
  return { status, headers: { "content-type": "application/json", ...headers }, before: 0, pieces: [piece(text)] };
}

/** Returns an error response. */
export function refusalDraft(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Draft {
  return jsonDraft({ error: refusal.error }, refusal.status, {
    "content-type": "application/json; charset=utf-8",
    ...headers,
  });
}

/** Returns an event stream in which every event carries a token. */
export function eventsDraft(events: readonly object[], pace: Beat): Draft {
  return { ...streamDraft(events.map((event) => piece(eventText(event), pace.perToken))), before: pace.firstToken };
}

/** Returns an event stream with one event per piece. */
export function streamDraft(pieces: Iterable<Piece>, headers: Readonly<Record<string, string>> = {}): Draft {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", ...headers },
    before: 0,
    pieces,
  };
}

/** Returns the page of a list that a request asks for, the newest items first unless `order` is `asc`. */
export function pageOf<Item extends { readonly id?: unknown }>(
  list: readonly Item[],
  { query }: RecordedRequest,
  usualLimit: string,
): Readonly<Record<string, unknown>> {
  const { after, order, limit = usualLimit } = query;
  const sorted = order === "asc" ? list : [...list].reverse();
  const from = after === undefined ? 0 : sorted.findIndex(({ id }) => id === after) + 1;
  const data = sorted.slice(from, from + Number(limit));
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + data.length < sorted.length,
  };
}
