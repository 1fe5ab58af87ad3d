import { aFunction, checkOptions } from "../../options.ts";
import { followBody } from "../body.ts";
import { type Arguments, readArguments } from "../requestLog.ts";
import { toBase64 } from "./base64.ts";
import { redactHeaders, redactPieces, redactText, secretsOf } from "./redact.ts";
import { cassetteRequest } from "./request.ts";
import type { Cassette, CassettePiece, CassetteResponse, Exchange } from "./types.ts";

/** The options of {@link record}. */
export interface RecordOptions {
  /**
   * Returns the time in ms.
   *
   * @default performance.now
   */
  now?: (() => number) | undefined;
}

/** A `fetch` that records its exchanges. */
export interface Recorder {
  /** Replaces the wrapped `fetch`; can be called unbound. */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /**
   * Returns everything recorded so far without keys, so that `JSON.stringify(recorder)` gives the cassette. Unfinished
   * bodies are `open`.
   */
  readonly toJSON: () => Cassette;
}

/**
 * Wraps a `fetch` and records every exchange: the request, the status, the headers, and the pieces of the body with
 * their times. It removes keys before it stores anything: the headers that carry them, texts in addresses and bodies
 * that look like keys, and the request's own key wherever it occurs. The caller sees no difference. Exchanges that the
 * caller aborted before the response are left out.
 *
 * @param fetch the function to wrap, called unbound
 * @param options `now`, a clock for tests
 * @returns the recorder, whose `fetch` replaces the wrapped one
 * @example
 * ```ts
 * const recorder = record(fetch);
 * const client = createClient({ apiKey, fetch: recorder.fetch });
 * await client.chat([{ role: "user", content: "A color?" }]);
 * await writeFile("cassette.json", JSON.stringify(recorder));
 * ```
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
      const recording = new Recording(now);
      takes.push(() => recording.exchange());
      return await recording.run(call, () => fetch(call.url.href, forward));
    },
    toJSON: () => ({ version: 1, exchanges: takes.flatMap((recording) => recording() ?? []) }),
  };
}

/** Duplicates the arguments, to record them and to pass them on. A stream can be read only once, so it is teed. */
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
  // Each serialisation of a form has another boundary.
  if (init.body instanceof FormData) headers.delete("content-type");
  const base: RequestInit = { ...init, method: call.method, headers, ...(call.signal && { signal: call.signal }) };
  const doubled: RequestInit & { duplex: "half" } = { ...base, body: theirs ?? null, duplex: "half" };
  const redirect = init.redirect ?? given?.redirect;
  return { call, forward: { ...(theirs ? doubled : base), ...(redirect && { redirect }) } };
}

/** One exchange while it is being recorded. */
class Recording {
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
    // An opaque response cannot be read, only passed on.
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

/** Drops headers that no longer apply: `fetch` has already decoded the body. */
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
