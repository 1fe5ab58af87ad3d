import { isObject, parseJSON, readBytes } from "./body.ts";
import type { Settings } from "./options.ts";
import { Refusal } from "./refusal.ts";

/** Bytes of an upstream's refusal that are passed on; a longer one is cut. */
const REFUSAL_LIMIT = 256 * 1024;

/** What the upstream said: a body that goes on, or a refusal that is already whole. */
export type Answer =
  | {
      readonly kind: "body";
      readonly status: number;
      readonly headers: Headers;
      readonly reader: BodyReader | undefined;
    }
  | {
      readonly kind: "refusal";
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array<ArrayBuffer>;
    };

/** What reads the upstream's body. */
export type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/** One request to the upstream, which can be left at any time. */
export interface Call {
  /** Rejects with a {@link Refusal} where there is no answer, or none that may be passed on. */
  readonly answer: Promise<Answer>;
  /** Stops the upstream, before its headers or after. May be called more than once. */
  leave(): void;
}

/** Sends a request's body to the upstream, with the key and nothing else of the client's. */
export function callUpstream(request: Request, body: Uint8Array<ArrayBuffer>, settings: Settings): Call {
  const abort = new AbortController();
  let reader: BodyReader | undefined;
  // A signal alone leaves the upstream open on workerd once the body is being read: the reader has to be cancelled too.
  const leave = (): void => {
    abort.abort();
    reader?.cancel().catch(() => undefined);
  };
  const answer = send(request, body, settings, abort.signal).then((answer) => {
    if (answer.kind === "body") reader = answer.reader;
    if (abort.signal.aborted) leave();
    return answer;
  });
  answer.catch(() => undefined);
  request.signal.addEventListener("abort", leave, { once: true });
  if (request.signal.aborted) leave();
  return { answer, leave };
}

async function send(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  settings: Settings,
  signal: AbortSignal,
): Promise<Answer> {
  const key = await readKey(settings);
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": request.headers.get("content-type") ?? "application/json",
    accept: request.headers.get("accept") ?? "*/*",
  };
  const url = upstreamURL(settings.baseURL, new URL(request.url).pathname);
  const init: RequestInit = { method: "POST", headers, body, redirect: "manual", signal };
  const response = await settings.fetch(url, init).catch(() => {
    throw new Refusal(502, "relay_unreachable", "The relay could not reach the API.");
  });
  return toAnswer(response, key);
}

async function readKey({ apiKey }: Settings): Promise<string> {
  const key = await Promise.resolve()
    .then(apiKey)
    .catch(() => "");
  if (key) return key;
  throw new Refusal(500, "relay_no_key", "The relay has no API key. Its owner has to give it one.");
}

/** The upstream's address: the base URL, its query kept, and the path without its `/v1`. */
export function upstreamURL(baseURL: string, path: string): string {
  const url = new URL(baseURL);
  url.pathname = url.pathname.replace(/\/+$/, "") + path.replace(/^\/v1(?=\/)/, "");
  return url.href;
}

async function toAnswer(response: Response, key: string): Promise<Answer> {
  const { status } = response;
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
    await response.body?.cancel().catch(() => undefined);
    throw new Refusal(502, "relay_redirect", "The API answered with a redirect, which the relay does not follow.");
  }
  const headers = passedHeaders(response.headers);
  if (response.ok) return { kind: "body", status, headers, reader: response.body?.getReader() };
  const body = await readBytes(response.body, REFUSAL_LIMIT).catch(() => undefined);
  return { kind: "refusal", status, headers, body: withoutKey(body ?? new Uint8Array(), key) };
}

/** The bytes unchanged, unless they repeat the key. */
function withoutKey(body: Uint8Array<ArrayBuffer>, key: string): Uint8Array<ArrayBuffer> {
  const text = new TextDecoder().decode(body);
  return text.includes(key) ? new TextEncoder().encode(text.replaceAll(key, "***")) : body;
}

const PASSED = ["content-type", "x-request-id", "retry-after", "retry-after-ms", "x-should-retry"];
const PASSED_PREFIXES = ["x-ratelimit-", "openai-"];

function passedHeaders(from: Headers): Headers {
  const headers = new Headers();
  from.forEach((value, name) => {
    if (PASSED.includes(name) || PASSED_PREFIXES.some((prefix) => name.startsWith(prefix))) headers.set(name, value);
  });
  return headers;
}

/** The error object in an upstream's refusal; what it said in its first characters where there is none. */
export function refusalError(status: number, body: Uint8Array): Record<string, unknown> {
  const text = new TextDecoder().decode(body);
  const value = parseJSON(text);
  const error = isObject(value) ? value["error"] : undefined;
  if (isObject(error)) return { ...error, status };
  const said = typeof error === "string" ? error : text.trim().slice(0, 500);
  return { message: said || `The API answered ${status} and said nothing.`, type: "api_error", status };
}
