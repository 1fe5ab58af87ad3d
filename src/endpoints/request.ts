import { APIError, ConnectionError, InputError } from "../errors.ts";
import { apiError, findError, parseMaybe } from "../http/errorBody.ts";
import { attachInfo } from "../http/info.ts";
import { writeJSON } from "../http/json.ts";
import { readText } from "../http/readText.ts";
import type { Call, Exchange, RequestOptions, Connection } from "../http/connection.ts";
import { entriesOf, aString, ownOptions, readable, wrong } from "../options.ts";
import { bodyStream } from "../stream/body.ts";
import type { Stream } from "../stream/stream.ts";
import { EventDecoder } from "../decode/events.ts";
import type { ApiEvent } from "../decode/events.ts";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { CALL_OPTIONS, send, settingsOf } from "../http/connection.ts";
import { checkCall, METHOD_OPTIONS } from "./arguments.ts";

/** Options of `request()`. */
export interface MethodOptions extends RequestOptions {
  /** HTTP method. The params of a GET are its query. @default POST with params, or else GET */
  method?: string | undefined;
}

/**
 * Sends any call that answers with JSON, with the same key, retries, limits and errors as the other functions.
 *
 * @param path below the base URL, such as `/models`
 * @param params the body, sent as JSON; the query where the method is GET
 * @returns what the API sent; `undefined` where it sent nothing
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function request<T = unknown>(
  connection: Connection,
  path: string,
  params?: object,
  options?: MethodOptions,
): Promise<T> {
  checkCall(connection, params, options, { rules: METHOD_OPTIONS });
  return ask<T>(connection, anyCall(path, params, options));
}

/** Sends a call, and reads its whole answer as JSON. */
export async function ask<T>(connection: Connection, call: Call): Promise<T> {
  return readJSON<T>(await send(connection, call), settingsOf(connection).limits.answer);
}

/**
 * Sends any call that answers with server-sent events.
 *
 * @param path below the base URL
 * @param params the body, sent as JSON; `stream: true` is added
 * @returns the events, with the same endings as a chat's where the API tells them
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamRequest(
  connection: Connection,
  path: string,
  params?: object,
  options?: MethodOptions,
): Promise<Stream<ApiEvent, ApiEvent[]>> {
  checkCall(connection, params, options, { rules: METHOD_OPTIONS, streams: true });
  const call: Call = { ...anyCall(path, { ...params, stream: true }, options), streamed: true };
  const exchange = await send(connection, call);
  return bodyStream(exchange, () => new EventDecoder(settingsOf(connection).limits.answer), {
    connection,
    maxRetries: options?.maxRetries,
  });
}

/**
 * Makes a call with a JSON body.
 *
 * @param inputs the body's fields that are no params, for errors
 * @throws InputError where the body cannot be written as JSON
 */
export function jsonCall(
  path: string,
  params: object,
  options: RequestOptions | undefined,
  ...inputs: readonly string[]
): Call {
  const model: unknown = Reflect.get(params, "model");
  // A provider's `""`: the server answers with the model that it has loaded.
  const body = writeJSON(model === "" ? { ...params, model: undefined } : params, inputs);
  return {
    path,
    method: "POST",
    body,
    contentType: "application/json",
    options,
    model: typeof model === "string" ? model : undefined,
  };
}

/**
 * Returns a call by any method: with a query for GET, or else with a JSON body.
 *
 * @throws InputError where the path is no string, or the params cannot be written
 */
export function anyCall(path: string, params: object | undefined, options: MethodOptions | undefined): Call {
  aString(path, "path");
  const method = options?.method?.toUpperCase() ?? (params ? "POST" : "GET");
  if (params && method !== "GET") return { ...jsonCall(path, params, options), method };
  return { path: path + queryOf(params ?? {}), method, options };
}

/** Returns a call's options with a method, and without any prototype's part in them. */
export function withMethod(method: string, options: RequestOptions | undefined): MethodOptions {
  return { ...ownOptions(options ?? {}, CALL_OPTIONS), method };
}

