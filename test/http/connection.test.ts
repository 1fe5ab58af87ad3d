import { afterEach, describe, expect, it, vi } from "vitest";
import { send } from "../../src/http/connection.ts";
import { APIError, ConnectionError, createClient, httpInfo, InputError, type ClientOptions } from "../../src/index.ts";
import { answer, completion as wholeReply, HELLO } from "../conformance/wire.ts";
import {
  body,
  clientOf,
  countedSignal,
  failure,
  fakeTime,
  json,
  pass,
  server,
  settle,
  sse,
  type Loose,
} from "../support/streams.ts";

const KEY = "sk-test-0123456789";
const OK = (): Response => json((wholeReply("Hi").body as string[])[0]!);
const refused =
  (status: number, headers: Record<string, string> = {}, error: unknown = { message: "No." }): (() => Response) =>
  () =>
    json({ error }, status, headers);

afterEach(() => void vi.useRealTimers());

describe("A request", () => {
  it("has only the headers authorization, content-type and accept", async () => {
    const api = server(OK, () => sse(body(...answer("Hi"))));
    await clientOf(api).chat(HELLO);
    await (await clientOf(api).streamChat(HELLO)).final();
    expect(api.seen.map(({ headers }) => Object.fromEntries(headers))).toEqual([
      { authorization: `Bearer ${KEY}`, "content-type": "application/json", accept: "application/json" },
      { authorization: `Bearer ${KEY}`, "content-type": "application/json", accept: "text/event-stream" },
    ]);
    expect(api.seen.map(({ init }) => [init.method, init.redirect])).toEqual([
      ["POST", "manual"],
      ["POST", "manual"],
    ]);
  });

  it("has the headers that the caller adds, without those that the caller removes", async () => {
    const api = server(OK, OK);
    const client = clientOf(api, { organization: "org", project: "proj", headers: { "x-a": "1", "x-b": "2" } });
    await client.chat(HELLO, {}, { headers: { "x-a": "3", "x-b": null, authorization: null } });
    expect(Object.fromEntries(api.seen[0]!.headers)).toEqual({
      accept: "application/json",
      "content-type": "application/json",
      "openai-organization": "org",
      "openai-project": "proj",
      "x-a": "3",
    });
  });

  it("has no authorization without a key", async () => {
    const api = server(OK);
    await clientOf(api, { apiKey: undefined }).chat(HELLO);
    expect(api.seen[0]!.headers.has("authorization")).toBe(false);
  });

  it("reads the key before every attempt", async () => {
    const keys = ["one", "two"];
    const api = server(refused(500, { "retry-after": "0" }), OK);
    await clientOf(api, { apiKey: async () => keys.shift(), maxRetries: 1 }).chat(HELLO);
    expect(api.seen.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer one", "Bearer two"]);
  });

  it("fails with the error of the key function and is not sent", async () => {
    const api = server(OK);
    const mine = new Error("no key today");
    expect(
      await failure(
        clientOf(api, {
          apiKey: () => {
            throw mine;
          },
        }).chat(HELLO),
      ),
    ).toBe(mine);
    expect(await failure(clientOf(api, { apiKey: () => Promise.reject(mine) }).chat(HELLO))).toBe(mine);
    expect(api.seen).toEqual([]);
  });

  it.each(["sk-a\r\nx-evil: 1", "sk-a\n", "sk-ключ"])(
    "is rejected with the key %j, as a string or from a function",
    async (apiKey) => {
      expect(() => createClient({ apiKey })).toThrow(InputError);
      const api = server(OK);
      const error = await failure(clientOf(api, { apiKey: () => apiKey }).chat(HELLO));
      expect(error).toMatchObject({ kind: "InputError", path: "apiKey" });
      expect(String(error)).not.toContain("sk-a");
      expect(api.seen).toEqual([]);
    },
  );

  it("uses the global fetch of its time, called unbound", async () => {
    const seen: unknown[] = [];
    vi.stubGlobal("fetch", function (this: unknown) {
      seen.push(this);
      return Promise.resolve(OK());
    });
    const client = createClient({ apiKey: KEY });
    await client.chat(HELLO);
    vi.stubGlobal("fetch", () => Promise.resolve(json({ replaced: true })));
    expect(await client.request("/models")).toEqual({ replaced: true });
    expect(seen).toEqual([undefined]);
  });

  it("is sent again whole in a retry", async () => {
    const api = server(refused(503, { "retry-after": "0" }), OK);
    await clientOf(api, { maxRetries: 1 }).chat(HELLO, { seed: 5 });
    expect(api.seen[1]!.body).toEqual(api.seen[0]!.body);
    expect(api.seen[1]!.body).toMatchObject({ seed: 5, messages: HELLO });
  });

  it("is not sent again if its body is a stream", async () => {
    const api = server(refused(503, { "retry-after": "0" }), OK);
    const upload = send(clientOf(api, { maxRetries: 2 }), { path: "/files", body: body("x").stream });
    expect(await failure(upload)).toMatchObject({ status: 503 });
    expect(api.seen).toHaveLength(1);
    expect((api.seen[0]!.init as { duplex?: string }).duplex).toBe("half");
  });
});

describe("A base URL", () => {
  it.each([
    ["https://api.example.com/v1", "https://api.example.com/v1/models"],
    ["https://api.example.com/v1///", "https://api.example.com/v1/models"],
    ["https://api.example.com", "https://api.example.com/models"],
    ["HTTPS://api.example.com/v1", "HTTPS://api.example.com/v1/models"],
    ["http://localhost:11434/v1", "http://localhost:11434/v1/models"],
    ["/v1", "/v1/models"],
    ["/", "/models"],
  ])("%s reaches %s", async (baseURL, url) => {
    const api = server(() => json({}));
    await clientOf(api, { baseURL }).request("/models");
    expect(api.seen[0]!.url).toBe(url);
  });

  it.each([
    "",
    "api.openai.com/v1",
    "ftp://example.com",
    "//example.com/v1",
    "/\\example.com",
    "https://",
    "javascript:alert(1)",
    " https://example.com",
    "v1",
    "https://user:hunter2@example.com/v1",
    "https://user@example.com",
    "https://example.com/v1?api-version=1",
    "https://example.com/v1#x",
    "https://exa mple.com",
    5,
    {},
  ])("%j is rejected without being shown", (baseURL) => {
    let error: Loose;
    try {
      createClient({ baseURL: baseURL as string });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ kind: "InputError", path: "baseURL" });
    expect(String(error)).not.toContain("hunter2");
    if (typeof baseURL === "string" && baseURL.length > 3) expect(error.received).not.toContain(baseURL);
  });

  it("that is a key by mistake is not shown", () => {
    expect(() => createClient({ baseURL: KEY })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining(KEY) }),
    );
  });
});

