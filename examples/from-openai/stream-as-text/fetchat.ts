import { createClient } from "fetchat";

const client = createClient({ env: process.env });

async function* textFor(prompt: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const stream = await client.streamChat([{ role: "user", content: prompt }], { model: "gpt-5.5" });
  for await (const chunk of stream) yield encoder.encode(chunk.content);
}

async function handler(request: Request): Promise<Response> {
  return new Response(ReadableStream.from(textFor(await request.text())));
}

const request = new Request("https://example.com/api/chat", { method: "POST", body: "Tell me a short story." });
console.log(await (await handler(request)).text());
