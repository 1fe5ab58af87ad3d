import { checkBaseURL, checkOrigin, isExposed, serviceOf } from "./baseURL.ts";
import { checkHeader, headerLayer } from "./headers.ts";
import { OPENAI } from "./openai.ts";
import { checkProvider, fillURL } from "./provider.ts";
import { sendCall } from "./send.ts";
import { resolveTimeouts } from "./timeouts.ts";
import { InputError } from "../errors.ts";
import { aBoolean, aCount, aFunction, aLimit, anything, aSignal, aString, checkOptions, wrong } from "../options.ts";
import type { Rules } from "../options.ts";
import type { HeaderLayer } from "./headers.ts";
import type { RawHttpInfo } from "./info.ts";
import { MODELS } from "./models.ts";
import type { EndpointModels } from "./models.ts";
import type { Provider } from "./provider.ts";
import type { ResolvedTimeouts, Timeouts } from "./timeouts.ts";
import type { Deadline } from "./deadline.ts";

/** A function like `fetch`: the platform's own, a service binding's, or the mock API's. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Options of a connection. */
export interface ConnectionOptions {
  /** The key, or a function that returns it and is called before every attempt. @default no `authorization` is sent */
  apiKey?: string | (() => string | undefined | Promise<string | undefined>) | undefined;
  /** Another service than OpenAI, from `fetchat/providers`. The other options take precedence. @default OpenAI */
  provider?: Provider | undefined;
  /** Base URL of the API. @default the provider's, or `https://api.openai.com/v1` */
  baseURL?: string | undefined;
  /** Function that sends the requests. @default the global `fetch` at the time of each call */
  fetch?: Fetch | undefined;
  /** Headers of every request. @default none */
  headers?: Headers | Record<string, string | null | undefined> | undefined;
  /** Value of the header `openai-organization`. @default not sent */
  organization?: string | undefined;
  /** Value of the header `openai-project`. @default not sent */
  project?: string | undefined;
  /** Model of requests that name none. @default the provider's, or `gpt-6-luna` */
  model?: string | undefined;
  /** Models of requests to other endpoints that name none. @default the provider's, or those of {@link EndpointModels} */
  models?: EndpointModels | undefined;
  /** Time limits in milliseconds. A number limits the whole call. @default those of {@link Timeouts} */
  timeout?: number | Timeouts | undefined;
  /** The number of retries after a failed attempt. @default 2 */
  maxRetries?: number | undefined;
  /** Limits on the size of what a server sends. */
  limits?:
    | {
        /** One event of a stream, in characters. @default the larger of `answer` and 16,777,216 */
        event?: number | undefined;
        /** A whole answer: bytes of a JSON body, or characters of a stream's collected text. @default 67,108,864 */
        answer?: number | undefined;
      }
    | undefined;
  /** Requests usage in streams, by `stream_options.include_usage`. Default: the provider's, or true. */
  includeUsage?: boolean | undefined;
  /** `true` to send a key over plain http to other hosts than this machine. @default false */
  allowPlainHTTP?: boolean | undefined;
}

/** Options of one call. */
export interface RequestOptions {
  /** Signal that aborts the call. @default none */
  signal?: AbortSignal | null | undefined;
  /** Time limits in milliseconds. A number limits the whole call. @default the client's */
  timeout?: number | Timeouts | undefined;
  /** The number of retries after a failed attempt. @default the client's */
  maxRetries?: number | undefined;
  /** Headers besides the client's. `null` removes one. @default none */
  headers?: Headers | Record<string, string | null | undefined> | undefined;
}

/** One call, ready to be sent. */
export interface Call {
  /** Path below the base URL with its query. It begins with `/`. */
  path: string;
  /** Model in the body, for providers that have it in the path. */
  model?: string | undefined;
  /** HTTP method. @default POST with a body, or else GET */
  method?: string | undefined;
  /** Body. A retry sends it again. */
  body?: RequestInit["body"] | undefined;
  /** Content type of the body. @default set by `fetch` */
  contentType?: string | undefined;
  /** Accepted types of the answer. @default `text/event-stream` for a stream, or else `application/json` */
  accept?: string | undefined;
  /** `true` if the answer is a stream. @default false */
  streamed?: boolean | undefined;
  /** `true` if any status is an answer. @default false */
  anyStatus?: boolean | undefined;
  /** The caller's options. */
  options?: RequestOptions | undefined;
}