describe("Plain http", () => {
  const keyed: ClientOptions[] = [
    {},
    { apiKey: undefined, headers: { "api-key": "k" } },
    { apiKey: undefined, headers: { "X-Api-Key": "k" } },
    { apiKey: undefined, headers: { "x-goog-api-key": "k" } },
    { apiKey: undefined, headers: { Authorization: "Basic k" } },
  ];

  it.each([
    "http://example.com/v1",
    "http://192.168.0.5:8080",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http:///example.com",
    "HTTP://example.com",
    "http://0.0.0.0",
  ])("to %s is rejected with any key before anything is sent", async (baseURL) => {
    for (const options of keyed) {
      const api = server(OK);
      expect(await failure(clientOf(api, { baseURL, ...options }).chat(HELLO))).toMatchObject({
        kind: "InputError",
        path: "baseURL",
      });
      expect(api.seen).toEqual([]);
    }
  });

  it.each([
    "http://localhost",
    "http://127.0.0.1:8080/v1",
    "http://127.1",
    "http://[::1]:3000",
    "http://app.localhost",
  ])("to %s is allowed because it is this machine", async (baseURL) => {
    await expect(clientOf([OK], { baseURL }).chat(HELLO)).resolves.toBeDefined();
  });

  it("is allowed without a key, or with allowPlainHTTP", async () => {
    await clientOf([OK], { baseURL: "http://example.com", apiKey: undefined }).chat(HELLO);
    await clientOf([OK], { baseURL: "http://example.com", allowPlainHTTP: true }).chat(HELLO);
  });
});

describe("A redirect", () => {
  it.each([301, 302, 303, 307, 308])(
    "with status %i is not followed, and the error names its target",
    async (status) => {
      const api = server(
        () => new Response(null, { status, headers: { location: "https://evil.example/v1", "x-request-id": "r1" } }),
      );
      for (const ask of [
        () => clientOf(api).chat(HELLO),
        () => clientOf(api).streamChat(HELLO),
        () => clientOf(api).fetch("/models"),
      ]) {
        const error = await failure(ask());
        expect(error).toMatchObject({
          kind: "APIError",
          status,
          code: "redirect",
          location: "https://evil.example/v1",
          requestId: "r1",
        });
        expect(error.message).toContain("https://evil.example/v1");
      }
      expect(api.seen).toHaveLength(3);
      expect(api.seen.every(({ init }) => init.signal?.aborted)).toBe(true);
    },
  );

  it("that a browser hides is rejected too", async () => {
    const hidden = Object.defineProperties(new Response(null), {
      type: { value: "opaqueredirect" },
      status: { value: 0 },
      ok: { value: false },
    });
    expect(await failure(clientOf([hidden], { maxRetries: 2 }).chat(HELLO))).toMatchObject({
      code: "redirect",
      status: 0,
      location: undefined,
      message: "Refused a redirect",
    });
  });
});

