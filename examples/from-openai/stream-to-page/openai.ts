import OpenAI from "openai";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";

const client = new OpenAI();

// On the server
async function handler(request: Request): Promise<Response> {
  const { messages } = (await request.json()) as { messages: OpenAI.Chat.ChatCompletionMessageParam[] };
  const stream = client.chat.completions.stream({ model: "gpt-5.5", messages }, { signal: request.signal });
  return new Response(stream.toReadableStream());
}

// In the page; calling the handler stands for the network
const messages = [{ role: "user", content: "Tell me a short story." }];
const request = new Request("https://example.com/api/chat", { method: "POST", body: JSON.stringify({ messages }) });
const { body } = await handler(request);
if (body === null) throw new Error("no body");
const runner = ChatCompletionStream.fromReadableStream(body).on("content", (delta) => process.stdout.write(delta));
await runner.done();
