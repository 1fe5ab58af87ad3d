/**
 * A Worker that answers a list of messages with a stream. Every request costs you money, so authenticate your users.
 */
import { createClient, isAPIError, isInputError, parseMessages } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
}

export default {
  async fetch(request, env): Promise<Response> {
    if (request.method !== "POST")
      return new Response("POST a list of messages.\n", { status: 405, headers: { allow: "POST" } });
    const client = createClient({ env });
    try {
      const messages = parseMessages(await request.json());
      const stream = await client.streamChat(messages, {}, { signal: request.signal });
      return stream.toResponse();
    } catch (error) {
      return refusal(error);
    }
  },
} satisfies ExportedHandler<Env>;

/** Nothing has been streamed yet, so a status can still report the error. */
function refusal(error: unknown): Response {
  if (isInputError(error) || error instanceof SyntaxError)
    return Response.json({ error: error.message }, { status: 400 });
  if (isAPIError(error) && error.status === 429) return Response.json({ error: error.message }, { status: 429 });
  console.error(error);
  return Response.json({ error: "The model cannot be asked now." }, { status: 502 });
}
