/**
 * A Worker that answers a list of messages with a stream. Every request costs you money, so authenticate your users.
 */
import { createClient, errorResponse, readMessages } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
}

export default {
  async fetch(request, env): Promise<Response> {
    try {
      const client = createClient({ env });
      const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
      return stream.toResponse();
    } catch (error) {
      console.error(error);
      return errorResponse(error);
    }
  },
} satisfies ExportedHandler<Env>;
