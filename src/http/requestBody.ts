import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";

/**
 * Throws unless a value is a request, of any implementation, whose body nobody has read.
 *
 * @param instead what else a program can do whose body was read, for an error
 * @throws InputError
 */
export function checkUnread(request: Request, instead = ""): void {
  readable("request", () => {
    if (!isRequest(request)) {
      const example = isRequest(fieldIn(request, "raw")) ? "the one in its field raw" : "the first argument of fetch()";
      throw wrong("request", `a Request, such as ${example}`, request);
    }
    const { body, bodyUsed } = request;
    const isStream = body === null || typeof fieldIn(body, "getReader") === "function" || isHidden(request);
    const found = !isStream ? "another value" : bodyUsed || body?.locked ? "one that was read before" : undefined;
    if (found) throw new InputError("request.body", `a body that nobody has read${instead}`, found);
  });
}

/** Firefox has a request's body, and does not show it as `body`. */
function isHidden(request: Request): boolean {
  return fieldIn(request, "body") === undefined && typeof fieldIn(request, "blob") === "function";
}

/** Returns the stream of a request's body, or `null` without one. */
export async function openBody(request: Request): Promise<ReadableStream<Uint8Array> | null> {
  return isHidden(request) ? (await request.blob()).stream() : request.body;
}

function isRequest(value: unknown): boolean {
  const hasHeaders = typeof fieldIn(fieldIn(value, "headers"), "get") === "function";
  return hasHeaders && typeof fieldIn(value, "method") === "string" && fieldIn(value, "status") === undefined;
}

function fieldIn(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Throws unless a piece of a stream is bytes, of any realm. */
export function checkPiece(name: string, piece: unknown): asserts piece is Uint8Array<ArrayBuffer> {
  if (Object.prototype.toString.call(piece) !== "[object Uint8Array]")
    throw new InputError(name, "a stream of Uint8Array", `a stream of ${typeof piece}`);
}