/**
 * Reads a whole answer. A JSON error at status 200 is an error too.
 *
 * @param asText `true` to return the answer as text
 */
export async function readJSON<T>(exchange: Exchange, limit: number, asText = false): Promise<T> {
  const { response, info, deadline, redact, controller } = exchange;
  const refuse = (message: string, code: string, body?: string): APIError =>
    new APIError(message, { status: info.status, headers: info.headers, code, body });
  try {
    const { text, cut } = await readText(response.body, limit, deadline).catch((cause: unknown) => {
      throw deadline.error ?? new ConnectionError("The connection broke", { cause });
    });
    if (cut) throw refuse(`The answer is longer than ${limit} bytes`, "too_large");
    const isEmpty = text.trim() === "";
    const body = isEmpty ? undefined : parseMaybe(text);
    if (body === text && !asText) {
      const words = redact(text);
      throw refuse(
        `Expected JSON, received ${info.headers.get("content-type") ?? "something else"} (${text.length} characters)`,
        "not_json",
        words,
      );
    }
    if (findError(body)) throw apiError(parseMaybe(redact(text)), info);
    return attachInfo((asText ? text : body) as T, info);
  } catch (error) {
    controller.abort(error);
    throw attachInfo(error, info);
  } finally {
    deadline.close();
  }
}

/** The expected answer of an endpoint. */
export interface ExpectedAnswer {
  /** The expected answer in an error. */
  readonly expected: string;
  /** Returns `true` for such an answer. */
  test(answer: Fields): boolean;
}

/**
 * Returns the error of an answer that is JSON, and not what the endpoint gives.
 *
 * @param expected what was expected instead
 * @param body what was sent
 */
export function wrongAnswer(
  info: Exchange["info"],
  expected: string,
  body: unknown,
  code = "unexpected_answer",
): APIError {
  const { status, headers } = info;
  return attachInfo(
    new APIError(`Expected ${expected}, received something else`, { status, headers, code, body }),
    info,
  );
}

/** Returns an answer of the expected form. @throws APIError for any other answer */
export function checkAnswer<T extends object>(
  answer: unknown,
  info: Exchange["info"],
  { expected, test }: ExpectedAnswer,
): T {
  const fields = fieldsOf(answer);
  if (!fields || !test(fields)) throw wrongAnswer(info, expected, answer);
  return answer as T;
}

/** Makes a call and reads its answer as a JSON object. @throws APIError for an answer of another form */
export async function requestObject<T extends object>(
  connection: Connection,
  call: Call,
  expected: ExpectedAnswer,
): Promise<T> {
  const exchange = await send(connection, call);
  return checkAnswer<T>(
    await readJSON<unknown>(exchange, settingsOf(connection).limits.answer),
    exchange.info,
    expected,
  );
}

/** Returns the expectation of an object with an id. @param expected the object in an error */
export function withId(expected: string): ExpectedAnswer {
  return { expected, test: ({ id }) => typeof id === "string" };
}

/** Returns an id as a segment of a path. @throws InputError */
export function pathPart(name: string, id: unknown): string {
  if (typeof id !== "string" || id === "" || id === "." || id === "..")
    throw new InputError(name, "an id", typeof id === "string" ? JSON.stringify(id) : typeof id);
  try {
    return encodeURIComponent(id);
  } catch {
    throw new InputError(name, "an id of whole characters", "one with half a surrogate pair");
  }
}

/** Returns params as a query with its `?`; `""` without any. @throws InputError for a value that a query cannot hold */
export function queryOf(params: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of entriesOf(params, "params")) {
    if (value === undefined || value === null) continue;
    for (const one of readable(`params.${name}`, () => (Array.isArray(value) ? Array.from<unknown>(value) : [value]))) {
      if (!["string", "number", "boolean", "bigint"].includes(typeof one))
        throw wrong(`params.${name}`, "what a query can hold: a string, a number, true, false, or a list of such", one);
      query.append(name, String(one));
    }
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
