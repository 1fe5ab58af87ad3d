import { abortError, APIError, ConnectionError, InputError, OpenAIError, TimeoutError } from "../errors.ts";
import { checkBaseURL, checkOrigin, isExposed } from "./baseURL.ts";
import { apiError, parseMaybe } from "./errorBody.ts";
import { checkHeader, headerLayer, overlay } from "./headers.ts";
import { AnswerInfo, attachInfo } from "./info.ts";
import { OPENAI } from "./openai.ts";
import { checkProvider, fillURL, keyHeader, urlOf } from "./provider.ts";
import { readText } from "./readText.ts";
import { decideRetry, isExhausted } from "./retry.ts";
import { redactError, textOf } from "./redactError.ts";
import { hasSecret, redactor, secretsOf } from "./secrets.ts";
import { streamable } from "./streamable.ts";
import { resolveTimeouts } from "./timeouts.ts";
import { Deadline } from "./deadline.ts";
import {
  aBoolean,
  aFunction,
  aLimit,
  anything,
  aString,
  aCount,
  checkOptions,
  readable,
  type Rules,
  wrong,
} from "../options.ts";
import type { HeaderRecord, HeadersInput } from "./headers.ts";
import type { RawHttpInfo } from "./info.ts";
import { MODELS } from "./models.ts";
import type { EndpointModels } from "./models.ts";
import type { Provider } from "./provider.ts";
import type { RetryDecision } from "./retry.ts";
import type { Redact } from "./secrets.ts";
import type { Timeouts } from "./timeouts.ts";

/** The part of `fetch` that is used. Platform fetches, service bindings' and the mock API's all fit. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What a server may send at the most. */
export interface Limits {
  /** One event of a stream, in characters. Default: as many as `answer`, but no less than 16,777,216. */
  event?: number | undefined;
  /** A whole answer: bytes of a JSON body, or characters of a stream's collected text. Default 67,108,864. */
  answer?: number | undefined;
}

/** How to reach the API. */
export interface TransportOptions {
  /** The key, or a function that gives it, asked before every attempt. Without one no `authorization` is sent. */
  apiKey?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Another service than OpenAI, from `fetchat/providers`; every other option ranks above it. */
  provider?: Provider | undefined;
  /** Where the API is. Default: the provider's, or `https://api.openai.com/v1`. */
  baseURL?: string | undefined;
  /** Default: the global `fetch`, looked up at each call. */
  fetch?: Fetch | undefined;
  /** Sent with every request. */
  headers?: HeadersInput | undefined;
  /** Sent as `openai-organization`. */
  organization?: string | undefined;
  /** Sent as `openai-project`. */
  project?: string | undefined;
  /** The model of requests that name none. Default: the provider's, or `gpt-6-luna`. */
  model?: string | undefined;
  /** The models of requests to other endpoints that name none. Defaults at {@link EndpointModels}; a provider's may be others. */
  models?: EndpointModels | undefined;
  /** Limits of time; a number is milliseconds for the whole call. Defaults at {@link Timeouts}. */
  timeout?: number | Timeouts | undefined;
  /** How many attempts may follow a failed one. Default 2. */
  maxRetries?: number | undefined;
  /** Limits of size. */
  limits?: Limits | undefined;
  /** Whether streams ask for usage by `stream_options.include_usage`. Default: the provider's, or true. */
  includeUsage?: boolean | undefined;
  /** Lets a key go over plain http to other hosts than this machine. Default false. */
  allowPlainHTTP?: boolean | undefined;
}

/** What one call may say for itself. */
export interface RequestOptions {
  /** Aborts the call. */
  signal?: AbortSignal | null | undefined;
  /** Limits of time, over the client's. */
  timeout?: number | Timeouts | undefined;
  /** Attempts after a failed one, over the client's. */
  maxRetries?: number | undefined;
  /** Headers over the client's; `null` takes one away. */
  headers?: HeadersInput | undefined;
}

