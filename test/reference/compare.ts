import { isAPIError, isConnectionError, isInputError, isStreamError } from "../../src/index.ts";
import type { Played } from "./play.ts";
import type { RecordedCall, RecordedOutcome, RecordedResponse } from "./recording.ts";

/** Something that fetchat does otherwise than the reference did. */
export interface Difference {
  /** What differs: a path such as `request.body.model` or `outcome.text`. */
  readonly at: string;
  /** What the reference had there. */
  readonly reference: unknown;
  /** What fetchat has there. */
  readonly ours: unknown;
}

/** Compares a call with what the reference made of it. */
export function compare(call: RecordedCall, played: Played): Difference[] {
  if (call.other !== undefined) return [{ at: "other", reference: call.other, ours: undefined }];
  if (call.set || (call.as && !("error" in played))) return historyOf(call, played);
  return [
    ...requests(call, played),
    ...outcomes(call, played),
    ...chunks(call, played),
    ...historyOf(call, played),
    ...sessions(call, played),
  ];
}

function requests({ request }: RecordedCall, { request: ours }: Played): Difference[] {
  if (!request || !ours) return request || ours ? [{ at: "request.sent", reference: !!request, ours: !!ours }] : [];
  const { unsent, ...reference } = request;
  // A header's value goes out without blanks at its ends; of a request that never arrived no body was recorded.
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value.trim()]));
  return deep("request", { ...reference, headers }, unsent ? { ...ours, body: undefined } : ours);
}

/** How a call ended, in words that both sides share. */
type Meaning =
  | { readonly kind: "value"; readonly value: unknown }
  | {
      readonly kind: "http error";
      readonly status: number | undefined;
      readonly body: unknown;
      readonly how: "returned" | "thrown";
    }
  /** An answer of status 200 that was not understood. */
  | { readonly kind: "unparsed"; readonly how: string }
  | { readonly kind: "stream error"; readonly ending: string; readonly text: string }
  | {
      readonly kind: "refused before anything is sent" | "no connection" | "the callback's own error" | "another error";
      readonly how?: string;
    };

function outcomes({ outcome = {}, response, args }: RecordedCall, played: Played): Difference[] {
  const reference = meant(outcome, response, JSON.stringify(args ?? []).includes('"throws"'));
  const ours = "error" in played ? thrown(played.error) : given(played, reference);
  return reference.kind === ours.kind ? deep("outcome", reference, ours, true) : [{ at: "outcome", reference, ours }];
}

function meant(outcome: RecordedOutcome, response: RecordedResponse | undefined, callbackThrows: boolean): Meaning {
  const { raised, error } = outcome;
  if (raised !== undefined) {
    if (callbackThrows) return { kind: "the callback's own error" };
    if (response) return { kind: "unparsed", how: raised };
    return raised.includes("connection refused")
      ? { kind: "no connection" }
      : { kind: "refused before anything is sent" };
  }
  const status = outcome.status ?? (error === undefined ? undefined : response?.status);
  if (status !== undefined && status >= 400)
    return { kind: "http error", status, body: outcome.body ?? bodyOf(response) ?? "", how: "returned" };
  if (error !== undefined) return { kind: "unparsed", how: error };
  if (outcome.status !== undefined) return { kind: "value", value: outcome.body ?? bodyOf(response) };
  return { kind: "value", value: outcome.text ?? outcome.response ?? outcome.message ?? outcome.value };
}

function thrown(error: unknown): Meaning {
  if (isStreamError(error)) return { kind: "stream error", ending: error.ending, text: error.partial.text };
  if (isAPIError(error))
    return error.status >= 400
      ? { kind: "http error", status: error.status, body: error.body, how: "thrown" }
      : { kind: "unparsed", how: "thrown" };
  if (isInputError(error)) return { kind: "refused before anything is sent" };
  if (isConnectionError(error)) return { kind: "no connection" };
  if (error instanceof Error && error.message === "boom in callback") return { kind: "the callback's own error" };
  return { kind: "another error", how: String(error) };
}

/** A response of the Responses API counts by its id and text, as the reference prints it; a session of ours gives the text alone. */
function given({ value, session }: Played, reference: Meaning): Meaning {
  const expected = reference.kind === "value" ? reference.value : undefined;
  if (!isObject(expected) || !("text" in expected && "id" in expected)) return { kind: "value", value };
  if (typeof value === "string") return { kind: "value", value: { id: session?.id, text: value } };
  if (!isObject(value) || !Array.isArray(value["output"])) return { kind: "value", value };
  const parts = (value["output"] as { content?: { text?: string }[] }[]).flatMap(({ content }) => content ?? []);
  return { kind: "value", value: { id: value["id"], text: parts.map(({ text }) => text ?? "").join("") } };
}

/** The answer's body: JSON, or text, also where it came in pieces. */
function bodyOf(response: RecordedResponse | undefined): unknown {
  if (!response?.chunks) return response?.body;
  return response.chunks.map((piece) => (typeof piece === "string" ? piece : atob(piece.base64))).join("");
}

function chunks({ outcome }: RecordedCall, played: Played): Difference[] {
  if (!outcome?.chunks) return [];
  const raw = outcome.chunks.some((chunk) => chunk.raw !== undefined);
  const reference = outcome.chunks.map((chunk) =>
    raw ? chunk.raw : { content: chunk.content ?? "", index: chunk.index ?? 0 },
  );
  const ours = (played.chunks as { content?: string; index?: number; raw?: unknown }[]).map((chunk) =>
    raw ? (chunk.raw ?? chunk) : { content: chunk.content ?? "", index: chunk.index ?? 0 },
  );
  return deep("chunks", reference, ours, true).length === 0 ? [] : [{ at: "chunks", reference, ours }];
}

function historyOf({ outcome }: RecordedCall, { history }: Played): Difference[] {
  return outcome?.history && history ? deep("history", outcome.history, history, true) : [];
}

function sessions({ outcome }: RecordedCall, { session }: Played): Difference[] {
  return outcome?.session && session ? deep("session", outcome.session, session) : [];
}

/**
 * Where two values differ, leaf by leaf; lists of different lengths differ as a whole.
 *
 * @param printed whether the reference's value was printed by Lua, which cannot tell an empty list from an empty object
 */
function deep(at: string, reference: unknown, ours: unknown, printed = false): Difference[] {
  if (printed && isEmpty(reference) && isEmpty(ours)) return [];
  if (isObject(reference) && isObject(ours) && Array.isArray(reference) === Array.isArray(ours)) {
    const names = new Set([...Object.keys(reference), ...Object.keys(ours)]);
    if (!Array.isArray(reference) || reference.length === (ours as unknown as unknown[]).length) {
      return [...names].flatMap((name) => deep(`${at}.${name}`, reference[name], ours[name], printed));
    }
  }
  return Object.is(reference, ours) ? [] : [{ at, reference, ours }];
}

/** Whether two values are the same, whatever the order of their fields. */
export function isSame(reference: unknown, ours: unknown): boolean {
  return deep("", reference, ours).length === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
