import { readForm } from "./forms.ts";
import type { RecordedRequest, RequestStatus } from "./types.ts";

/** A recorded request that is still being answered. */
export interface OpenRequest {
  readonly record: RecordedRequest;
  /** The caller's signal, if it gave one. */
  readonly signal: AbortSignal | undefined;
  /** True if the request came to a server, false for a call of `fetch`. */
  readonly isServed: boolean;
  /** Records how the request ended; only the first call counts. */
  readonly end: (status: Exclude<RequestStatus, "open">) => void;
}

/** The arguments of a call of `fetch`. */
export interface Arguments {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly signal: AbortSignal | undefined;
  readonly body: Response | Request | undefined;
}

/**
 * Reads the arguments of `fetch`. A relative address is resolved under the API's origin.
 *
 * @throws TypeError as `fetch` does: for an invalid address, or a GET with a body
 */
export function readArguments(input: string | URL | Request, init: RequestInit = {}): Arguments {
  const given = typeof input === "string" || input instanceof URL ? undefined : input;
  const url = new URL(typeof input === "string" || input instanceof URL ? input : input.url, "https://api.openai.com/");
  const method = (init.method ?? given?.method ?? "GET").toUpperCase();
  const body =
    init.body === undefined || init.body === null ? (given?.body ? given : undefined) : new Response(init.body);
  if (body !== undefined && (method === "GET" || method === "HEAD"))
    throw new TypeError("Request with GET/HEAD method cannot have body.");
  const headers = new Headers(init.headers ?? given?.headers);
  const type = body?.headers.get("content-type");
  if (type && !headers.has("content-type")) headers.set("content-type", type);
  return { method, url, headers, signal: init.signal ?? given?.signal ?? undefined, body };
}

/** Records a request. */
export async function openRequest(number: number, call: Arguments, isServed: boolean): Promise<OpenRequest> {
  const { method, url, headers, signal } = call;
  let settle: (status: RequestStatus) => void = () => undefined;
  let status: RequestStatus = "open";
  const record = {
    number,
    method,
    url: url.href,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams.entries()),
    headers: Object.fromEntries(headers.entries()),
    body: await readBody(call),
    signalAborted: false,
    get status() {
      return status;
    },
    ended: new Promise<RequestStatus>((resolve) => {
      settle = resolve;
    }),
  };
  const end = (ending: RequestStatus): void => {
    if (status !== "open") return;
    status = ending;
    record.signalAborted = signal?.aborted ?? false;
    settle(ending);
  };
  return { record, signal, isServed, end };
}

/** Reads a body: as JSON, else as the fields of a form, else as text, else as bytes. */
export async function readBody({ body, headers, signal }: Arguments): Promise<unknown> {
  if (body === undefined) return undefined;
  const bytes = await readBytes(body, signal);
  const type = headers.get("content-type") ?? "";
  if (/^multipart\/form-data\b/i.test(type)) return signal?.aborted ? undefined : await readForm(bytes, type);
  const text = decode(bytes);
  if (text === undefined) return bytes;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads a body to its end. When the signal fires, it cancels the body, so that an upload stops. */
async function readBytes(
  { body }: Response | Request,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body === null) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> = body.getReader();
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", stop);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new Uint8Array(await new Blob(pieces).arrayBuffer());
      pieces.push(value);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
