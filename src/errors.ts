import type { HeldAnswer } from "./wire/index.ts";

/** Base class of all errors of this package. */
export class OpenAIError extends Error {
  /** Name of the class, or `"AbortError"` if the caller aborted the call. */
  override name: string = "OpenAIError";
  /** Name of the class, whatever `name` says. Safe to switch on, also across two copies of the package. */
  readonly kind:
    "OpenAIError" | "APIError" | "ConnectionError" | "TimeoutError" | "StreamError" | "InputError" | "ToolError" =
    "OpenAIError";
}

/** Fields of an {@link APIError}. */
export interface APIErrorDetails {
  /** HTTP status; 200 if an answer turned out to be an error, 0 if a browser hides a redirect. */
  status: number;
  /** The API's code, such as `"invalid_api_key"`. Some providers send a number. */
  code?: string | number | undefined;
  /** The API's type of error, such as `"invalid_request_error"`. */
  type?: string | undefined;
  /** The request field that the API rejects. */
  param?: string | undefined;
  /** Response headers. */
  headers?: Headers | undefined;
  /** The parsed error body, or its text if it is no JSON. */
  body?: unknown;
  /** The time at which the server accepts the next request, if it said so. */
  retryAt?: Date | undefined;
  /** Target of a refused redirect, if it is visible. */
  location?: string | undefined;
  /** The underlying error. */
  cause?: unknown;
}

/** The server answered with an error. Fields as in OpenAI's error object: https://platform.openai.com/docs/guides/error-codes */
export class APIError extends OpenAIError {
  /** Name of the class. */
  override name: string = "APIError";
  /** Name of the class. */
  override readonly kind = "APIError";
  /** HTTP status; 200 if an answer turned out to be an error, 0 if a browser hides a redirect. */
  readonly status: number;
  /** The API's code, such as `"invalid_api_key"`. Some providers send a number. */
  readonly code: string | number | undefined;
  /** The API's type of error, such as `"invalid_request_error"`. */
  readonly type: string | undefined;
  /** The request field that the API rejects. */
  readonly param: string | undefined;
  /** The server's id of the request, for the provider's support. */
  readonly requestId: string | undefined;
  /** Response headers. */
  readonly headers: Headers | undefined;
  /** The parsed error body, or its text if it is no JSON. Not enumerable: it may quote the conversation, so no log prints it. */
  readonly body: unknown;
  /** The time at which the server accepts the next request, if it said so. */
  readonly retryAt: Date | undefined;
  /** Target of a refused redirect, if it is visible. */
  readonly location: string | undefined;

  /**
   * Makes the error of a server's answer.
   *
   * @param message the server's own words
   * @param details status, code and other fields
   */
  constructor(message: string, details: APIErrorDetails) {
    super(message, causeOf(details.cause));
    this.status = details.status;
    this.code = details.code;
    this.type = details.type;
    this.param = details.param;
    this.headers = details.headers;
    this.requestId = details.headers?.get("x-request-id") ?? undefined;
    hide(this, "body", details.body);
    this.retryAt = details.retryAt;
    this.location = details.location;
  }
}

/** No answer came: network, DNS, TLS, CORS or a broken connection. `cause` is the error of `fetch`. */
export class ConnectionError extends OpenAIError {
  /** Name of the class. */
  override name: string = "ConnectionError";
  /** Name of the class. */
  override readonly kind = "ConnectionError";
}

/** The waits that have a limit. */
export type TimeoutPhase = TimeoutError["phase"];

/** A wait took longer than its limit. */
export class TimeoutError extends OpenAIError {
  /** Name of the class. */
  override name: string = "TimeoutError";
  /** Name of the class. */
  override readonly kind = "TimeoutError";
  /** The wait that took too long. */
  readonly phase: "headers" | "first_content" | "idle" | "total";
  /** The limit in milliseconds. */
  readonly timeout: number;

  /**
   * Makes the error of an exceeded limit.
   *
   * @param phase the wait that took too long
   * @param timeout the limit in milliseconds
   */
  constructor(phase: TimeoutError["phase"], timeout: number) {
    super(`Timed out: ${PHASES[phase]} ${timeout} ms (timeout.${phase === "first_content" ? "firstContent" : phase})`);
    this.phase = phase;
    this.timeout = timeout;
  }
}

const PHASES: Record<TimeoutPhase, string> = {
  headers: "no response headers within",
  first_content: "no content within",
  idle: "no further content for",
  total: "not finished within",
};

/** The ending of a failed stream. */
export type FailedEnding = "aborted" | "truncated" | "stalled" | "provider_error";

/** A stream failed. `partial` holds what had arrived. `name` is "AbortError" if the caller aborted it. */
export class StreamError extends OpenAIError {
  /** Name of the class, or `"AbortError"` if the caller aborted the stream. */
  override name: string = "StreamError";
  /** Name of the class, also if `name` is `"AbortError"`. */
  override readonly kind = "StreamError";
  /** The ending of the stream. */
  readonly ending: FailedEnding;
  /** Everything that had arrived. Not enumerable, so that no log prints it. */
  readonly partial: HeldAnswer;
  /** The provider's code, if the provider reported an error. */
  readonly code: string | number | undefined;
  /** The provider's type of error, if the provider reported an error. */
  readonly type: string | undefined;

