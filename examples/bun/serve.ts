/** A server for Bun that answers a list of messages with a stream. */
import { createClient, isAPIError, isInputError, parseMessages } from "fetchat";

const client = createClient({ env: process.env });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: process.env.PORT ?? 3000,
  // Bun closes a connection after 10 silent seconds; a model may take longer to its first word.
  idleTimeout: 255,
  async fetch(request) {
    if (request.method !== "POST")
      return new Response("POST a list of messages.\n", { status: 405, headers: { allow: "POST" } });
    try {
      const messages = parseMessages(await request.json());
      const stream = await client.streamChat(messages, {}, { signal: request.signal });
      return stream.toResponse();
    } catch (error) {
      return refusal(error);
    }
  },
});
console.log(`Listening on ${server.url.href}`);

/** Nothing has been streamed yet, so a status can still report the error. */
function refusal(error: unknown): Response {
  if (isInputError(error) || error instanceof SyntaxError)
    return Response.json({ error: error.message }, { status: 400 });
  if (isAPIError(error) && error.status === 429) return Response.json({ error: error.message }, { status: 429 });
  console.error(error);
  return Response.json({ error: "The model cannot be asked now." }, { status: 502 });
}
