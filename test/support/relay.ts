import { expect } from "vitest";
import { createRelay, type RelayOptions } from "../../src/relay/index.ts";

/** The key that no client may see. */
export const KEY = "sk-secret-key-of-the-owner";
export const COMMENT = ": keep-alive\n\n";
export const DELTA = 'data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n';

export type Upstream = NonNullable<RelayOptions["fetch"]>;

export interface Called {
  url: string;
  init: RequestInit;
}

/** Creates a relay whose upstream is a function, and records its calls. */
export function relayTo(
  upstream: Upstream,
  options: Partial<RelayOptions> = {},
): { relay: (request: Request) => Promise<Response>; calls: Called[] } {
  const calls: Called[] = [];
  const relay = createRelay({
    apiKey: KEY,
    open: true,
    fetch: (url, init) => {
      calls.push({ url, init });
      return upstream(url, init);
    },
    ...options,
  });
  return { relay, calls };
}

export const fine: Upstream = async () => Response.json({ id: "c" });

export interface Asked {
  url?: string;
  method?: string;
  headers?: Record<string, string | null>;
  body?: BodyInit | null;
  signal?: AbortSignal;
}

/** Creates a request like the page's, with the test's changes. */
export function ask({
  url = "http://localhost:8787/v1/chat/completions",
  method = "POST",
  headers = {},
  body = '{"messages":[]}',
  signal,
}: Asked = {}): Request {
  const all = Object.entries({ "content-type": "application/json", ...headers }).filter(
    (pair): pair is [string, string] => pair[1] !== null,
  );
  return new Request(url, {
    method,
    headers: all,
    ...(signal ? { signal } : {}),
    ...(method === "GET" || method === "OPTIONS" ? {} : { body }),
  });
}

/** Creates a request for a stream. */
export const streamed = (extra: Asked = {}): Request => ask({ body: '{"stream":true,"messages":[]}', ...extra });

/** Creates an upstream event stream that the test writes to. */
export function writable(
  status = 200,
  headers: Record<string, string> = { "content-type": "text/event-stream" },
): {
  response: Response;
  write(text: string | Uint8Array): void;
  end(): void;
  fail(): void;
  cancelled: () => boolean;
} {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (given) => void (controller = given),
    cancel: () => void (cancelled = true),
  });
  return {
    response: new Response(body, { status, headers }),
    write: (text) => controller.enqueue(typeof text === "string" ? new TextEncoder().encode(text) : text),
    end: () => controller.close(),
    fail: () => controller.error(new TypeError("connection reset")),
    cancelled: () => cancelled,
  };
}

/** Collects a body as it arrives. */
export function collect(response: Response): { text: () => string; done: Promise<void> } {
  let text = "";
  const reader = response.body?.getReader();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const done = (async () => {
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read())
      text += decoder.decode(next.value, { stream: true });
  })();
  done.catch(() => undefined);
  return { text: () => text, done };
}

export async function errorOf(
  response: Response,
): Promise<{ status: number; code: string; message: string; type: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string; type: string; param: null } };
  expect(error.param).toBeNull();
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toContain("no-store");
  return { status: response.status, ...error };
}
