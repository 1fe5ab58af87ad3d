import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { delta, END, type Seen, startUpstream, type Upstream } from "../support/upstream.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

/** A Worker that streams to its client and then sends the whole answer to another server. */
const WORKER = `
import { createClient } from "fetchat/cloudflare";
export default {
  async fetch(request, env, ctx) {
    const client = createClient({ env });
    if (request.method === "GET") return Response.json(typeof process + " " + typeof Buffer);
    const stream = await client.streamChat([{ role: "user", content: await request.text() }], {}, { signal: request.signal });
    const response = stream.toResponse();
    const tell = (how, text) => fetch(env.NOTES, { method: "POST", body: how + ": " + text });
    ctx.waitUntil(stream.final().then((whole) => tell(stream.ending, whole.choices[0].message.content), (error) => tell(error.ending, error.partial.text)));
    return response;
  },
};`;

const text = async (stream: AsyncIterable<unknown>): Promise<string> => {
  let all = "";
  for await (const piece of stream) all += String(piece);
  return all;
};

describe.each([
  ["without a flag", [], "undefined undefined"],
  ["with nodejs_compat", ["nodejs_compat"], "object function"],
])("fetchat/cloudflare in workerd %s", (_, flags, globals) => {
  let api: Upstream;
  let worker: RunningWorker;
  let notes: Server;
  let reply = (_seen: Seen): void => undefined;
  let told: string[] = [];

  beforeAll(async () => {
    api = await startUpstream((seen) => reply(seen));
    notes = createServer(
      (request, response) =>
        void text(request).then((note) => {
          told.push(note);
          response.end();
        }),
    );
    await new Promise<void>((resolve) => notes.listen(0, "127.0.0.1", resolve));
    const NOTES = `http://127.0.0.1:${(notes.address() as AddressInfo).port}/`;
    worker = await startWorker(WORKER, {
      flags,
      bindings: { OPENAI_API_KEY: "sk-bound", OPENAI_BASE_URL: api.url, OPENAI_MODEL: "gpt-bound", NOTES },
    });
  });
  afterAll(async () => {
    await worker?.close();
    await api.close();
    notes.close();
  });

  const begin =
    (...pieces: string[]) =>
    ({ response }: Seen): void =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).write(pieces.map(delta).join(""));
  async function ask(): Promise<Response> {
    told = [];
    return fetch(worker.url, { method: "POST", body: "Hello" });
  }

  it("has only the Node globals of its flags", async () => {
    expect(await (await fetch(worker.url)).json()).toBe(globals);
  });

  it("reads key, base URL and model from the bindings, and gets the whole answer under waitUntil", async () => {
    reply = ({ response }) =>
      void response.writeHead(200, { "content-type": "text/event-stream" }).end(delta("The ") + delta("Rhine") + END);
    expect(await (await ask()).text()).toContain("[DONE]");
    await expect.poll(() => told).toEqual(["complete: The Rhine"]);
    const { headers, body } = api.seen.at(-1)!;
    expect(headers["authorization"]).toBe("Bearer sk-bound");
    expect(JSON.parse(String(body))).toMatchObject({ model: "gpt-bound" });
  });

  it("stops the API when its client disconnects, even under waitUntil, and has the part that arrived", async () => {
    reply = begin("Half ", "a");
    const reader = (await ask()).body!.getReader();
    await reader.read();
    const { closed } = api.seen.at(-1)!;
    await reader.cancel();
    await closed;
    await expect.poll(() => told).toEqual(["aborted: Half a"]);
  });

  it("reports a truncated answer to its client and under waitUntil", async () => {
    reply = ({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(delta("Half a"), () => setTimeout(() => response.destroy(), 50));
    };
    expect(await (await ask()).text()).toContain('"ending":"truncated"');
    await expect.poll(() => told).toEqual(["truncated: Half a"]);
  });
});
