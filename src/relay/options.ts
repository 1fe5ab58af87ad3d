import { InputError } from "../errors.ts";

/** Milliseconds of silence after which the relay sends a heartbeat comment to its client. */
export const HEARTBEAT = 2000;

/**
 * Milliseconds that a request with `"stream": true` waits for the upstream's headers. After that the relay answers 200
 * and sends heartbeats; a later refusal becomes an error event.
 */
export const HEADERS_WAIT = 2000;

/** The largest body of a request in bytes, unless {@link RelayOptions.maxBody} overrides it: 10 MiB. */
export const MAX_BODY: number = 10 * 1024 * 1024;

/** Milliseconds for the body of a request to arrive, unless {@link RelayOptions.bodyTimeout} overrides it. */
export const BODY_TIMEOUT = 60_000;

/** Milliseconds until the upstream's headers, unless {@link RelayOptions.answerTimeout} overrides it. */
export const ANSWER_TIMEOUT = 600_000;

/** Milliseconds that the upstream may be silent, unless {@link RelayOptions.idleTimeout} overrides it. */
export const IDLE_TIMEOUT = 300_000;

/** The relayed paths, unless {@link RelayOptions.paths} overrides them. */
export const RELAY_PATHS: readonly string[] = ["/v1/chat/completions"];

/** The host names of the local machine. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** The options of {@link createRelay}. */
export interface RelayOptions {
  /** The API's key, or a function that returns it or a promise of it. The relay calls it once per request. */
  apiKey: string | (() => string | Promise<string>);
  /**
   * The API's base URL, which replaces the `/v1` of a request's path.
   *
   * @default "https://api.openai.com/v1"
   */
  baseURL?: string | undefined;
  /**
   * Sends the upstream requests in place of the platform's `fetch`: a service binding, a mock API, a proxy.
   *
   * @default the platform's `fetch`
   */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /**
   * The paths to relay, all with POST. They begin with `/v1/`.
   *
   * @default {@link RELAY_PATHS}
   */
  paths?: readonly string[] | undefined;
  /**
   * The token that clients must send as `authorization: Bearer <token>`. Without it (or with `""`) the relay refuses
   * every request unless `open` is set.
   *
   * @default none
   */
  token?: string | undefined;
  /**
   * Serves every client that can reach `hosts` without a token.
   *
   * @default false
   */
  open?: boolean | undefined;
  /**
   * The host names to serve, without a port. They keep out pages of other sites that point their own name at this
   * machine.
   *
   * @default any with a token, {@link LOOPBACK_HOSTS} without one
   */
  hosts?: readonly string[] | undefined;
  /**
   * The origins of pages that may call the relay, besides its own, such as `https://chat.example`.
   *
   * @default none
   */
  origins?: readonly string[] | undefined;
  /**
   * Milliseconds of silence before a heartbeat comment; 0 for none.
   *
   * @default {@link HEARTBEAT}
   */
  heartbeat?: number | undefined;
  /**
   * Milliseconds to wait for the upstream's headers before the relay answers a stream with 200.
   *
   * @default {@link HEADERS_WAIT}
   */
  headersWait?: number | undefined;
  /**
   * The largest body of a request in bytes.
   *
   * @default {@link MAX_BODY}
   */
  maxBody?: number | undefined;
  /**
   * Milliseconds for the body of a request to arrive; `Infinity` for no limit.
   *
   * @default 60_000, one minute
   */
  bodyTimeout?: number | undefined;
  /**
   * Milliseconds until the upstream's headers; `Infinity` for no limit.
   *
   * @default 600_000, ten minutes
   */
  answerTimeout?: number | undefined;
  /**
   * Milliseconds that the upstream may be silent within a body; `Infinity` for no limit.
   *
   * @default 300_000, five minutes
   */
  idleTimeout?: number | undefined;
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly apiKey: () => unknown;
  readonly baseURL: string;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly paths: readonly string[];
  readonly token: string | undefined;
  readonly open: boolean;
  readonly hosts: readonly string[] | undefined;
  readonly origins: readonly string[];
  readonly heartbeat: number;
  readonly headersWait: number;
  readonly maxBody: number;
  readonly bodyTimeout: number;
  readonly answerTimeout: number;
  readonly idleTimeout: number;
}

