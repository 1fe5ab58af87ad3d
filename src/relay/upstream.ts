import { isInputError } from "../errors.ts";
import { joined } from "../http/readBytes.ts";
import { redactHeaders, redactor, secretsOf } from "../http/secrets.ts";
import { within } from "../http/within.ts";
import { isObject, parseJSON } from "./body.ts";
import { isKey, type Settings } from "./options.ts";
import { EventSecretFilter, type ByteFilter, MARKER, SecretFilter } from "./redact.ts";
import { Refusal } from "./refusal.ts";

/** The bytes of an upstream's refusal to pass on; a longer one is cut. */
const REFUSAL_LIMIT = 256 * 1024;

/** Milliseconds to read an upstream's refusal; then the part that has arrived is passed on. */
const REFUSAL_TIMEOUT = 5000;

/** The upstream's answer: a running body, or a complete refusal. */
export type Answer =
  | {
      readonly kind: "body";
      readonly status: number;
      readonly headers: Headers;
      readonly reader: BodyReader | undefined;
      /** Removes the key from the body. */
      readonly filter: ByteFilter;
    }
  | {
      readonly kind: "refusal";
      readonly status: number;
      readonly headers: Headers;
      readonly body: Uint8Array<ArrayBuffer>;
    };

/** Reads the upstream's body. */
export type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

/** One request to the upstream. */
export interface Call {
  /** The answer. Rejects with a {@link Refusal} if there is none that can be passed on. */
  readonly answer: Promise<Answer>;
  /** Stops the upstream, before or after its headers. Can be called more than once. */
  leave(): void;
}

/** Sends a request's body to the upstream, with the key and none of the client's headers. */
export function callUpstream(request: Request, body: Uint8Array<ArrayBuffer>, settings: Settings): Call {
  const abort = new AbortController();
  let reader: BodyReader | undefined;
  // Keeps a reference to the request: Node collects an unreferenced request, and its signal then never fires.
  const leave = (): void => {
    request.signal.removeEventListener("abort", leave);
    abort.abort();
    // On workerd a signal alone does not stop the upstream once its body is being read.
    reader?.cancel().catch(() => undefined);
  };
  const sent = send(request, body, settings, abort.signal);
  // Some implementations of `fetch` ignore their signal.
  const left = new Promise<never>((_, reject) => {
    abort.signal.addEventListener("abort", () => reject(new Refusal(499, "relay_left", "The client has left.")));
  });
  const limit = settings.answerTimeout;
  const answer = within(Promise.race([sent, left]), limit, () => late(leave, limit)).then((answer) => {
    if (answer.kind === "body") reader = answer.reader;
    if (abort.signal.aborted) leave();
    return answer;
  });
  answer.catch(() => undefined);
  // Stops an answer that arrives too late.
  const stop = async (one: Answer): Promise<void> => {
    if (one.kind === "body" && abort.signal.aborted) await one.reader?.cancel();
  };
  sent.then(stop).catch(() => undefined);
  request.signal.addEventListener("abort", leave, { once: true });
  if (request.signal.aborted) leave();
  return { answer, leave };
}

function late(leave: () => void, limit: number): Refusal {
  leave();
  return new Refusal(504, "relay_timeout", `The API did not answer within ${limit} ms.`);
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
  const secrets = secretsOf({ authorization: headers.authorization }, url, key);
  const response = await Promise.resolve()
    .then(() => settings.fetch(url, init))
    .catch((error: unknown) => {
      // Errors of this package explain why a request cannot be sent and are safe to show; other errors may contain
      // secrets.
      const why = isInputError(error) ? ` ${redactor(secrets, MARKER)(error.message)}` : "";
      throw new Refusal(502, "relay_unreachable", `The relay could not reach the API.${why}`);
    });
  return toAnswer(response, secrets);
}

async function readKey({ apiKey }: Settings): Promise<string> {
  const key: unknown = await Promise.resolve()
    .then(apiKey)
    .catch(() => undefined);
  if (isKey(key)) return key;
  throw new Refusal(500, "relay_no_key", "The relay has no API key. Its owner has to give it one.");
}

/** Returns the upstream's address: the base URL with its query, and the path without `/v1`. */
export function upstreamURL(baseURL: string, path: string): string {
  const url = new URL(baseURL);
  url.pathname = url.pathname.replace(/\/+$/, "") + path.replace(/^\/v1(?=\/)/, "");
  return url.href;
}

async function toAnswer(response: Response, secrets: readonly string[]): Promise<Answer> {
  const { status } = response;
  if (response.type === "opaqueredirect" || (status >= 300 && status < 400)) {
    response.body?.cancel().catch(() => undefined);
    throw new Refusal(502, "relay_redirect", "The API answered with a redirect, which the relay does not follow.");
  }
  const headers = redactHeaders(passedHeaders(response.headers), redactor(secrets, MARKER));
  const filter = isEventStream(headers) ? new EventSecretFilter(secrets) : new SecretFilter(secrets);
  if (response.ok) return { kind: "body", status, headers, reader: response.body?.getReader(), filter };
  return { kind: "refusal", status, headers, body: await readRefusal(response.body, new SecretFilter(secrets)) };
}

/** Reads a refusal within its limits of size and time. */
async function readRefusal(
  body: ReadableStream<Uint8Array> | null,
  filter: ByteFilter,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  const reader = body?.getReader();
  let size = 0;
  const read = async (): Promise<void> => {
    for (let next = await reader?.read(); next && !next.done && size < REFUSAL_LIMIT; next = await reader?.read()) {
      pieces.push(filter.push(next.value.subarray(0, REFUSAL_LIMIT - size)));
      size += next.value.length;
    }
  };
  await within(read(), REFUSAL_TIMEOUT, () => new Error("late")).catch(() => undefined);
  reader?.cancel().catch(() => undefined);
  return joined([...pieces, filter.rest()]);
}

/** Returns true if headers announce an event stream. */
export function isEventStream(headers: Headers): boolean {
  return /^text\/event-stream\b/i.test(headers.get("content-type") ?? "");
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

/** Returns the error object of an upstream's refusal, or one made of the first characters of its body. */
export function refusalError(status: number, body: Uint8Array): Record<string, unknown> {
  const text = new TextDecoder().decode(body);
  const value = parseJSON(text);
  const error = isObject(value) ? value["error"] : undefined;
  if (isObject(error)) return { ...error, status };
  const quoted = typeof error === "string" ? error : text.trim().slice(0, 500);
  return { message: quoted || `The API answered ${status} and said nothing.`, type: "api_error", status };
}
