import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { bundleSuite } from "./bundle.ts";
import { fromEntry } from "./entry.ts";

const PAGE = '<!doctype html><title>suite</title><script src="/suite.js"></script>';

/**
 * Starts the page's own server, on another origin than the API's. It serves the suite for a page, a module worker and a
 * service worker.
 */
export async function servePage(folder: string): Promise<{ url: string; close(): Promise<void> }> {
  const files: Record<string, readonly [type: string, text: string]> = {
    "/": ["text/html", PAGE],
    "/suite.js": [
      "text/javascript",
      await bundle(folder, "page", "iife", "driven", "globalThis.driven = driven(suite);"),
    ],
    "/worker.js": ["text/javascript", await bundle(folder, "worker", "esm", "obey", "obey(suite);")],
    "/service.js": ["text/javascript", await bundle(folder, "service", "iife", "obey", "obey(suite);")],
  };
  const server = createServer((request, response) => {
    const [type, text] = files[request.url ?? ""] ?? [];
    if (type === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

function bundle(folder: string, name: string, format: "esm" | "iife", part: string, body: string): Promise<string> {
  return bundleSuite(
    folder,
    name,
    format,
    `import { ${part} } from ${JSON.stringify(fromEntry("test/runners/scopes.ts", folder))};\n${body}`,
  );
}
