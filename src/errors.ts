import type { HeldAnswer } from "./wire/index.ts";

/** Which of the package's errors this is: the class's name, also where `name` says "AbortError". */
export type ErrorKind =
  "OpenAIError" | "APIError" | "ConnectionError" | "TimeoutError" | "StreamError" | "InputError" | "ToolError";

/** What every error of this package is an instance of. */
export class OpenAIError extends Error {
  /** The class's name; `"AbortError"` wherever the caller's own abort was the reason. */
  override name: string = "OpenAIError";
  /** The class's name, whatever `name` says: safe to switch on, also across two copies of the package. */
  readonly kind: ErrorKind = "OpenAIError";
}

/** What an {@link APIError} is made of. */
export interface APIErrorDetails {
  /** HTTP status; 200 where an answer that began well turned out to be an error, 0 where a browser hides a redirect. */
  status: number;
  /** The API's own code, such as `"invalid_api_key"`; numeric with some providers. */
  code?: string | number | undefined;
  /** The API's class of error, such as `"invalid_request_error"`. */
  type?: string | undefined;
  /** The request field that the API objects to. */
  param?: string | undefined;
  /** Response headers. */
  headers?: Headers | undefined;
  /** The error body: parsed where it was JSON, else its text. */
  body?: unknown;
  /** When the server is willing to be asked again, where it said so. */
  retryAt?: Date | undefined;
  /** Where a refused redirect pointed, where that can be seen. */
  location?: string | undefined;
  /** The underlying error. */
  cause?: unknown;
}

/** The server answered, and said no. Fields as in OpenAI's error object: https://platform.openai.com/docs/guides/error-codes */
export class APIError extends OpenAIError {
  /** The class's name. */
  override name: string = "APIError";
  /** The class's name. */
  override readonly kind = "APIError";
  /** HTTP status; 200 where an answer that began well turned out to be an error, 0 where a browser hides a redirect. */
  readonly status: number;
  /** The API's own code, such as `"invalid_api_key"`; numeric with some providers. */
  readonly code: string | number | undefined;
  /** The API's class of error, such as `"invalid_request_error"`. */
  readonly type: string | undefined;
  /** The request field that the API objects to. */
  readonly param: string | undefined;
  /** The server's id of the request, for its support. */
  readonly requestId: string | undefined;
  /** Response headers. */
  readonly headers: Headers | undefined;
  /** The error body: parsed where it was JSON, else its text. Not enumerable: it may quote the conversation, so no log prints it. */
  readonly body: unknown;
  /** When the server is willing to be asked again, where it said so. */
  readonly retryAt: Date | undefined;
  /** Where a refused redirect pointed, where that can be seen. */
  readonly location: string | undefined;

