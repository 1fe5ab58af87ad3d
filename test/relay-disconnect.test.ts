import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HEARTBEAT } from "../src/relay/index.ts";
import { delta, type Seen, startUpstream, type Upstream } from "./support/upstream.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

// The timers of workerd are under test here, so time is real.
const ALLOWED = HEARTBEAT + 1000;

const WORKER = `
  import { createClient } from "fetchat/cloudflare";
  import { createRelay } from "fetchat/relay";
  const passOn = async (request, baseURL) => {
    const { model, user } = await request.json();
    const client = createClient({ apiKey: "sk-test", baseURL });
    return (await client.streamChat([{ role: "user", content: "Hello" }], { model, user })).toResponse();
  };
  export default {
    async fetch(request, env, ctx) {
      const relay = createRelay({ apiKey: "sk-test", baseURL: env.UPSTREAM, open: true });
      const asked = request.headers.get("x-pass-on") ? passOn(request, env.UPSTREAM) : relay(request);
      if (request.headers.get("x-wait-until")) ctx.waitUntil(asked.then(() => new Promise((done) => setTimeout(done, 25_000))));
      return asked;
    },
  };
`;

const answers: Record<string, (seen: Seen) => void> = {
  ticks: ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write(delta("tick")), 100);
    response.once("close", () => clearInterval(timer));
  },
  "is silent after one event": ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(delta("one"));
  },
  "is silent within an event": ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`${delta("one")}data: {`);
  },
  "is silent after its headers": ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  },
  breaks: ({ response }) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`${delta("one")}data: {`, () => setTimeout(() => response.destroy(), 50));
  },
  "has sent no headers": () => undefined,
  "has sent no headers, and the relay none either": () => undefined,
};

const silences = Object.keys(answers).filter((name) => name !== "breaks");

/** The silences in which `streamChat()` has already begun. */
const begun = silences.filter((name) => name === "ticks" || name.startsWith("is silent"));

const flagged = [
  ["with enable_request_signal", ["enable_request_signal"]],
  ["without a flag", []],
] as const;

describe.each(flagged)("a relay in workerd %s stops the upstream when its client disconnects", (_, flags) => {
  let upstream: Upstream;
  let worker: RunningWorker;
  let count = 0;

  beforeAll(async () => {
    upstream = await startUpstream((seen) =>
      answers[(JSON.parse(String(seen.body)) as { model: string }).model]?.(seen),
    );
    worker = await startWorker(WORKER, { flags, bindings: { UPSTREAM: upstream.url } });
  });
  afterAll(async () => {
    await worker?.close();
    await upstream?.close();
  });

  async function dropped(model: string, headers: string): Promise<number> {
    const user = `visitor ${count++}.`;
    const client = post(worker.url, JSON.stringify({ stream: true, model, user }), headers);
    const seen = await upstream.withBody(user);
    if (!model.endsWith("none either")) await client.bytes;
    const start = Date.now();
    client.socket.destroy();
    return (await seen.closed) - start;
  }

  it.concurrent.each(silences)("while the upstream %s", async (model) => {
    expect(await dropped(model, "")).toBeLessThan(ALLOWED);
  });

  it.concurrent.each(silences)("under waitUntil, while the upstream %s", async (model) => {
    expect(await dropped(model, "x-wait-until: 1\r\n")).toBeLessThan(ALLOWED);
  });

  it.concurrent.each(begun)("for a stream of toResponse(), while the upstream %s", async (model) => {
    expect(await dropped(model, "x-pass-on: 1\r\n")).toBeLessThan(ALLOWED);
  });

  it.concurrent.each(begun)("for a stream of toResponse() under waitUntil, while the upstream %s", async (model) => {
    expect(await dropped(model, "x-pass-on: 1\r\nx-wait-until: 1\r\n")).toBeLessThan(ALLOWED);
  });
});

describe("a relay in workerd", () => {
  it("reports a broken connection of the upstream to its client", async () => {
    const upstream = await startUpstream((seen) => answers["breaks"]?.(seen));
    const worker = await startWorker(WORKER, { bindings: { UPSTREAM: upstream.url } });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"stream":true}' };
    const text = await (await fetch(`${worker.url}/v1/chat/completions`, init)).text();
    expect(text.startsWith(delta("one"))).toBe(true);
    expect(text.slice(delta("one").length)).toMatch(/^event: error\ndata: .*"ending":"truncated".*\n\n$/);
    await worker.close();
    await upstream.close();
  });
});

/** A client that is a plain socket. `bytes` resolves to the first bytes of the body. */
function post(url: string, body: string, headers: string): { socket: Socket; bytes: Promise<void> } {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${body.length}\r\n${headers}\r\n${body}`,
  );
  const bytes = new Promise<void>((resolve) => {
    let text = "";
    socket.on("data", (data) => {
      text += String(data);
      if ((text.split("\r\n\r\n", 2)[1] ?? "") !== "") resolve();
    });
  });
  return { socket, bytes };
}
