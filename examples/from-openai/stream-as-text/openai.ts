import OpenAI from "openai";

const client = new OpenAI();

async function* textFor(prompt: string): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const stream = await client.chat.completions.create({
    model: "gpt-5.5",
    messages: [{ role: "user", content: prompt }],
    stream: true,
  });
  for await (const chunk of stream) yield encoder.encode(chunk.choices[0]?.delta.content ?? "");
}

async function handler(request: Request): Promise<Response> {
  return new Response(ReadableStream.from(textFor(await request.text())));
}

const request = new Request("https://example.com/api/chat", { method: "POST", body: "Tell me a short story." });
console.log(await (await handler(request)).text());
