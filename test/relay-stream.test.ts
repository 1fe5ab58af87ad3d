import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClient } from "../src/index.ts";
import { HEADERS_WAIT, HEARTBEAT, type RelayOptions } from "../src/relay/index.ts";
import { ask, collect, COMMENT, DELTA, relayTo, streamed, writable } from "./support/relay.ts";

describe("a relayed stream", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("passes events on as they arrive", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    upstream.write(DELTA);
    await vi.advanceTimersByTimeAsync(1);
    expect(got.text()).toBe(DELTA);
    upstream.write("data: [DONE]\n\n");
    upstream.end();
    await got.done;
    expect(got.text()).toBe(`${DELTA}data: [DONE]\n\n`);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("sends a comment in each silence, and none while events arrive", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    for (let i = 0; i < 10; i++) {
      upstream.write(DELTA);
      await vi.advanceTimersByTimeAsync(HEARTBEAT / 2);
    }
    expect(got.text()).toBe(DELTA.repeat(10));
    await vi.advanceTimersByTimeAsync(HEARTBEAT / 2 + 300);
    expect(got.text()).toBe(DELTA.repeat(10) + COMMENT);
    await vi.advanceTimersByTimeAsync(2 * (HEARTBEAT + 300));
    expect(got.text()).toBe(DELTA.repeat(10) + COMMENT.repeat(3));
  });

  it("finishes a comment before the event that interrupts it", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    await vi.advanceTimersByTimeAsync(HEARTBEAT);
    expect(got.text()).toBe(":");
    upstream.write(DELTA);
    await vi.advanceTimersByTimeAsync(1);
    expect(got.text()).toBe(COMMENT + DELTA);
    upstream.end();
    await got.done;
    expect(got.text()).toBe(COMMENT + DELTA);
  });

  it("never sends a comment within an event", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    upstream.write(`${DELTA}data: {"ha`);
    await vi.advanceTimersByTimeAsync(HEARTBEAT + 300);
    upstream.write('lf":1}\r');
    await vi.advanceTimersByTimeAsync(HEARTBEAT + 300);
    upstream.write("\n\r\n");
    upstream.end();
    await got.done;
    expect(got.text()).toBe(`${DELTA}${COMMENT.repeat(2)}data: {"half":1}\r\n\r\n`);
  });

  it("removes a byte order mark that would follow a comment", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    await vi.advanceTimersByTimeAsync(HEARTBEAT + 300);
    upstream.write(`\uFEFF${DELTA}`);
    upstream.end();
    await got.done;
    expect(got.text()).toBe(COMMENT + DELTA);
  });

  it("reports a broken upstream to the client, without half an event", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    upstream.write(`${DELTA}data: {"ha`);
    await vi.advanceTimersByTimeAsync(1);
    upstream.fail();
    await got.done;
    const [, event, data] = /^event: (.*)\ndata: (.*)\n\n$/.exec(got.text().slice(DELTA.length)) ?? [];
    expect(event).toBe("error");
    expect(JSON.parse(data ?? "")).toEqual({
      error: {
        message: expect.stringContaining("broke"),
        type: "api_error",
        param: null,
        code: "relay_cut",
        ending: "truncated",
      },
    });
  });

  it("passes on an unfinished event if the upstream ends properly", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed()));
    upstream.write(`${DELTA}data: [DONE]`);
    upstream.end();
    await got.done;
    expect(got.text()).toBe(`${DELTA}data: [DONE]`);
  });

  it("cancels the upstream's body and request when its reader disconnects", async () => {
    const upstream = writable();
    const { relay, calls } = relayTo(async () => upstream.response);
    const response = await relay(streamed());
    await response.body?.cancel();
    await vi.advanceTimersByTimeAsync(1);
    expect(upstream.cancelled()).toBe(true);
    expect(calls[0]?.init.signal?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("cancels both when the client's request is aborted", async () => {
    const upstream = writable();
    const client = new AbortController();
    const { relay } = relayTo(async () => upstream.response);
    const got = collect(await relay(streamed({ signal: client.signal })));
    client.abort();
    await vi.advanceTimersByTimeAsync(1);
    expect(upstream.cancelled()).toBe(true);
    await got.done;
  });

  it("is not requested if the client has already disconnected", async () => {
    const upstream = writable();
    const client = new AbortController();
    const { relay, calls } = relayTo(async () => {
      client.abort();
      return upstream.response;
    });
    await relay(streamed({ signal: client.signal }));
    await vi.advanceTimersByTimeAsync(1);
    expect(calls[0]?.init.signal?.aborted).toBe(true);
    expect(upstream.cancelled()).toBe(true);
  });

  it("has no comments while its reader does not read", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const response = await relay(streamed());
    upstream.write(DELTA);
    upstream.write(DELTA);
    await vi.advanceTimersByTimeAsync(10 * HEARTBEAT);
    const got = collect(response);
    await vi.advanceTimersByTimeAsync(1);
    expect(got.text().replaceAll(COMMENT, "")).toBe(DELTA.repeat(2));
    expect(got.text().length).toBeLessThan(DELTA.length * 2 + COMMENT.length * 2);
  });
});

