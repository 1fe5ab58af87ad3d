/** A Worker with Hono: one route that streams, and one error handler. */
import { Hono } from "hono";
import { createClient, isAPIError, isInputError, parseMessages } from "fetchat/cloudflare";

interface Env {
  OPENAI_API_KEY: string;
  OPENAI_BASE_URL?: string;
}

const app = new Hono<{ Bindings: Env }>();

app.post("/chat", async (c) => {
  const client = createClient({ env: c.env });
  const messages = parseMessages(await c.req.json());
  const stream = await client.streamChat(messages, {}, { signal: c.req.raw.signal });
  return stream.toResponse();
});

app.post("/title", async (c) => {
  const client = createClient({ env: c.env });
  const instructions = { role: "system" as const, content: "Answer with a title of at most five words for the text." };
  const completion = await client.chat([instructions, { role: "user", content: await c.req.text() }]);
  return c.json({ title: completion.choices[0]?.message.content });
});

app.onError((error, c) => {
  if (isInputError(error) || error instanceof SyntaxError) return c.json({ error: error.message }, 400);
  if (isAPIError(error) && error.status === 429) return c.json({ error: error.message }, 429);
  console.error(error);
  return c.json({ error: "The model cannot be asked now." }, 502);
});

export default app;
