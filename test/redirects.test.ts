import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RunningWorker, startWorker } from "./support/worker.ts";

const WORKER = `
import { createClient } from "fetchat/cloudflare";
export default {
  async fetch(request) {
    const { baseURL, status } = await request.json();
    const client = createClient({ apiKey: "sk-test", baseURL, maxRetries: 0, headers: { "api-key": "sk-other", "x-own": "private" } });
    const error = await client.chat([{ role: "user", content: String(status) }]).catch((caught) => caught);
    return Response.json({ kind: error.kind, status: error.status, code: error.code, location: error.location });
  },
};`;

// Two origins: where the key belongs, and where it must not go.
const stolen: unknown[] = [];
const thief = createServer((request, response) => {
  stolen.push(request.headers);
  response.end("{}");
});
const api = createServer((request, response) => {
  let body = "";
  request.on("data", (piece) => (body += String(piece)));
  request.on("end", () => {
    const { messages } = JSON.parse(body) as { messages: { content: string }[] };
    response.writeHead(Number(messages[0]?.content), { location: `${origin(thief)}/v1/chat/completions` }).end();
  });
});
const origin = (server: typeof api): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

let worker: RunningWorker;
beforeAll(async () => {
  for (const server of [thief, api]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  worker = await startWorker(WORKER, { compatibilityDate: "2024-01-01" });
});
afterAll(async () => {
  await worker.close();
  thief.close();
  api.close();
});

it.each([301, 302, 303, 307, 308])(
  "a Worker of 2024 sends no header of any kind to the target of a %i",
  async (status) => {
    const answer = await fetch(worker.url, {
      method: "POST",
      body: JSON.stringify({ baseURL: `${origin(api)}/v1`, status }),
    });
    expect(await answer.json()).toEqual({
      kind: "APIError",
      status,
      code: "redirect",
      location: `${origin(thief)}/v1/chat/completions`,
    });
    expect(stolen).toEqual([]);
  },
);