/** One call, ready to be sent. */
export interface Call {
  /** The path below the base URL, with its query, beginning with `/`. */
  path: string;
  /** The model that the body names, for providers that have it in the path. */
  model?: string | undefined;
  /** Default: POST with a body, else GET. */
  method?: string | undefined;
  /** The body, to be sent again whole in a retry. */
  body?: RequestInit["body"] | undefined;
  /** The body's type; left to `fetch` where it is not given. */
  contentType?: string | undefined;
  /** What the answer may be. Default: `text/event-stream` for a stream, else `application/json`. */
  accept?: string | undefined;
  /** Whether the answer comes as a stream. */
  streamed?: boolean | undefined;
  /** Whether any status is an answer. */
  anyStatus?: boolean | undefined;
  /** What the caller wants of this one. */
  options?: RequestOptions | undefined;
}

/** A call that was answered: its response and its deadline. */
export interface Exchange {
  /** The call that was answered. */
  readonly call: Call;
  /** The response; its body has not been read. */
  readonly response: Response;
  /** What `httpInfo()` tells of it. */
  readonly info: RawHttpInfo;
  /** The time limits and the caller's signal. */
  readonly deadline: Deadline;
  /** Stops the request. */
  readonly controller: AbortController;
  /** Takes the key out of a server's words. */
  readonly redact: (text: string) => string;
}

/** What the endpoints send their calls through. */
export interface Transport {
  /** The model of requests that name none. */
  readonly model: string;
  /** Those of other endpoints, where the options or the provider have them. */
  readonly models: EndpointModels;
  /** Whether streams ask for usage by `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** The service, where it is another than OpenAI. */
  readonly provider: Provider | undefined;
  /** What a server may send at the most. */
  readonly limits: Required<{ [Name in keyof Limits]: number }>;
  /** Attempts after a failed one, for calls that do not say. */
  readonly maxRetries: number;
  /**
   * Sends a call, with retries.
   *
   * @param earlier an exchange of the same call that failed: its attempts and its time count
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   */
  send(call: Call, earlier?: Exchange): Promise<Exchange>;
}

/** Why an attempt failed, and how long to wait before the next, if there is to be one. */
interface Failed {
  readonly error: Error;
  readonly delay: number | undefined;
}

const LIMITS: Rules = { event: aLimit, answer: aLimit };

/** Every option of a transport. What is taken as anything is checked where it is resolved. */
export const TRANSPORT_OPTIONS: Rules = {
  apiKey(value, at) {
    if (typeof value !== "string" && typeof value !== "function") throw wrong(at, "a string or a function", value);
  },
  provider: anything,
  baseURL: anything,
  fetch: aFunction,
  headers: anything,
  organization: aString,
  project: aString,
  model: aString,
  models(value) {
    checkOptions(value, MODELS, "models");
  },
  timeout: (value) => void resolveTimeouts(false, value as number),
  maxRetries: aCount,
  limits(value) {
    checkOptions(value, LIMITS, "limits");
  },
  includeUsage: aBoolean,
  allowPlainHTTP: aBoolean,
};

const ERROR_BODY_LIMIT = 65_536;
const ERROR_BODY_WAIT = 5_000;

/**
 * Makes a transport: one place that knows where the API is, the key, and how to try again.
 *
 * @throws InputError for options that cannot work
 */
