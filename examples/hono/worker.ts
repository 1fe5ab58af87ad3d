/** A Worker with Hono: one route that streams, one that returns a text, and one error handler. */
import { Hono } from "hono";
import { createClient, errorResponse, readMessages, textOf } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
}

const app = new Hono<{ Bindings: Env }>();

app.all("/chat", async (c) => {
  const client = createClient({ env: c.env });
  const stream = await client.streamChat(await readMessages(c.req.raw), {}, { signal: c.req.raw.signal });
  return stream.toResponse();
});

app.post("/title", async (c) => {
  const client = createClient({ env: c.env });
  const instructions = { role: "system" as const, content: "Answer with a title of at most five words for the text." };
  const completion = await client.chat([instructions, { role: "user", content: await c.req.text() }]);
  return c.json({ title: textOf(completion) });
});

app.onError((error) => {
  console.error(error);
  return errorResponse(error);
});

export default app;
