import { aFunction, checkOptions } from "../../options.ts";
import { followBody } from "../body.ts";
import { type Arguments, readArguments } from "../requestLog.ts";
import { toBase64 } from "./base64.ts";
import { redactHeaders, redactPieces, redactText, secretsOf } from "./redact.ts";
import { cassetteRequest } from "./request.ts";
import type { Cassette, CassettePiece, CassetteResponse, Exchange } from "./types.ts";

/** What {@link record} can be told. */
export interface RecordOptions {
  /** The time, in ms. Default `performance.now`. */
  now?: (() => number) | undefined;
}

/** A `fetch` that keeps what passes through it. */
export interface Recorder {
  /** Use it in the place of the `fetch` that is wrapped; it may be called unbound. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** What was recorded so far, keys removed: `JSON.stringify(recorder)` is the cassette. A body that is still under way is `open`. */
  readonly toJSON: () => Cassette;
}

/**
 * Wraps a `fetch` and records every exchange: request, status, headers, and the body in its pieces with their times. Keys are removed
 * before anything is kept: the headers that carry them, what looks like a key in addresses and bodies, and the request's own key
 * wherever it turns up. Nothing else changes for the caller; an exchange that its own signal ended before there was a response is left out.
 *
 * @param fetch the one to wrap, called unbound
 */
export function record(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  options: RecordOptions = {},
): Recorder {
  aFunction(fetch, "fetch");
  checkOptions(options, { now: aFunction }, "options");
  const now = options.now ?? (() => performance.now());
  const takes: (() => Exchange | undefined)[] = [];
  return {
    fetch: async (input, init) => {
      const { call, forward } = split(input, init);
      const take = new Take(now);
      takes.push(() => take.exchange());
      return await take.run(call, () => fetch(call.url.href, forward));
    },
    toJSON: () => ({ version: 1, exchanges: takes.flatMap((take) => take() ?? []) }),
  };
}

/** The arguments twice: to read, and to pass on. A stream can be read once, so it is doubled. */
function split(input: string | URL | Request, init: RequestInit = {}): { call: Arguments; forward: RequestInit } {
  const given = typeof input === "string" || input instanceof URL ? undefined : input;
  const stream = init.body instanceof ReadableStream ? init.body : init.body ? null : (given?.body ?? null);
  const [ours, theirs] = stream?.tee() ?? [undefined, undefined];
  const call = readArguments(given?.url ?? input, {
    method: init.method ?? given?.method ?? "GET",
    headers: init.headers ?? given?.headers ?? {},
    signal: init.signal ?? given?.signal ?? null,
    body: ours ?? init.body ?? null,
  });
  const headers = new Headers(call.headers);
  // A form gets another boundary each time that it is written out.
  if (init.body instanceof FormData) headers.delete("content-type");
  const base: RequestInit = { ...init, method: call.method, headers, ...(call.signal && { signal: call.signal }) };
  const doubled: RequestInit & { duplex: "half" } = { ...base, body: theirs ?? null, duplex: "half" };
  const redirect = init.redirect ?? given?.redirect;
  return { call, forward: { ...(theirs ? doubled : base), ...(redirect && { redirect }) } };
}

/** One exchange while it is recorded. */
class Take {
  readonly #now: () => number;
  #secrets: string[] = [];
  #request: Exchange["request"] | undefined;
  #failure: string | undefined;
  #response: Omit<CassetteResponse, "pieces"> | undefined;
  readonly #pieces: { at: number; bytes: Uint8Array }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  async run(call: Arguments, send: () => Promise<Response>): Promise<Response> {
    this.#secrets = secretsOf(call.headers);
    const start = this.#now();
    const [request, sent] = await Promise.allSettled([cassetteRequest(call), send()]);
    if (request.status === "fulfilled") this.#request = request.value;
    if (sent.status === "fulfilled") return this.#follow(sent.value, start);
    const reason: unknown = sent.reason;
    if (!call.signal?.aborted)
      this.#failure = redactText(reason instanceof Error ? reason.message : String(reason), this.#secrets);
    throw reason;
  }

  exchange(): Exchange | undefined {
    const [request, response, failure] = [this.#request, this.#response, this.#failure];
    if (request === undefined) return undefined;
    if (failure !== undefined) return { request, failure };
    return response && { request, response: { ...response, pieces: this.#written() } };
  }

  #follow(response: Response, start: number): Response {
    const { status, statusText, headers, body } = response;
    const begun = this.#now();
    const kept: Omit<CassetteResponse, "pieces"> = {
      at: elapsed(start, begun),
      status,
      headers: keepHeaders(redactHeaders(headers, this.#secrets)),
      ending: body ? "open" : "complete",
    };
    this.#response = kept;
    // A response that a page may not look into can only be passed on.
    if (body === null || status < 200) return response;
    const followed = followBody(body, {
      signal: undefined,
      onBytes: (bytes) => this.#pieces.push({ at: elapsed(begun, this.#now()), bytes: bytes.slice() }),
      onEnd: (ending) => {
        kept.ending = ending;
      },
    });
    return new Response(followed, { status, statusText, headers });
  }

  #written(): CassettePiece[] {
    const clean = redactPieces(
      this.#pieces.map(({ bytes }) => bytes),
      this.#secrets,
    );
    return clean.map((bytes, index) => ({ at: this.#pieces[index]?.at ?? 0, ...write(bytes) }));
  }
}

function elapsed(from: number, to: number): number {
  return Math.max(0, Math.round(to - from));
}

/** What `fetch` has undone already would be undone twice. */
function keepHeaders(headers: Record<string, string>): Record<string, string> {
  const undone = ["content-encoding", "content-length", "transfer-encoding"];
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !undone.includes(name)));
}

function write(bytes: Uint8Array): Pick<CassettePiece, "text" | "base64"> {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: toBase64(bytes) };
  }
}
