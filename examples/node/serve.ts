/** A server on Node's http that answers a list of messages with a stream, at the speed of its reader. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createClient, isAPIError, isInputError, parseMessages } from "fetchat";

const client = createClient({ env: process.env });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.once("close", () => left.abort());
  const messages = parseMessages(await json(request));
  const stream = await client.streamChat(messages, {}, { signal: left.signal });
  const { status, headers, body } = stream.toResponse();
  response.writeHead(status, Object.fromEntries(headers));
  // Waits for a slow reader, and cancels the body when the reader disconnects.
  await pipeline(body ?? [], response);
}

/** Before the stream begins, a status reports the error; after that the stream itself does. */
function refuse(error: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const say = (status: number, message: string): void =>
    void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error: message }));
  if (isInputError(error) || error instanceof SyntaxError) return say(400, error.message);
  if (isAPIError(error) && error.status === 429) return say(429, error.message);
  console.error(error);
  say(502, "The model cannot be asked now.");
}

const server = createServer((request, response) => {
  if (request.method !== "POST")
    return void response.writeHead(405, { allow: "POST" }).end("POST a list of messages.\n");
  answer(request, response).catch((error: unknown) => refuse(error, response));
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
