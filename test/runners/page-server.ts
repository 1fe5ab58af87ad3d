import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bundleSuite } from "./bundle.ts";

/** What a page under test offers to the program that drives the browser. */
export const SUITE_IN_PAGE = "globalThis.suite = suite;";

/** The page's own server: another origin than the API's, as in life. */
export async function servePage(): Promise<{ url: string; close(): Promise<void> }> {
  const script = await bundleSuite("page", "iife", SUITE_IN_PAGE);
  const server = createServer((request, response) => {
    if (request.url === "/suite.js") return void response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(script);
    if (request.url !== "/") return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end('<!doctype html><title>suite</title><script src="/suite.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}
