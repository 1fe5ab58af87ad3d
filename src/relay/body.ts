import { Refusal } from "./refusal.ts";

/** A request's body as it came, and what the relay must know of it. */
export interface RelayBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: boolean;
}

/**
 * Reads a request's body.
 *
 * @throws Refusal where it is longer than `limit` bytes or not a JSON object.
 */
export async function readRequest(request: Request, limit: number): Promise<RelayBody> {
  const tooLong = new Refusal(
    413,
    "relay_body_size",
    `The body is longer than the ${limit} bytes that this relay takes.`,
  );
  if (Number(request.headers.get("content-length")) > limit) throw tooLong;
  const bytes = await readBytes(request.body, limit);
  if (bytes === undefined) throw tooLong;
  return { bytes, stream: parseObject(bytes)["stream"] === true };
}

/** The bytes of a body, or undefined (and the body cancelled) where they are more than `limit`. */
export async function readBytes(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (body === null) return new Uint8Array();
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value);
    if ((size += next.value.length) <= limit) continue;
    await reader.cancel().catch(() => undefined);
    return undefined;
  }
  return joined(pieces);
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