describe("A failed attempt", () => {
  it("is repeated up to twice by default, and counted", async () => {
    const api = server(refused(429, { "retry-after-ms": "0" }), refused(500, { "retry-after-ms": "0" }), OK);
    expect(httpInfo(await clientOf(api, { maxRetries: undefined }).chat(HELLO))).toMatchObject({
      attempts: 3,
      status: 200,
    });
    const bad = server(refused(503, { "retry-after-ms": "0", "x-request-id": "r9" }));
    const error = await failure(clientOf(bad, { maxRetries: undefined }).chat(HELLO));
    expect(error).toMatchObject({ status: 503, requestId: "r9" });
    expect(httpInfo(error)).toMatchObject({ attempts: 3, status: 503 });
    expect(bad.seen).toHaveLength(3);
  });

  it("is repeated if no answer came", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const broken = new TypeError("fetch failed");
    const api = server(broken, broken, OK);
    expect(httpInfo(await clientOf(api, { maxRetries: 2 }).chat(HELLO))?.attempts).toBe(3);
    const error = await failure(clientOf(server(broken), { maxRetries: 1 }).chat(HELLO));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ cause: broken, message: "No answer from api.openai.com: fetch failed" });
  });

  it("is not repeated for 400, 401, 403, 404 and 422", async () => {
    for (const status of [400, 401, 403, 404, 422]) {
      const api = server(refused(status));
      expect(await failure(clientOf(api, { maxRetries: 2 }).chat(HELLO))).toMatchObject({ status });
      expect(api.seen).toHaveLength(1);
    }
  });

  it("obeys x-should-retry", async () => {
    const yes = server(refused(400, { "x-should-retry": "true", "retry-after-ms": "0" }), OK);
    await clientOf(yes, { maxRetries: 1 }).chat(HELLO);
    const no = server(refused(500, { "x-should-retry": "false" }), OK);
    expect(await failure(clientOf(no, { maxRetries: 1 }).chat(HELLO))).toMatchObject({ status: 500 });
    expect(no.seen).toHaveLength(1);
  });

  it("fails at once with retryAt if the server asks for three days", async () => {
    fakeTime();
    const api = server(refused(429, { "retry-after": "259200" }));
    const error = await failure(clientOf(api, { maxRetries: 2 }).chat(HELLO));
    expect(error).toBeInstanceOf(APIError);
    expect(error.retryAt).toEqual(new Date(Date.now() + 259_200_000));
    expect(api.seen).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits exactly as long as the server asks", async () => {
    fakeTime();
    const api = server(refused(429, { "retry-after": "30" }), OK);
    const asked = clientOf(api, { maxRetries: 1 }).chat(HELLO);
    await pass(29_999);
    expect(api.seen).toHaveLength(1);
    await pass(1);
    expect(api.seen).toHaveLength(2);
    await asked;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends with its own error if the wait exceeds the total time", async () => {
    fakeTime();
    const api = server(refused(429, { "retry-after": "30" }), OK);
    expect(await failure(clientOf(api, { maxRetries: 1, timeout: 20_000 }).chat(HELLO))).toMatchObject({ status: 429 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is rejected unless maxRetries is a number from 0", async () => {
    for (const maxRetries of [-1, NaN]) {
      expect(() => createClient({ maxRetries })).toThrow(InputError);
      expect(await failure(clientOf([OK]).chat(HELLO, {}, { maxRetries }))).toMatchObject({ path: "maxRetries" });
    }
  });
});

