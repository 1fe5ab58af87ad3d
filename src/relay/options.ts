import { InputError } from "../errors.ts";

/** Milliseconds of silence after which the relay writes a comment to its client. */
export const HEARTBEAT = 2000;

/**
 * Milliseconds that a request with `"stream": true` waits for the upstream's headers. After them the relay answers
 * 200 itself and keeps the stream alive with comments; a refusal that comes later is sent as an error event.
 */
export const HEADERS_WAIT = 2000;

/** Bytes of a request's body that are taken, unless {@link RelayOptions.maxBody} says otherwise: 10 MiB. */
export const MAX_BODY: number = 10 * 1024 * 1024;

/** Milliseconds in which a request's body has to arrive, unless {@link RelayOptions.bodyTimeout} says otherwise. */
export const BODY_TIMEOUT = 60_000;

/** Milliseconds until the upstream's headers, unless {@link RelayOptions.answerTimeout} says otherwise. */
export const ANSWER_TIMEOUT = 600_000;

/** Milliseconds of silence of the upstream, unless {@link RelayOptions.idleTimeout} says otherwise. */
export const IDLE_TIMEOUT = 300_000;

/** The paths that are relayed unless {@link RelayOptions.paths} says otherwise. */
export const RELAY_PATHS: readonly string[] = ["/v1/chat/completions"];

/** The host names that mean "this machine". */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** Options of {@link createRelay}. */
export interface RelayOptions {
  /** The API's key, or a function (it may be async) that returns it and is called for each request. */
  apiKey: string | (() => string | Promise<string>);
  /** The API's base URL; the `/v1` of a request's path stands for it. @default `https://api.openai.com/v1` */
  baseURL?: string | undefined;
  /** Sends requests in place of the platform's `fetch`: a service binding, a mock API, a proxy. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** The paths that are relayed, each with POST. They begin with `/v1/`. @default {@link RELAY_PATHS} */
  paths?: readonly string[] | undefined;
  /**
   * When set, a client must send `authorization: Bearer <token>`. Without it (or with `""`) and without `open`
   * everything is refused.
   */
  token?: string | undefined;
  /** `true` serves everyone who can reach `hosts` when there is no token. @default false */
  open?: boolean | undefined;
  /**
   * Host names that are served, without a port. They keep out pages of other sites that point their own name at this
   * machine. @default any with a token, {@link LOOPBACK_HOSTS} without one
   */
  hosts?: readonly string[] | undefined;
  /** Origins whose pages may call, besides the relay's own, such as `https://chat.example`. @default none */
  origins?: readonly string[] | undefined;
  /** Milliseconds of silence before a comment is written; 0 for never. @default {@link HEARTBEAT} */
  heartbeat?: number | undefined;
  /** Milliseconds before a 200 is committed while the upstream has sent no headers. @default {@link HEADERS_WAIT} */
  headersWait?: number | undefined;
  /** Bytes of a request's body. @default {@link MAX_BODY} */
  maxBody?: number | undefined;
  /** Milliseconds in which a request's body has to arrive; `Infinity` for no limit. @default {@link BODY_TIMEOUT} */
  bodyTimeout?: number | undefined;
  /** Milliseconds until the upstream's headers; `Infinity` for no limit. @default {@link ANSWER_TIMEOUT} */
  answerTimeout?: number | undefined;
  /** Milliseconds that the upstream may be silent within a body; `Infinity` for no limit. @default {@link IDLE_TIMEOUT} */
  idleTimeout?: number | undefined;
}

/** The options with every default in its place. */
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

/** A timer that is longer than this many milliseconds fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Options by name, each with what it must be where it is given. */
const RULES: Readonly<Record<keyof RelayOptions, readonly [expected: string, fits: (value: unknown) => boolean]>> = {
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

/** Options whose values are not shown in an error. */
const SECRET: readonly string[] = ["apiKey", "token", "baseURL"];

/**
 * Checks the options and puts the defaults in.
 *
 * @throws InputError for an option that is unknown or cannot work, or a base URL to which the key would go unencrypted
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

/** Tells whether a text is a key that a header can carry: visible characters of ASCII, with spaces only between them. */
export function isKey(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+(?: +[\x21-\x7e]+)*$/.test(value);
}

/**
 * Tells whether a URL names this machine. On Cloudflare a deployed Worker is never reached under such a name, since
 * requests find it by their host. A server of one's own has no such proof: there the name is what the client says.
 */
export function isLoopback(url: string): boolean {
  return LOOPBACK_HOSTS.includes(new URL(url).hostname);
}

/** Reads every option once, also those of a prototype, such as the getters of a class. */
function checkOptions(options: unknown): RelayOptions {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new InputError("options", "an object with an apiKey", kindOf(options));
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(RULES, name));
  if (unknown !== undefined)
    throw new InputError(unknown, `one of ${Object.keys(RULES).join(", ")}`, "an unknown option");
  const read = Object.entries(RULES).map(([name, [expected, fits]]): [string, unknown] => {
    const value: unknown = Reflect.get(options, name);
    if (value === undefined || fits(value)) return [name, value];
    throw new InputError(name, expected, SECRET.includes(name) ? kindOf(value) : shown(value));
  });
  return Object.fromEntries(read) as unknown as RelayOptions;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
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

function listOf(fits: (one: string) => boolean, least = 0): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) &&
    value.length >= least &&
    value.every((one: unknown) => typeof one === "string" && fits(one));
}

/** The host of a text as a URL names it, or nothing where it is none. */
function hostOf(text: string): string | undefined {
  const url = `http://${text}/`;
  return text !== "" && URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** Extensions and apps have origins of schemes of their own, for which `URL` gives none. */
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