/** Timers of more milliseconds fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The options by name, each with a description and a check of its value. */
const RULES: Readonly<Record<keyof RelayOptions, readonly [expected: string, isValid: (value: unknown) => boolean]>> = {
  apiKey: [
    "a key that a header can carry, or a function that returns one",
    (value) => isFunction(value) || value === "" || isKey(value),
  ],
  baseURL: ["a URL", (value) => typeof value === "string"],
  fetch: ["a function", isFunction],
  paths: ['a list of paths that begin with "/v1/"', listOf((path) => /^\/v1\/[^?#\s]+$/.test(path), 1)],
  token: ["a token of visible characters", (value) => value === "" || isKey(value)],
  open: ["true or false", (value) => typeof value === "boolean"],
  hosts: ['a list of host names without a port, such as "chat.example"', listOf((host) => hostOf(host) === host)],
  origins: ['a list of origins, such as "https://chat.example"', listOf(isOrigin)],
  heartbeat: ["milliseconds from 0", isNumber],
  headersWait: ["milliseconds from 0", isNumber],
  maxBody: ["bytes above 0", isPositive],
  bodyTimeout: ["milliseconds above 0", isPositive],
  answerTimeout: ["milliseconds above 0", isPositive],
  idleTimeout: ["milliseconds above 0", isPositive],
};

/** Options whose values errors do not show. */
const SECRET: readonly string[] = ["apiKey", "token", "baseURL"];

/**
 * Checks the options and fills in the defaults.
 *
 * @throws InputError for an unknown option, a wrong value, or a base URL that would expose the key over plain HTTP
 */
export function resolveSettings(options: RelayOptions): Settings {
  const { apiKey, token, ...given } = checkOptions(options);
  const timer = (value: number | undefined, standard: number): number => Math.min(value ?? standard, LONGEST_TIMER);
  return {
    apiKey: typeof apiKey === "function" ? apiKey : () => apiKey,
    baseURL: checkedBaseURL(given.baseURL ?? "https://api.openai.com/v1"),
    fetch: given.fetch ?? ((url, init) => fetch(url, init)),
    paths: given.paths ?? RELAY_PATHS,
    token: token === "" ? undefined : token,
    open: given.open ?? false,
    hosts: given.hosts ?? (token ? undefined : LOOPBACK_HOSTS),
    origins: given.origins ?? [],
    heartbeat: timer(given.heartbeat, HEARTBEAT),
    headersWait: timer(given.headersWait, HEADERS_WAIT),
    maxBody: given.maxBody ?? MAX_BODY,
    bodyTimeout: given.bodyTimeout ?? BODY_TIMEOUT,
    answerTimeout: given.answerTimeout ?? ANSWER_TIMEOUT,
    idleTimeout: given.idleTimeout ?? IDLE_TIMEOUT,
  };
}

/**
 * Returns true for a text that a header can carry as a key: visible ASCII characters, with spaces only between them.
 */
export function isKey(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(value);
}

/**
 * Returns true if a URL names the local machine. On Cloudflare that proves that a Worker is not deployed, because
 * requests reach a deployed Worker by its host. A server of your own has no such proof: its clients choose the name.
 *
 * @param url the URL of a request
 * @example
 * ```ts
 * createRelay({ apiKey, token: env.RELAY_TOKEN, open: isLoopback(request.url) });
 * ```
 */
export function isLoopback(url: string): boolean {
  return LOOPBACK_HOSTS.includes(new URL(url).hostname);
}

/** Reads every option once, inherited ones included, such as the getters of a class. */
function checkOptions(options: unknown): RelayOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new InputError("options", "an object, such as { apiKey }", kindOf(options));
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(RULES, name));
  if (unknown !== undefined)
    throw new InputError(unknown, `one of ${Object.keys(RULES).join(", ")}`, "an unknown option");
  const read = Object.entries(RULES).map(([name, [expected, isValid]]): [string, unknown] => {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || isValid(value)) return [name, value];
    throw new InputError(name, expected, SECRET.includes(name) ? kindOf(value) : shown(value));
  });
  return Object.fromEntries(read) as unknown as RelayOptions;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "string" ? "another text" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

function shown(value: unknown): string {
  const plain = typeof value === "string" ? JSON.stringify(value) : String(value);
  if (typeof value !== "object" && plain.length <= 80) return plain;
  return Array.isArray(value) && value.length > 0
    ? `a list with ${kindOf(value.find((one) => typeof one !== "string") ?? "")}`
    : kindOf(value);
}

function isFunction(value: unknown): boolean {
  return typeof value === "function";
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}

function listOf(isValid: (one: string) => boolean, least = 0): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.every((one: unknown) => typeof one === "string" && isValid(one));
}

/** Returns the host as a URL writes it, or `undefined` if it is invalid. */
function hostOf(text: string): string | undefined {
  const url = `http://${text}/`;
  return text !== "" && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Browser extensions and apps have origins with schemes of their own, which `URL` does not report. */
function isOrigin(text: string): boolean {
  if (!/^https?:/i.test(text)) return /^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+$/.test(text);
  return URL.canParse(text) && new URL(text).origin === text;
}

function checkedBaseURL(baseURL: string): string {
  if (!URL.canParse(baseURL) || !/^https?:/i.test(baseURL))
    throw new InputError("baseURL", "a URL that begins with https://", "a text that is not a URL");
  const { username, password } = new URL(baseURL);
  if (username || password) throw new InputError("baseURL", "no user name or password", "a URL with them");
  if (!/^https:/i.test(baseURL) && !isLoopback(baseURL))
    throw new InputError(
      "baseURL",
      "https (the key would go unencrypted)",
      `the host ${new URL(baseURL).host} over http`,
    );
  return baseURL;
}
