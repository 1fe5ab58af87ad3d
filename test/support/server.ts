import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as testing from "../../src/testing/index.ts";
import type { Fault, MockAPI, Reply as TestingReply } from "../../src/testing/types.ts";
import { pump } from "./pump.ts";
import type { Exchange, Part, RawReply, ScriptRequest, MockAPIReply } from "./script.ts";

/** A scripted server on loopback for any runtime; script.ts describes the scripts. */
export interface FaultServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The origins of the server: `url`, and the same at another port. */
  readonly urls: readonly [string, string];
  readonly port: number;
  close(): Promise<void>;
}

/** A running script. */
interface Running extends ScriptRequest {
  readonly mock: MockAPI;
  readonly exchanges: Mutable<Exchange>[];
  readonly watchers: Set<() => void>;
  next: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Starts the server on a free port of 127.0.0.1.
 * `POST /script` with a ScriptRequest gives `{ id }`; `/s/ID/v1` is then the base URL that plays it;
 * `GET /s/ID/log` gives `{ exchanges }`, and with `?left=MS` waits until the client has left the last one.
 * Every other path under `/v1` is one mock API without a script.
 */
export async function startFaultServer(): Promise<FaultServer> {
  const scripts = new Map([["", running({ pieces: "whole", replies: [] })]]);
  const [first, second] = await Promise.all([listen(scripts), listen(scripts)]);
  const urls = [`http://127.0.0.1:${first.port}`, `http://127.0.0.1:${second.port}`] as const;
  const close = async (): Promise<void> => void (await Promise.all([shut(first.server), shut(second.server)]));
  return { url: urls[0], urls, port: first.port, close };
}

async function listen(scripts: Map<string, Running>): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    route(scripts, request, response).catch((error: unknown) => {
      if (!response.headersSent) json(response, { error: String(error) }, 500);
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function route(scripts: Map<string, Running>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  allowEveryOrigin(request, response);
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, id, rest] = /^\/s\/(\d+)(\/.*)$/.exec(url.pathname) ?? [];
  if (id === undefined && request.method === "OPTIONS") return void response.writeHead(204).end();
  if (url.pathname === "/script")
    return json(response, { id: addScript(scripts, JSON.parse((await bytes(request)).toString()) as ScriptRequest) });
  const script = id === undefined && !url.pathname.startsWith("/v1/") ? undefined : scripts.get(id ?? "");
  if (script === undefined) return json(response, { error: `no script at ${url.pathname}` }, 404);
  if (rest === "/log") return json(response, await logOf(script, url.searchParams.get("left")));
  await play(script, (rest ?? url.pathname) + url.search, request, response);
}

function allowEveryOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-expose-headers", "*");
  if (request.method !== "OPTIONS") return;
  response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
  response.setHeader("access-control-allow-methods", request.headers["access-control-request-method"] ?? "*");
}

function addScript(scripts: Map<string, Running>, script: ScriptRequest): string {
  // The first entry is the mock API without a script.
  const id = String(scripts.size);
  scripts.set(id, running(script));
  return id;
}

function running(script: ScriptRequest): Running {
  return {
    ...script,
    mock: testing.createMockAPI({ pace: "instant" }),
    exchanges: [],
    watchers: new Set(),
    next: 0,
  };
}

async function logOf(
  script: Running,
  left: string | null,
): Promise<{ exchanges: readonly Exchange[]; error?: string }> {
  if (left === null) return { exchanges: script.exchanges };
  const end = Date.now() + Number(left);
  for (;;) {
    const last = script.exchanges.at(-1);
    if (last?.state === "left") return { exchanges: script.exchanges };
    const wait = end - Date.now();
    if (wait <= 0)
      return {
        exchanges: script.exchanges,
        error: `the client has not left within ${left} ms: the last request is ${last?.state ?? "not there"}`,
      };
    await Promise.race([changed(script), sleep(wait)]);
  }
}

function changed(script: Running): Promise<void> {
  return new Promise((resolve) => {
    const once = (): void => {
      script.watchers.delete(once);
      resolve();
    };
    script.watchers.add(once);
  });
}

async function play(script: Running, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const started = Date.now();
  const body = await bytes(request);
  const exchange: Mutable<Exchange> = {
    method: request.method ?? "",
    path,
    headers: headersOf(request),
    body: parsed(body.toString()),
    state: "open",
    sent: 0,
  };
  script.exchanges.push(exchange);
  const gone = new AbortController();
  const settle = (state: Exchange["state"]): void => {
    if (exchange.state !== "open") return;
    exchange.state = state;
    exchange.ms = Date.now() - started;
    for (const watcher of script.watchers) watcher();
  };
  response.once("close", () => {
    settle(response.writableFinished ? "sent" : "left");
    gone.abort();
  });
  if (request.method === "OPTIONS") return void response.writeHead(204).end();
  const broken = (): void => {
    settle("broken");
    response.socket?.resetAndDestroy();
  };
  try {
    const reply = await replyTo(script, exchange, body, gone.signal);
    response.writeHead(reply.status, reply.headers);
    response.flushHeaders();
    await pump(reply.body, response, script.pieces, (bytes) => (exchange.sent += bytes));
    response.end();
  } catch {
    if (gone.signal.aborted) return;
    // A reset overtakes data that the client has not read yet, and WebKit takes a plain close for the body's end.
    if (response.headersSent) setTimeout(broken, 400);
    else broken();
  }
}

/** A reply of any kind, ready to send. */
interface Prepared {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterable<Uint8Array>;
}

async function replyTo(
  script: Running,
  exchange: Mutable<Exchange>,
  body: Buffer<ArrayBuffer>,
  signal: AbortSignal,
): Promise<Prepared> {
  const { method, path, headers } = exchange;
  const reply = script.replies[script.next++] ?? "mock";
  if (reply !== "mock" && !("mock" in reply)) return await prepare(reply, signal);
  if (reply !== "mock") script.mock.reply(faulty(reply));
  const init: RequestInit = { method, headers: { ...headers }, signal, ...(body.length === 0 ? {} : { body }) };
  const answer = await script.mock.fetch(`http://127.0.0.1${path}`, init);
  // For a form, records its fields as the mock API parsed them.
  if (headers["content-type"]?.startsWith("multipart/") === true) exchange.body = script.mock.requests.at(-1)?.body;
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: answer.body ?? none() };
}

