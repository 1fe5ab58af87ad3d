import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { sameText } from "../src/relay/authorize.ts";
import { createRelay, isLoopback, type RelayOptions } from "../src/relay/index.ts";
import { upstreamURL } from "../src/relay/upstream.ts";
import { ask, type Asked, errorOf, fine, KEY, relayTo, streamed, writable } from "./support/relay.ts";

describe("the relay refuses", () => {
  const refusals: [string, Asked, Partial<RelayOptions>, number, string, RegExp][] = [
    [
      "another path",
      { url: "http://localhost:8787/v1/models" },
      {},
      404,
      "relay_path",
      /\/v1\/models.*\/v1\/chat\/completions/,
    ],
    [
      "a path that only begins like a relayed one",
      { url: "http://localhost:8787/v1/chat/completions/x" },
      {},
      404,
      "relay_path",
      /completions\/x/,
    ],
    ["another method", { method: "GET" }, {}, 405, "relay_method", /POST here, not GET/],
    ["a preflight from nowhere", { method: "OPTIONS" }, {}, 405, "relay_method", /OPTIONS/],
    [
      "a page of another origin",
      { headers: { origin: "https://evil.example" } },
      {},
      403,
      "relay_origin",
      /evil\.example/,
    ],
    ["a page without an origin of its own", { headers: { origin: "null" } }, {}, 403, "relay_origin", /null/],
    [
      "the same host by another scheme",
      { headers: { origin: "https://localhost:8787" } },
      {},
      403,
      "relay_origin",
      /https/,
    ],
    [
      "the same host at another port",
      { headers: { origin: "http://localhost:9999" } },
      {},
      403,
      "relay_origin",
      /9999/,
    ],
    [
      "a foreign host name that points at the local machine",
      { url: "http://rebound.example:8787/v1/chat/completions", headers: { origin: "http://rebound.example:8787" } },
      {},
      403,
      "relay_host",
      /rebound\.example/,
    ],
    [
      "an unlisted host, even with a token",
      { url: "https://a.example/v1/chat/completions", headers: { authorization: "Bearer t" } },
      { token: "t", hosts: ["b.example"] },
      403,
      "relay_host",
      /a\.example/,
    ],
    [
      "no content type",
      { headers: { "content-type": null }, body: new Uint8Array([123, 125]) },
      {},
      415,
      "relay_content_type",
      /application\/json; it is none/,
    ],
    ["a form", { headers: { "content-type": "text/plain" } }, {}, 415, "relay_content_type", /text\/plain/],
    [
      "a type that only begins like JSON",
      { headers: { "content-type": "application/jsonp" } },
      {},
      415,
      "relay_content_type",
      /jsonp/,
    ],
    ["an encoded body", { headers: { "content-encoding": "gzip" } }, {}, 415, "relay_content_encoding", /gzip/],
    ["a body that is no JSON", { body: "{" }, {}, 400, "relay_body", /no JSON/],
    ["a body that is no object", { body: "[1]" }, {}, 400, "relay_body", /an array/],
    ["no body", { body: null }, {}, 400, "relay_body", /no JSON/],
    [
      "a body that is too long",
      { body: `{"a":"${"x".repeat(100)}"}` },
      { maxBody: 50 },
      413,
      "relay_body_size",
      /50 bytes/,
    ],
    [
      "every request without a token, unless it is open",
      {},
      { open: false },
      403,
      "relay_token_not_set",
      /wrangler secret put RELAY_TOKEN/,
    ],
    ["everything where the token is empty", {}, { open: false, token: "" }, 403, "relay_token_not_set", /RELAY_TOKEN/],
    ["a request without the token", {}, { token: "t0ken" }, 401, "relay_token", /needs its token/],
    [
      "a wrong token",
      { headers: { authorization: "Bearer t0kem" } },
      { token: "t0ken" },
      401,
      "relay_token",
      /not the relay's token/,
    ],
    [
      "the token in another scheme",
      { headers: { authorization: "Basic t0ken" } },
      { token: "t0ken" },
      401,
      "relay_token",
      /needs its token/,
    ],
  ];

  it.each(refusals)("%s", async (...[, asked, options, status, code, message]) => {
    const { relay, calls } = relayTo(fine, options);
    const error = await errorOf(await relay(ask(asked)));
    expect(error).toMatchObject({ status, code });
    expect(error.message).toMatch(message);
    expect(calls).toEqual([]);
  });

  it("a Host header that differs from the URL", async () => {
    const { relay } = relayTo(fine);
    const request = ask();
    vi.spyOn(request.headers, "get").mockImplementation((name) => (name === "host" ? "rebound.example:8787" : null));
    expect(await errorOf(await relay(request))).toMatchObject({ status: 403, code: "relay_host" });
  });

  it("a long body of unknown length", async () => {
    const { relay } = relayTo(fine, { maxBody: 50 });
    const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(20)) });
    const request = new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      body,
      duplex: "half",
      headers: { "content-type": "application/json" },
    } as RequestInit);
    expect(await errorOf(await relay(request))).toMatchObject({ status: 413 });
  });

  it("a base URL that is invalid or would expose the key over plain HTTP", () => {
    expect(() => createRelay({ apiKey: KEY, baseURL: "api.openai.com" })).toThrow(/not a URL/);
    expect(() => createRelay({ apiKey: KEY, baseURL: "http://api.example/v1" })).toThrow(/unencrypted/);
    expect(() => createRelay({ apiKey: KEY, baseURL: "http://127.0.0.1:11434/v1" })).not.toThrow();
  });
});