describe("an upstream that is slow to answer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function slow(options: Partial<RelayOptions> = {}) {
    let settle!: { resolve(response: Response): void; reject(error: unknown): void };
    const answer = new Promise<Response>((resolve, reject) => (settle = { resolve, reject }));
    return { ...relayTo(() => answer, options), ...settle };
  }

  async function late(options: Partial<RelayOptions> = {}) {
    const made = slow(options);
    const response = made.relay(streamed());
    await vi.advanceTimersByTimeAsync((options.headersWait ?? HEADERS_WAIT) + 300);
    return { ...made, response: await response };
  }

  it("is awaited without a response until headersWait is over", async () => {
    const { relay, resolve } = slow();
    const response = relay(streamed());
    await vi.advanceTimersByTimeAsync(HEADERS_WAIT - 1);
    resolve(Response.json({ error: { message: "Slow down." } }, { status: 429 }));
    expect((await response).status).toBe(429);
  });

  it("gets a 200 after headersWait, and comments keep its client connected", async () => {
    const { response, resolve } = await late();
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const got = collect(response);
    await vi.advanceTimersByTimeAsync(HEARTBEAT + 300);
    expect(got.text()).toBe(COMMENT.repeat(2));
    const upstream = writable();
    resolve(upstream.response);
    upstream.write(DELTA);
    upstream.end();
    await got.done;
    expect(got.text()).toBe(COMMENT.repeat(2) + DELTA);
  });

  it("is awaited without a limit if headersWait is Infinity", async () => {
    const { relay, resolve } = slow({ headersWait: Infinity });
    const response = relay(streamed());
    await vi.advanceTimersByTimeAsync(100 * HEADERS_WAIT);
    resolve(Response.json({ error: { message: "No." } }, { status: 429 }));
    expect((await response).status).toBe(429);
  });

  it("is awaited without a limit if the client wants no stream", async () => {
    const { relay, resolve } = slow();
    const response = relay(ask());
    await vi.advanceTimersByTimeAsync(100 * HEADERS_WAIT);
    resolve(Response.json({ error: { message: "No." } }, { status: 429 }));
    expect((await response).status).toBe(429);
  });

  const lateErrors: [string, () => Response | Error, object][] = [
    [
      "a refusal",
      () =>
        Response.json(
          { error: { message: "Slow down.", type: "requests", param: null, code: "rate_limit_exceeded" } },
          { status: 429 },
        ),
      {
        message: "Slow down.",
        type: "requests",
        param: null,
        code: "rate_limit_exceeded",
        status: 429,
        ending: "provider_error",
      },
    ],
    [
      "a refusal in plain text",
      () => new Response("Bad gateway", { status: 502 }),
      { message: "Bad gateway", status: 502, ending: "provider_error" },
    ],
    [
      "a refusal without a body",
      () => new Response("", { status: 500 }),
      { message: expect.stringContaining("500"), ending: "provider_error" },
    ],
    [
      "a redirect",
      () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example" } }),
      { code: "relay_redirect", ending: "truncated" },
    ],
    ["no stream", () => Response.json({ id: "c" }), { code: "relay_no_stream", ending: "provider_error" }],
    ["a broken connection", () => new TypeError("reset"), { code: "relay_unreachable", ending: "truncated" }],
  ];

  it.each(lateErrors)("is reported in an error event for %s", async (_, outcome, expected) => {
    const { response, resolve, reject } = await late();
    const got = collect(response);
    const said = outcome();
    if (said instanceof Error) reject(said);
    else resolve(said);
    await got.done;
    const [, data] = /event: error\ndata: (.*)\n\n$/.exec(got.text()) ?? [];
    expect((JSON.parse(data ?? "{}") as { error: object }).error).toMatchObject(expected);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is cancelled when the client disconnects before the answer", async () => {
    const { response, calls, resolve } = await late();
    await response.body?.cancel();
    await vi.advanceTimersByTimeAsync(1);
    expect(calls[0]?.init.signal?.aborted).toBe(true);
    const upstream = writable();
    resolve(upstream.response);
    await vi.advanceTimersByTimeAsync(1);
    expect(upstream.cancelled()).toBe(true);
  });
});

describe("fetchat as the client", () => {
  it("reads a relayed stream as the API's own", async () => {
    const sse = `${DELTA}data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
    const { relay } = relayTo(async () => new Response(sse, { headers: { "content-type": "text/event-stream" } }));
    const client = createClient({
      baseURL: "http://localhost/v1",
      fetch: (url, init) => relay(new Request(url, init)),
    });
    expect(
      (await client.chat([{ role: "user", content: "Hi" }], {}, { onChunk: () => undefined })).choices[0]?.message
        .content,
    ).toBe("Hi");
  });

  it("reports a broken upstream", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response);
    const client = createClient({
      baseURL: "http://localhost/v1",
      fetch: (url, init) => relay(new Request(url, init)),
    });
    const stream = await client.streamChat([{ role: "user", content: "Hi" }]);
    upstream.write(DELTA);
    setTimeout(() => upstream.fail(), 0);
    await expect(stream.final()).rejects.toMatchObject({
      ending: "truncated",
      partial: { message: { content: "Hi" } },
    });
  });
});