/** A call that was answered: its response and its deadline. */
export interface Exchange {
  /** The call that was answered. */
  readonly call: Call;
  /** The response. Its body has not been read. */
  readonly response: Response;
  /** HTTP data for `httpInfo()`. */
  readonly info: RawHttpInfo;
  /** The time limits and the caller's signal. */
  readonly deadline: Deadline;
  /** Stops the request. */
  readonly controller: AbortController;
  /** Replaces the secrets of the request in a text. */
  readonly redact: (text: string) => string;
}

/** The options that endpoint functions read, with defaults filled in. */
export interface ConnectionSettings {
  /** The model of requests that name none. */
  readonly model: string;
  /** Models of other endpoints that the options or the provider name. */
  readonly models: EndpointModels;
  /** `true` to request the usage of streams by `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** The service, unless it is OpenAI. */
  readonly provider: Provider | undefined;
  /** Limits of size. */
  readonly limits: { readonly event: number; readonly answer: number };
  /** Attempts after a failed one. */
  readonly maxRetries: number;
}

/** Everything that sending needs, read once when the connection is made. It holds the key, so it is private. */
export interface Access {
  readonly settings: ConnectionSettings;
  readonly baseURL: string;
  readonly apiKey: ConnectionOptions["apiKey"];
  /** The caller's fetch. Without one the global is looked up at each call. */
  readonly fetch: Fetch | undefined;
  /** Headers of every request. */
  readonly headers: HeaderLayer;
  /** The option `timeout`, for calls with limits of their own. */
  readonly timeout: number | Timeouts | undefined;
  /** Limits of time for whole answers. */
  readonly wholeTimeouts: ResolvedTimeouts;
  /** Limits of time for streams. */
  readonly streamTimeouts: ResolvedTimeouts;
  /** `true` if others could read a key on its way: plain http to another machine. */
  readonly exposed: boolean;
}

const LIMITS: Rules = { event: aLimit, answer: aLimit };

/** Checks of the options that a connection and a call have in common. */
const COMMON_OPTIONS: Rules = {
  timeout: [(value) => void resolveTimeouts(false, value), "timeoutms requesttimeout timeoutmillis"],
  maxRetries: [(value) => aCount(value, "maxRetries"), "retries retry maxretry numretries"],
  headers: [
    (value) => void headerLayer(value),
    "defaultheaders extraheaders customheaders requestheaders additionalheaders",
  ],
};

/** Checks of {@link RequestOptions}. */
export const CALL_OPTIONS: Rules = {
  signal: [aSignal, "abortsignal abort abortcontroller canceltoken"],
  ...COMMON_OPTIONS,
};

/** Checks of {@link ConnectionOptions}. Options with any value are checked when they are resolved. */
export const CONNECTION_OPTIONS: Rules = {
  apiKey: [aKey, "key token apitoken accesstoken authtoken bearertoken secret openaiapikey auth"],
  provider: anything,
  baseURL: [anything, "url endpoint host basepath apibase apiurl apibaseurl openaiapibase server"],
  fetch: [aFunction, "fetcher fetchfn customfetch fetchfunction fetchoptions httpagent"],
  ...COMMON_OPTIONS,
  organization: [aString, "org orgid organizationid"],
  project: [aString, "projectid"],
  model: [aString, "defaultmodel modelname modelid"],
  models: (value) => checkOptions(value, MODELS, "models"),
  limits: (value) => checkOptions(value, LIMITS, "limits"),
  includeUsage: aBoolean,
  allowPlainHTTP: aBoolean,
};

