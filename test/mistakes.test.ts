import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as fetchat from "../src/index.ts";
import { createMockAPI } from "../src/testing/index.ts";

const api = createMockAPI({ pace: "instant" });
const client = fetchat.createClient({ apiKey: "k", fetch: api.fetch });
const chat = client.newChatSession();
const messages = [{ role: "user", content: "Hi" }];
const { createClient, sessionKey, streamChat, trimMessages } = fetchat as unknown as Record<
  string,
  (...given: unknown[]) => unknown
>;

/** Calls a method with anything, as a program without types may. */
async function call(target: object, name: string, ...given: unknown[]): Promise<unknown> {
  const method: unknown = Reflect.get(target, name);
  return typeof method === "function" ? Reflect.apply(method, target, given) : undefined;
}

describe("a mistake is answered with the right use, and nothing is sent", () => {
  it.each<[string, () => unknown, string]>([
    [
      "messages that were not awaited",
      () => call(client, "chat", Promise.resolve(messages)),
      'messages: expected a list of messages, such as [{ role: "user", content: "…" }], received a promise: await it',
    ],
    [
      "a signal as the options",
      () => call(client, "chat", messages, {}, new AbortController().signal),
      "options: expected an object, such as { signal }, received AbortSignal",
    ],
    [
      "a number as the options of trimMessages()",
      () => trimMessages?.(messages, 1_000),
      "options: expected an object, such as { tokens }, received number",
    ],
    [
      "a text as the options of sessionKey()",
      () => sessionKey?.("sk-x"),
      "options: expected an object, such as { ask }, received string",
    ],
    [
      "a mock API as fetch",
      () => createClient?.({ apiKey: "k", fetch: api }),
      "fetch: expected a function, received an object with fetch in it: give its fetch",
    ],
    [
      "a key in quotes",
      () => createClient?.({ apiKey: '"sk-x"' }),
      "apiKey: expected the key alone, received one in quotes",
    ],
    [
      "a client that was not awaited",
      () => streamChat?.(Promise.resolve(client), messages),
      "connection: expected a client, or what createConnection() returns, received a promise: await it",
    ],
    [
      "a schema among the tools",
      () => call(client, "chat", messages, { tools: [z.object({ city: z.string() })] }),
      "tools[0]: expected tool({ name, parameters: schema, execute }), received a schema",
    ],
    [
      "a file as the URL of an image",
      () => call(chat, "send", { role: "user", content: [{ type: "image_url", image_url: new Blob(["x"]) }] }),
      "input.content[0].image_url.url: expected a string: https:, or data: with base64, received undefined",
    ],
    [
      "an object as a message's content",
      () => call(chat, "send", { role: "user", content: { type: "text", text: "x" } }),
      "input.content: expected a string or a list of parts, received Object",
    ],
  ])("%s", async (_, use, words) => {
    await expect((async () => use())()).rejects.toThrow(words);
    expect(api.requests).toHaveLength(0);
  });
});
