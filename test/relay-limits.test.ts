import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { aiBinding } from "../src/providers/index.ts";
import { ANSWER_TIMEOUT, BODY_TIMEOUT, IDLE_TIMEOUT } from "../src/relay/options.ts";
import { ask, collect, DELTA, errorOf, fine, relayTo, streamed, writable } from "./support/relay.ts";
import { startWorker } from "./support/worker.ts";

describe("a relay waits no longer than its limits", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Creates a request whose body never ends. */
  const endless = (headers: Record<string, string> = {}): Request =>
    new Request("http://localhost/v1/chat/completions", {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) }),
      duplex: "half",
    } as RequestInit);

  it("for the body of a request", async () => {
    const { relay, calls } = relayTo(fine);
    const response = relay(endless());
    await vi.advanceTimersByTimeAsync(BODY_TIMEOUT + 10_000);
    expect(await errorOf(await response)).toMatchObject({ status: 408, code: "relay_body_timeout" });
    expect([calls.length, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("for the body of a request with a wrong token", async () => {
    const { relay } = relayTo(fine, { token: "t0ken" });
    const response = relay(endless({ authorization: "Bearer wrong" }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await errorOf(await response)).toMatchObject({ status: 401, code: "relay_token" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("for an upstream that never answers", async () => {
    const { relay, calls } = relayTo(() => new Promise(() => undefined));
    const response = relay(ask());
    await vi.advanceTimersByTimeAsync(ANSWER_TIMEOUT);
    expect(await errorOf(await response)).toMatchObject({ status: 504, code: "relay_timeout" });
    expect([calls[0]?.init.signal?.aborted, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("for an upstream that never answers, after its 200", async () => {
    const { relay } = relayTo(() => new Promise(() => undefined), { heartbeat: 0 });
    const response = relay(streamed());
    await vi.advanceTimersByTimeAsync(3_000);
    const got = collect(await response);
    await vi.advanceTimersByTimeAsync(ANSWER_TIMEOUT);
    await got.done;
    expect(got.text()).toMatch(/^event: error\n.*"code":"relay_timeout".*"ending":"stalled"/);
  });

  it("for a refusal whose body stalls, and passes on the part that arrived", async () => {
    const upstream = writable(429, { "content-type": "application/json" });
    const { relay } = relayTo(async () => upstream.response);
    const response = relay(ask());
    upstream.write('{"error":"No."}');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await (await response).text()).toBe('{"error":"No."}');
    expect([upstream.cancelled(), vi.getTimerCount()]).toEqual([true, 0]);
  });

  it("for a stream that falls silent", async () => {
    const upstream = writable();
    const { relay } = relayTo(async () => upstream.response, { heartbeat: 0 });
    const got = collect(await relay(streamed()));
    upstream.write(DELTA);
    await vi.advanceTimersByTimeAsync(IDLE_TIMEOUT + 1);
    await got.done;
    expect(got.text().slice(DELTA.length)).toMatch(/^event: error\n.*"code":"relay_idle".*"ending":"stalled"/);
    expect([upstream.cancelled(), vi.getTimerCount()]).toEqual([true, 0]);
  });
});

describe("a relay over a Worker's AI binding", () => {
  it("passes the request on", async () => {
    const ran: unknown[] = [];
    const { fetch, provider } = aiBinding({
      gateway: () => ({ run: async (request) => (ran.push(request), Response.json({ id: "c" })) }),
    });
    const { relay } = relayTo(fetch, { baseURL: provider.baseURL });
    expect(await (await relay(ask())).json()).toEqual({ id: "c" });
    expect(ran).toMatchObject([{ endpoint: "v1/chat/completions", query: { messages: [] } }]);
  });
});

describe("a relay in workerd answers", () => {
  const WORKER = `
    import { createRelay } from "fetchat/relay";
    const relay = createRelay({ apiKey: "sk-test", token: "t0ken", maxBody: 1000 });
    export default { fetch: (request) => relay(request) };
  `;

  it.each([
    ["413 for a body over the limit", "t0ken", 413],
    ["401 for a wrong token, whatever the size of the body", "wrong", 401],
  ])("%s", async (_, token, status) => {
    const worker = await startWorker(WORKER);
    const { port } = new URL(worker.url);
    const size = 12 * 1024 * 1024;
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: Bearer ${token}\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.once("error", reject);
      socket.once("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
      socket.write(`${head}content-length: ${size}\r\n\r\n`);
      socket.write("x".repeat(size));
    });
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await worker.close();
  });
});
