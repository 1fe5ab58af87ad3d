import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type ClientRequest, createServer, type IncomingMessage, request as sendRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import { hasChromium, launchChromium } from "./support/browsers.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { snippetsOf } from "./support/snippets.ts";

const FILE = `${INSTALLED}/node_modules/fetchat/dist/fetchat.js`;
const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { version: string };
const CDN = `https://cdn.jsdelivr.net/npm/fetchat@${version}/dist/fetchat.js`;

/** The README's page. */
const page = snippetsOf(readFileSync(`${ROOT}/README.md`, "utf8")).find((one) => one.language === "html")?.code ?? "";

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

/** A program that has the whole file as `fetchat` and ends by giving what it found to `done`. */
function program(from: string, baseURL: string, done: string): string {
  return `
    import * as fetchat from ${JSON.stringify(from)};
    const client = fetchat.createClient({ apiKey: "sk-test", baseURL: ${JSON.stringify(baseURL)} });
    const stream = await client.streamChat([{ role: "user", content: "Hello" }]);
    const pieces = [];
    for await (const chunk of stream) if (chunk.content) pieces.push(chunk.content);
    const refused = await client.chat([{ role: "nobody" }]).catch((error) => error);
    ${done}(JSON.stringify({ pieces: pieces.length > 1, ending: stream.ending, text: stream.partial.text === pieces.join(""), version: fetchat.VERSION, refused: [refused.name, refused instanceof fetchat.OpenAIError, refused.path] }));`;
}

const FOUND = { pieces: true, ending: "complete", text: true, version, refused: ["InputError", true, "messages[0].role"] };

it("talks in Deno, from a file of its own and nothing else", async () => {
  const path = `${INSTALLED}/wholeFile.mjs`;
  await writeFile(path, program(`file://${FILE}`, `${server.url}/v1`, "console.log"));
  const { code, stdout, stderr } = await run(bin("deno"), ["run", "--no-prompt", "--no-config", "--no-npm", "--cached-only", `--allow-net=127.0.0.1:${server.port}`, path]);
  expect(stderr).toBe("");
  expect([code, JSON.parse(stdout)]).toEqual([0, FOUND]);
});

it("is asked for at this version in the README", () => {
  expect(page).toContain(CDN);
});

describe.skipIf(!(await hasChromium()))("in a page of Chromium, without a bundler", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** A page with this text, on an origin with a relay at `/v1`; the delivery network has the built file. */
  async function open(html: string): Promise<{ page: Page; errors: string[]; asked: string[]; close: () => Promise<void> }> {
    const page = await browser.newPage();
    const [errors, asked]: [string[], string[]] = [[], []];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("request", (request) => asked.push(request.url()));
    await page.route(CDN, (route) => route.fulfill({ path: FILE, contentType: "text/javascript", headers: { "access-control-allow-origin": "*" } }));
    const site = createServer((request, response) => {
      if (request.url?.startsWith("/v1/") === true) request.pipe(passOn(server.url, request, response));
      else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(`<!doctype html><link rel="icon" href="data:,">${html}`);
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const close = async (): Promise<void> => {
      await page.close();
      site.closeAllConnections();
      site.close();
    };
    return { page, errors, asked, close };
  }

  it("talks to the API across origins", async () => {
    const { page, errors, close } = await open(`<body><script type="module">${program(CDN, `${server.url}/v1`, "globalThis.done = ")}</script>`);
    const done = await page.waitForFunction("globalThis.done", undefined, { timeout: 20_000 });
    expect(JSON.parse(String(await done.jsonValue()))).toEqual(FOUND);
    expect(errors).toEqual([]);
    await close();
  });

  it("shows the README's answer", async () => {
    const { page: shown, errors, asked, close } = await open(page);
    await expect.poll(() => shown.locator("output").innerText(), { timeout: 20_000 }).toMatch(/\w+ \w+/);
    expect(errors).toEqual([]);
    expect(asked).toEqual([shown.url(), CDN, `${shown.url()}v1/chat/completions`]);
    await close();
  });
});

/** As a relay does: the key is the server's. */
function passOn(to: string, request: IncomingMessage, response: ServerResponse): ClientRequest {
  const { method, headers, url } = request;
  return sendRequest(`${to}${url ?? ""}`, { method, headers: { ...headers, authorization: "Bearer sk-owner" } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
}
