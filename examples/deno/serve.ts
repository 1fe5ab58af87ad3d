/** A server for Deno that answers a list of messages with a stream. */
import { createClient, isAPIError, isInputError, parseMessages } from "jsr:@fetchat/fetchat/deno";

const client = createClient();

Deno.serve({ hostname: "127.0.0.1" }, async (request) => {
  if (request.method !== "POST")
    return new Response("POST a list of messages.\n", { status: 405, headers: { allow: "POST" } });
  try {
    const messages = parseMessages(await request.json());
    const stream = await client.streamChat(messages, {}, { signal: request.signal });
    return stream.toResponse();
  } catch (error) {
    return refusal(error);
  }
});

/** Nothing has been streamed yet, so a status can still report the error. */
function refusal(error: unknown): Response {
  if (isInputError(error) || error instanceof SyntaxError)
    return Response.json({ error: error.message }, { status: 400 });
  if (isAPIError(error) && error.status === 429) return Response.json({ error: error.message }, { status: 429 });
  console.error(error);
  return Response.json({ error: "The model cannot be asked now." }, { status: 502 });
}
