import { within } from "./limit.ts";
import { Refusal } from "./refusal.ts";

/** A request's body as it came, and what the relay must know of it. */
export interface RelayBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: boolean;
}

/** Bytes of a refused request's body that are read all the same: what Cloudflare lets a request have. */
const DRAINED = 100 * 1024 * 1024;

/** Milliseconds for them. */
const DRAIN_TIMEOUT = 5000;

/**
 * Reads a request's body.
 *
 * @param limit in bytes
 * @param timeout in milliseconds, for all of it
 * @throws Refusal where it is too long, too slow or not a JSON object
 */
export async function readRequest(request: Request, limit: number, timeout: number): Promise<RelayBody> {
  const tooLong = new Refusal(
    413,
    "relay_body_size",
    `The body is longer than the ${limit} bytes that this relay takes.`,
  );
  if (Number(request.headers.get("content-length")) > limit) throw tooLong;
  const { bytes, cut } = await readBytes(request.body, limit, timeout).catch((error: unknown) => {
    if (error instanceof LateBody)
      throw new Refusal(408, "relay_body_timeout", `The body did not arrive within ${timeout} ms.`);
    throw new Refusal(400, "relay_body", "The body broke off.");
  });
  if (cut) throw tooLong;
  return { bytes, stream: parseObject(bytes)["stream"] === true };
}

/**
 * Reads what is left of a refused request's body, up to a limit of size and time. workerd resets a connection where a
 * body was left unread, before its client has read the answer.
 */
export async function drainRequest({ body }: Request): Promise<void> {
  if (body === null || body.locked) return;
  const reader = body.getReader();
  let size = 0;
  const drain = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done && size <= DRAINED; next = await reader.read())
      size += next.value.length;
  };
  await within(drain(), DRAIN_TIMEOUT, () => new LateBody()).catch(() => undefined);
  reader.cancel().catch(() => undefined);
}

class LateBody extends Error {}

/**
 * Reads a body's bytes, up to a limit.
 *
 * @param limit in bytes
 * @param timeout in milliseconds, for all of it
 * @returns the bytes up to the limit, and whether there are more, which are left unread
 * @throws what the body fails with, or an error where it is late; it is cancelled then
 */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
  timeout: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; cut: boolean }> {
  const pieces: Uint8Array[] = [];
  if (body === null) return { bytes: joined(pieces), cut: false };
  const reader = body.getReader();
  let size = 0;
  const read = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done && size <= limit; next = await reader.read()) {
      pieces.push(next.value);
      if ((size += next.value.length) > limit) return;
    }
  };
  try {
    await within(read(), timeout, () => new LateBody());
  } catch (error) {
    reader.cancel().catch(() => undefined);
    throw error;
  }
  reader.releaseLock();
  return { bytes: joined(pieces).slice(0, limit), cut: size > limit };
}

/** The pieces as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  const value = parseJSON(new TextDecoder().decode(bytes));
  if (isObject(value)) return value;
  const found =
    value === undefined
      ? "something that is no JSON"
      : Array.isArray(value)
        ? "an array"
        : JSON.stringify(value).slice(0, 80);
  throw new Refusal(400, "relay_body", `The body must be a JSON object; it is ${found}.`);
}

/** The value of a JSON text, undefined where it is none. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a value is an object with fields: no array, no null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
