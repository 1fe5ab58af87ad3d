import { refusalOf } from "./apiErrors.ts";
import { jsonDraft, refusalDraft, streamDraft } from "./drafts.ts";
import { eventText, piece } from "./pieces.ts";
import { checkReply } from "./replyRules.ts";
import type {
  BodyReply,
  Draft,
  ErrorBody,
  Fault,
  MessageReply,
  RecordedRequest,
  Reply,
  ReplyOverrides,
  StatusReply,
} from "./types.ts";

/** A scripted reply after its function was called and its faults were collected. */
export interface Resolved {
  /** The content for the endpoint, or a finished response. */
  readonly reply: MessageReply | Draft | Response;
  readonly overrides: ReplyOverrides;
  /** In the order in which they apply. */
  readonly faults: readonly Fault[];
}

/**
 * Resolves a scripted reply as far as possible without an endpoint: calls its function and collects its faults.
 *
 * @param fallback the reply in place of `undefined`: the mock API's `defaultReply`
 * @returns a promise that rejects with what the reply's function throws
 */
export async function resolveReply(
  reply: Reply | undefined,
  request: RecordedRequest,
  fallback?: Reply,
): Promise<Resolved> {
  if (reply === undefined)
    return fallback === undefined ? { reply: {}, overrides: {}, faults: [] } : await resolveReply(fallback, request);
  if (typeof reply === "string") return { reply: { text: reply }, overrides: {}, faults: [] };
  if (typeof reply === "function") {
    const given = isFault(reply) ? reply() : await reply(request);
    if (given instanceof Response) return { reply: given, overrides: {}, faults: [] };
    checkReply(given, "reply");
    return await resolveReply(given, request, fallback);
  }
  if ("reply" in reply) {
    const inner = await resolveReply(reply.reply, request, fallback);
    return { ...inner, faults: [...inner.faults, ...listOf(reply.fault)] };
  }
  return { reply: written(reply), overrides: reply, faults: listOf(reply.fault) };
}

/** Returns true if a reply is already a written response. */
export function isDraft(reply: MessageReply | Draft | Response): reply is Draft {
  return "pieces" in reply;
}

/** Reads a response to its end, so that faults can be applied to it. */
export async function readDraft(response: Response): Promise<Draft> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = Object.fromEntries(response.headers.entries());
  return { status: response.status, headers, before: 0, pieces: bytes.length === 0 ? [] : [piece(bytes)] };
}

function isFault(reply: Reply & ((...given: never[]) => unknown)): reply is Fault {
  return "apply" in reply && "fault" in reply;
}

function listOf(fault: Fault | readonly Fault[] | undefined): readonly Fault[] {
  if (fault === undefined) return [];
  return typeof fault === "function" ? [fault] : fault;
}

function written(
  reply: Exclude<Reply, string | ((...given: never[]) => unknown) | { reply: unknown }>,
): MessageReply | Draft {
  if ("chunks" in reply) {
    const events = reply.chunks.map((chunk) => piece(eventText(chunk)));
    return streamDraft(reply.done === false ? events : [...events, piece("data: [DONE]\n\n")]);
  }
  if ("events" in reply) return streamDraft(reply.events.map((event) => piece(event)));
  if ("body" in reply && reply.body !== undefined && isRaw(reply)) return rawDraft(reply);
  if ("status" in reply && reply.status !== undefined) return statusDraft({ ...reply, status: reply.status });
  return reply;
}

function isRaw(reply: StatusReply | BodyReply): reply is BodyReply {
  const { body } = reply;
  const isPiece = (part: unknown): boolean => typeof part === "string" || part instanceof Uint8Array;
  return isPiece(body) || (Array.isArray(body) && body.every(isPiece));
}

function rawDraft(reply: BodyReply): Draft {
  const { body, status = 200 } = reply;
  const parts: readonly (string | Uint8Array)[] =
    typeof body === "string" || body instanceof Uint8Array ? [body] : body;
  return { ...jsonDraft("", status), pieces: parts.map((part) => piece(part)) };
}

function statusDraft(reply: StatusReply): Draft {
  const { status, error, body } = reply;
  if (body !== undefined) return jsonDraft(body, status);
  const refusal = refusalOf(status, typeof error === "string" ? error : undefined);
  const fields: Partial<ErrorBody> = typeof error === "object" ? error : {};
  if (status < 400 && error === undefined) return { status, headers: {}, before: 0, pieces: [] };
  return refusalDraft({ status, error: { ...refusal.error, ...fields } });
}
