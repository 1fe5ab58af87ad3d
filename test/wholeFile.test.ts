import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import {
  type ClientRequest,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bin, INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import { browsers, type OpenPage } from "./support/pages.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { snippetsOf } from "./support/snippets.ts";

const FILE = `${INSTALLED}/node_modules/fetchat/dist/fetchat.js`;
const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { version: string };
const PATH = `/npm/fetchat@${version}/dist/fetchat.js`;

/** The README's page. */
const readme = snippetsOf(readFileSync(`${ROOT}/README.md`, "utf8")).find((one) => one.language === "html")?.code ?? "";

let server: FaultServer;
/** Stands for the network that delivers packages' files. */
let delivery: Site;
beforeAll(async () => {
  server = await startFaultServer();
  delivery = await serve((request, response) => {
    if (request.url !== PATH) return void response.writeHead(404).end();
    response
      .writeHead(200, { "content-type": "text/javascript; charset=utf-8", "access-control-allow-origin": "*" })
      .end(readFileSync(FILE));
  });
});
afterAll(async () => {
  await delivery.close();
  await server.close();
});

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

const FOUND = {
  pieces: true,
  ending: "complete",
  text: true,
  version,
  refused: ["InputError", true, "messages[0].role"],
};

it("chats in Deno from the single file", async () => {
  const path = `${INSTALLED}/wholeFile.mjs`;
  await writeFile(path, program(`file://${FILE}`, `${server.url}/v1`, "console.log"));
  const { code, stdout, stderr } = await run(bin("deno"), [
    "run",
    "--no-prompt",
    "--no-config",
    "--no-npm",
    "--cached-only",
    `--allow-net=127.0.0.1:${server.port}`,
    path,
  ]);
  expect(stderr).toBe("");
  expect([code, JSON.parse(stdout)]).toEqual([0, FOUND]);
});

describe.each(browsers)("in a page of $name, without a bundler", async (browser) => {
  const skip = (await browser.missing()) !== undefined;
  if (skip && process.env["FETCHAT_REQUIRE_ALL"] === "1") throw new Error(`${browser.name} is missing`);
  let page: OpenPage;
  beforeAll(async () => {
    if (!skip) page = await browser.open();
  });
  afterAll(() => page?.close());

  it.skipIf(skip)("chats with the API across origins", async () => {
    const found = await show(
      page,
      `<script type="module">${program(`${delivery.url}${PATH}`, `${server.url}/v1`, "globalThis.done = ")}</script>`,
    );
    expect(JSON.parse(found.done)).toEqual(FOUND);
  });

  it.skipIf(skip)("shows the answer of the README's page through a relay", async () => {
    const found = await show(
      page,
      readme
        .replace("./fetchat.js", `${delivery.url}${PATH}`)
        .replace("</script>", 'globalThis.done = document.querySelector("output").textContent;</script>'),
    );
    expect(found.done).toMatch(/\w+ \w+/);
    expect(found.asked).toEqual(["/", "/v1/chat/completions"]);
  });
});

/** Shows a page with this text, on an origin that has a relay at `/v1`. Resolves to what it set `done` to, and what it asked its origin for. */
async function show(page: OpenPage, html: string): Promise<{ done: string; asked: string[] }> {
  const asked: string[] = [];
  const errors = `<script>for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, (event) => (globalThis.done ??= String(event.message ?? event.reason)));</script>`;
  const site = await serve((request, response) => {
    asked.push(request.url ?? "");
    if (request.url?.startsWith("/v1/") === true) request.pipe(passOn(server.url, request, response));
    else
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(`<!doctype html><link rel="icon" href="data:,">${errors}${html}`);
  });
  await page.goto(`${site.url}/`);
  const done = await page.evaluate(
    "new Promise((resolve) => { const look = setInterval(() => { if (globalThis.done === undefined) return; clearInterval(look); resolve(globalThis.done); }, 20); })",
  );
  await site.close();
  return { done: String(done), asked };
}

interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** A server on loopback. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Site> {
  const site = createServer(answer);
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      site.close(() => resolve());
      site.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(site.address() as AddressInfo).port}`, close };
}

/** As a relay does: the key is the server's. */
function passOn(to: string, request: IncomingMessage, response: ServerResponse): ClientRequest {
  const { method, headers, url } = request;
  return sendRequest(
    `${to}${url ?? ""}`,
    { method, headers: { ...headers, authorization: "Bearer sk-owner" } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
}
