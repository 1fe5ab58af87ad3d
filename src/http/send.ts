import { abortError, APIError, ConnectionError, InputError, OpenAIError, TimeoutError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { Access, Call, Exchange } from "./connection.ts";
import { apiError, parseMaybe } from "./errorBody.ts";
import { checkHeader, headerLayer, overlay } from "./headers.ts";
import type { HeaderRecord } from "./headers.ts";
import { AnswerInfo, attachInfo } from "./info.ts";
import { keyHeader, urlOf } from "./provider.ts";
import { readText } from "./readText.ts";
import { redactError, textOf } from "./redactError.ts";
import { decideRetry, isExhausted } from "./retry.ts";
import type { RetryDecision } from "./retry.ts";
import { hasSecret, redactor, secretsOf } from "./secrets.ts";
import type { Redact } from "./secrets.ts";
import { streamable } from "./streamable.ts";
import { resolveTimeouts } from "./timeouts.ts";
import { Deadline } from "./deadline.ts";

const ERROR_BODY_LIMIT = 65_536;
const ERROR_BODY_WAIT = 5_000;

/** One attempt of a call. */
interface Attempt {
  readonly url: string;
  readonly call: Call;
  readonly deadline: Deadline;
  /** Its number, from 1. */
  readonly number: number;
  /** Attempts that may follow the first. */
  readonly retries: number;
}

/** A failed attempt, and the wait in milliseconds before the next. `undefined` if there is none. */
interface Failed {
  readonly error: Error;
  readonly delay: number | undefined;
}

/** A request that `fetch` answered or failed. */
type Fetched = { readonly response: Response } | { readonly error: Error };

/**
 * Sends a call, with retries.
 *
 * @param earlier an exchange of the same call that failed: its attempts and its time count
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function sendCall(access: Access, call: Call, earlier?: Exchange): Promise<Exchange> {
  const { settings } = access;
  // Before any timer starts: it throws for endpoints that the provider does not have.
  const url = urlOf(access.baseURL, call, settings.provider, settings.model);
  const deadline = earlier?.deadline ?? deadlineFor(access, call);
  const retries = call.options?.maxRetries ?? settings.maxRetries;
  let number = earlier?.info.attempts ?? 0;
  try {
    for (;;) {
      number++;
      const result = await attemptCall(access, { url, call, deadline, number, retries });
      if ("response" in result) return result;
      if (result.delay === undefined || result.delay >= deadline.remaining()) throw result.error;
      // A timeout has stopped the deadline.
      deadline.restart();
      await deadline.sleep(result.delay);
    }
  } catch (error) {
    deadline.close();
    throw error;
  }
}

function deadlineFor(access: Access, { options, streamed = false }: Call): Deadline {
  const standing = streamed ? access.streamTimeouts : access.wholeTimeouts;
  const limits = options?.timeout === undefined ? standing : resolveTimeouts(streamed, access.timeout, options.timeout);
  return new Deadline(limits, options?.signal);
}

async function attemptCall(access: Access, attempt: Attempt): Promise<Exchange | Failed> {
  const { url, call, deadline, number } = attempt;
  deadline.throwIfStopped();
  const { apiKey } = access;
  const key = typeof apiKey === "function" ? await askKey(apiKey, deadline) : apiKey;
  const headers = headersOf(access, call, key);
  const redact = redactor(() => secretsOf(headers, url, key));
  const controller = new AbortController();
  const fetched = await fetchOnce(access, attempt, {
    init: initOf(call, headers, controller.signal),
    controller,
    redact,
  });
  if ("error" in fetched) return { error: fetched.error, delay: decide(attempt, 0).delay };
  const { response } = fetched;
  deadline.pause(true);
  const exchange = { call, response, info: new AnswerInfo(response, redact, number), deadline, controller, redact };
  if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400))
    throw refuseRedirect(exchange);
  if (response.ok || call.anyStatus) return exchange;
  const { retryAt } = decide(attempt, response.status, response.headers);
  const error = await readError(exchange, retryAt);
  return { error, delay: decide(attempt, response.status, response.headers, error).delay };
}

/** Fetches once. @throws an error that no further attempt resolves: the abort, the end of the total time, bad input */
async function fetchOnce(
  { fetch = globalThis.fetch, baseURL }: Access,
  { url, deadline }: Attempt,
  { init, controller, redact }: { init: RequestInit; controller: AbortController; redact: Redact },
): Promise<Fetched> {
  let answer: Promise<Response> | undefined;
  try {
    deadline.startPhase("headers");
    deadline.throwIfStopped();
    // Called unbound: workerd's and browsers' fetch throw "Illegal invocation" as a method of anything else.
    answer = Promise.resolve(fetch(url, init));
    return { response: checkResponse(await deadline.race(answer)) };
  } catch (error) {
    controller.abort(error);
    // A fetch that ignores its signal may still answer.
    answer?.then((late) => late.body?.cancel()).catch(() => undefined);
    // This one attempt received nothing within its limit. The limit of the whole call, an abort and a stop from within are final.
    if (deadline.error instanceof TimeoutError && deadline.error.phase === "headers") return { error: deadline.error };
    deadline.throwIfStopped();
    if (error instanceof OpenAIError) throw redactError(error, redact);
    return { error: noAnswer(error, baseURL, redact) };
  }
}

function decide(
  { call, number, retries }: Attempt,
  status: number,
  headers?: Headers,
  error?: APIError,
): RetryDecision {
  return decideRetry({
    attempts: number,
    status,
    headers,
    exhausted: status === 429 && error !== undefined && isExhausted(error),
    now: Date.now(),
    random: Math.random(),
    // A stream that was sent cannot be sent again.
    maxRetries: call.body instanceof ReadableStream ? 0 : retries,
  });
}

function headersOf(access: Access, call: Call, key: string | undefined): HeaderRecord {
  const { headers: standing, exposed, baseURL } = access;
  const own: HeaderRecord = key === undefined ? {} : keyHeader(access.settings.provider, checkHeader("apiKey", key));
  if (call.contentType !== undefined) own["content-type"] = call.contentType;
  own["accept"] = call.accept ?? (call.streamed ? "text/event-stream" : "application/json");
  const given = call.options?.headers;
  const headers = overlay(own, given ? new Map([...standing, ...headerLayer(given)]) : standing);
  if (exposed && hasSecret(headers))
    throw new InputError("baseURL", "https where a key is sent (or allowPlainHTTP: true)", baseURL);
  return headers;
}

function askKey(
  ask: () => string | undefined | Promise<string | undefined>,
  deadline: Deadline,
): Promise<string | undefined> {
  // A visitor may be typing it: only the total limit applies.
  deadline.startPhase("headers");
  deadline.pause(true);
  return deadline.race(Promise.resolve(ask()));
}

function initOf({ method, body }: Call, headers: HeaderRecord, signal: AbortSignal): RequestInit {
  const init: RequestInit = {
    method: method ?? (body == null ? "GET" : "POST"),
    headers,
    signal,
    redirect: "manual",
  };
  if (body != null) init.body = body;
  return body instanceof ReadableStream ? { ...init, ...streamable().init } : init;
}

function noAnswer(error: unknown, baseURL: string, redact: Redact): ConnectionError {
  const host = /^\w+:\/\/(?:[^/]*@)?([^/]+)/.exec(baseURL)?.[1] ?? baseURL;
  const words = redact(textOf(error, "message") ?? "fetch failed");
  return new ConnectionError(`No answer from ${host}: ${words}`, { cause: redactError(error, redact) });
}

async function readError({ response, info, deadline, redact }: Exchange, retryAt: Date | undefined): Promise<APIError> {
  const { status } = response;
  const { text } = await readText(response.body, ERROR_BODY_LIMIT, deadline, ERROR_BODY_WAIT).catch(
    (error: unknown) => {
      if (deadline.error) throw error;
      return { text: "" };
    },
  );
  return attachInfo(apiError(parseMaybe(redact(text)), { status, headers: info.headers, retryAt }), info);
}

/** Returns the error for a redirect, which could carry the key to another host. Browsers hide its target. */
function refuseRedirect({ response, info, controller, redact }: Exchange): APIError {
  const header = response.headers.get("location");
  const location = header === null ? undefined : redact(header);
  controller.abort(abortError());
  return attachInfo(
    new APIError(`Refused a redirect${location === undefined ? "" : ` to ${location}`}`, {
      status: response.status,
      code: "redirect",
      headers: info.headers,
      location,
    }),
    info,
  );
}

/** Throws unless the caller's `fetch` returned a Response. */
function checkResponse(response: Response): Response {
  const isResponse = ({ status, headers, body }: Partial<Response>): boolean =>
    typeof status === "number" &&
    typeof headers?.get === "function" &&
    (body == null || typeof body.getReader === "function");
  const given: Response | null | undefined = response;
  if (!readable("fetch", () => given != null && isResponse(given)))
    throw wrong("fetch", "a function that gives a Response", response);
  return response;
}