function aKey(value: unknown, at: string): void {
  if (typeof value !== "string" && typeof value !== "function") throw wrong(at, "a string or a function", value);
  if (typeof value === "string" && /^(bearer |$)/i.test(value))
    throw new InputError(at, "the key alone", value ? 'one with "Bearer" before it' : "an empty string");
  if (typeof value === "string" && /^['"`]|['"`]$/.test(value))
    throw new InputError(at, "the key alone", "one in quotes");
}

/**
 * The address of a service, with its key, time limits and retries. Every endpoint function takes one, and a client is one.
 *
 * @example
 * ```ts
 * const connection = createConnection({ apiKey: process.env.OPENAI_API_KEY });
 * const stream = await streamChat(connection, [{ role: "user", content: "Hello" }]);
 * ```
 */
export class Connection {
  // A private field makes the type nominal: no object that merely has a `model` passes for a connection.
  readonly #model: string;

  /**
   * Checks the options; sends nothing.
   *
   * @param options see {@link ConnectionOptions}
   * @throws InputError for options that cannot work
   */
  constructor(options: ConnectionOptions = {}) {
    const access = accessOf(options);
    this.#model = access.settings.model;
    ACCESS.set(this, access);
  }

  /** The model of requests that name none. */
  get model(): string {
    return this.#model;
  }
}

/** The settings and the sender of each connection: for this package's functions, and hidden from everybody else. */
const ACCESS = /* @__PURE__ */ new WeakMap<object, Access>();

function accessTo(connection: Connection): Access {
  const access = ACCESS.get(connection);
  if (access === undefined)
    throw new InputError("connection", "a client, or what createConnection() returns", "another");
  return access;
}

/** Returns `true` for a connection of this copy of the package. */
export function isConnection(value: unknown): value is Connection {
  return typeof value === "object" && value !== null && ACCESS.has(value);
}

/** Returns the options of a connection that endpoint functions read. */
export function settingsOf(connection: Connection): ConnectionSettings {
  return accessTo(connection).settings;
}

/** Returns the name of a connection's service: its host, and a short hash of the path if that is more than `/v1`. It says nothing of the key. */
export function serviceNameOf(connection: Connection): string {
  return serviceOf(accessTo(connection).baseURL);
}

/**
 * Sends a call, with retries.
 *
 * @param earlier an exchange of the same call that failed: its attempts and its time count
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export function send(connection: Connection, call: Call, earlier?: Exchange): Promise<Exchange> {
  return sendCall(accessTo(connection), call, earlier);
}

/**
 * Makes a connection, for programs that must be tiny: they import only the endpoint functions that they call.
 *
 * @param options see {@link ConnectionOptions}
 * @throws InputError for options that cannot work
 * @example
 * ```ts
 * const connection = createConnection({ apiKey: process.env.OPENAI_API_KEY });
 * const { data } = await embedding(connection, "Hello");
 * ```
 */
export function createConnection(options: ConnectionOptions = {}): Connection {
  return new Connection(options);
}

function accessOf(options: ConnectionOptions): Access {
  checkOptions(options, CONNECTION_OPTIONS, "");
  const { apiKey, fetch, provider, timeout, maxRetries = 2 } = options;
  checkProvider(provider);
  const baseURL = checkBaseURL(options.baseURL ?? (provider ? fillURL(provider) : "https://api.openai.com/v1"));
  if (fetch === undefined) checkOrigin(baseURL);
  if (typeof apiKey === "string") checkHeader("apiKey", apiKey);
  return {
    settings: {
      model: options.model ?? (provider ?? OPENAI).model,
      models: { ...provider?.models, ...options.models },
      includeUsage: options.includeUsage ?? provider?.includeUsage ?? true,
      provider,
      limits: resolveLimits(options.limits),
      maxRetries,
    },
    baseURL,
    apiKey: apiKey ?? provider?.apiKey,
    fetch,
    headers: headerLayer(
      { "openai-organization": options.organization, "openai-project": options.project },
      provider?.headers,
      options.headers,
    ),
    timeout,
    wholeTimeouts: resolveTimeouts(false, timeout),
    streamTimeouts: resolveTimeouts(true, timeout),
    exposed: !options.allowPlainHTTP && isExposed(baseURL),
  };
}

function resolveLimits({
  answer = 2 ** 26,
  event = Math.max(answer, 2 ** 24),
}: NonNullable<ConnectionOptions["limits"]> = {}): ConnectionSettings["limits"] {
  return { answer, event };
}