export function createTransport(options: TransportOptions = {}): Transport {
  checkOptions(options, TRANSPORT_OPTIONS, "");
  const { provider } = options;
  checkProvider(provider);
  const model = options.model ?? (provider ?? OPENAI).model;
  const baseURL = checkBaseURL(options.baseURL ?? (provider ? fillURL(provider) : "https://api.openai.com/v1"));
  if (options.fetch === undefined) checkOrigin(baseURL);
  const { maxRetries = 2 } = options;
  const exposed = !options.allowPlainHTTP && isExposed(baseURL);
  const wholeLimits = resolveTimeouts(false, options.timeout);
  const streamLimits = resolveTimeouts(true, options.timeout);
  const standing = headerLayer(
    { "openai-organization": options.organization, "openai-project": options.project },
    provider?.headers,
    options.headers,
  );
  if (typeof options.apiKey === "string") checkHeader("apiKey", options.apiKey);

  async function send(call: Call, earlier?: Exchange): Promise<Exchange> {
    // Before any timer starts: it throws for what the provider does not have.
    const url = urlOf(baseURL, call, provider, model);
    const own = call.options ?? {};
    const { maxRetries: retries = maxRetries } = own;
    const limits = call.streamed ? streamLimits : wholeLimits;
    const deadline =
      earlier?.deadline ??
      new Deadline(
        own.timeout === undefined ? limits : resolveTimeouts(!!call.streamed, options.timeout, own.timeout),
        own.signal,
      );
    let attempts = earlier?.info.attempts ?? 0;
    try {
      for (;;) {
        attempts++;
        const result = await attempt(url, call, deadline, attempts, retries);
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

  async function attempt(
    url: string,
    call: Call,
    deadline: Deadline,
    attempts: number,
    retries: number,
  ): Promise<Exchange | Failed> {
    deadline.throwIfStopped();
    const apiKey = options.apiKey ?? provider?.apiKey;
    const key = typeof apiKey === "function" ? await askKey(apiKey, deadline) : apiKey;
    const headers = headersOf(call, key);
    const redact = redactor(() => secretsOf(headers, url, key));
    const controller = new AbortController();
    const decide = (status: number, answered?: Headers, error?: APIError): RetryDecision =>
      decideRetry({
        attempts,
        status,
        headers: answered,
        exhausted: status === 429 && error !== undefined && isExhausted(error),
        now: Date.now(),
        random: Math.random(),
        maxRetries: call.body instanceof ReadableStream ? 0 : retries,
      });
    let answer: Promise<Response> | undefined;
    let response: Response;
    try {
      deadline.startPhase("headers");
      deadline.throwIfStopped();
      // Called unbound: workerd's and browsers' fetch throw "Illegal invocation" as a method of anything else.
      const send: Fetch = options.fetch ?? globalThis.fetch;
      answer = Promise.resolve(send(url, initOf(call, headers, controller.signal)));
      response = checkResponse(await deadline.race(answer));
    } catch (error) {
      controller.abort(error);
      // A fetch that ignores its signal may still answer.
      answer?.then((late) => late.body?.cancel()).catch(() => undefined);
      // Nothing was received within the limit of this one attempt. The limit of the whole, an abort and a stop from within are final.
      if (deadline.error instanceof TimeoutError && deadline.error.phase === "headers")
        return { error: deadline.error, delay: decide(0).delay };
      deadline.throwIfStopped();
      if (error instanceof OpenAIError) throw redactError(error, redact);
      return { error: noAnswer(error, baseURL, redact), delay: decide(0).delay };
    }
    deadline.pause(true);
    const exchange = { call, response, info: new AnswerInfo(response, redact, attempts), deadline, controller, redact };
    if (response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400))
      throw refuseRedirect(exchange);
    if (response.ok || call.anyStatus) return exchange;
    const { retryAt } = decide(response.status, response.headers);
    const error = await readError(exchange, retryAt);
    return { error, delay: decide(response.status, response.headers, error).delay };
  }

  function headersOf(call: Call, key: string | undefined): HeaderRecord {
    const own: HeaderRecord = key === undefined ? {} : keyHeader(provider, checkHeader("apiKey", key));
    if (call.contentType !== undefined) own["content-type"] = call.contentType;
    own["accept"] = call.accept ?? (call.streamed ? "text/event-stream" : "application/json");
    const given = call.options?.headers;
    const headers = overlay(own, given ? new Map([...standing, ...headerLayer(given)]) : standing);
    if (exposed && hasSecret(headers))
      throw new InputError("baseURL", "https where a key is sent (or allowPlainHTTP: true)", baseURL);
    return headers;
  }

  return {
    model,
    models: { ...provider?.models, ...options.models },
    includeUsage: options.includeUsage ?? provider?.includeUsage ?? true,
    provider,
    limits: resolveLimits(options.limits),
    maxRetries,
    send,
  };
}

function askKey(
  ask: () => string | undefined | Promise<string | undefined>,
  deadline: Deadline,
): Promise<string | undefined> {
  // A visitor may be typing it: only the limit of the whole counts.
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

/** A redirect could carry the key to another host, so none is followed. Browsers hide where it points. */
function refuseRedirect({ response, info, controller, redact }: Exchange): APIError {
  const told = response.headers.get("location");
  const location = told === null ? undefined : redact(told);
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

function resolveLimits({ answer = 2 ** 26, event = Math.max(answer, 2 ** 24) }: Limits = {}): Transport["limits"] {
  return { answer, event };
}

/** A `fetch` of the caller's may give anything. */
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
