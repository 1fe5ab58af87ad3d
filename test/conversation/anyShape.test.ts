import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { forProvider } from "../../src/endpoints/forProvider.ts";
import { openCalls, settleCalls } from "../../src/conversation/history.ts";
import { ChatSession, type SavedChat } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import { createClient, InputError, outputFormat, parseMessages } from "../../src/index.ts";
import { aiBinding, mistral, workersAI } from "../../src/providers/index.ts";
import type { ChatCompletion, Message } from "../../src/wire/index.ts";
import { faultOfHistory, faultOfRequest } from "../support/historyRules.ts";
import { call, completionOf, FakeClient, fakeStream } from "./fakeClient.ts";

const echo = tool({ name: "echo", execute: (args) => args });
const answered = (message: object): { completion: unknown } => ({
  completion: completionOf(message),
});
const deep = (): unknown => JSON.parse(`${"[".repeat(2_000)}${"]".repeat(2_000)}`);

describe("a session after an answer in a provider's own shape", () => {
  const fn = { name: "echo", arguments: '{"a":1}' };
  it.each<[string, object]>([
    ["whose name is null", { content: "x", name: null }],
    ["with a call of a type of its own", { tool_calls: [{ id: "a", type: "builtin_function", function: fn }] }],
    ["with a call whose id is a number", { tool_calls: [{ id: 7, type: "function", function: fn }] }],
    [
      "with calls of the same id, and of none",
      { tool_calls: [{ id: "a", function: fn }, { id: "a", function: fn }, { function: fn }] },
    ],
    ["with sound that has no id", { content: null, audio: { transcript: "Hello" } }],
    ["with a field that is nested too deep for JSON", { content: "x", extra: deep(), reasoning_details: [{ a: 1 }] }],
    [
      "with half a surrogate pair",
      { content: "x\ud800", tool_calls: [{ id: "\udc00", type: "function", function: fn }] },
    ],
    ["with a field called __proto__", JSON.parse('{"content":"x","more":{"__proto__":{"a":1}}}') as object],
    ["with a list of images alone", { content: "", images: [{ type: "image_url", image_url: { url: "data:," } }] }],
  ])("%s goes on, and restores from JSON", async (_name, message) => {
    const client = new FakeClient(answered(message), "Done.");
    const chat = new ChatSession(client, { tools: [echo] });
    await chat.send("go");
    expect(parseMessages(chat.messages)).toBe(chat.messages);
    expect(faultOfHistory(chat.messages)).toBeUndefined();
    const saved = JSON.parse(JSON.stringify(chat)) as SavedChat;
    expect(new ChatSession(client, { tools: [echo], saved }).messages).toEqual(chat.messages);
    client.reply("Later.");
    await chat.send("and?");
    expect(faultOfRequest(client.sent)).toBeUndefined();
  });

  it("keeps what providers want back, and not what only hides an answer's length", async () => {
    const wanted = {
      content: "x",
      reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "s" }],
      extra_content: { google: { thought_signature: "s" } },
      annotations: [{ type: "file", file: { hash: "h" } }],
      images: [{ type: "image_url", image_url: { url: "data:," } }],
    };
    const client = new FakeClient(answered({ ...wanted, p: "ab", padding: "cd", obfuscation: "ef" }), "Done.");
    const chat = new ChatSession(client);
    await chat.send("a");
    await chat.send("b");
    expect(client.sent[1]).toEqual({ role: "assistant", ...wanted });
  });
});

