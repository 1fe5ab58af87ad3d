import { describe, expect, it } from "vitest";
import { createClient, InputError, type Message } from "../../src/index.ts";
import { gemini, mistral } from "../../src/providers/index.ts";
import type { Provider } from "../../src/providers/index.ts";

/** Returns the messages that a chat completion is asked for with. */
async function sentTo(
  provider: Provider | undefined,
  messages: readonly unknown[],
  model?: string,
): Promise<unknown[]> {
  let sent: unknown[] = [];
  const client = createClient({
    apiKey: "k",
    provider,
    fetch: (_url, init) => {
      sent = (JSON.parse(init.body as string) as { messages: unknown[] }).messages;
      return Promise.resolve(Response.json({ choices: [{ index: 0, message: { role: "assistant", content: "Hi" } }] }));
    },
  });
  await client.chat(messages as Message[], model === undefined ? {} : { model });
  return sent;
}

const user = { role: "user", content: "Hi" };
const call = (id: string, fields: object = {}): object => ({
  id,
  type: "function",
  function: { name: "f", arguments: "{}" },
  ...fields,
});
const calling = (...calls: object[]): object => ({ role: "assistant", content: null, tool_calls: calls });
const result = (id: string): object => ({ role: "tool", tool_call_id: id, content: "done" });

describe("messages of another service or the Responses API", () => {
  const kept = { items: [{ type: "message", role: "developer", content: "Obey" }], from: "api.openai.com" };

  it("go to chat completions without their items and namespaces", async () => {
    const messages = [
      { ...user, responses: { items: [] } },
      { role: "assistant", content: "Hello", responses: kept },
      { ...calling(call("a", { namespace: "crm" })), responses: kept },
      { ...result("a"), responses: kept },
    ];
    expect(await sentTo(undefined, messages)).toEqual([
      user,
      { role: "assistant", content: "Hello" },
      calling(call("a")),
      result("a"),
    ]);
  });

  it("are left out if they have only items, and rejected if none remain", async () => {
    const items = [
      { role: "user", content: "", responses: kept },
      { role: "assistant", content: null, responses: kept },
      { role: "assistant", content: "", responses: kept },
    ];
    expect(await sentTo(undefined, [user, ...items])).toEqual([user]);
    expect(await sentTo(undefined, [{ ...user, content: "" }])).toEqual([{ ...user, content: "" }]);
    await expect(sentTo(undefined, items)).rejects.toThrow(InputError);
  });

  it("have call ids that OpenAI accepts: up to 40 characters", async () => {
    const long = "x".repeat(60);
    const messages = [
      user,
      calling(call("call_1"), call(long), call(`${long}y`)),
      result("call_1"),
      result(long),
      result(`${long}y`),
    ];
    const sent = (await sentTo(undefined, messages)) as { tool_calls: { id: string }[]; tool_call_id: string }[];
    const ids = sent[1]?.tool_calls.map(({ id }) => id) ?? [];
    expect(ids[0]).toBe("call_1");
    expect(ids.every((id) => id.length <= 40)).toBe(true);
    expect(new Set(ids).size).toBe(3);
    expect(sent.slice(2).map(({ tool_call_id }) => tool_call_id)).toEqual(ids);
    expect(await sentTo(undefined, messages)).toEqual(sent);
  });

  it("have call ids that Mistral accepts: nine letters and digits", async () => {
    const messages = [user, calling(call("call_1"), call("abcdef123")), result("call_1"), result("abcdef123")];
    const sent = (await sentTo(mistral, messages)) as { tool_calls: { id: string }[]; tool_call_id: string }[];
    const ids = sent[1]?.tool_calls.map(({ id }) => id) ?? [];
    expect(ids).toEqual([expect.stringMatching(/^[a-z0-9]{9}$/), "abcdef123"]);
    expect(sent.slice(2).map(({ tool_call_id }) => tool_call_id)).toEqual(ids);
  });

  it("let Gemini 3 skip signatures for calls of the current turn that it did not make", async () => {
    const skip = { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } };
    const own = { extra_content: { google: { thought_signature: "abc" } } };
    const messages = [
      user,
      calling(call("a")),
      result("a"),
      { role: "assistant", content: "So" },
      user,
      calling(call("b"), call("c")),
      result("b"),
      result("c"),
      calling(call("d", own), call("e")),
      result("d"),
      result("e"),
    ];
    const signed = [...messages.slice(0, 5), calling(call("b", skip), call("c", skip)), ...messages.slice(6)];
    expect(await sentTo(gemini, messages, "gemini-3-pro")).toEqual(signed);
    expect(await sentTo(gemini, messages)).toEqual(signed);
    expect(await sentTo(gemini, messages, "gemini-2.5-flash")).toEqual(messages);
    expect(await sentTo(undefined, messages)).toEqual(messages);
  });
});
