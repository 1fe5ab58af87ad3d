/** A server for Deno that answers a list of messages with a stream. */
import { createClient, errorResponse, readMessages } from "fetchat/deno";

const client = createClient();

Deno.serve({ hostname: "127.0.0.1" }, async (request) => {
  try {
    const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
    return stream.toResponse();
  } catch (error) {
    console.error(error);
    return errorResponse(error);
  }
});
