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

/** Seconds of the longest wait that is passed on: a year. HTTP has no notation for a number with an exponent. */
const LONGEST_WAIT = 31_536_000;

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
  return { status, code: null, message, param: typeof path === "string" ? path : undefined, headers };
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

/** An error within an answer of status 200 tells by its code what it is: some services give a status, others a word. */
function statusOf({ status, code }: APIError): number {
  if (status !== 200) return status;
  const number = Number(code);
  if (number >= 400 && number < 600) return number;
  if (code === "rate_limit_exceeded") return 429;
  return typeof code === "string" && ABOUT_CONTENT.test(code) ? 400 : 500;
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
  const seconds = Math.min(Math.max(0, Math.ceil(wait / 1000)), LONGEST_WAIT);
  return { ...answer, headers: { ...answer.headers, "retry-after": String(seconds) } };
}

/** The words of services that have no code for a context that is too long. */
const TOO_LONG =
  /context[ _-]?(?:length|window|size)|too many (?:input )?tokens|(?:prompt|input|messages?) (?:is|are) too (?:long|large)|input token count|reduce the length/i;
/** Characters of a service's message that are searched. */
const SEARCHED = 1_000;
const FILTERED = /content_filter|content_policy|moderation|^invalid_prompt$/;
/** Codes that are about what the visitor sent. */
const ABOUT_CONTENT = /content_filter|content_policy|moderation|^invalid_prompt$|image|^context_length_exceeded$/;
/** The fields of a request that hold what the visitor sent, and the place in them. The rest of a place may name anything. */
const CONTENT =
  /^(?:messages|input|input_tokens|prompt|file|image)(?=$|\.?\[)(?:\.?\[\d{1,9}\])?(?:\.(?:content|role)\b(?:\[\d{1,9}\])?)?/;
/** The words of the API's codes. A code with another word may name a model, an account or a setting. */
const PUBLIC_CODE =
  /^(?:(?:above|array|base64|below|blocked|content|download|empty|error|exceeded|failed|file|filter|format|found|image|integer|invalid|large|length|long|max|media|min|minimum|maximum|missing|mode|moderation|not|parameter|parse|policy|prompt|required|short|size|small|string|to|too|type|unknown|unsupported|url|value|violation)(?:_|$)){1,9}$/;

/** Returns the answer if the service refused what the visitor sent, and not what the program asked for. */
function ofContent(status: number, error: APIError): Refusal | undefined {
  const name = typeof error.code === "string" ? error.code : "";
  const given = typeof error.param === "string" ? error.param : undefined;
  const param = given === undefined ? undefined : CONTENT.exec(given)?.[0];
  if (status === 413) return tooLong(413, "The messages are too large for the model service.");
  if (status !== 400 && status !== 422) return undefined;
  // A field that does not hold what the visitor sent is the program's.
  if (given !== undefined && param === undefined && !/^(?:url|image)/.test(given)) return undefined;
  if (name === "context_length_exceeded" || TOO_LONG.test(error.message.slice(0, SEARCHED)))
    return tooLong(400, "The messages are too long for the model.");
  const about = FILTERED.test(name) ? " for their content" : "";
  if (about === "" && param === undefined && !name.includes("image")) return undefined;
  const code = PUBLIC_CODE.test(name) ? name : null;
  const what = /^(?:file|image)/.exec(param ?? "")?.[0] ?? "messages";
  const message = `The model service refused the ${what}${about}.`;
  return { status: 400, code, message, param: param ?? "messages", headers: FINAL };
}

function tooLong(status: 400 | 413, message: string): Refusal {
  return { status, code: "context_length_exceeded", message, param: "messages", headers: FINAL };
}
