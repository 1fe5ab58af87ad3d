import { checkPiece, openBody } from "./requestBody.ts";
import { within } from "./within.ts";

/** The bytes of a refused request's body to read: the largest body that Cloudflare accepts. */
const DRAINED = 100 * 1024 * 1024;

/** The time to read them, in ms. */
const DRAIN_TIMEOUT = 5000;

/** A body that did not arrive in time. */
export class LateBody extends Error {}

/**
 * Reads the bytes of a request's body up to a limit.
 *
 * @param limit the largest size in bytes
 * @param timeout the time for the whole body in ms
 * @returns the bytes up to the limit, and whether more follow, which stay unread
 * @throws the body's error, an InputError for a body that is not of bytes, or a LateBody, after cancelling the body
 */
export async function readBytes(
  request: Request,
  limit: number,
  timeout: number,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; cut: boolean }> {
  const pieces: Uint8Array[] = [];
  const body = await within(openBody(request), timeout, () => new LateBody());
  if (body === null) return { bytes: joined(pieces), cut: false };
  const reader = body.getReader();
  let size = 0;
  const read = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done && size <= limit; next = await reader.read()) {
      checkPiece("request.body", next.value);
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

/** Concatenates pieces. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Reads the rest of a refused request's body, up to a size and a time. If a body is left unread, workerd resets the
 * connection before the client has read the response.
 */
export async function drainRequest({ body }: Request): Promise<void> {
  if (!body || body.locked) return;
  const reader = body.getReader();
  let size = 0;
  const drain = async (): Promise<void> => {
    for (let next = await reader.read(); !next.done && size <= DRAINED; next = await reader.read())
      size += next.value.length;
  };
  await within(drain(), DRAIN_TIMEOUT, () => new LateBody()).catch(() => undefined);
  reader.cancel().catch(() => undefined);
}