  /**
   * Makes the error of a failed stream.
   *
   * @param message what happened
   * @param ending the ending of the stream
   * @param partial everything that had arrived
   * @param cause the underlying error
   */
  constructor(message: string, ending: FailedEnding, partial: HeldAnswer, cause?: unknown) {
    super(message, causeOf(cause));
    this.ending = ending;
    this.partial = partial;
    hide(this, "partial", partial);
    if (ending === "aborted") this.name = "AbortError";
    const api = isAPIError(cause) ? cause : undefined;
    this.code = api?.code;
    this.type = api?.type;
  }
}

/** The caller's input cannot be sent. Nothing was sent or changed. */
export class InputError extends OpenAIError {
  /** Name of the class. */
  override name: string = "InputError";
  /** Name of the class. */
  override readonly kind = "InputError";
  /** Path of the value at fault, such as `messages[1].content`. */
  readonly path: string;
  /** The expected value. */
  readonly expected: string;
  /** The actual value in short. Never a key. */
  readonly received: string;

  /**
   * Makes the error of a bad value.
   *
   * @param path path of the value
   * @param expected the expected value
   * @param received the actual value in short
   */
  constructor(path: string, expected: string, received: string) {
    super(`${path}: expected ${expected}, received ${received}`);
    this.path = path;
    this.expected = expected;
    this.received = received;
  }
}

/** The statuses of a {@link RequestError}. */
export type RequestStatus = 400 | 405 | 408 | 413 | 415;

/** A visitor's request is malformed. `errorResponse()` answers it with `status` and the message, which quotes little of the request. */
export class RequestError extends InputError {
  /** Name of the class. `kind` stays `"InputError"`. */
  override name: string = "RequestError";
  /** HTTP status of the answer. */
  readonly status: RequestStatus;

  /**
   * Makes the error of a malformed request.
   *
   * @param status HTTP status of the answer
   * @param path path of the value, such as `messages[1].content`, `body` or `content-type`
   * @param expected the expected value
   * @param received the actual value in short
   */
  constructor(status: RequestStatus, path: string, expected: string, received: string) {
    super(path, expected, received);
    this.status = status;
  }
}

/** A tool could not be run, or threw an error. */
export class ToolError extends OpenAIError {
  /** Name of the class. */
  override name: string = "ToolError";
  /** Name of the class. */
  override readonly kind = "ToolError";
  /** The tool's name as the model wrote it. */
  readonly toolName: string;
  /** The id of the tool call. */
  readonly toolCallId: string;

  /**
   * Makes the error of a failed tool call.
   *
   * @param message what happened
   * @param toolName the tool's name
   * @param toolCallId the id of the call
   * @param cause the error of the tool
   */
  constructor(message: string, toolName: string, toolCallId: string, cause?: unknown) {
    super(message, causeOf(cause));
    this.toolName = toolName;
    this.toolCallId = toolCallId;
  }
}

/** Without a cause an error has no such property. */
function causeOf(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause };
}

/** Sets a field that `console.log` and `JSON.stringify` leave out. */
function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Returns the error for an abort before anything had arrived: `name` is "AbortError", `cause` the signal's reason. */
export function abortError(reason?: unknown): OpenAIError {
  const error = new OpenAIError("The request was aborted", { cause: reason });
  error.name = "AbortError";
  return error;
}

function has(error: unknown, field: "kind" | "name", value: string): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, field) === value;
}

/**
 * Returns `true` for an {@link APIError}, also of another copy of the package or another realm.
 *
 * @example
 * ```ts
 * try {
 *   await client.chat(messages);
 * } catch (error) {
 *   if (isAPIError(error) && error.status === 429) console.log("Try again at", error.retryAt);
 *   else throw error;
 * }
 * ```
 */
export function isAPIError(error: unknown): error is APIError {
  return has(error, "kind", "APIError");
}

/** Returns `true` for a {@link ConnectionError}, also of another copy of the package or another realm. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return has(error, "kind", "ConnectionError");
}

/** Returns `true` for a {@link TimeoutError}, also of another copy of the package or another realm. */
export function isTimeoutError(error: unknown): error is TimeoutError {
  return has(error, "kind", "TimeoutError");
}

/**
 * Returns `true` for a {@link StreamError}, also of another copy of the package or another realm.
 *
 * @example
 * ```ts
 * try {
 *   for await (const { content } of stream) show(content);
 * } catch (error) {
 *   if (isStreamError(error)) console.log(error.ending, error.partial.text);
 *   else throw error;
 * }
 * ```
 */
export function isStreamError(error: unknown): error is StreamError {
  return has(error, "kind", "StreamError");
}

/** Returns `true` for an {@link InputError}, also of another copy of the package or another realm. */
export function isInputError(error: unknown): error is InputError {
  return has(error, "kind", "InputError");
}

/** Returns `true` for a {@link ToolError}, also of another copy of the package or another realm. */
export function isToolError(error: unknown): error is ToolError {
  return has(error, "kind", "ToolError");
}

/** Returns `true` if the caller aborted, before or during an answer: an error whose `name` is "AbortError". */
export function isAbortError(error: unknown): error is Error {
  return has(error, "name", "AbortError");
}