describe("the relay serves", () => {
  it.each([
    ["localhost", "http://localhost:8787"],
    ["127.0.0.1", "http://127.0.0.1:8787"],
    ["[::1]", "http://[::1]:8787"],
  ])("its own pages on %s, if it is open", async (_, origin) => {
    const { relay } = relayTo(fine);
    expect((await relay(ask({ url: `${origin}/v1/chat/completions`, headers: { origin } }))).status).toBe(200);
    expect(isLoopback(origin)).toBe(true);
  });

  it("any host with a token", async () => {
    const { relay } = relayTo(fine, { open: false, token: "t0ken" });
    const request = ask({
      url: "https://chat.example/v1/chat/completions",
      headers: { authorization: "bearer t0ken" },
    });
    expect((await relay(request)).status).toBe(200);
  });

  it("pages of listed origins, with CORS headers", async () => {
    const origin = "https://chat.example";
    const { relay } = relayTo(fine, { origins: [origin] });
    const preflight = await relay(ask({ method: "OPTIONS", headers: { origin } }));
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization, content-type");
    const answer = await relay(ask({ headers: { origin } }));
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("vary")).toBe("origin");
    const refusal = await relay(ask({ headers: { origin }, body: "{" }));
    expect(refusal.headers.get("access-control-allow-origin")).toBe(origin);
    expect((await relay(ask())).headers.has("access-control-allow-origin")).toBe(false);
  });

  it("only a token that is equal in all characters", () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => sameText(a, b) === (a === b)));
    expect(sameText("", "t")).toBe(false);
    expect(sameText("tt", "t")).toBe(false);
  });
});

