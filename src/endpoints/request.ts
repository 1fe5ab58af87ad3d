import { APIError, ConnectionError, InputError } from "../errors.ts";
import { apiError, findError, parseMaybe } from "../http/errorBody.ts";
import { attachInfo } from "../http/info.ts";
import { readText } from "../http/readText.ts";
import type { Call, Exchange, RequestOptions, Transport } from "../http/transport.ts";
import { ApiStream } from "../sse/apiStream.ts";
import { EventFold } from "../sse/eventFold.ts";
import type { ApiEvent } from "../sse/eventFold.ts";
import { fieldsOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** What `request()` can be told besides its params. */
export interface MethodOptions extends RequestOptions {
  /** Default: POST with params, else GET. The params of a GET are its query. */
  method?: string | undefined;
}

const OPTION_NAMES = ["signal", "timeout", "maxRetries", "headers", "onChunk"];

/**
 * Any call of the API that answers with JSON, with the same keys, retries, limits and errors as the rest.
 *
 * @param path below the base URL, such as `/models`
 * @param params the body, sent as JSON; the query where the method is GET
 * @returns what the API sent; `undefined` where it sent nothing
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function request<T = unknown>(
  transport: Transport,
  path: string,
  params?: object,
  options?: MethodOptions,
): Promise<T> {
  return readJSON<T>(await transport.send(anyCall(path, params, options)), transport.limits.answer);
}

/**
 * Any call of the API that answers with server-sent events.
 *
 * @param path below the base URL
 * @param params the body, sent as JSON; `stream: true` is added
 * @returns the events, with the same endings as a chat's where the API tells them
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamRequest(
  transport: Transport,
  path: string,
  params?: object,
  options?: MethodOptions,
): Promise<ApiStream<ApiEvent, ApiEvent[]>> {
  const call: Call = { ...anyCall(path, { ...params, stream: true }, options), streamed: true };
  const exchange = await transport.send(call);
  return new ApiStream(exchange, new EventFold(transport.limits.answer), {
    transport,
    maxRetries: options?.maxRetries,
  });
}

/**
 * Makes a call with a JSON body.
 *
 * @throws InputError where an option stands among the params, or the params cannot be written as JSON
 */
export function jsonCall(path: string, params: object, options: RequestOptions | undefined): Call {
  checkPlaces(params, options);
  const { model } = params as { model?: unknown };
  // A provider's `""`: the server answers with the model that it has loaded.
  const body = toJSON(model === "" ? { ...params, model: undefined } : params);
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
 * Makes a call by any method: with a JSON body, or with a query where it is GET.
 *
 * @throws InputError where an option stands among the params, or the params cannot be written as JSON
 */
export function anyCall(path: string, params: object | undefined, options: MethodOptions | undefined): Call {
  const method = options?.method?.toUpperCase() ?? (params ? "POST" : "GET");
  if (params && method !== "GET") return { ...jsonCall(path, params, options), method };
  checkPlaces(params, options);
  return { path: path + queryOf(params ?? {}), method, options };
}

/**
 * Reads a whole answer. A JSON error at status 200 is an error all the same.
 *
 * @param asText whether the answer is to be text, and no JSON
 */
export async function readJSON<T>(exchange: Exchange, limit: number, asText = false): Promise<T> {
  const { response, info, watch, redact, controller } = exchange;
  const refuse = (message: string, code: string, body?: string): APIError =>
    new APIError(message, { status: info.status, headers: info.headers, code, body });
  try {
    const { text, cut } = await readText(response.body, limit, watch).catch((cause: unknown) => {
      throw watch.error ?? new ConnectionError("The connection broke", { cause });
    });
    if (cut) throw refuse(`The answer is longer than ${limit} bytes`, "too_large");
    if (text.trim() === "") return (asText ? text : undefined) as T;
    const body = parseMaybe(text);
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
    watch.close();
  }
}

/** What an endpoint's answer is. */
export interface ExpectedAnswer {
  /** The words for it in an error. */
  readonly expected: string;
  /** Returns whether an object is one. */
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

/** Returns an answer that is what the endpoint gives. @throws APIError where it is something else */
export function checkAnswer<T extends object>(
  answer: unknown,
  info: Exchange["info"],
  { expected, test }: ExpectedAnswer,
): T {
  const fields = fieldsOf(answer);
  if (!fields || !test(fields)) throw wrongAnswer(info, expected, answer);
  return answer as T;
}

/** Makes a call that is answered with a JSON object. @throws APIError where the answer is something else */
export async function requestObject<T extends object>(
  transport: Transport,
  call: Call,
  expected: ExpectedAnswer,
): Promise<T> {
  const exchange = await transport.send(call);
  return checkAnswer<T>(await readJSON<unknown>(exchange, transport.limits.answer), exchange.info, expected);
}

/** An id as a part of a path. */
export function pathPart(name: string, id: unknown): string {
  if (typeof id !== "string" || id === "" || id === "." || id === "..")
    throw new InputError(name, "an id", JSON.stringify(id) ?? "undefined");
  return encodeURIComponent(id);
}

function toJSON(params: object): string {
  try {
    return JSON.stringify(params);
  } catch {
    throw new InputError("params", "what can be written as JSON", "a cycle, a BigInt, or what nests too deep");
  }
}

function queryOf(params: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params as Record<string, unknown>)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

/**
 * Sees to it that what a caller gives to listen with can be called, before anything is sent.
 *
 * @throws InputError where it is no function
 */
export function checkOnChunk(onChunk: unknown): void {
  if (onChunk !== undefined && typeof onChunk !== "function")
    throw new InputError("options.onChunk", "a function", onChunk === null ? "null" : typeof onChunk);
}

/**
 * Keeps params and options apart.
 *
 * @throws InputError where one stands among the others, or `onChunk` is no function
 */
export function checkPlaces(params: object | undefined, options: object | undefined): void {
  checkOnChunk((options as { onChunk?: unknown } | undefined)?.onChunk);
  for (const name of OPTION_NAMES) {
    if (params && (params as Record<string, unknown>)[name] !== undefined) {
      throw new InputError(
        `params.${name}`,
        `${name} among the options, the argument after params`,
        "it among the params",
      );
    }
  }
  for (const name of ["model", "messages", "temperature", "stream", "tools"]) {
    if (options && name in options)
      throw new InputError(
        `options.${name}`,
        `${name} among the params, the argument before options`,
        "it among the options",
      );
  }
}