  /** Made where a server refuses. @param message the server's own words @param details status, code and the rest */
  constructor(message: string, details: APIErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
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

/** No answer came: the network, DNS, TLS, CORS or a broken connection. `cause` is what `fetch` threw. */
export class ConnectionError extends OpenAIError {
  /** The class's name. */
  override name: string = "ConnectionError";
  /** The class's name. */
  override readonly kind = "ConnectionError";
}

/** What was being waited for when the time ran out. */
export type TimeoutPhase = "headers" | "first_content" | "idle" | "total";

/** A wait took longer than its limit. */
export class TimeoutError extends OpenAIError {
  /** The class's name. */
  override name: string = "TimeoutError";
  /** The class's name. */
  override readonly kind = "TimeoutError";
  /** What was being waited for. */
  readonly phase: TimeoutPhase;
  /** The limit, in milliseconds. */
  readonly timeout: number;

  /** Made where a limit is passed. @param phase what was being waited for @param timeout the limit in milliseconds */
  constructor(phase: TimeoutPhase, timeout: number) {
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

/** How a stream can fail. */
export type FailedEnding = "aborted" | "truncated" | "stalled" | "provider_error";

/** A stream ended otherwise than well. What had arrived is in `partial`. `name` is "AbortError" where it was aborted. */
export class StreamError extends OpenAIError {
  /** The class's name; `"AbortError"` where it was aborted. */
  override name: string = "StreamError";
  /** The class's name, also where `name` says `"AbortError"`. */
  override readonly kind = "StreamError";
  /** How it ended. */
  readonly ending: FailedEnding;
  /** All that had arrived. Not enumerable: no log prints it. */
  readonly partial!: HeldAnswer;
  /** The provider's code, where it was a provider's error. */
  readonly code: string | number | undefined;
  /** The provider's class of error, where it was a provider's error. */
  readonly type: string | undefined;

  /** Made by the stream. @param message what happened @param ending how it ended @param partial what had arrived @param cause the underlying error */
  constructor(message: string, ending: FailedEnding, partial: HeldAnswer, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.ending = ending;
    hide(this, "partial", partial);
    if (ending === "aborted") this.name = "AbortError";
    const api = isAPIError(cause) ? cause : undefined;
    this.code = api?.code;
    this.type = api?.type;
  }
}

/** The caller gave something that cannot be sent. Nothing was sent, nothing was changed. */
export class InputError extends OpenAIError {
  /** The class's name. */
  override name: string = "InputError";
  /** The class's name. */
  override readonly kind = "InputError";
  /** Where the fault is, such as `messages[1].content`. */
  readonly path: string;
  /** What was expected there. */
  readonly expected: string;
  /** What was there, in short. Never a key. */
  readonly received: string;

  /** Says all three. @param path where @param expected what was expected @param received what was there */
  constructor(path: string, expected: string, received: string) {
    super(`${path}: expected ${expected}, received ${received}`);
    this.path = path;
    this.expected = expected;
    this.received = received;
  }
}

/** A tool could not be run, or failed while it ran. */
export class ToolError extends OpenAIError {
  /** The class's name. */
  override name: string = "ToolError";
  /** The class's name. */
  override readonly kind = "ToolError";
  /** The tool's name, as the model gave it. */
  readonly toolName: string;
  /** The id of the tool call. */
  readonly toolCallId: string;

  /** Made by the session. @param message what happened @param toolName the tool @param toolCallId the call @param cause what the tool threw */
  constructor(message: string, toolName: string, toolCallId: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.toolName = toolName;
    this.toolCallId = toolCallId;
  }
}

/** Sets a field that `console.log` and `JSON.stringify` leave out. */
function hide(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}

/** The error of an abort before anything had arrived: `name` is "AbortError", `cause` the signal's reason. */
export function abortError(reason?: unknown): OpenAIError {
  const error = new OpenAIError("The request was aborted", { cause: reason });
  error.name = "AbortError";
  return error;
}

const isKind = (error: unknown, kind: ErrorKind): boolean =>
  typeof error === "object" && error !== null && (error as { kind?: unknown }).kind === kind;

/** Whether this is an {@link APIError}, also one from another copy of the package or another realm. */
export function isAPIError(error: unknown): error is APIError {
  return isKind(error, "APIError");
}

/** Whether this is a {@link ConnectionError}, also one from another copy of the package or another realm. */
export function isConnectionError(error: unknown): error is ConnectionError {
  return isKind(error, "ConnectionError");
}

/** Whether this is a {@link TimeoutError}, also one from another copy of the package or another realm. */
export function isTimeoutError(error: unknown): error is TimeoutError {
  return isKind(error, "TimeoutError");
}

/** Whether this is a {@link StreamError}, also one from another copy of the package or another realm. */
export function isStreamError(error: unknown): error is StreamError {
  return isKind(error, "StreamError");
}

/** Whether this is an {@link InputError}, also one from another copy of the package or another realm. */
export function isInputError(error: unknown): error is InputError {
  return isKind(error, "InputError");
}

/** Whether this is a {@link ToolError}, also one from another copy of the package or another realm. */
export function isToolError(error: unknown): error is ToolError {
  return isKind(error, "ToolError");
}

/** Whether this is the caller's own abort, before or during an answer: an error whose `name` is "AbortError". */
export function isAbortError(error: unknown): error is Error {
  return typeof error === "object" && error !== null && (error as { name?: unknown }).name === "AbortError";
}
