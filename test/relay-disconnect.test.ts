import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HEARTBEAT } from "../src/relay/index.ts";
import { delta, type Seen, startUpstream, type Upstream } from "./support/upstream.ts";
import { type RunningWorker, startWorker } from "./support/worker.ts";

const ALLOWED = HEARTBEAT + 1000;

const WORKER = `
  import { createRelay } from "fetchat/relay";
  export default {
    async fetch(request, env, ctx) {
      const relay = createRelay({ apiKey: "sk-test", baseURL: env.UPSTREAM, open: true });
      const asked = relay(request);
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
  "has sent no headers": () => undefined,
  "has sent no headers, and the relay none either": () => undefined,
};

const flagged = [["with enable_request_signal", ["enable_request_signal"]], ["without a flag", []]] as const;

describe.each(flagged)("a relay in workerd %s stops the upstream when its client drops the connection", (_, flags) => {
  let upstream: Upstream;
  let worker: RunningWorker;
  let count = 0;

  beforeAll(async () => {
    upstream = await startUpstream((seen) => answers[(JSON.parse(String(seen.body)) as { model: string }).model]?.(seen));
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

  it.concurrent.each(Object.keys(answers))("while the upstream %s", async (model) => {
    expect(await dropped(model, "")).toBeLessThan(ALLOWED);
  });

  it.concurrent.each(Object.keys(answers))("under waitUntil, while the upstream %s", async (model) => {
    expect(await dropped(model, "x-wait-until: 1\r\n")).toBeLessThan(ALLOWED);
  });
});

/** A client that is no more than a socket. `bytes` resolves with the first of the body. */
function post(url: string, body: string, headers: string): { socket: Socket; bytes: Promise<void> } {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n`
    + `content-length: ${body.length}\r\n${headers}\r\n${body}`);
  const bytes = new Promise<void>((resolve) => {
    let text = "";
    socket.on("data", (data) => {
      text += String(data);
      if ((text.split("\r\n\r\n", 2)[1] ?? "") !== "") resolve();
    });
  });
  return { socket, bytes };
}
