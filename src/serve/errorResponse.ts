import { refusalFor } from "./refusal.ts";
import type { Refusal } from "./refusal.ts";

/** Options of {@link errorResponse}. */
export interface ErrorResponseOptions {
  /**
   * `true` if the visitor brought the key: a refused key is then the visitor's fault, and is answered with 401 or 403.
   *
   * @default false
   */
  visitorKey?: boolean | undefined;
  /** Headers to add, such as those of CORS. */
  headers?: ResponseInit["headers"] | undefined;
}

/**
 * Returns the answer for an error, in the shape of the API's errors: `{ error: { message, type, param, code } }`.
 *
 * | error | status |
 * |---|---|
 * | `RequestError` of `readMessages()` and `parseMessages()` | its own: 400, 405, 408, 413 or 415, with its message |
 * | the service refuses the visitor's messages or file: too long, filtered, an image that cannot be read | 400 or 413 |
 * | the service's 429 | 429 |
 * | the service refuses the key, the model or a param; it cannot be reached, or fails | 502, or 503 if it is overloaded |
 * | `TimeoutError` | 504 |
 * | the visitor left | 499, which nobody reads |
 * | any other error | 500 |
 *
 * A `retry-after` of the service is kept. The answer shows no key, address, setting, model or stack, and no words of the service: log the
 * error itself.
 *
 * @param error anything that was thrown
 * @param options whose key it is, and headers to add
 * @returns a response with `cache-control: no-store`. Never throws
 * @example
 * ```ts
 * try {
 *   const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
 *   return stream.toResponse();
 * } catch (error) {
 *   console.error(error);
 *   return errorResponse(error);
 * }
 * ```
 */
export function errorResponse(error: unknown, options?: ErrorResponseOptions): Response {
  const { status, headers, ...fields } = refusalOf(error, options);
  const all = headersOf(options);
  for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
  all.set("content-type", "application/json");
  all.set("cache-control", "no-store");
  const { message, code, param = null } = fields;
  return new Response(JSON.stringify({ error: { message, type: typeOf(status), param, code } }), {
    status,
    headers: all,
  });
}

/** Reading an error can throw: it may be a proxy, or have getters. */
function refusalOf(error: unknown, options: ErrorResponseOptions | undefined): Refusal {
  try {
    return refusalFor(error, options?.visitorKey === true);
  } catch {
    return refusalFor(undefined, false);
  }
}

/** Headers that HTTP cannot carry must not hide the error. */
function headersOf(options: ErrorResponseOptions | undefined): Headers {
  try {
    return new Headers(options?.headers);
  } catch {
    return new Headers();
  }
}

function typeOf(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}
