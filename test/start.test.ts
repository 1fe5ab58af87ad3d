import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleExample } from "../scripts/lib/example.ts";
import { run } from "../scripts/lib/run.ts";
import { runStart, type Started } from "./support/start.ts";
import { delta, startUpstream, type Upstream } from "./support/upstream.ts";
import { startModule } from "./support/worker.ts";

const JSON_TYPE = { "content-type": "application/json" };
const QUESTION = JSON.stringify({
  model: "gpt-6-luna",
  stream: true,
  messages: [{ role: "user", content: "Name three rivers" }],
});

function post(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body: QUESTION });
}

/** A request under another Host than its address, which `fetch` does not send. */
async function asHost(
  url: string,
  host: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const isPage = path === "/";
  const sent = request(url + path, {
    method: isPage ? "GET" : "POST",
    headers: { host, ...(isPage ? {} : JSON_TYPE), ...headers },
  });
  sent.end(isPage ? undefined : QUESTION);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
}

describe("npm start without a key", () => {
  let started: Started;
  beforeAll(async () => void (started = await runStart()));
  afterAll(async () => void (await started.stop()));

  it("prints its address, and that the mock API answers", () => {
    expect(started.output()).toContain(`${started.url}/`);
    expect(started.output()).toContain("A mock API answers");
  });

  it("serves the page, its style and its script, which may load nothing from elsewhere", async () => {
    const page = await fetch(started.url);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(await page.text()).toContain('data-answers="mock" data-model="gpt-6-luna"');
    expect((await fetch(`${started.url}/chat.js`)).headers.get("content-type")).toContain("text/javascript");
    expect((await fetch(`${started.url}/style.css`)).headers.get("content-type")).toContain("text/css");
    expect((await fetch(`${started.url}/other`)).status).toBe(404);
  });

  it("streams deltas as they arrive", async () => {
    const response = await post(started.url);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const times: number[] = [];
    let text = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      text += new TextDecoder().decode(next.value);
      times.push(Date.now());
    }
    expect(text).toMatch(/^data: \{.*\n\ndata: \[DONE\]\n\n$/s);
    // The mock API lets 20 ms pass between tokens.
    expect(times.length).toBeGreaterThan(5);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(100);
  });

  it("refuses another host and another origin", async () => {
    for (const path of ["/", "/v1/chat/completions"])
      expect((await asHost(started.url, "rebound.example:8787", path)).status).toBe(403);
    expect((await post(started.url, { origin: "https://evil.example" })).status).toBe(403);
    expect((await post(started.url, { origin: started.url })).status).toBe(200);
  });
});

describe("npm start with a key", () => {
  let upstream: Upstream;
  let started: Started;
  beforeAll(async () => {
    upstream = await startUpstream(({ response }) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).end(`${delta("one")}data: [DONE]\n\n`);
    });
    started = await runStart({
      OPENAI_API_KEY: "sk-owner",
      OPENAI_BASE_URL: upstream.url,
      OPENAI_MODEL: 'a"<model>',
      RELAY_TOKEN: "t0ken",
    });
  });
  afterAll(async () => {
    await started.stop();
    await upstream.close();
  });

  it("relays to the API with the key for clients with the token", async () => {
    expect(started.output()).toContain(`The API at ${upstream.url} answers`);
    expect((await post(started.url)).status).toBe(401);
    const response = await post(started.url, { authorization: "Bearer t0ken" });
    expect(await response.text()).toBe(`${delta("one")}data: [DONE]\n\n`);
    expect(upstream.seen).toHaveLength(1);
    expect(upstream.seen[0]?.url).toBe("/v1/chat/completions");
    expect(upstream.seen[0]?.headers["authorization"]).toBe("Bearer sk-owner");
    expect(String(upstream.seen[0]?.body)).toBe(QUESTION);
  });

  it("refuses another host, even with the token", async () => {
    const answer = await asHost(started.url, "rebound.example", "/v1/chat/completions", {
      authorization: "Bearer t0ken",
    });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining("relay_host")]);
  });

  it("gives the page the model, and never the key or the token", async () => {
    const page = await (await fetch(started.url)).text();
    expect(page).toContain('data-answers="api" data-model="a&#34;&#60;model&#62;"');
    expect(page).not.toMatch(/sk-owner|t0ken/);
  });
});

describe("npm start", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("stops everything that it started at %s", async (signal) => {
    const started = await runStart();
    const open = await post(started.url);
    expect(await started.stop(signal)).toBe(0);
    await open.text().catch(() => undefined);
    await expect(fetch(started.url)).rejects.toThrow();
  });

  it("reports a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const started = await runStart({ PORT: String(port) });
    expect(started.output()).toMatch(
      new RegExp(`Port ${port} of 127.0.0.1 cannot be used: something else uses it. Try another: PORT=`),
    );
    expect(await started.stop()).toBe(1);
    other.close();
  });

  it("reports an invalid port", async () => {
    const started = await runStart({ PORT: "http" });
    expect(started.output()).toContain('PORT must be a number from 0 to 65535; it is "http".');
    expect(await started.stop()).toBe(1);
  });
});

describe("wrangler", () => {
  it("bundles the example for a deployment", async () => {
    const out = await mkdtemp(`${tmpdir()}/fetchat-`);
    const ran = await run(process.execPath, [
      "node_modules/wrangler/bin/wrangler.js",
      "deploy",
      "--dry-run",
      "--outdir",
      out,
    ]);
    expect(ran.stdout + ran.stderr).toContain("--dry-run: exiting now.");
    expect(ran.code).toBe(0);
    await rm(out, { recursive: true });
  });
});

describe("the deployed example", () => {
  it("refuses every request until it has a token, and says how to set one", async () => {
    const worker = await startModule(await bundleExample(), { bindings: { OPENAI_API_KEY: "sk-owner" } });
    const answers = [
      await asHost(worker.url, "chat.example", "/"),
      await asHost(worker.url, "chat.example", "/v1/chat/completions"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    for (const { text } of answers) expect(text).toContain("npx wrangler secret put RELAY_TOKEN");
    await worker.close();
  });

  it("keeps the connection of a refused client open", async () => {
    const worker = await startModule(await bundleExample());
    for (let i = 0; i < 10; i++)
      expect((await asHost(worker.url, "chat.example", "/v1/chat/completions")).status).toBe(403);
    await worker.close();
  });

  it("answers clients with its token", async () => {
    const worker = await startModule(await bundleExample(), { bindings: { RELAY_TOKEN: "t0ken" } });
    expect((await asHost(worker.url, "chat.example", "/")).status).toBe(200);
    expect((await asHost(worker.url, "chat.example", "/v1/chat/completions")).status).toBe(401);
    expect(
      (await asHost(worker.url, "chat.example", "/v1/chat/completions", { authorization: "Bearer t0ken" })).text,
    ).toContain("Rhine");
    await worker.close();
  });
});
