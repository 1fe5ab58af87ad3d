import { createClient, httpInfo } from "../../src/index.ts";

/** The result of a conversation with a server. */
export interface Report {
  whole: string | null | undefined;
  streamed: string;
  chunks: number;
  ending: string | undefined;
  usage: boolean;
  turns: string[];
  roles: string[];
  call: { name: string; city: string } | undefined;
  status: number | undefined;
  error: { status: number | undefined; message: boolean };
}

/** Has a conversation with a server: whole, streamed, in a session, with a tool, and with an error. */
export async function converse(baseURL: string): Promise<Report> {
  const client = createClient({ apiKey: "sk-test", baseURL, model: "gpt-6-luna", maxRetries: 0, timeout: 10_000 });
  const hello = [{ role: "user" as const, content: "hello" }];

  const whole = await client.chat(hello);
  const stream = await client.streamChat(hello);
  let streamed = "";
  let chunks = 0;
  for await (const chunk of stream) {
    streamed += chunk.content;
    chunks++;
  }
  const completion = await stream.final();

  const chat = client.newChatSession();
  const turns = [await chat.send("hello"), await chat.send("goodbye", {}, { onChunk: () => undefined })];

  const tools = [{ type: "function" as const, function: { name: "get_weather", parameters: { type: "object" } } }];
  const called = await (await client.streamChat([{ role: "user", content: "weather" }], { tools })).final();
  const call = called.choices[0]?.message.tool_calls?.[0];

  const error: unknown = await client
    .chat([{ role: "user", content: "nobody knows this" }])
    .catch((caught: unknown) => caught);
  return {
    whole: whole.choices[0]?.message.content,
    streamed,
    chunks,
    ending: stream.ending,
    usage: (completion.usage?.total_tokens ?? 0) > 0,
    turns,
    roles: chat.messages.map(({ role }) => role),
    call:
      call?.type === "function"
        ? { name: call.function.name, city: (JSON.parse(call.function.arguments) as { city: string }).city }
        : undefined,
    status: httpInfo(completion)?.status,
    error: { status: httpInfo(error)?.status, message: (error as Error).message.length > 0 },
  };
}
