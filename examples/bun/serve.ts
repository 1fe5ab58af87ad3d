/** A server for Bun that answers a list of messages with a stream. */
import { createClient, errorResponse, readMessages } from "fetchat";

const client = createClient({ env: process.env });

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: process.env.PORT ?? 3000,
  // Bun closes a connection after 10 silent seconds; a model may take longer to its first word.
  idleTimeout: 255,
  async fetch(request) {
    try {
      const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
      return stream.toResponse();
    } catch (error) {
      console.error(error);
      return errorResponse(error);
    }
  },
});
console.log(`Listening on ${server.url.href}`);
