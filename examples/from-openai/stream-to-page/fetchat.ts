import { createClient, readMessages } from "fetchat";

const client = createClient({ env: process.env });

// On the server
async function handler(request: Request): Promise<Response> {
  const messages = await readMessages(request);
  const stream = await client.streamChat(messages, { model: "gpt-5.5" }, { signal: request.signal });
  return stream.toResponse();
}

// In the page; calling the handler stands for the network
const page = createClient({
  baseURL: "https://example.com/api",
  fetch: (url, init) => handler(new Request(url, init)),
});
for await (const { content } of await page.streamChat([{ role: "user", content: "Tell me a short story." }])) {
  process.stdout.write(content);
}
