import { within } from "./limit.ts";
import { Refusal } from "./refusal.ts";

/** The body of a request as it was sent, with the fields that the relay needs. */
export interface RelayBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: boolean;
}

/** The bytes of a refused request's body to read: the largest body that Cloudflare accepts. */
const DRAINED = 100 * 1024 * 1024;

/** The time to read them, in ms. */
const DRAIN_TIMEOUT = 5000;

/**
 * Reads the body of a request.
 *
 * @param limit the largest size in bytes
 * @param timeout the time for the whole body in ms
 * @throws Refusal if the body is too long, too slow or not a JSON object
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
 * Reads the rest of a refused request's body, up to a size and a time. If a body is left unread, workerd resets the
 * connection before the client has read the response.
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
 * Reads the bytes of a body up to a limit.
 *
 * @param limit the largest size in bytes
 * @param timeout the time for the whole body in ms
 * @returns the bytes up to the limit, and whether more follow, which stay unread
 * @throws the body's error, or a timeout error after cancelling the body
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

/** Parses a JSON text; returns `undefined` if it is invalid. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns true for an object that is neither an array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