describe("arguments that are not JSON", () => {
  it("go back as {} with the model's words in the result, and the call is not run", async () => {
    const execute = vi.fn();
    const client = new FakeClient({ tool_calls: [call("a", "t", '{"city": Oslo'), call("b", "t", "")] }, "Done.");
    await new ChatSession(client, { tools: [tool({ name: "t", execute })] }).send("go");
    expect(execute).toHaveBeenCalledTimes(1);
    expect(client.sent[1]).toMatchObject({
      tool_calls: [{ function: { arguments: "{}" } }, { function: { arguments: "{}" } }],
    });
    expect(client.sent[2]).toMatchObject({
      tool_call_id: "a",
      content: expect.stringContaining('{"city": Oslo') as string,
    });
  });

  it("are quoted up to a limit", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "echo", "x".repeat(100_000))] }, "Done.");
    await new ChatSession(client, { tools: [echo] }).send("go");
    expect(JSON.stringify(client.sent[2]).length).toBeLessThan(1_300);
  });
});

describe("sound in a history", () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it("goes back by its id until it expires, and as its transcript from then on", async () => {
    const audio = { id: "audio_1", data: "AAAA", transcript: "Hello", expires_at: 2_000 };
    const client = new FakeClient(answered({ content: null, audio }), "b", "c");
    const chat = new ChatSession(client);
    await chat.send("a");
    await chat.send("b");
    expect(client.sent[1]).toEqual({ role: "assistant", content: null, audio: { id: "audio_1" } });
    vi.setSystemTime(2_000_000);
    await chat.send("c");
    expect(client.sent[1]).toEqual({ role: "assistant", content: "Hello" });
  });
});

describe("messages for a provider", () => {
  const parts = [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ];
  const messages = [
    { role: "user", content: parts },
    { role: "assistant", content: null, tool_calls: [call("a", "f")] },
  ] as Message[];

  it("have content as text where it is Workers AI, and only there", () => {
    const contents = (provider: Parameters<typeof forProvider>[1]): unknown[] =>
      forProvider(messages, provider, "", "").map(({ content }) => content);
    expect(contents(workersAI)).toEqual(["ab", ""]);
    expect(contents(undefined)).toEqual([parts, null]);
    const ai = { gateway: () => ({ run: () => Promise.reject(new Error("unused")) }) };
    expect(contents(aiBinding(ai).provider)).toEqual(["ab", ""]);
    expect(contents(aiBinding(ai, { provider: "openai" }).provider)).toEqual([parts, null]);
  });

  it("have Mistral's thinking in them again", async () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
      { type: "text", text: "Hi" },
    ];
    const sent: { messages: Message[] }[] = [];
    const client = createClient({
      provider: mistral,
      apiKey: "k",
      fetch: (_url, init) => {
        sent.push(JSON.parse(init.body as string) as { messages: Message[] });
        return Promise.resolve(Response.json(completionOf({ content: content as never })));
      },
    });
    const chat = client.newChatSession();
    await chat.send("a");
    await chat.send("b");
    expect(sent[1]?.messages[1]).toEqual({ role: "assistant", content });
    const [choice] = (await client.chat([{ role: "user", content: "a" }])).choices;
    await client.chat([{ role: "user", content: "a" }, choice!.message]);
    expect(sent[3]?.messages[1]).toMatchObject({ content });
  });
});

