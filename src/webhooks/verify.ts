import { InputError } from "../errors.ts";
import { aCount, aLimit, checkOptions, readable, type Rules, wrong } from "../options.ts";
import { LateBody, readBytes } from "../http/readBytes.ts";
import { checkUnread } from "../http/requestBody.ts";
import { type Fields, fieldsOf } from "../wire/read.ts";
import { WebhookError } from "./error.ts";
import type { WebhookEvent } from "./events.ts";

/** Options of {@link verifyWebhook}. */
export interface VerifyOptions {
  /** The most milliseconds between the timestamp and now, in both directions. @default 300_000, 5 minutes */
  tolerance?: number | undefined;
  /** The most bytes of a body. @default 1_048_576 */
  maxBytes?: number | undefined;
}

/** A genuine webhook. */
export interface Webhook {
  /** The id of the delivery, `webhook-id`. It is the same each time the same event is sent, so that a program can act once. */
  id: string;
  /** The event, as it was sent. */
  event: WebhookEvent;
  /** The body, as it was sent. */
  body: string;
}

const OPTIONS: Rules = { tolerance: [aCount, "toleranceseconds window maxage"], maxBytes: aLimit };

/** Milliseconds for the body to arrive. */
const BODY_TIMEOUT = 60_000;
/** Bytes of the shortest secret without `whsec_`. The specification demands 24. */
const SHORTEST_KEY = 16;
/** Bytes of an HMAC with SHA-256. */
const LENGTH = 32;

/**
 * Verifies that a request is a webhook from OpenAI, or from another service that follows https://www.standardwebhooks.com, and returns its
 * event. It reads the request's body.
 *
 * @param request the request, with an unread body
 * @param secret the webhook's secret, `whsec_…`, or several while one replaces the other
 * @throws WebhookError with a `reason` if the request is not genuine, too old or too large: `errorResponse()` answers it with 400, 408 or 413
 * @throws InputError if the secret or another argument is wrong: `errorResponse()` answers it with 500
 * @example
 * ```ts
 * export default {
 *   async fetch(request, env) {
 *     try {
 *       const { event } = await verifyWebhook(request, env.OPENAI_WEBHOOK_SECRET);
 *       if (event.type === "response.completed") console.log(event.data.id);
 *       return new Response(null, { status: 204 });
 *     } catch (error) {
 *       return errorResponse(error);
 *     }
 *   },
 * };
 * ```
 */
export async function verifyWebhook(
  request: Request,
  secret: string | readonly string[] | undefined,
  options: VerifyOptions = {},
): Promise<Webhook> {
  checkOptions(options, OPTIONS, "options");
  const { tolerance = 300_000, maxBytes = 1_048_576 } = options;
  checkUnread(request);
  const secrets = secretsOf(secret);
  const id = header(request, "webhook-id");
  const timestamp = header(request, "webhook-timestamp");
  const signatures = signaturesOf(header(request, "webhook-signature"));
  checkTime(timestamp, tolerance);
  const bytes = await readBody(request, maxBytes);
  await checkSignature(signed(id, timestamp, bytes), secrets, signatures);
  const { body, event } = parsed(bytes);
  if (!event) throw new WebhookError("invalid_body", "body", "a JSON object", "something else");
  return { id, event: event as object as WebhookEvent, body };
}

function secretsOf(secret: unknown): Uint8Array<ArrayBuffer>[] {
  return readable("secret", () => {
    const list = Array.isArray(secret) ? Array.from<unknown>(secret) : [secret];
    if (list.length === 0) throw new InputError("secret", "at least one secret", "an empty list");
    return list.map((one, at) => secretKey(one, Array.isArray(secret) ? `secret[${at}]` : "secret"));
  });
}

function secretKey(secret: unknown, at: string): Uint8Array<ArrayBuffer> {
  const expected = "the webhook's secret, whsec_ and base64";
  if (typeof secret !== "string") throw wrong(at, expected, secret);
  const [, prefix = "", base64 = ""] = /^(whsec_)?(.*)$/s.exec(secret.trim()) ?? [];
  const key = bytesOf(base64);
  // Without the prefix a word such as "null" or "test" is base64 too, and everybody can sign with it.
  if (!key || key.length < (prefix ? 1 : SHORTEST_KEY))
    throw new InputError(at, expected, secret === "" ? "an empty string" : "another string");
  return key;
}

/** Returns the bytes of base64; `undefined` for another text. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function header(request: Request, name: string): string {
  const value = request.headers.get(name) ?? "";
  if (value === "") throw new WebhookError("missing_header", name, "a header", "none");
  return value;
}

/** Returns the signatures of version 1. Other versions use other algorithms. */
function signaturesOf(text: string): Uint8Array[] {
  return text.split(" ").flatMap((one) => {
    const [version, base64 = ""] = one.split(",", 2);
    const bytes = version === "v1" ? bytesOf(base64) : undefined;
    return bytes?.length === LENGTH ? [bytes] : [];
  });
}

function checkTime(timestamp: string, tolerance: number): void {
  const name = "webhook-timestamp";
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookError("invalid_timestamp", name, "seconds since 1970", "another text");
  const age = Date.now() - Number(timestamp) * 1000;
  const limit = `at most ${tolerance / 1000} seconds from now`;
  if (age > tolerance) throw new WebhookError("too_old", name, limit, "an earlier time");
  if (-age > tolerance) throw new WebhookError("too_new", name, limit, "a later time");
}

async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const { headers, body } = request;
  const tooLarge = new WebhookError("too_large", "body", `at most ${maxBytes} bytes`, "more");
  if (Number(headers.get("content-length")) > maxBytes) throw tooLarge;
  const { bytes, cut } = await readBytes(request, maxBytes, BODY_TIMEOUT).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    if (error instanceof LateBody)
      throw new WebhookError("late_body", "body", `all of it within ${BODY_TIMEOUT} ms`, "only a part");
    throw new WebhookError("broken_body", "body", "all of it", "one that broke off");
  });
  if (!cut) return bytes;
  body?.cancel().catch(() => undefined);
  throw tooLarge;
}

/** Returns the text and the fields of a JSON object; nothing for other bytes. */
function parsed(bytes: Uint8Array): { body: string; event?: Fields | undefined } {
  try {
    const body = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { body, event: fieldsOf(JSON.parse(body)) };
  } catch {
    return { body: "" };
  }
}

/** Returns what the sender signs. */
function signed(id: string, timestamp: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Throws unless one of the signatures was made with one of the secrets. */
async function checkSignature(
  content: Uint8Array<ArrayBuffer>,
  secrets: readonly Uint8Array<ArrayBuffer>[],
  signatures: readonly Uint8Array[],
): Promise<void> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  let isGenuine = false;
  for (const secret of secrets) {
    const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
    const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, content));
    // All are compared, so that the time says nothing about the one that matches.
    for (const signature of signatures) isGenuine = isEqual(expected, signature) || isGenuine;
  }
  if (!isGenuine)
    throw new WebhookError("invalid_signature", "webhook-signature", "a signature with this secret", "none");
}

/** Compares two signatures in a time that does not depend on where they differ. */
function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < LENGTH; at++) difference |= (one[at] ?? 0) ^ (other[at] ?? 0);
  return difference === 0;
}
