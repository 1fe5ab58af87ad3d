import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { createClient } from "../../src/adapters/browser.ts";
import * as providers from "../../src/providers/index.ts";
import { browsers, type OpenPage } from "../support/pages.ts";
import { CALLS, has, KEY, needed, PROVIDERS, unsafeHeaders } from "./preflight.ts";

const PAIRS = Object.entries(PROVIDERS).flatMap(([name, provider]) =>
  Object.keys(CALLS)
    .filter((call) => has(provider, call))
    .map((call) => [name, call] as const),
);
const ANSWERS: Record<string, string> = {
  json: '{"object":"list","data":[],"id":"file-1","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}]}',
  stream: 'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
};

describe("the headers that need a preflight", () => {
  it("are computed for every provider", () => {
    expect(Object.keys(providers).filter((name) => !Object.keys(PROVIDERS).includes(name))).toEqual([]);
  });

  it.each(PAIRS)("are those that %s needs for %s, and no others", async (name, call) => {
    const provider = PROVIDERS[name]!;
    const requests: Request[] = [];
    const fetch = (url: string, init: RequestInit): Promise<Response> => {
      requests.push(new Request(url, init));
      return Promise.resolve(
        new Response(call === "stream" ? ANSWERS["stream"] : ANSWERS["json"], {
          headers: { "content-type": call === "stream" ? "text/event-stream" : "application/json" },
        }),
      );
    };
    await CALLS[call]!.run(createClient({ provider, apiKey: KEY, fetch, baseURL: "https://api.test/v1" }));
    expect(requests.map(unsafeHeaders)).toEqual([needed(provider, call)]);
    if (Array.isArray(provider.cors))
      expect(provider.cors).toEqual(expect.arrayContaining(unsafeHeaders(requests[0]!)));
  });

  it("are only content-type, or none, without a key", async () => {
    const requests: Request[] = [];
    const client = createClient({
      baseURL: "https://relay.test/v1",
      fetch: (url, init) => {
        requests.push(new Request(url, init));
        return Promise.resolve(new Response(ANSWERS["json"]));
      },
    });
    await client.chat([{ role: "user", content: "Hello" }]);
    await client.models();
    expect(requests.map(unsafeHeaders)).toEqual([["content-type"], []]);
  });
});

describe.each(browsers)("in $name, a server that allows no other header", async (browser) => {
  const skip = (await browser.missing()) !== undefined;
  if (skip && process.env["FETCHAT_REQUIRE_ALL"] === "1") throw new Error(`${browser.name} is missing`);
  let server: Server;
  let page: OpenPage;
  let origin: string;
  /** The headers that the server allows, and those that it was asked for. */
  let allowed: string[] = [];
  let asked: string[][] = [];

  beforeAll(async () => {
    if (skip) return;
    const built = await build({
      entryPoints: [`${ROOT}/test/adapters/preflight.page.ts`],
      bundle: true,
      write: false,
      format: "iife",
      platform: "browser",
      target: "es2022",
      logLevel: "silent",
    });
    const script = built.outputFiles[0]?.text ?? "";
    server = createServer((request, response) => {
      if (request.url === "/")
        return void response
          .writeHead(200, { "content-type": "text/html" })
          .end(`<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>`);
      if (request.url === "/page.js")
        return void response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      const open = { "access-control-allow-origin": request.headers.origin ?? "", "access-control-max-age": "0" };
      if (request.method === "OPTIONS") {
        asked.push(
          (request.headers["access-control-request-headers"] ?? "")
            .split(",")
            .map((name) => name.trim())
            .filter((name) => name !== "")
            .sort(),
        );
        return void response.writeHead(204, { ...open, "access-control-allow-headers": allowed.join(", ") }).end();
      }
      request.resume().on("end", () => {
        const stream = request.headers.accept?.includes("event-stream") === true;
        response
          .writeHead(200, { ...open, "content-type": stream ? "text/event-stream" : "application/json" })
          .end(ANSWERS[stream ? "stream" : "json"]);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    page = await browser.open();
    // Another name of the same machine is another origin.
    await page.goto(`${origin.replace("127.0.0.1", "localhost")}/`);
  });
  afterAll(async () => {
    await page?.close();
    server?.closeAllConnections();
    server?.close();
  });
  beforeEach(() => void (asked = []));

  const call = (name: string, what: string): Promise<unknown> =>
    page.evaluate(`preflight(${JSON.stringify(name)}, ${JSON.stringify(what)}, ${JSON.stringify(`${origin}/v1`)})`);

  it.skipIf(skip).each(PAIRS)("answers %s for %s", async (name, what) => {
    allowed = needed(PROVIDERS[name]!, what);
    expect(await call(name, what)).toBe("ok");
    expect(asked).toEqual([allowed]);
  });

  it.skipIf(skip)("refuses a request with one more header", async () => {
    allowed = ["authorization"];
    expect(await call("openai", "chat")).toMatch(/^ConnectionError/);
    expect(asked).toEqual([["authorization", "content-type"]]);
  });
});