function faulty({ mock, faults = [] }: MockAPIReply): TestingReply {
  const named = testing.faults as unknown as Record<string, ((...args: unknown[]) => Fault) | undefined>;
  const made = faults.map(([name, ...args]) => {
    const make = named[name];
    if (make === undefined) throw new Error(`fetchat/testing has no fault ${name}`);
    return make(...args);
  });
  return typeof mock === "string" ? { text: mock, fault: made } : { ...mock, fault: made };
}

async function prepare(reply: RawReply, signal: AbortSignal): Promise<Prepared> {
  if (reply.delay !== undefined) await sleep(reply.delay, undefined, { signal });
  if (reply.refuse === true) throw new Error("refused, as the script says");
  return {
    status: reply.status ?? 200,
    headers: { "content-type": "text/event-stream", ...reply.headers },
    body: bytesOf(reply.body ?? [], signal),
  };
}

async function* none(): AsyncGenerator<Uint8Array> {}

async function* bytesOf(parts: readonly Part[], signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (typeof part === "string") yield Buffer.from(part);
    else if ("bytes" in part) yield Uint8Array.from(part.bytes);
    else if ("wait" in part) await sleep(part.wait, undefined, { signal });
    else if ("repeat" in part) yield* repeated(part, signal);
    else if ("hang" in part) await sleep(3_600_000, undefined, { signal });
    else throw new Error("broken, as the script says");
  }
}

async function* repeated(
  part: { repeat: string; every: number; times?: number },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < (part.times ?? Infinity); count++) {
    yield Buffer.from(part.repeat);
    await sleep(part.every, undefined, { signal });
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

async function bytes(request: IncomingMessage): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