describe("An abort", () => {
  it("before the call sends nothing", async () => {
    const api = server(OK);
    const reason = new Error("mine");
    expect(await failure(clientOf(api).chat(HELLO, {}, { signal: AbortSignal.abort(reason) }))).toMatchObject({
      name: "AbortError",
      cause: reason,
    });
    expect(api.seen).toEqual([]);
  });

  it("ends a back-off at once", async () => {
    fakeTime();
    const { controller, signal, listeners } = countedSignal();
    const api = server(refused(429, { "retry-after": "59" }), OK);
    const error = failure(clientOf(api, { maxRetries: 1 }).chat(HELLO, {}, { signal }));
    await settle();
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError" });
    expect([api.seen.length, listeners(), vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it("ends the wait for a key that never comes", async () => {
    fakeTime();
    const { controller, signal, listeners } = countedSignal();
    const error = failure(clientOf([OK], { apiKey: () => new Promise(() => undefined) }).chat(HELLO, {}, { signal }));
    await settle();
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError" });
    expect([listeners(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("ends a request whose fetch ignores its signal, and cancels the late answer", async () => {
    const { controller, signal, listeners } = countedSignal();
    const late = body("hang");
    let answerNow: (response: Response) => void = () => undefined;
    const deaf = (): Promise<Response> => new Promise((resolve) => (answerNow = resolve));
    const error = failure(clientOf([OK], { fetch: deaf }).chat(HELLO, {}, { signal }));
    await settle();
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError" });
    answerNow(sse(late));
    await settle();
    expect([late.cancels, listeners()]).toEqual([1, 0]);
  });

  it("while an error body is read is an AbortError and no APIError", async () => {
    const { controller, signal } = countedSignal();
    const slow = body('{"error":', "hang");
    const error = failure(clientOf([new Response(slow.stream, { status: 400 })]).chat(HELLO, {}, { signal }));
    await settle();
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError", kind: "OpenAIError" });
    expect(slow.cancels).toBe(1);
  });

  it("while a whole answer is read stops the request", async () => {
    const { controller, signal, listeners } = countedSignal();
    const slow = body('{"choices":', "hang");
    const api = server(new Response(slow.stream));
    const error = failure(clientOf(api).chat(HELLO, {}, { signal }));
    await settle();
    controller.abort();
    expect(await error).toMatchObject({ name: "AbortError" });
    expect([slow.cancels, listeners(), api.seen[0]!.init.signal?.aborted]).toEqual([1, 0, true]);
  });
});

describe("An exhausted quota", () => {
  it.each([
    { code: "insufficient_quota" },
    { type: "insufficient_quota", code: null },
    { code: "credit_balance_exhausted" },
    { code: "project_spend_limit_exceeded" },
    { type: "organization_spend_limit_exceeded" },
    { code: "organization_usage_limit_exceeded" },
  ])("fails at once without a retry: %j", async (error) => {
    const api = server(() =>
      json({ error: { message: "No more", ...error } }, 429, { "retry-after-ms": "0", "x-should-retry": "true" }),
    );
    expect(await failure(clientOf(api, { maxRetries: 2 }).chat(HELLO))).toMatchObject({
      status: 429,
      message: "No more",
    });
    expect(api.seen).toHaveLength(1);
  });

  it.each([
    [429, { code: "rate_limit_exceeded" }],
    [429, { message: "insufficient_quota" }],
    [429, { code: 429 }],
    [503, { code: "insufficient_quota" }],
  ])("is not detected in a %i with %j", async (status, error) => {
    const api = server(() => json({ error }, status, { "retry-after-ms": "0" }));
    await failure(clientOf(api, { maxRetries: 2 }).chat(HELLO));
    expect(api.seen).toHaveLength(3);
  });
});

describe("A timeout", () => {
  it("before the headers of a stream leads to a retry", async () => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const api = server("hang", refused(500));
    const error = failure(clientOf(api, { maxRetries: 1 }).streamChat(HELLO));
    await pass(120_000);
    expect([api.seen.length, api.seen[0]!.init.signal?.aborted]).toEqual([1, true]);
    await pass(250);
    expect(await error).toMatchObject({ kind: "APIError", status: 500 });
    expect([api.seen.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("before the headers of every attempt ends the call once attempts or total time are used up", async () => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0);
    const api = server("hang", "hang", "hang", "hang");
    const error = failure(clientOf(api, { maxRetries: 2 }).streamChat(HELLO, {}, { timeout: { headers: 100 } }));
    for (let times = 0; times < 3; times++) await pass(110);
    expect(await error).toMatchObject({ phase: "headers", timeout: 100 });
    expect([api.seen.length, vi.getTimerCount()]).toEqual([3, 0]);

    const other = server("hang", "hang", "hang", "hang");
    const late = failure(
      clientOf(other, { maxRetries: 9 }).streamChat(HELLO, {}, { timeout: { headers: 100, total: 250 } }),
    );
    await pass(250);
    expect(await late).toMatchObject({ phase: "total", timeout: 250 });
    expect([other.seen.length, vi.getTimerCount()]).toEqual([3, 0]);
  });

  it("is not retried if the caller aborts, also during the back-off", async () => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    for (const before of [50, 200]) {
      const api = server("hang", "hang");
      const controller = new AbortController();
      const options = { signal: controller.signal, timeout: { headers: 100 } };
      const error = failure(clientOf(api, { maxRetries: 2 }).streamChat(HELLO, {}, options));
      await pass(before);
      controller.abort();
      await pass(1_000);
      expect(await error).toMatchObject({ name: "AbortError" });
      expect([api.seen.length, vi.getTimerCount()]).toEqual([1, 0]);
    }
  });

  it("before the headers of a stream is a TimeoutError and no abort", async () => {
    fakeTime();
    const api = server("hang");
    const error = failure(clientOf(api, { maxRetries: 0 }).streamChat(HELLO));
    await pass(119_999);
    expect(api.seen[0]!.init.signal?.aborted).toBe(false);
    await pass(1);
    expect(await error).toMatchObject({
      name: "TimeoutError",
      kind: "TimeoutError",
      phase: "headers",
      timeout: 120_000,
    });
    expect([api.seen.length, api.seen[0]!.init.signal?.aborted, vi.getTimerCount()]).toEqual([1, true, 0]);
  });

  it("of a whole answer has only the total limit", async () => {
    fakeTime();
    const error = failure(clientOf(["hang"]).chat(HELLO));
    await pass(599_999);
    await pass(1);
    expect(await error).toMatchObject({ phase: "total", timeout: 600_000 });
  });

  it("ends a request whose fetch ignores its signal", async () => {
    fakeTime();
    const error = failure(
      clientOf([OK], { fetch: () => new Promise(() => undefined) }).chat(HELLO, {}, { timeout: 50 }),
    );
    await pass(50);
    expect(await error).toMatchObject({ phase: "total", timeout: 50 });
  });

  it("ends the wait for a key function after the total limit, not the limit for headers", async () => {
    fakeTime();
    const error = failure(
      clientOf([OK], { apiKey: () => new Promise(() => undefined) }).streamChat(
        HELLO,
        {},
        { timeout: { headers: 10, total: 5_000 } },
      ),
    );
    let done = false;
    void error.then(() => (done = true));
    await pass(4_999);
    expect(done).toBe(false);
    await pass(1);
    expect(await error).toMatchObject({ phase: "total" });
  });

  it("counts all attempts together", async () => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0);
    let calls = 0;
    const slowly = async (): Promise<Response> => {
      calls++;
      await new Promise((resolve) => setTimeout(resolve, 40));
      return refused(500)();
    };
    const error = failure(clientOf([OK], { fetch: slowly, maxRetries: 100, timeout: 100 }).chat(HELLO));
    await pass(200);
    expect(await error).toMatchObject({ phase: "total" });
    expect(calls).toBe(3);
    await pass(200);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("of five seconds limits the body of an error", async () => {
    fakeTime();
    const slow = body('{"error":{"message":"half', "hang");
    const error = failure(clientOf([new Response(slow.stream, { status: 400 })]).chat(HELLO));
    await pass(5_000);
    expect(await error).toMatchObject({ status: 400, message: '{"error":{"message":"half' });
    expect([slow.cancels, vi.getTimerCount()]).toEqual([1, 0]);
  });
});

describe("An error answer", () => {
  it("is read up to its limit", async () => {
    const block = "x".repeat(16_384);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(block)),
    });
    const error = await failure(clientOf([new Response(endless, { status: 400 })]).chat(HELLO));
    expect(error.body).toHaveLength(65_536);
  });

  it("with a broken body still has its status", async () => {
    expect(
      await failure(
        clientOf([new Response(body({ fail: new TypeError("terminated") }).stream, { status: 418 })]).chat(HELLO),
      ),
    ).toMatchObject({ status: 418, message: "The server gave no reason" });
  });

  it("carries headers, request id and rate limits", async () => {
    const error = await failure(
      clientOf([
        refused(400, { "x-request-id": "r1", "x-ratelimit-remaining-requests": "3" }, { message: "No.", code: 1234 }),
      ]).chat(HELLO),
    );
    expect(error).toMatchObject({ code: 1234, requestId: "r1" });
    expect((error as APIError).headers?.get("x-request-id")).toBe("r1");
    expect(httpInfo(error)?.rateLimits.requests.remaining).toBe(3);
  });
});
