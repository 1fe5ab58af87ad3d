import { InputError } from "../errors.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { aString, checkOptions, ownOptions, readable, type Rules, wrong } from "../options.ts";
import { CALL_OPTIONS, send } from "../http/connection.ts";
import { aMethod, checkCall } from "./arguments.ts";

/** Options of a raw request. */
export interface FetchInit extends RequestOptions {
  /** HTTP method. @default POST with a body, or else GET */
  method?: string | undefined;
  /** Body of the request. A stream is not sent again in a retry. @default none */
  body?: RequestInit["body"] | undefined;
}

/** Bodies that `fetch` sends as they are, of any realm. */
const BODY = /^\[object (Blob|File|FormData|URLSearchParams|ReadableStream|(Shared)?ArrayBuffer|DataView|\w+Array)\]$/;

const INIT: Rules = {
  ...CALL_OPTIONS,
  method: aMethod,
  body(value, at) {
    if (typeof value === "string" || value === null) return;
    if (!readable(at, () => BODY.test(Object.prototype.toString.call(value))))
      throw wrong(at, "a string, bytes, a Blob, a form or a stream", value);
  },
};

/**
 * A raw request below the base URL, with the key. Any status is an answer; nothing is read. Limits of time hold until the headers.
 *
 * @throws ConnectionError, TimeoutError, APIError for a redirect, InputError, or the abort
 */
export async function fetchPath(connection: Connection, path: string, init: FetchInit = {}): Promise<Response> {
  checkCall(connection, undefined, undefined);
  checkOptions(init, INIT, "init");
  aString(path, "path");
  const { method, body, ...options } = ownOptions(init, INIT);
  if (body != null && /^(get|head)$/i.test(method ?? ""))
    throw new InputError("init.body", "none with GET and HEAD", "a body");
  const { response, deadline, controller } = await send(connection, {
    path,
    method,
    body,
    options,
    accept: "*/*",
    anyStatus: true,
  });
  deadline.detach(controller);
  return response;
}
