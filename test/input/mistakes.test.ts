import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod/v3";
import * as fetchat from "../../src/index.ts";
import { imageGeneration, transcription } from "../../src/media/index.ts";
import { azure, groq } from "../../src/providers/index.ts";
import { createResponse } from "../../src/responses/index.ts";
import { createMockAPI, faults } from "../../src/testing/index.ts";

const api = createMockAPI({ pace: "instant" });
/** The package without its types: the mistakes are those that a compiler would find. */
const { createClient, outputFormat, tool, strict } = fetchat as unknown as Record<
  string,
  (...args: unknown[]) => never
>;
const create = (options?: unknown): unknown => createClient?.(options);
const client = fetchat.createClient({ apiKey: "sk-test", fetch: api.fetch }) as unknown as Record<
  string,
  (...args: unknown[]) => Promise<unknown>
>;
const session = (options?: unknown): Record<string, (...args: unknown[]) => unknown> =>
  client["newChatSession"]?.(options) as never;
const chat = (...args: unknown[]): unknown => client["chat"]?.(...args);
const send = (...args: unknown[]): unknown => session()["send"]?.(...args);
const messages = [{ role: "user", content: "Hello" }];
const execute = (): number => 1;
const weather = fetchat.tool({ name: "get_weather", execute });
const signal = new AbortController().signal;
const saved = { version: 1, messages: [], spent: { steps: 0, time: 0 } };
const schema = z.object({ city: z.string() });

/** Mistakes of people who come from other clients, as the page on errors lists them. */
const MISTAKES: Readonly<Record<string, () => unknown>> = {
  "chat({ model, messages })": () => chat({ model: "gpt-6-luna", messages }),
  'chat("Hello")': () => chat("Hello"),
  'chat(["Hello"])': () => chat(["Hello"]),
  "chat(messages, { messages })": () => chat(messages, { messages }),
  "chat(messages, { signal })": () => chat(messages, { signal }),
  "chat(messages, { timeout })": () => chat(messages, { timeout: 1000 }),
  "chat(messages, { abortSignal })": () => chat(messages, { abortSignal: signal }),
  "chat(messages, {}, { abortSignal })": () => chat(messages, {}, { abortSignal: signal }),
  "chat(messages, {}, { signal: controller })": () => chat(messages, {}, { signal: new AbortController() }),
  "chat(messages, { stream: true })": () => chat(messages, { stream: true }),
  "chat(messages, { maxTokens: 100 })": () => chat(messages, { maxTokens: 100 }),
  'chat(messages, { toolChoice: "auto" })': () => chat(messages, { toolChoice: "auto" }),
  'chat(messages, { system: "Be brief." })': () => chat(messages, { system: "Be brief." }),
  "chat(messages, { maxSteps: 3 })": () => chat(messages, { maxSteps: 3 }),
  "chat(messages, { tools: { weather } })": () => chat(messages, { tools: { weather } }),
  "chat(messages, { response_format: z.object({ … }) })": () => chat(messages, { response_format: schema }),
  "streamChat(messages, {}, { onChunk })": () => client["streamChat"]?.(messages, {}, { onChunk: execute }),
  "new Response(stream)": async () => String(await client["streamChat"]?.(messages)),
  'createClient("sk-…")': () => create("sk-test"),
  'createClient({ apiKey: "" })': () => create({ apiKey: "" }),
  'createClient({ apiKey: "\\"sk-…\\"" })': () => create({ apiKey: '"sk-test"' }),
  'createClient({ apiKey: "Bearer sk-…" })': () => create({ apiKey: "Bearer sk-test" }),
  "createClient(env)": () => create({ OPENAI_API_KEY: "sk-test", KV: {} }),
  "createClient({ baseUrl })": () => create({ baseUrl: "https://api.example/v1" }),
  "createClient({ api_key })": () => create({ api_key: "sk-test" }),
  "createClient({ dangerouslyAllowBrowser: true })": () => create({ dangerouslyAllowBrowser: true }),
  'createClient({ baseURL: "https://api.example/v1/chat/completions" })': () =>
    create({ baseURL: "https://api.example/v1/chat/completions" }),
  'createClient({ provider: "groq" })': () => create({ provider: "groq" }),
  "createClient({ provider: azure })": () => create({ provider: azure }),
  "tool({ parameters: v.object({ … }) })": () =>
    tool?.({ name: "t", parameters: v.object({ city: v.string() }), execute }),
  "tool({ parameters: z.object({ … }) }), with zod 3": () =>
    tool?.({ name: "t", parameters: z3.object({ city: z3.string() }), execute }),
  "tool({ parameters: { city: z.string() } })": () => tool?.({ name: "t", parameters: { city: z.string() }, execute }),
  "tool({ inputSchema })": () => tool?.({ name: "t", inputSchema: schema, execute }),
  'tool({ name: "get weather" })': () => tool?.({ name: "get weather", execute }),
  "outputFormat(z.object({ … }))": () => outputFormat?.(schema),
  "strict(z.object({ tags: z.record(z.string(), z.string()) }))": () =>
    strict?.(z.object({ tags: z.record(z.string(), z.string()) })),
  "strict(z.object({ pair: z.tuple([z.string(), z.number()]) }))": () =>
    strict?.(z.object({ pair: z.tuple([z.string(), z.number()]) })),
  "newChatSession({ tools: { weather } })": () => session({ tools: { weather } }),
  "newChatSession({ tools: [{ name, parameters, execute }] })": () =>
    session({ tools: [{ name: "t", parameters: {}, execute }] }),
  'newChatSession({ system: "Be brief." })': () => session({ system: "Be brief." }),
  "newChatSession(messages)": () => session(messages),
  "newChatSession({ messages: [user, answer], saved })": () => session({ messages, saved }),
  'newChatSession({ api: "responses" })': () => session({ api: "responses" }),
  "newChatSession({ save: {} })": () => session({ save: {} }),
  "send(3)": () => send(3),
  'send(["Hello"])': () => send(["Hello"]),
  'send("Hello", { signal })': () => send("Hello", { signal }),
  "createResponse(client, { model, input })": () =>
    createResponse(client as never, { model: "m", input: "x" } as never),
  "imageGeneration(client, { prompt })": () => imageGeneration(client as never, { prompt: "A heron" } as never),
  "transcription(client, { file })": () => transcription(client as never, { file: new Blob(["x"]) } as never),
  "embedding(text), at a provider without embeddings": () =>
    fetchat.createClient({ apiKey: "gsk-test", provider: groq, fetch: api.fetch }).embedding("Hello"),
  "faults.slow({ every: true })": () => faults.slow({ every: true as never }),
  "faults.stall({ after: 3 })": () => faults.stall({ after: 3 } as never),
};

