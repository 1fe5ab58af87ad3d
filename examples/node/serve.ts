/** A server on Node's http that answers a list of messages with a stream, at the speed of its reader. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createClient, errorResponse, readMessages } from "fetchat";

const client = createClient({ env: process.env });

async function answer(request: Request): Promise<Response> {
  try {
    const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
    return stream.toResponse();
  } catch (error) {
    console.error(error);
    return errorResponse(error);
  }
}

/** Returns the web's Request for one of Node. Its signal aborts when the reader disconnects. */
function toRequest(incoming: IncomingMessage, outgoing: ServerResponse): Request {
  const left = new AbortController();
  outgoing.once("close", () => left.abort());
  const { method = "GET", url = "/" } = incoming;
  const init = { method, headers: incoming.headers as Record<string, string>, signal: left.signal };
  const body = { body: Readable.toWeb(incoming) as ReadableStream, duplex: "half" };
  return new Request(new URL(url, "http://localhost"), /^(GET|HEAD)$/.test(method) ? init : { ...init, ...body });
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body } = await answer(toRequest(incoming, outgoing));
  outgoing.writeHead(status, Object.fromEntries(headers));
  // Waits for a slow reader, and cancels the body when the reader disconnects.
  await pipeline(body ?? [], outgoing);
}

const server = createServer((incoming, outgoing) => {
  serve(incoming, outgoing).catch(() => outgoing.destroy());
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