describe("wrong limits and hooks", () => {
  it.each<[string, unknown]>([
    ["maxSteps", undefined],
    ["maxSteps", NaN],
    ["maxSteps", "5"],
    ["maxParallelTools", null],
    ["budget", 3_000],
    ["budget", { token: 3_000 }],
    ["budget", { tokens: "5" }],
    ["save", true],
    ["onApproval", {}],
    ["messages", null],
    ["messages", [null]],
    ["tools", {}],
    ["tools", [null]],
  ])("%s = %j are refused before anything is sent or said", async (name, value) => {
    const client = new FakeClient();
    const chat = new ChatSession(client, { maxSteps: 3 });
    Object.assign(chat, { [name]: value });
    await expect(chat.send("x")).rejects.toThrow(InputError);
    await expect(chat.send("x")).rejects.toThrow(name);
    expect(client.requests).toEqual([]);
    Object.assign(chat, {
      maxSteps: 3,
      maxParallelTools: 1,
      budget: undefined,
      save: undefined,
      onApproval: undefined,
      tools: undefined,
    });
    chat.messages = [];
    expect(await chat.send("x")).toBe("…");
    expect(chat.messages).toHaveLength(2);
  });

  it("name a save that is no function any more when a tool has run", async () => {
    const execute = (): void => {
      chat.save = 5 as never;
    };
    const client = new FakeClient({ content: null, tool_calls: [call("a", "t")] });
    const chat = new ChatSession(client, { save: () => undefined, tools: [tool({ name: "t", execute })] });
    await expect(chat.send("go")).rejects.toThrow("save: expected a function");
    expect(chat.messages).toHaveLength(3);
  });

  it("suggest the limit that was meant", () => {
    expect(() => new ChatSession(new FakeClient(), { budget: { token: 5 } as never })).toThrow(
      "budget.token: expected the name tokens",
    );
  });

  it.each([
    {},
    null,
    "many",
    5,
    { total_tokens: 0 },
    { total_tokens: -5 },
    { prompt_tokens: "5", completion_tokens: 1 },
  ])("do not come from usage that says nothing: %j is estimated", async (usage) => {
    const chat = new ChatSession(new FakeClient({ completion: { ...completionOf({ content: "x" }), usage } }), {
      budget: { tokens: 3 },
    });
    await chat.send("Tell me of the harbour of Oslo in winter");
    expect(chat.spent.usage).toMatchObject({ estimated: true });
    await expect(chat.send("more")).rejects.toThrow("budget.tokens");
  });
});

describe("a saved session", () => {
  const messages: Message[] = [
    { role: "user", content: "x" },
    { role: "assistant", content: null, tool_calls: [call("a", "echo")] },
  ];
  const saved = { version: 1, messages, spent: { steps: 1, time: 1, usage: { total_tokens: 5 } } };

  it.each<[string, object]>([
    ["saved.spent.steps", { spent: { ...saved.spent, steps: -5 } }],
    ["saved.spent.time", { spent: { ...saved.spent, time: null } }],
    ["saved.spent.usage.total_tokens", { spent: { ...saved.spent, usage: { total_tokens: -1e9 } } }],
    ["saved.turn.steps", { turn: { steps: -3 } }],
    ["saved.turn.usage.total_tokens", { turn: { steps: 1, usage: { total_tokens: "5" } } }],
    ["saved.calls[0].id", { calls: [{ id: "b", state: "approved" }] }],
    [
      "saved.calls[1].id",
      {
        calls: [
          { id: "a", state: "waiting" },
          { id: "a", state: "approved" },
        ],
      },
    ],
    ["saved.calls[0].state", { calls: [{ id: "a", state: "yes" }] }],
  ])("is refused where %s cannot be", (path, change) => {
    const options = { tools: [echo], saved: { ...saved, ...change } as SavedChat };
    expect(() => new ChatSession(new FakeClient(), options)).toThrow(
      expect.objectContaining({ name: "InputError", path }),
    );
  });

  it("of another type is no saved session", () => {
    for (const value of ["", 0, false, [], "x"])
      expect(() => new ChatSession(new FakeClient(), { saved: value as never })).toThrow(InputError);
  });
});

describe("a history of many open calls", () => {
  it("gets one result for each, in the order asked", () => {
    const ids = Array.from({ length: 2_000 }, (_, at) => `c${at}`);
    const messages: Message[] = [
      { role: "assistant", content: null, tool_calls: ids.map((id) => call(id, "echo")) },
      { role: "tool", tool_call_id: "c1000", content: "there" },
      { role: "user", content: "x" },
    ];
    settleCalls(messages);
    expect(openCalls(messages)).toEqual([]);
    expect(messages.slice(1, -1).map((message) => (message as { tool_call_id: string }).tool_call_id)).toEqual(ids);
    expect(messages[1_001]).toMatchObject({ content: "there" });
  });
});

