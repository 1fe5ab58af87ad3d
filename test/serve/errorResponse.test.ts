import { afterEach, describe, expect, it, vi } from "vitest";
import {
  APIError,
  type APIErrorDetails,
  ConnectionError,
  createClient,
  errorResponse,
  InputError,
  isAPIError,
  OpenAIError,
  RequestError,
  StreamError,
  TimeoutError,
  ToolError,
} from "../../src/index.ts";
import { abortError } from "../../src/errors.ts";

const SECRET = "sk-secret-0123456789";
const api = (
  status: number,
  details: Partial<APIErrorDetails> = {},
  message = `Bad: ${SECRET} at https://up.test`,
): APIError => new APIError(message, { status, ...details });
const partial = { text: `half ${SECRET}` } as never;

interface Told {
  status: number;
  error: { message: string; type: string; param: string | null; code: string | null };
  headers: Headers;
}

async function told(error: unknown, options?: Parameters<typeof errorResponse>[1]): Promise<Told> {
  const response = errorResponse(error, options);
  const text = await response.text();
  expect(text).not.toMatch(/secret|0123456789|up\.test|https?:|OPENAI|baseURL|apiKey|\bat .*:\d+/i);
  const { error: fields, ...rest } = JSON.parse(text) as { error: Told["error"] };
  expect(rest).toEqual({});
  expect(Object.keys(fields)).toEqual(["message", "type", "param", "code"]);
  expect(fields.message).toMatch(/^\S.*\S$/);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return { status: response.status, error: fields, headers: response.headers };
}

const statusOf = async (error: unknown, options?: Parameters<typeof errorResponse>[1]): Promise<number> =>
  (await told(error, options)).status;

