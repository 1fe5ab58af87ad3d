import { LateBody, readBytes } from "../http/readBytes.ts";
import { Refusal } from "./refusal.ts";

/** The body of a request as it was sent, with the fields that the relay needs. */
export interface RelayBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly stream: boolean;
}

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
  const { bytes, cut } = await readBytes(request, limit, timeout).catch((error: unknown) => {
    if (error instanceof LateBody)
      throw new Refusal(408, "relay_body_timeout", `The body did not arrive within ${timeout} ms.`);
    throw new Refusal(400, "relay_body", "The body broke off.");
  });
  if (cut) throw tooLong;
  return { bytes, stream: parseObject(bytes)["stream"] === true };
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
