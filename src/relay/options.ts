/** Milliseconds of silence after which the relay writes a comment to its client. */
export const HEARTBEAT = 2000;

/**
 * Milliseconds that a request with `"stream": true` waits for the upstream's headers. After them the relay answers
 * 200 itself and keeps the stream alive with comments; a refusal that comes later is sent as an error event.
 */
export const HEADERS_WAIT = 2000;

/** Bytes of a request's body that are taken, unless {@link RelayOptions.maxBody} says otherwise: 10 MiB. */
export const MAX_BODY: number = 10 * 1024 * 1024;

/** The paths that are relayed unless {@link RelayOptions.paths} says otherwise. */
export const RELAY_PATHS: readonly string[] = ["/v1/chat/completions"];

/** The host names that mean "this machine". */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** What {@link createRelay} can be told. */
export interface RelayOptions {
  /** The API's key, or a function (it may be async) that gives it and is asked for each request. */
  apiKey: string | (() => string | Promise<string>);
  /** Where requests go; the `/v1` of a request's path stands for it. Default `https://api.openai.com/v1`. */
  baseURL?: string | undefined;
  /** What sends them, in place of the platform's `fetch`: a service binding, a stand-in, a proxy. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** The paths that are relayed, each with POST. They begin with `/v1/`. Default {@link RELAY_PATHS}. */
  paths?: readonly string[] | undefined;
  /** When set, a client must send `authorization: Bearer <token>`. Without it and without `open` all is refused. */
  token?: string | undefined;
  /** `true` serves everyone who can reach `hosts` when there is no token. Default `false`. */
  open?: boolean | undefined;
  /**
   * Host names that are served, without a port. A page on another site that points its own name at this machine is
   * kept out by them. Default: any with a token, {@link LOOPBACK_HOSTS} without one.
   */
  hosts?: readonly string[] | undefined;
  /** Origins whose pages may call, beside the relay's own, such as `https://chat.example`. Default none. */
  origins?: readonly string[] | undefined;
  /** Milliseconds of silence before a comment is written. Default {@link HEARTBEAT}. */
  heartbeat?: number | undefined;
  /** Milliseconds before a 200 is committed while the upstream has sent no headers. Default {@link HEADERS_WAIT}. */
  headersWait?: number | undefined;
  /** Bytes of a request's body. Default {@link MAX_BODY}. */
  maxBody?: number | undefined;
}

/** The options with every default in its place. */
export interface Settings {
  readonly apiKey: () => string | Promise<string>;
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
}

/** A timer that is longer than this many milliseconds fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Puts the defaults in.
 *
 * @throws TypeError where the base URL is none, or would carry the key in the clear to another machine.
 */
export function resolveSettings(options: RelayOptions): Settings {
  const { apiKey, token } = options;
  return {
    apiKey: typeof apiKey === "function" ? apiKey : () => apiKey,
    baseURL: checkedBaseURL(options.baseURL ?? "https://api.openai.com/v1"),
    fetch: options.fetch ?? ((url, init) => fetch(url, init)),
    paths: options.paths ?? RELAY_PATHS,
    token: token === "" ? undefined : token,
    open: options.open ?? false,
    hosts: options.hosts ?? (token ? undefined : LOOPBACK_HOSTS),
    origins: options.origins ?? [],
    heartbeat: Math.min(options.heartbeat ?? HEARTBEAT, LONGEST_TIMER),
    headersWait: Math.min(options.headersWait ?? HEADERS_WAIT, LONGEST_TIMER),
    maxBody: options.maxBody ?? MAX_BODY,
  };
}

/**
 * Tells whether a URL names this machine. On Cloudflare a deployed Worker is never reached under such a name, since
 * requests find it by their host. A server of one's own has no such proof: there the name is what the client says.
 */
export function isLoopback(url: string): boolean {
  return LOOPBACK_HOSTS.includes(new URL(url).hostname);
}

function checkedBaseURL(baseURL: string): string {
  if (!URL.canParse(baseURL)) throw new TypeError(`The relay's baseURL is not a URL: ${JSON.stringify(baseURL)}.`);
  if (!/^https:/i.test(baseURL) && !isLoopback(baseURL)) {
    throw new TypeError(`The relay's baseURL would carry the key unencrypted: ${JSON.stringify(baseURL)}. Use https.`);
  }
  return baseURL;
}