describe("the upstream request", () => {
  it("has the body byte for byte, the key, the types and nothing else", async () => {
    const { relay, calls } = relayTo(fine, { baseURL: "https://api.example/openai/v1/?api-version=1", token: "t0ken" });
    const bytes = new TextEncoder().encode('{ "messages" : [],\r\n "x":"ü\\u0000", "n": 1.0, "n": 2 }');
    const headers = {
      authorization: "Bearer t0ken",
      accept: "text/event-stream",
      cookie: "a=b",
      "x-forwarded-for": "1.2.3.4",
      "content-type": "application/json; charset=utf-8",
    };
    await relay(ask({ body: bytes, headers, url: "http://localhost/v1/chat/completions?api-version=9" }));
    expect(calls[0]?.url).toBe("https://api.example/openai/v1/chat/completions?api-version=1");
    expect(calls[0]?.init).toMatchObject({ method: "POST", redirect: "manual" });
    expect(calls[0]?.init.headers).toEqual({
      authorization: `Bearer ${KEY}`,
      accept: "text/event-stream",
      "content-type": "application/json; charset=utf-8",
    });
    expect(calls[0]?.init.body).toEqual(bytes);
  });

  it("goes to the paths of the option", () => {
    expect(upstreamURL("https://api.openai.com/v1", "/v1/responses")).toBe("https://api.openai.com/v1/responses");
    expect(upstreamURL("https://api.example/", "/v1/embeddings")).toBe("https://api.example/embeddings");
  });

  it("has the key of a function that is called for each request", async () => {
    let count = 0;
    const { relay, calls } = relayTo(fine, { apiKey: async () => `sk-${++count}` });
    await relay(ask());
    await relay(ask());
    expect(calls.map(({ init }) => (init.headers as Record<string, string>)["authorization"])).toEqual([
      "Bearer sk-1",
      "Bearer sk-2",
    ]);
  });

  it.each([
    ["is empty", ""],
    ["function rejects", () => Promise.reject(new Error(KEY))],
  ])("is not sent if the key %s", async (_, apiKey) => {
    const { relay, calls } = relayTo(fine, { apiKey });
    const error = await errorOf(await relay(ask()));
    expect(error).toMatchObject({ status: 500, code: "relay_no_key" });
    expect(JSON.stringify(error)).not.toContain(KEY);
    expect(calls).toEqual([]);
  });
});

describe("the response", () => {
  it("has the body byte for byte, and the headers that clients use", async () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, at) => at % 256);
    const headers = {
      "content-type": "application/json",
      "x-request-id": "req_1",
      "x-ratelimit-limit-requests": "9",
      "retry-after": "3",
      "openai-model": "m",
      "set-cookie": "a=b",
      "access-control-allow-origin": "*",
      server: "s",
    };
    const { relay } = relayTo(async () => new Response(bytes, { headers }));
    const response = await relay(ask());
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store, no-transform",
      "content-type": "application/json",
      "openai-model": "m",
      "retry-after": "3",
      "x-content-type-options": "nosniff",
      "x-ratelimit-limit-requests": "9",
      "x-request-id": "req_1",
    });
  });

  it.each([401, 404, 429, 500, 503])("has the API's own error for %i", async (status) => {
    const text = '{ "error": {"message":"No.", "type":"x", "param":"p", "code":7 } }';
    const { relay } = relayTo(
      async () => new Response(text, { status, headers: { "content-type": "application/json", "retry-after": "20" } }),
    );
    const response = await relay(streamed());
    expect([response.status, response.headers.get("retry-after"), await response.text()]).toEqual([status, "20", text]);
  });

  it("never has the key, even if the upstream repeats it in an error", async () => {
    const { relay } = relayTo(async () => Response.json({ error: { message: `Bad key ${KEY}` } }, { status: 401 }));
    expect(await (await relay(ask())).text()).toContain("Bad key ***");
  });

  it("is never a redirect, and does not show its target", async () => {
    const { relay } = relayTo(
      async () => new Response(null, { status: 307, headers: { location: "https://elsewhere.example/" } }),
    );
    const response = await relay(ask());
    expect(response.headers.has("location")).toBe(false);
    expect(await errorOf(response)).toMatchObject({ status: 502, code: "relay_redirect", type: "api_error" });
  });

  it("says that the API could not be reached, without the reason", async () => {
    const { relay } = relayTo(() => Promise.reject(new TypeError(`connect ${KEY}`)));
    const error = await errorOf(await relay(ask()));
    expect(error).toMatchObject({ status: 502, code: "relay_unreachable" });
    expect(error.message).not.toContain(KEY);
  });

  it("breaks if a whole answer breaks", async () => {
    const upstream = writable(200, { "content-type": "application/json" });
    const { relay } = relayTo(async () => upstream.response);
    const response = await relay(ask());
    upstream.write('{"half":');
    upstream.fail();
    await expect(response.text()).rejects.toThrow();
  });

  it("can have no body", async () => {
    const { relay } = relayTo(async () => new Response(null, { status: 204 }));
    expect((await relay(ask())).status).toBe(204);
  });
});