/** Returns the message of the error that a call throws. */
async function said(call: () => unknown): Promise<string> {
  const error: unknown = await new Promise((resolve) => resolve(call())).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return fetchat.isInputError(error) ? error.message : `no InputError: ${String(error)}`;
}

/** The page that lists them. */
const page = readFileSync("docs/errors.md", "utf8");

describe("A mistake of somebody who comes from another client", () => {
  it.each(Object.entries(MISTAKES))("is answered where it is made, and nothing is sent: %s", async (wrote, call) => {
    api.reset();
    const message = await said(call);
    if (wrote !== "new Response(stream)") expect(api.requests).toEqual([]);
    expect(page).toContain(`| \`${wrote}\` | \`${message}\` |\n`);
  });

  it("is in the table of the page on errors, and the table has no other", () => {
    const table = page.slice(page.indexOf("## Common mistakes"), page.indexOf("### In the editor"));
    const rows = table.matchAll(/^\| `(.*?)` \| `/gm);
    expect([...rows].map(([, wrote]) => wrote)).toEqual(Object.keys(MISTAKES));
  });

  it("never ends in an error that shows a key", async () => {
    for (const call of [() => create("sk-secret"), () => create({ apiKey: "Bearer sk-secret" })])
      expect(await said(call)).not.toContain("secret");
  });
});

describe("Messages beside a saved session", () => {
  const kept = { ...saved, messages: [{ role: "system", content: "Old." }, ...messages] };

  it("may be instructions for a new chat, which the saved one replaces", () => {
    const chat = session({ messages: [{ role: "system", content: "New." }], saved: kept });
    expect(chat["messages"]).toEqual(kept.messages);
  });

  it("may be those that the saved session begins with", () => {
    expect(session({ messages: kept.messages, saved: kept })["messages"]).toEqual(kept.messages);
  });

  it("must not be others, which would be lost", () => {
    expect(() => session({ messages: [...kept.messages, { role: "assistant", content: "Hi" }], saved: kept })).toThrow(
      'messages[2]: expected instructions alone beside saved, which has the messages (add others by appendMessage()), received a message with role "assistant"',
    );
  });
});
