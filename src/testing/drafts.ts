import type { Refusal } from "./apiErrors.ts";
import type { Beat } from "./pace.ts";
import { eventText, piece } from "./pieces.ts";
import type { Draft, Piece, RecordedRequest } from "./types.ts";

/** A JSON body, sent in one piece. */
export function jsonDraft(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Draft {
  const text = typeof body === "string" ? body : `${JSON.stringify(body, null, 2)}\n`;
  return { status, headers: { "content-type": "application/json", ...headers }, before: 0, pieces: [piece(text)] };
}

/** An error object under its status. */
export function refusalDraft(refusal: Refusal, headers: Readonly<Record<string, string>> = {}): Draft {
  return jsonDraft({ error: refusal.error }, refusal.status, {
    "content-type": "application/json; charset=utf-8",
    ...headers,
  });
}

/** An event stream of which every event is a token. */
export function eventsDraft(events: readonly object[], pace: Beat): Draft {
  return { ...streamDraft(events.map((event) => piece(eventText(event), pace.perToken))), before: pace.firstToken };
}

/** An event stream, one piece an event. */
export function streamDraft(pieces: Iterable<Piece>, headers: Readonly<Record<string, string>> = {}): Draft {
  return {
    status: 200,
    headers: { "content-type": "text/event-stream; charset=utf-8", ...headers },
    before: 0,
    pieces,
  };
}

/** The page of a list that a request asks for, the last first unless it says otherwise. */
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
