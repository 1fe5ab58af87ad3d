import { InputError } from "../errors.ts";
import type { RequestOptions, Transport } from "../http/transport.ts";

/** What a raw request may be given. */
export interface FetchInit extends RequestOptions {
  /** Default: POST with a body, else GET. */
  method?: string | undefined;
  /** What to send. Not sent again in a retry where it is a stream. */
  body?: RequestInit["body"] | undefined;
}

/**
 * A raw request below the base URL, with the key. Any status is an answer; nothing is read. Limits of time hold until the headers.
 *
 * @throws ConnectionError, TimeoutError, APIError for a redirect, InputError, or the abort
 */
export async function fetchPath(transport: Transport, path: string, init: FetchInit = {}): Promise<Response> {
  const { method, body, ...options } = init;
  if (typeof path !== "string") throw new InputError("path", "a path", typeof path);
  const { response, watch, controller } = await transport.send({
    path,
    method,
    body,
    options,
    accept: "*/*",
    anyStatus: true,
  });
  watch.release(controller);
  return response;
}
