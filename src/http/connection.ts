import { checkBaseURL, checkOrigin, isExposed, serviceOf } from "./baseURL.ts";
import { checkHeader, headerLayer } from "./headers.ts";
import { OPENAI } from "./openai.ts";
import { checkProvider, fillURL } from "./provider.ts";
import { sendCall } from "./send.ts";
import { resolveTimeouts } from "./timeouts.ts";
import { aBoolean, aFunction, aLimit, anything, aString, aCount, checkOptions, type Rules, wrong } from "../options.ts";
import type { HeaderLayer, HeadersInput } from "./headers.ts";
import type { RawHttpInfo } from "./info.ts";
import { MODELS } from "./models.ts";
import type { EndpointModels } from "./models.ts";
import type { Provider } from "./provider.ts";
import type { ResolvedTimeouts, Timeouts } from "./timeouts.ts";
import type { Deadline } from "./deadline.ts";

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
export interface ConnectionOptions {
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

/** What endpoint functions read of a connection's options, with defaults filled in. */
export interface ConnectionSettings {
  /** The model of requests that name none. */
  readonly model: string;
  /** The models of other endpoints, where the options or the provider name them. */
  readonly models: EndpointModels;
  /** Whether streams ask for usage by `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** The service, unless it is OpenAI. */
  readonly provider: Provider | undefined;
  /** Limits of size. */
  readonly limits: Required<{ [Name in keyof Limits]: number }>;
  /** Attempts after a failed one. */
  readonly maxRetries: number;
}

/** All that sending takes, read once when the connection is made. It holds the key, so it stays private. */
export interface Access {
  readonly settings: ConnectionSettings;
  readonly baseURL: string;
  readonly apiKey: ConnectionOptions["apiKey"];
  /** The caller's fetch. Without one the global is looked up at each call. */
  readonly fetch: Fetch | undefined;
  /** Headers of every request. */
  readonly headers: HeaderLayer;
  /** The option `timeout`, for calls that bring a limit of their own. */
  readonly timeout: number | Timeouts | undefined;
  /** Limits of time for whole answers. */
  readonly wholeTimeouts: ResolvedTimeouts;
  /** Limits of time for streams. */
  readonly streamTimeouts: ResolvedTimeouts;
  /** Whether a key would travel in the clear: plain http to another machine. */
  readonly exposed: boolean;
}

const LIMITS: Rules = { event: aLimit, answer: aLimit };

/** Every option of a connection. What is taken as anything is checked where it is resolved. */
export const CONNECTION_OPTIONS: Rules = {
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

/**
 * The address of a service, the key, and the rules for trying again. Every endpoint function takes one, and the client is one.
 *
 * @example
 * ```ts
 * const connection = createConnection({ apiKey: process.env.OPENAI_API_KEY });
 * const stream = await streamChat(connection, [{ role: "user", content: "Hello" }]);
 * ```
 */
export class Connection {
  // A private field makes the type nominal: no object that merely has a `model` passes for a connection.
  readonly #access: Access;

  /**
   * Checks the options; sends nothing.
   *
   * @param options see {@link ConnectionOptions}
   * @throws InputError for options that cannot work
   */
  constructor(options: ConnectionOptions = {}) {
    this.#access = accessOf(options);
  }

  /** The model of requests that name none. */
  get model(): string {
    return this.#access.settings.model;
  }

  /**
   * The name of the service: its host, and a short hash of the path if that is more than `/v1`. It says nothing of the key.
   *
   * @internal
   */
  get service(): string {
    return serviceOf(this.#access.baseURL);
  }

  /**
   * The options that endpoint functions read.
   *
   * @internal
   */
  get settings(): ConnectionSettings {
    return this.#access.settings;
  }

  /**
   * Returns whether a value is a connection.
   *
   * @internal
   */
  static accepts(value: unknown): value is Connection {
    return typeof value === "object" && value !== null && #access in value;
  }

  /**
   * Sends a call, with retries.
   *
   * @internal
   * @param earlier an exchange of the same call that failed: its attempts and its time count
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   */
  send(call: Call, earlier?: Exchange): Promise<Exchange> {
    return sendCall(this.#access, call, earlier);
  }
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
}: Limits = {}): ConnectionSettings["limits"] {
  return { answer, event };
}