describe("errorResponse()", () => {
  afterEach(() => vi.useRealTimers());

  it("tells a visitor's mistake with its status, its words and its place", async () => {
    for (const status of [400, 405, 408, 413, 415] as const) {
      const { headers, ...answer } = await told(new RequestError(status, "messages[1].role", '"user"', '"bot"'));
      expect(answer).toEqual({
        status,
        error: {
          message: 'messages[1].role: expected "user", received "bot"',
          type: "invalid_request_error",
          param: "messages[1].role",
          code: null,
        },
      });
      expect(headers.get("allow")).toBe(status === 405 ? "POST" : null);
    }
  });

  it("recognises the errors of another copy of the package", async () => {
    const copy = {
      name: "RequestError",
      kind: "InputError",
      status: 413,
      message: "body: expected less",
      path: "body",
    };
    expect(await statusOf(copy)).toBe(413);
    expect(await statusOf({ kind: "APIError", status: 429, message: "" })).toBe(429);
    expect(await statusOf({ kind: "TimeoutError" })).toBe(504);
  });

  it("says nothing of the program's own mistakes", async () => {
    const mistakes = [
      new InputError("apiKey", `a key: a secret (wrangler secret put OPENAI_API_KEY)`, SECRET),
      new InputError("baseURL", "https where a key is sent", "http://up.test"),
      Object.assign(new InputError("x", "y", SECRET), { status: 200 }),
      Object.assign(new InputError("x", "y", SECRET), { status: "400" }),
      new ToolError(`the tool failed: ${SECRET}`, "look_up", "call_1", new Error(SECRET)),
      new OpenAIError(SECRET),
      new TypeError(`Cannot read properties of undefined (reading '${SECRET}')`),
      new SyntaxError(`Unexpected token in ${SECRET}`),
      SECRET,
      { error: SECRET },
    ];
    for (const mistake of mistakes) {
      const { status, error, headers } = await told(mistake);
      expect([status, error.type, error.code]).toEqual([500, "api_error", "internal_error"]);
      expect(headers.get("x-should-retry")).toBe("false");
    }
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = (name: string): object =>
    Object.defineProperty({ kind: "APIError", status: 400, message: "x" }, name, {
      get() {
        throw new Error(SECRET);
      },
    });

  it.each([
    ["undefined", undefined],
    ["null", null],
    ["a number", 0],
    ["a symbol", Symbol(SECRET)],
    ["a BigInt", 5n],
    ["a function", () => SECRET],
    ["a frozen object", Object.freeze({ kind: "StreamError", ending: "odd", cause: null })],
    ["an object without a prototype", Object.create(null)],
    ["a revoked proxy", revoked.proxy],
    ["an error whose kind throws", hostile("kind")],
    [
      "an error whose name throws",
      Object.defineProperty(new Error("x"), "name", {
        get: () => {
          throw new Error(SECRET);
        },
      }),
    ],
    ["an APIError whose status throws", hostile("status")],
    ["an APIError whose message throws", hostile("message")],
    ["an APIError whose code throws", hostile("code")],
    ["an APIError without fields", { kind: "APIError" }],
    ["an APIError with fields of other types", { kind: "APIError", status: "400", code: {}, message: 5, param: [] }],
    ["an APIError with a status beyond HTTP", { kind: "APIError", status: 1e9, message: "" }],
    ["an APIError with strange headers", { kind: "APIError", status: 429, headers: {}, retryAt: "soon" }],
    ["a RequestError whose message is an object", { kind: "InputError", status: 400, message: {}, path: [] }],
  ])("answers %s", async (_, error) => {
    expect(await statusOf(error)).toBeGreaterThanOrEqual(400);
  });

  it("looks at a stream error that is its own cause only a few times", async () => {
    const loop = new StreamError("x", "truncated", partial);
    Object.defineProperty(loop, "cause", { value: loop });
    expect(await statusOf(loop)).toBe(502);
  });

  it("calls a refused key the owner's fault, unless the visitor brought it", async () => {
    for (const status of [401, 403]) {
      expect(await told(api(status, { code: "invalid_api_key" }))).toMatchObject({
        status: 502,
        error: {
          type: "api_error",
          code: "upstream_refused",
          message: "The model service refused the server's request.",
        },
      });
      expect(await statusOf(api(status), { visitorKey: true })).toBe(status);
    }
    const own = await told(api(401, { code: "invalid_api_key" }), { visitorKey: true });
    expect(own.error).toMatchObject({ type: "authentication_error", code: "invalid_api_key" });
    const missing = new InputError("apiKey", "a key", "none");
    expect([await statusOf(missing), await statusOf(missing, { visitorKey: true })]).toEqual([500, 401]);
  });

  it.each([
    ["an unknown model", 404, { code: "model_not_found" }],
    ["an unknown model, as other services report it", 400, { code: "model_not_found", param: "model" }],
    ["a param that the model does not take", 400, { code: "unsupported_value", param: "temperature" }],
    ["a bad tool", 400, { param: "tools[0].function.parameters" }],
    ["a limit of tokens", 400, { param: "max_tokens" }],
    ["a redirect", 302, { code: "redirect", location: "https://up.test" }],
    ["a redirect in a page", 0, { code: "redirect" }],
    ["no credit", 402, {}],
    ["a conflict", 409, {}],
  ])("calls %s the owner's fault", async (_, status, details) => {
    const { error, headers, ...rest } = await told(api(status, details, "max_tokens is too large, model gpt-x"));
    expect([rest.status, error.code, error.param]).toEqual([502, "upstream_refused", null]);
    expect(error.message).not.toContain("gpt-x");
    expect(headers.get("x-should-retry")).toBe("false");
  });

  it.each([
    [400, { code: "context_length_exceeded", param: "messages" }, "x"],
    [400, { code: "context_length_exceeded", param: "input" }, "x"],
    [400, { code: 400 }, "This model's maximum context length is 16384 tokens. However, you requested 19591 tokens."],
    [400, {}, "prompt is too long: 202609 tokens > 200000 maximum"],
    [400, { type: "exceed_context_size_error" }, "the request exceeds the available context size"],
    [422, {}, "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576)."],
    [400, { param: "input_tokens" }, "Please reduce the length of the input prompt."],
  ])("tells a visitor that the conversation is too long: %i %o", async (status, details, message) => {
    expect(await told(api(status, details, message))).toMatchObject({
      status: 400,
      error: {
        message: "The messages are too long for the model.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    });
  });

  it("tells a visitor that the messages are too large", async () => {
    expect(await told(api(413))).toMatchObject({ status: 413, error: { code: "context_length_exceeded" } });
  });

  it.each([
    [{ code: "content_filter" }, "messages", "The model service refused the messages for their content."],
    [
      { code: "content_policy_violation", param: "prompt" },
      "prompt",
      "The model service refused the messages for their content.",
    ],
    [{ code: "invalid_prompt" }, "messages", "The model service refused the messages for their content."],
    [{ code: "invalid_image_url", param: "url" }, "messages", "The model service refused the messages."],
    [{ code: "image_parse_error" }, "messages", "The model service refused the messages."],
    [
      { code: "invalid_type", param: "messages[3].content" },
      "messages[3].content",
      "The model service refused the messages.",
    ],
    [{ param: "messages.[1].role" }, "messages.[1].role", "The model service refused the messages."],
    [{ param: "input[0]" }, "input[0]", "The model service refused the messages."],
    [{ code: "unsupported_value", param: "file" }, "file", "The model service refused the file."],
    [{ code: "invalid_image_file", param: "image[1]" }, "image[1]", "The model service refused the image."],
  ])("tells a visitor that the service refused the messages: %o", async (details, param, message) => {
    const { status, error } = await told(api(400, details));
    expect([status, error]).toEqual([
      400,
      { message, type: "invalid_request_error", param, code: "code" in details ? details.code : null },
    ]);
  });

  it.each([
    [{ code: "acme_model_x9", param: "messages" }, "messages", null],
    [{ code: "image_acme_model_x9" }, "messages", null],
    [{ code: "content_filter_acme_x9" }, "messages", null],
    [{ code: "string_above_max_length", param: "messages[0].acme_x9" }, "messages[0]", "string_above_max_length"],
    [{ code: "invalid_value", param: "messages[0].content_acme_x9" }, "messages[0]", "invalid_value"],
    [{ code: "invalid_value", param: "input[2].content[1].acme_x9" }, "input[2].content[1]", "invalid_value"],
    [{ code: "invalid_value", param: `messages[${"9".repeat(40)}]` }, "messages", "invalid_value"],
  ])(
    "shows of a code and a place only words that can name nothing of the owner's: %o",
    async (details, param, code) => {
      expect((await told(api(400, details))).error).toMatchObject({ param, code });
    },
  );

  it.each(["prompt.id", "prompt_cache_key", "file_ids", "input_fidelity", "messages_model"])(
    "calls the field %s the owner's",
    async (param) => {
      expect(await statusOf(api(400, { param, code: "invalid_value" }))).toBe(502);
    },
  );

  it.each([
    [{ code: "rate_limit_exceeded" }, 429],
    [{ code: "429" }, 429],
    [{ code: "invalid_image_url" }, 400],
    [{ code: "invalid_prompt" }, 400],
    [{ code: "context_length_exceeded" }, 400],
    [{ code: "server_error" }, 502],
    [{ code: "" }, 502],
    [{ code: "1e99" }, 502],
  ])("reads the code of an answer that failed after it was accepted: %o", async (details, status) => {
    expect(await statusOf(api(200, details))).toBe(status);
    expect(await statusOf(new StreamError("x", "provider_error", partial, api(200, details)))).toBe(status);
  });

  it.each([5, 5n, Symbol(SECRET), {}, [], () => SECRET, { toJSON: () => SECRET }])(
    "leaves out a place that is no text: %s",
    async (path) => {
      expect((await told({ kind: "InputError", status: 400, message: "wrong", path })).error.param).toBe(null);
    },
  );

  it.each<Record<string, string>>([
    { "retry-after": "9".repeat(26) },
    { "retry-after": "Fri, 31 Dec 9999 23:59:59 GMT" },
    { "retry-after-ms": "1e300" },
  ])("passes on no wait of more than a year, and always in digits: %o", async (headers) => {
    const answer = await told(api(429, { headers: new Headers(headers) }));
    expect(answer.headers.get("retry-after")).toBe("31536000");
  });

  it("keeps the wait that the service asks for, in whole seconds", async () => {
    vi.useFakeTimers({ now: new Date("2026-01-01T00:00:00Z") });
    const after = async (details: Partial<APIErrorDetails>, status = 429): Promise<string | null> =>
      (await told(api(status, details))).headers.get("retry-after");
    expect(await after({ retryAt: new Date("2026-01-01T00:00:07.001Z") })).toBe("8");
    expect(await after({ retryAt: new Date("2025-01-01T00:00:00Z") })).toBe("0");
    expect(await after({ headers: new Headers({ "retry-after": "12" }) })).toBe("12");
    expect(await after({ headers: new Headers({ "retry-after": "Thu, 01 Jan 2026 00:01:30 GMT" }) })).toBe("90");
    expect(await after({ headers: new Headers({ "retry-after-ms": "1500" }) })).toBe("2");
    expect(await after({ retryAt: new Date(NaN), headers: new Headers({ "retry-after": "3" }) })).toBe("3");
    expect(await after({ headers: new Headers({ "retry-after": "soon" }) })).toBe(null);
    expect(await after({})).toBe(null);
    for (const status of [500, 502, 503, 504, 529])
      expect(await after({ retryAt: new Date("2026-01-01T00:00:05Z") }, status)).toBe("5");
  });

  it("tells a visitor to come back later", async () => {
    expect((await told(api(429))).error).toEqual({
      message: "Too many requests. Try again later.",
      type: "rate_limit_error",
      param: null,
      code: "rate_limit_exceeded",
    });
  });

  it("keeps a used-up quota to the owner, and stops clients from retrying", async () => {
    const { status, error, headers } = await told(api(429, { code: "insufficient_quota", retryAt: new Date() }));
    expect([status, error.message, error.code]).toEqual([
      429,
      "The server has reached its limit of requests.",
      "rate_limit_exceeded",
    ]);
    expect([headers.get("retry-after"), headers.get("x-should-retry")]).toEqual([null, "false"]);
    const own = await told(api(429, { type: "insufficient_quota" }), { visitorKey: true });
    expect([own.status, own.error.code]).toEqual([429, "insufficient_quota"]);
  });

  it.each([
    [500, 502],
    [501, 502],
    [502, 502],
    [503, 503],
    [504, 504],
    [529, 503],
    [408, 504],
    [200, 502],
  ])("answers the service's %i with %i", async (from, to) => {
    expect(await statusOf(api(from))).toBe(to);
  });

  it("reads the status of a service that answers 200 and gives the status as a code", async () => {
    expect(await statusOf(api(200, { code: 429 }))).toBe(429);
    expect(await statusOf(api(200, { code: 503 }))).toBe(503);
    expect(await statusOf(api(200, { code: 7 }))).toBe(502);
  });

  it("answers a service that cannot be reached with 502, and a late one with 504", async () => {
    expect(await told(new ConnectionError(`No answer from up.test: ${SECRET}`))).toMatchObject({
      status: 502,
      error: { code: "upstream_unreachable" },
    });
    for (const phase of ["headers", "first_content", "idle", "total"] as const)
      expect(await told(new TimeoutError(phase, 5))).toMatchObject({
        status: 504,
        error: { code: "upstream_timeout" },
      });
  });

  it("answers a failed stream by its cause or its ending", async () => {
    const failed = (ending: StreamError["ending"], cause?: unknown): StreamError =>
      new StreamError(SECRET, ending, partial, cause);
    expect(await statusOf(failed("truncated"))).toBe(502);
    expect(await statusOf(failed("provider_error"))).toBe(502);
    expect(await statusOf(failed("provider_error", api(429)))).toBe(429);
    expect(await statusOf(failed("provider_error", api(200, { code: "server_error" })))).toBe(502);
    expect(await statusOf(failed("stalled"))).toBe(504);
    expect(await statusOf(failed("truncated", new TimeoutError("total", 5)))).toBe(504);
    expect(await statusOf(failed("aborted"))).toBe(499);
  });

  it("answers an abort with 499, which nobody reads, and a time limit of the program with 504", async () => {
    expect(await statusOf(abortError())).toBe(499);
    expect(await statusOf(new DOMException("left", "AbortError"))).toBe(499);
    expect(await statusOf(abortError(new DOMException("late", "TimeoutError")))).toBe(504);
    expect(await statusOf(new DOMException("late", "TimeoutError"))).toBe(504);
  });

  it("adds headers, but keeps its own content type and cache control", async () => {
    const cors = {
      "access-control-allow-origin": "https://chat.example",
      "content-type": "text/html",
      "cache-control": "public",
    };
    const { headers } = await told(api(429, { headers: new Headers({ "retry-after": "3" }) }), { headers: cors });
    expect(headers.get("access-control-allow-origin")).toBe("https://chat.example");
    expect(headers.get("retry-after")).toBe("3");
    expect((await told(undefined, { headers: new Headers({ "x-a": "b" }) })).headers.get("x-a")).toBe("b");
  });

  it.each([null, { headers: { "bad name": "x" } }, { headers: 5 }, "options", { visitorKey: "yes" }])(
    "answers the error also if its options are wrong: %o",
    async (options) => {
      expect(await statusOf(api(401), options as never)).toBe(502);
    },
  );

  it("gives each answer headers of its own", () => {
    errorResponse(undefined).headers.set("x-a", "b");
    expect(errorResponse(undefined).headers.get("x-a")).toBe(null);
  });

  it("becomes a good error in a client that reads the answer", async () => {
    const page = (error: unknown) =>
      createClient({ baseURL: "https://chat.example", maxRetries: 0, fetch: async () => errorResponse(error) })
        .streamChat([{ role: "user", content: "Hi" }])
        .catch((thrown: unknown) => thrown);
    const busy = await page(api(429, { retryAt: new Date(Date.now() + 30_000) }));
    expect(isAPIError(busy) && [busy.status, busy.code, busy.message]).toEqual([
      429,
      "rate_limit_exceeded",
      "Too many requests. Try again later.",
    ]);
    expect(isAPIError(busy) && Number(busy.retryAt)).toBeGreaterThan(Date.now() + 25_000);
    expect(await page(new RequestError(400, "messages[0].role", '"user"', '"bot"'))).toMatchObject({
      kind: "APIError",
      status: 400,
      param: "messages[0].role",
      message: 'messages[0].role: expected "user", received "bot"',
    });
  });

  it("keeps a client from repeating a request that cannot succeed, and lets it repeat others", async () => {
    const asked = async (error: unknown): Promise<number> => {
      const fetch = vi.fn(async () => errorResponse(error));
      vi.spyOn(Math, "random").mockReturnValue(0);
      await createClient({ baseURL: "https://chat.example", maxRetries: 2, fetch })
        .chat([{ role: "user", content: "Hi" }])
        .catch(() => undefined);
      return fetch.mock.calls.length;
    };
    expect(await asked(api(401))).toBe(1);
    expect(await asked(new InputError("apiKey", "a key", "none"))).toBe(1);
    expect(await asked(api(429, { code: "insufficient_quota" }))).toBe(1);
    expect(await asked(new ConnectionError("x"))).toBe(3);
  });
});
