import { isAbortError, isAPIError, isConnectionError, isInputError, isStreamError, isTimeoutError } from "../errors.ts";
import type { APIError, InputError, RequestError, RequestStatus, StreamError } from "../errors.ts";
import { isExhausted, retryAfter } from "../http/retry.ts";

/** The answer for an error. */
export interface Refusal {
  readonly status: number;
  readonly code: string | null;
  readonly message: string;
  /** The part of the request at fault. */
  readonly param?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Tells a client that asking again gives the same answer. OpenAI's clients and this one read it. */
const FINAL = { "x-should-retry": "false" };

const INTERNAL: Refusal = {
  status: 500,
  code: "internal_error",
  message: "The server failed to handle the request.",
  headers: FINAL,
};
const REFUSED: Refusal = {
  status: 502,
  code: "upstream_refused",
  message: "The model service refused the server's request.",
  headers: FINAL,
};
const UNREACHABLE: Refusal = {
  status: 502,
  code: "upstream_unreachable",
  message: "The model service could not be reached.",
};
const FAILED: Refusal = { status: 502, code: "upstream_failed", message: "The model service failed." };
const OVERLOADED: Refusal = {
  status: 503,
  code: "upstream_overloaded",
  message: "The model service is overloaded. Try again later.",
};
const LATE: Refusal = {
  status: 504,
  code: "upstream_timeout",
  message: "The model service did not answer in time.",
};
const LEFT: Refusal = { status: 499, code: "client_left", message: "The client closed the request.", headers: FINAL };
const NO_KEY: Refusal = {
  status: 401,
  code: "invalid_api_key",
  message: "The request brings no API key that can be used.",
  headers: { "www-authenticate": "Bearer", ...FINAL },
};

/** Causes of causes that are looked at. */
const DEEPEST = 4;

/** The statuses of a RequestError. */
const STATUSES: readonly RequestStatus[] = [400, 405, 408, 413, 415];

/**
 * Returns the answer for an error, by whose fault it is. It holds nothing of the error but the words of a RequestError, and the code and the
 * field of a refusal that is about the visitor's messages.
 *
 * @param error anything that was thrown
 * @param visitorKey `true` if the visitor brought the key
 */
export function refusalFor(error: unknown, visitorKey: boolean, depth = 0): Refusal {
  if (isInputError(error)) return ofInput(error, visitorKey);
  if (isAPIError(error)) return ofAPI(error, visitorKey);
  if (isTimeoutError(error)) return LATE;
  if (isConnectionError(error)) return UNREACHABLE;
  if (isStreamError(error) && error.ending !== "aborted") return ofStream(error, visitorKey, depth);
  if (isAbortError(error)) return isTimeout(error.cause) ? LATE : LEFT;
  return isTimeout(error) ? LATE : INTERNAL;
}

/** Returns `true` for the reason of `AbortSignal.timeout()`. */
function isTimeout(error: unknown): boolean {
  return typeof error === "object" && error !== null && Reflect.get(error, "name") === "TimeoutError";
}

function ofInput(error: InputError, visitorKey: boolean): Refusal {
  const { message, path, status }: Partial<RequestError> = error;
  if (status === undefined || !STATUSES.includes(status) || typeof message !== "string")
    return visitorKey && error.path === "apiKey" ? NO_KEY : INTERNAL;
  const headers = status === 405 ? { allow: "POST" } : undefined;
  return { status, code: null, message, param: path, headers };
}

function ofStream(error: StreamError, visitorKey: boolean, depth: number): Refusal {
  const { cause, ending } = error;
  const known = isAPIError(cause) || isTimeoutError(cause) || isConnectionError(cause) || isStreamError(cause);
  if (known && depth < DEEPEST) return refusalFor(cause, visitorKey, depth + 1);
  if (ending === "stalled") return LATE;
  return ending === "truncated" ? UNREACHABLE : FAILED;
}

function ofAPI(error: APIError, visitorKey: boolean): Refusal {
  const status = statusOf(error);
  if (status === 429) return busy(error, visitorKey);
  if (status >= 500) return waiting(failure(status), error);
  if (visitorKey && status === 401) return NO_KEY;
  if (visitorKey && status === 403)
    return { status, code: "permission_denied", message: "The API key is not permitted to do this.", headers: FINAL };
  if (status === 408) return LATE;
  return ofContent(status, error) ?? REFUSED;
}

/** Some services answer 200 and give the status as the error's code. */
function statusOf({ status, code }: APIError): number {
  return status === 200 ? (typeof code === "number" && code >= 400 && code < 600 ? code : 500) : status;
}

function failure(status: number): Refusal {
  if (status === 503 || status === 529) return OVERLOADED;
  return status === 504 ? LATE : FAILED;
}

function busy(error: APIError, visitorKey: boolean): Refusal {
  const answer = { status: 429, code: "rate_limit_exceeded", message: "Too many requests. Try again later." };
  if (!isExhausted(error)) return waiting(answer, error);
  // No wait restores a quota. Only who owns the account may know of it.
  return visitorKey
    ? { ...answer, code: "insufficient_quota", message: "The quota of the API key is used up.", headers: FINAL }
    : { ...answer, message: "The server has reached its limit of requests.", headers: FINAL };
}

/** Adds the seconds that the service asks to wait. */
function waiting(answer: Refusal, { retryAt, headers }: APIError): Refusal {
  const now = Date.now();
  const at = retryAt === undefined ? NaN : Number(retryAt);
  const wait = Number.isFinite(at) ? at - now : retryAfter(headers, now);
  if (wait === undefined || !Number.isFinite(wait)) return answer;
  return { ...answer, headers: { ...answer.headers, "retry-after": String(Math.max(0, Math.ceil(wait / 1000))) } };
}

/** The words of services that have no code for a context that is too long. */
const TOO_LONG =
  /context[ _-]?(?:length|window|size)|too many (?:input )?tokens|(?:prompt|input|messages?) (?:is|are) too (?:long|large)|input token count|reduce the length/i;
/** Characters of a service's message that are searched. */
const SEARCHED = 1_000;
const FILTERED = /content_filter|content_policy|moderation|^invalid_prompt$/;
/** The fields of a request that hold the visitor's messages. */
const CONTENT = /^(?:messages|input|input_tokens|prompt)(?:\.?\[\d+\][\w.[\]]{0,100})?$/;

/** Returns the answer if the service refused the visitor's messages, and not what the program asked for. */
function ofContent(status: number, error: APIError): Refusal | undefined {
  const { code } = error;
  const name = typeof code === "string" && /^\w{1,64}$/.test(code) ? code : null;
  const param = error.param !== undefined && CONTENT.test(error.param) ? error.param : undefined;
  if (status === 413) return tooLong(413, "The messages are too large for the model service.");
  if (status !== 400 && status !== 422) return undefined;
  // A field that is not about the messages is the program's.
  if (error.param !== undefined && param === undefined && !/^(?:url|image)/.test(error.param)) return undefined;
  if (name === "context_length_exceeded" || TOO_LONG.test(error.message.slice(0, SEARCHED)))
    return tooLong(400, "The messages are too long for the model.");
  const about = name !== null && FILTERED.test(name) ? "for their content" : undefined;
  if (about === undefined && param === undefined && !name?.includes("image")) return undefined;
  const words = ["The model service refused the messages", about].filter((one) => one !== undefined).join(" ");
  return { status: 400, code: name, message: `${words}.`, param: param ?? "messages", headers: FINAL };
}

function tooLong(status: 400 | 413, message: string): Refusal {
  return { status, code: "context_length_exceeded", message, param: "messages", headers: FINAL };
}
