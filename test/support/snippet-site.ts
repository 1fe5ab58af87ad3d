import { createReadStream } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FaultServer } from "./server.ts";

/** The site of the blocks that run in a page. */
export interface PageSite {
  /** Adds a page and returns its address. */
  add(script: string, html: string): string;
  close(): Promise<void>;
}

/**
 * Starts the site on loopback. Besides its pages it has `fetchat.js`, a relay at `/v1/`, and, for a POST to any other
 * path, a server that streams the reply to the messages as the Worker of the README does.
 */
export async function startPageSite(server: FaultServer, wholeFile: string): Promise<PageSite> {
  const files = new Map<string, { type: string; text: string }>();
  const site = createServer((request, response) => {
    const path = request.url ?? "/";
    const file = files.get(path);
    const answered =
      file !== undefined
        ? Promise.resolve(
            void response.writeHead(200, { "content-type": `${file.type}; charset=utf-8` }).end(file.text),
          )
        : path.endsWith("/fetchat.js")
          ? pipeline(createReadStream(wholeFile), response.writeHead(200, { "content-type": "text/javascript" }))
          : forward(request, response, server);
    answered.catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  return {
    add(script, html) {
      const path = `/page-${files.size}`;
      files.set(`${path}.js`, { type: "text/javascript", text: script });
      const start = /^\s*<!doctype/i.test(html) ? "" : "<!doctype html>";
      files.set(`${path}/`, {
        type: "text/html",
        text: `${start}<link rel="icon" href="data:,"><script type="module" src="${path}.js"></script>${html}`,
      });
      return `${origin}${path}/`;
    },
    close: () =>
      new Promise((resolve) => {
        site.close(() => resolve());
        site.closeAllConnections();
      }),
  };
}

async function forward(request: IncomingMessage, response: ServerResponse, server: FaultServer): Promise<void> {
  const path = request.url ?? "/";
  if (request.method === "GET" && !path.startsWith("/v1/")) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const answer = path.startsWith("/v1/")
    ? await fetch(`${server.url}${path}`, {
        method: request.method ?? "GET",
        headers: { authorization: "Bearer sk-test", "content-type": request.headers["content-type"] ?? "" },
        ...(body.length === 0 ? {} : { body }),
      })
    : await chatOf(JSON.parse(body.toString()) as { messages?: unknown }, server);
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  if (answer.body === null) return void response.end();
  await pipeline(Readable.fromWeb(answer.body as never), response);
}

function chatOf(body: { messages?: unknown }, server: FaultServer): Promise<Response> {
  return fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-test", "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-6-luna", messages: body.messages ?? body, stream: true }),
  });
}
