import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundled } from "../../scripts/lib/example.ts";
import { ROOT } from "../../scripts/lib/paths.ts";
import { createClient, isAPIError } from "../../src/index.ts";
import { snippetsOf } from "../support/snippets.ts";
import { delta, END, type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { type RunningWorker, startModule } from "../support/worker.ts";

const KEY = "sk-proj-Qm7xT2vLw9Zr4Bd6Hn8Kp1Ys3Uc5";
const HELLO = '[{"role":"user","content":"Hello"}]';
const JSON_TYPE = { "content-type": "application/json" };
const SENT: RequestInit = { method: "POST", headers: JSON_TYPE, body: HELLO };

/** The text of the README's Worker. */
function readmeWorker(): string {
  const snippets = snippetsOf(readFileSync(`${ROOT}/README.md`, "utf8"));
  const source = snippets.find(({ platform, code }) => platform === "worker" && code.includes("errorResponse"))?.code;
  if (source === undefined) throw new Error("README.md shows no Worker with errorResponse()");
  return source;
}

async function bundle(source: string): Promise<string> {
  return bundled({ stdin: { contents: source, loader: "ts", resolveDir: ROOT } });
}

/** Returns an upstream's answer with an error, which a client does not retry. */
const refuse =
  (status: number, error: object, headers: Record<string, string> = {}) =>
  ({ response }: Seen): void =>
    void response
      .writeHead(status, { "content-type": "application/json", "x-should-retry": "false", ...headers })
      .end(JSON.stringify({ error }));

const answer = ({ response }: Seen): void =>
  void response.writeHead(200, { "content-type": "text/event-stream" }).end(delta("Hi") + END);
const hangUp = ({ response }: Seen): void => void response.destroy();
const stay = (): void => undefined;

/** Fails if a text holds a key or a piece of it, an address, a setting, a model or a stack. */
function expectNothingSecret(text: string, api: Upstream): void {
  const pieces = Array.from({ length: KEY.length - 5 }, (_, at) => KEY.slice(at, at + 6));
  expect(pieces.filter((piece) => text.includes(piece))).toEqual([]);
  expect(text).not.toContain(new URL(api.url).host);
  expect(text).not.toMatch(
    /https?:|127\.0\.0\.1|OPENAI|api[_ ]?key|base_?url|secret|wrangler|\.dev\.vars|gpt-|\n\s*at /i,
  );
}

describe("the README's Worker, on workerd", () => {
  let api: Upstream;
  let reply: (seen: Seen) => void = answer;
  const workers: RunningWorker[] = [];
  let bound: string;
  let unbound: string;
  let hasty: string;

  beforeAll(async () => {
    api = await startUpstream((seen) => reply(seen));
    const bindings = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: api.url };
    const source = readmeWorker();
    // The same Worker, with time limits that a test can wait for.
    const limits = "createClient({ env, maxRetries: 0, timeout: { headers: 300 } })";
    const [script, quick] = await Promise.all([source, source.replace("createClient({ env })", limits)].map(bundle));
    for (const [module, env] of [
      [script, bindings],
      [script, {}],
      [quick, bindings],
    ] as const)
      workers.push(await startModule(module ?? "", { bindings: env }));
    [bound = "", unbound = "", hasty = ""] = workers.map(({ url }) => url);
  });
  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await api.close();
  });

  interface Told {
    readonly status: number;
    readonly headers: Headers;
    readonly error: { message: string; type: string; param: string | null; code: string | null };
  }

  async function told(url: string, init: RequestInit = SENT): Promise<Told> {
    const response = await fetch(url, init);
    const text = await response.text();
    expectNothingSecret(text, api);
    const { error, ...rest } = JSON.parse(text) as { error: Told["error"] };
    expect(rest).toEqual({});
    expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("cache-control")).toBe("no-store");
    return { status: response.status, headers: response.headers, error };
  }

  it("streams an answer", async () => {
    reply = answer;
    const response = await fetch(bound, SENT);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("[DONE]")]);
    expect(api.seen.at(-1)?.headers["authorization"]).toBe(`Bearer ${KEY}`);
  });

  it.each<[string, number, RequestInit, string]>([
    ["no body", 400, { ...SENT, body: null }, "received nothing"],
    ["no body and no content type", 400, { method: "POST" }, "received nothing"],
    ["bad JSON", 400, { ...SENT, body: "[{" }, "received a text that is no JSON"],
    ["no messages", 400, { ...SENT, body: '{"prompt":"Hello"}' }, "received an object without messages"],
    ["a bad message", 400, { ...SENT, body: '[{"role":"bot","content":"x"}]' }, "messages[0].role: expected"],
    ["an empty list", 400, { ...SENT, body: "[]" }, "at least one message"],
    ["deep nesting", 400, { ...SENT, body: "[".repeat(500_000) }, "expected"],
    ["GET", 405, { method: "GET" }, 'expected POST, received "GET"'],
    ["PUT with a body", 405, { ...SENT, method: "PUT" }, 'expected POST, received "PUT"'],
    ["OPTIONS", 405, { method: "OPTIONS" }, 'expected POST, received "OPTIONS"'],
    ["a huge body", 413, { ...SENT, body: " ".repeat(40 * 1024 * 1024) }, "expected at most 10485760 bytes"],
    ["a huge body with another method", 405, { ...SENT, method: "PUT", body: " ".repeat(11 * 1024 * 1024) }, "POST"],
    ["a string, as fetch labels it", 415, { method: "POST", body: HELLO }, "expected application/json"],
    ["a form", 415, { method: "POST", body: new URLSearchParams({ a: "b" }) }, "expected application/json"],
    ["compression", 415, { ...SENT, headers: { ...JSON_TYPE, "content-encoding": "gzip" } }, "not compressed"],
  ])("answers %s with %i and the reason, and asks nobody", async (_, status, init, message) => {
    const before = api.seen.length;
    const { error, headers, ...rest } = await told(bound, init);
    expect([rest.status, error.type]).toEqual([status, "invalid_request_error"]);
    expect(error.message).toContain(message);
    expect(headers.get("allow")).toBe(status === 405 ? "POST" : null);
    expect(api.seen.length).toBe(before);
  });

  it("answers a huge body of unknown length", async () => {
    let left = 20;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (left-- > 0 ? controller.enqueue(new Uint8Array(1024 * 1024)) : controller.close()),
    });
    expect((await told(bound, { ...SENT, body, duplex: "half" } as RequestInit)).status).toBe(413);
  });

  it("keeps to itself that no key is bound", async () => {
    expect(await told(unbound)).toMatchObject({
      status: 500,
      error: {
        message: "The server failed to handle the request.",
        type: "api_error",
        param: null,
        code: "internal_error",
      },
    });
  });

  it.each<[string, (seen: Seen) => void, number, string | null]>([
    [
      "a wrong key",
      refuse(401, {
        message: `Incorrect API key provided: ${KEY.slice(0, 12)}****${KEY.slice(-6)}.`,
        code: "invalid_api_key",
      }),
      502,
      "upstream_refused",
    ],
    [
      "a key without permission",
      refuse(403, { message: `Project of ${KEY} may not`, code: "x" }),
      502,
      "upstream_refused",
    ],
    [
      "an unknown model",
      refuse(404, { message: "The model `gpt-9` does not exist", code: "model_not_found" }),
      502,
      "upstream_refused",
    ],
    ["a wrong param", refuse(400, { message: "Unknown parameter: x", param: "temperature" }), 502, "upstream_refused"],
    ["a redirect", refuse(302, {}, { location: "https://other.example/?key=secret" }), 502, "upstream_refused"],
    [
      "too many requests",
      refuse(429, { message: "Rate limit for gpt-9 in org-1", code: "rate_limit_exceeded" }),
      429,
      "rate_limit_exceeded",
    ],
    [
      "a used-up quota",
      refuse(429, { message: "You exceeded your current quota", code: "insufficient_quota" }),
      429,
      "rate_limit_exceeded",
    ],
    [
      "a conversation that is too long",
      refuse(400, {
        message: "This model's maximum context length is 8 tokens.",
        param: "messages",
        code: "context_length_exceeded",
      }),
      400,
      "context_length_exceeded",
    ],
    ["a server error", refuse(500, { message: `The server had an error with ${KEY}` }), 502, "upstream_failed"],
    [
      "a page of HTML",
      ({ response }) => void response.writeHead(500, { "x-should-retry": "false" }).end("<h1>Oops</h1>"),
      502,
      "upstream_failed",
    ],
    ["an overload", refuse(503, { message: "overloaded" }), 503, "upstream_overloaded"],
    ["a service that hangs up", hangUp, 502, "upstream_unreachable"],
  ])("answers for the service: %s", async (_, one, status, code) => {
    reply = one;
    expect(await told(bound)).toMatchObject({ status, error: { code } });
  });

  it.each([429, 500, 503])("keeps the wait that the service asks for with its %i", async (status) => {
    reply = refuse(status, { message: "Later." }, { "retry-after": "7" });
    expect((await told(bound)).headers.get("retry-after")).toBe("7");
    reply = refuse(status, { message: "Later." }, { "retry-after": new Date(Date.now() + 90_000).toUTCString() });
    expect(Number((await told(bound)).headers.get("retry-after"))).toBeGreaterThan(60);
  });

  it("answers for a service that sends no headers", async () => {
    reply = stay;
    expect(await told(hasty)).toMatchObject({ status: 504, error: { code: "upstream_timeout" } });
  });

  it("answers for a service that is down", async () => {
    const closed = await startUpstream(stay);
    await closed.close();
    const script = await bundle(readmeWorker());
    const worker = await startModule(script, { bindings: { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: closed.url } });
    workers.push(worker);
    expect(await told(worker.url)).toMatchObject({ status: 502, error: { code: "upstream_unreachable" } });
  });

  it("can be asked with fetchat itself, which reads its errors", async () => {
    const client = createClient({ baseURL: bound, maxRetries: 0 });
    reply = answer;
    expect(await (await client.streamChat([{ role: "user", content: "Hello" }])).final()).toMatchObject({
      choices: [{ message: { content: "Hi" } }],
    });
    reply = refuse(429, { message: "Later." }, { "retry-after": "30" });
    const busy: unknown = await client
      .streamChat([{ role: "user", content: "Hello" }])
      .catch((error: unknown) => error);
    expect(isAPIError(busy) && [busy.status, busy.message]).toEqual([429, "Too many requests. Try again later."]);
    expect(isAPIError(busy) && Number(busy.retryAt)).toBeGreaterThan(Date.now() + 20_000);
  });
});
