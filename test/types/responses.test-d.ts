import { createResponse, responses, streamResponse } from "../../src/responses/index.ts";
import { type AnswerMessage, extra, createClient, tool } from "../../src/index.ts";
import type { ResponseObject } from "../../src/responses/index.ts";

const client = createClient({ apiKey: "k" });
const weather = tool({ name: "get_weather", execute: () => "Sunny" });
const byHand = { type: "function" as const, function: { name: "ask" } };

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(_seen?: unknown): T | undefined => undefined;

/** What a session resolves to follows from its tools, whichever API it asks. */
export async function answers(): Promise<void> {
  const api = responses({ tools: [{ type: "web_search" }] });
  const none = await client.newChatSession({ api }).send("Hi");
  const run = await client.newChatSession({ api, tools: [weather] }).send("Hi");
  const hand = await client.newChatSession({ api, tools: [byHand, weather] }).send("Hi");
  is<Same<typeof none, string>>(none);
  is<Same<typeof run, string>>(run);
  is<Same<typeof hand, string | AnswerMessage>>(hand);
}

/** Known events are told apart by their type. */
export async function events(): Promise<void> {
  for await (const { raw, content, calls } of await streamResponse(client, "Hi")) {
    is<Same<typeof content, string>>(content);
    if (raw.type === "response.completed") is<Same<typeof raw.response, ResponseObject>>();
    if (raw.type === "response.output_text.delta") is<Same<typeof raw.delta, string>>();
    for (const call of calls) is<Same<typeof call.arguments, string>>(call.arguments);
  }
  for await (const event of await client.newChatSession({ api: responses() }).stream("Hi"))
    if (event.type === "text") is<Same<typeof event.chunk.content, string>>();
}

/** Known items are told apart by their type; any field of the API's may be given. */
export async function misuse(): Promise<void> {
  const response = await createResponse(
    client,
    [
      { role: "user", content: "Hi" },
      { type: "function_call_output", call_id: "c", output: "1" },
    ],
    extra({ model: "m" }, { tomorrow: 1 }),
  );
  for (const item of response.output) if (item.type === "message") is<Same<typeof item.id, string>>();
  // @ts-expect-error options stand behind the params
  await createResponse(client, "Hi", { signal: AbortSignal.abort() });
  // @ts-expect-error a result names its call
  await createResponse(client, [{ type: "function_call_output", output: "1" }]);
  // @ts-expect-error a role that there is not
  await createResponse(client, [{ role: "cook", content: "Hi" }]);
  // @ts-expect-error streamResponse() streams
  await createResponse(client, "Hi", { stream: true });
  // @ts-expect-error tools are changed on the session
  await client.newChatSession({ api: responses() }).send("Hi", { tools: [] });
  // @ts-expect-error the model is the session's
  responses({ model: "m" });
}