describe("a turn as a response", () => {
  const text = async (chat: ChatSession): Promise<string> => (await chat.stream("go")).toResponse().text();

  it("has the calls that wait for approval, in the words that every client knows", async () => {
    const pay = tool({ name: "pay", needsApproval: true, execute: () => 1 });
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "pay"), call("b", "pay")] }), {
      tools: [pay],
    });
    const body = await text(chat);
    expect(body).toContain('"finish_reason":"tool_calls"');
    expect(body).toContain('"tool_calls":[{"index":0,"id":"a"');
    expect(body).toContain('{"index":1,"id":"b"');
    expect(body).not.toContain("approval");
  });

  it("that holds what cannot be written as JSON ends all the same, and lets the next turn in", async () => {
    const client = new FakeClient(
      { completion: { ...completionOf({ content: "x" }), id: deep(), model: deep() } },
      "Later.",
    );
    const chat = new ChatSession(client);
    expect(await text(chat)).toContain("[DONE]");
    expect(await chat.send("and?")).toBe("Later.");
    client.reply(() =>
      fakeStream([{ choices: [{ index: 0, delta: { content: "x" }, finish_reason: null }], id: deep() }]),
    );
    await text(chat);
    client.reply("Later still.");
    expect(await chat.send("and?")).toBe("Later still.");
  });

  it.each([{ maxSteps: 1 }, { budget: { steps: 1 } }])("that reached a limit ends with length: %j", async (limits) => {
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "echo")] }), { tools: [echo], ...limits });
    expect(await text(chat)).toContain('"finish_reason":"length"');
  });
});

describe("JSON that was asked for", () => {
  const format = outputFormat("city", { type: "object", properties: { name: { type: "string" } }, required: ["name"] });
  const value = { name: "Oslo ```" };
  const json = JSON.stringify(value);
  const written = ["```json\n$\n```", "~~~\n$\n~~~", "````json title=x\n$\n````\n", "```json $```", "\n ```\n$", "$"];

  it.each(written)("is read in a code fence: %j", async (frame) => {
    const text = frame.replace("$", () => json);
    expect(await format.parse(completionOf({ content: text }))).toMatchObject({ kind: "value", value });
    async function* chunks() {
      for (const content of text)
        yield {
          content,
          reasoning: "",
          index: 0,
          finishReason: undefined,
          restarted: false,
          calls: [],
          raw: { choices: [] },
        };
    }
    let last: unknown;
    for await (const partial of format.partials(chunks())) last = partial;
    expect(last).toEqual(value);
  });

  it("is read where the server has parsed it already, and anything else is a typed outcome", async () => {
    expect(await format.parse(completionOf({ content: value as never }))).toMatchObject({ kind: "value", value });
    for (const content of [5, [null], { a: 1 }, `Here: ${json}`])
      expect((await format.parse(completionOf({ content: content as never }))).kind).toMatch(/not_json|invalid/);
    await expect(format.parse(null as unknown as ChatCompletion)).rejects.toMatchObject({ kind: "InputError" });
    for (const completion of [{}, { choices: 5 }, { choices: [{ finish_reason: {} }] }])
      expect(await format.parse(completion as unknown as ChatCompletion)).toMatchObject({ kind: "not_json" });
  });
});

describe("a tool's declaration", () => {
  const fine = { name: "t", execute: () => 1 };
  it.each<[string, unknown]>([
    ["options", null],
    ["name", { ...fine, name: "a b" }],
    ["name", { execute: () => 1 }],
    ["description", { ...fine, description: 5 }],
    ["parameters", { ...fine, parameters: "x" }],
    ["parameters", { ...fine, parameters: [] }],
    ["strict", { ...fine, strict: "yes" }],
    ["timeout", { ...fine, timeout: "5" }],
    ["needsApproval", { ...fine, needsApproval: "yes" }],
    ["execute", { ...fine, execute: "run" }],
    ["execute", { ...fine, execute: null }],
  ])("with a wrong %s is refused: %j", (name, options) => {
    expect(() => tool(options as never)).toThrow(expect.objectContaining({ name: "InputError", path: name }));
  });
});
