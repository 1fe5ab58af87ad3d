import { describe, expect, it, vi } from "vitest";
import { chatCompletions } from "../../src/conversation/apis/chat.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import { isInputError } from "../../src/errors.ts";
import { createClient } from "../../src/index.ts";
import { createMockAPI, faults } from "../../src/testing/index.ts";
import type { Chunk, FunctionTool, Message } from "../../src/wire/index.ts";
import { call, completionOf, deferred, FakeClient, fakeStream, outline, settled } from "./fakeClient.ts";

const hand: FunctionTool = { type: "function", function: { name: "hand" } };
const echo = tool({ name: "echo", execute: (args) => args });

describe("a session", () => {
  it("sends the history and returns the text", async () => {
    const client = new FakeClient("Red.", "Beige.");
    const chat = new ChatSession(client, {
      messages: [{ role: "system", content: "You like colors" }],
      model: "m",
      temperature: 0.5,
      seed: 1,
    });
    expect(await chat.send("Your favorite?")).toBe("Red.");
    expect(await chat.send("The most boring?", { temperature: 0 })).toBe("Beige.");
    expect(outline(client.sent)).toEqual(["system", "user", "assistant", "user"]);
    expect(client.requests[0]?.params).toEqual({ model: "m", temperature: 0.5, seed: 1 });
    expect(client.requests[1]?.params).toEqual({ model: "m", temperature: 0, seed: 1 });
    expect(chat.lastMessage()).toEqual({ role: "assistant", content: "Beige." });
    expect(chat.lastTurn).toMatchObject({
      text: "Beige.",
      ending: "complete",
      usage: { total_tokens: 3 },
      steps: [{}],
    });
  });

  it("ignores undefined params, so that they hide no standing param", async () => {
    const client = new FakeClient("x");
    const chat = new ChatSession(client, { model: "m", top_p: 1 });
    await chat.send("hi", { model: undefined, top_p: undefined, seed: undefined });
    expect(client.requests[0]?.params).toEqual({ model: "m", top_p: 1 });
  });

  it("reads its fields when a turn starts", async () => {
    const client = new FakeClient();
    const chat = new ChatSession(client, { model: "a", tools: [echo] });
    chat.model = "b";
    chat.temperature = 1;
    chat.tools = [];
    chat.functions = undefined;
    await chat.send("hi");
    expect(client.requests[0]?.params).toEqual({ model: "b", temperature: 1 });
  });

  it("copies the list of messages that it is created with", () => {
    const messages: Message[] = [{ role: "user", content: "hi" }];
    const chat = new ChatSession(new FakeClient(), { messages });
    chat.appendMessage({ role: "user", content: "ho" });
    expect(messages).toHaveLength(1);
  });

  it("refuses wrong limits, and malformed declarations and messages", () => {
    const make = (options: object) => () => new ChatSession(new FakeClient(), options);
    expect(make({ maxSteps: 0 })).toThrow("maxSteps: expected a number from 1, received 0");
    expect(make({ maxParallelTools: NaN })).toThrow("maxParallelTools");
    expect(make({ tools: [{ type: "function" }] })).toThrow("tools[0].function");
    expect(make({ functions: [{}] })).toThrow("functions[0].name");
    expect(make({ messages: [{ role: "user" }] })).toThrow("messages[0].content");
    expect(make({ messages: 5 })).toThrow("messages: expected a list");
  });
});

describe("appendMessage()", () => {
  it("adds all messages or none", () => {
    const chat = new ChatSession(new FakeClient());
    expect(() =>
      chat.appendMessage({ role: "user", content: "a" }, { role: "user" } as never, { role: "user", content: "c" }),
    ).toThrow("messages[1].content");
    expect(() => chat.appendMessage({ role: "bot", content: "x" } as never)).toThrow("message.role");
    expect(chat.messages).toEqual([]);
    chat.appendMessage({ role: "user", content: "a" }, { role: "assistant", content: "b" });
    expect(chat.messages).toHaveLength(2);
  });
});

describe("a turn that fails", () => {
  it("keeps the user's message, and generateResponse() does not add it again", async () => {
    const client = new FakeClient(new Error("500"), new Error("500"), "Hi.");
    const chat = new ChatSession(client);
    await expect(chat.send("Hello")).rejects.toThrow("500");
    await expect(chat.generateResponse()).rejects.toThrow("500");
    expect(await chat.generateResponse()).toBe("Hi.");
    expect(outline(client.sent)).toEqual(["user"]);
    expect(outline(chat.messages)).toEqual(["user", "assistant"]);
  });

  it("appends nothing of an answer that was cut", async () => {
    const client = new FakeClient(
      () => fakeStream([{ choices: [{ index: 0, delta: { content: "Hal" } }] }, new Error("cut")]),
      "Hello!",
    );
    const chat = new ChatSession(client);
    const seen: string[] = [];
    await expect(chat.send("Hi", {}, { onChunk: ({ content }) => seen.push(content) })).rejects.toThrow(
      "The connection broke",
    );
    expect(seen).toEqual(["Hal"]);
    expect(outline(chat.messages)).toEqual(["user"]);
    expect(chat.lastTurn).toBeUndefined();
  });

  it("appends no empty message", async () => {
    const chat = new ChatSession(new FakeClient({ content: "" }, { content: null, reasoning_content: "hm" }));
    expect(await chat.send("a")).toBe("");
    expect(await chat.generateResponse()).toBe("");
    expect(outline(chat.messages)).toEqual(["user"]);
  });

  it("changes nothing if the input cannot be sent", async () => {
    const mock = createMockAPI({ pace: "instant" });
    const chat = createClient({ apiKey: "k", fetch: mock.fetch }).newChatSession();
    const bad = [
      chat.send([]),
      chat.send({ role: "user" } as never),
      chat.send("x", { timeout: 5 } as never),
      chat.send("x", {}, { model: "m" } as never),
      chat.send("x", { metadata: { a: 1n } } as never),
      chat.stream("x", { signal: 1 } as never),
      chat.stream("x", {}, { timeout: -1 }),
    ];
    for (const one of await Promise.allSettled(bad))
      expect(one).toMatchObject({ status: "rejected", reason: { kind: "InputError" } });
    expect(chat.messages).toEqual([]);
    expect(mock.requests).toHaveLength(0);
    expect(await chat.send("x")).toEqual(expect.any(String));
  });

  it("changes nothing if the program has put something wrong into the history or the tools", async () => {
    const chat = createClient({ apiKey: "k", fetch: createMockAPI({ pace: "instant" }).fetch }).newChatSession();
    chat.messages = [{ role: "user" } as never];
    await expect(chat.send("x")).rejects.toSatisfy(isInputError);
    expect(chat.messages).toHaveLength(1);
    chat.messages = [];
    chat.tools = [{ type: "function" } as never];
    await expect(chat.send("x")).rejects.toSatisfy(isInputError);
    expect(chat.messages).toHaveLength(0);
  });

  it("is a typed error if a 200 has no choices, and the user's message stays", async () => {
    for (const completion of [{}, { choices: [] }, { choices: [{ index: 0 }] }, null, "text", { choices: null }]) {
      const chat = new ChatSession(new FakeClient({ completion }));
      await expect(chat.send("x")).rejects.toMatchObject({ kind: "APIError", status: 200, code: "no_choices" });
      expect(outline(chat.messages)).toEqual(["user"]);
    }
  });

  it("is a provider's error if the finish reason reports one", async () => {
    const chat = new ChatSession(new FakeClient({ completion: completionOf({ content: "He" }, "error") }));
    await expect(chat.send("x")).rejects.toMatchObject({ kind: "APIError", code: "error" });
    expect(outline(chat.messages)).toEqual(["user"]);
  });
});

describe("endings", () => {
  it("are in lastTurn: length and content_filter resolve with the text so far", async () => {
    const chat = new ChatSession(
      new FakeClient(
        { completion: completionOf({ content: "Once" }, "length") },
        { completion: completionOf({ content: "" }, "content_filter") },
      ),
    );
    expect(await chat.send("a")).toBe("Once");
    expect(chat.lastTurn?.ending).toBe("length");
    expect(await chat.send("b")).toBe("");
    expect(chat.lastTurn?.ending).toBe("content_filter");
    expect(outline(chat.messages)).toEqual(["user", "assistant", "user"]);
  });

  it("return a refusal as text if there is no other, and keep it in the history", async () => {
    const client = new FakeClient({ content: null, refusal: "I cannot." });
    const chat = new ChatSession(client);
    expect(await chat.send("a")).toBe("I cannot.");
    await chat.send("b");
    expect(client.sent[1]).toEqual({ role: "assistant", content: null, refusal: "I cannot." });
  });

  it("are complete if a whole answer has no finish reason", async () => {
    const chat = new ChatSession(new FakeClient({ completion: completionOf({ content: "Hi" }, null) }));
    expect(await chat.send("a")).toBe("Hi");
    expect(chat.lastTurn?.ending).toBe("complete");
  });

  it("run no call of an answer that was cut, and keep none", async () => {
    const execute = vi.fn();
    const message = { content: "Let me see", tool_calls: [call("a", "t", "{}"), call("b", "t", '{"x":')] };
    const chat = new ChatSession(
      new FakeClient(
        { completion: completionOf(message, "length") },
        { completion: completionOf({ tool_calls: message.tool_calls }, "content_filter") },
      ),
      { tools: [tool({ name: "t", execute })] },
    );
    expect(await chat.send("a")).toBe("Let me see");
    expect(await chat.send("b")).toBe("");
    expect(execute).not.toHaveBeenCalled();
    expect(outline(chat.messages)).toEqual(["user", "assistant", "user"]);
  });
});

describe("answers of providers that are nearly OpenAI", () => {
  it("are kept in a form that can be sent back", async () => {
    const message = {
      role: "assistant",
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
        { type: "text", text: "Hi" },
      ],
      tool_calls: [
        { function: { name: "echo", arguments: { a: 1 } } },
        { id: "", function: { name: "echo", arguments: "" } },
      ],
      annotations: [],
    };
    const client = new FakeClient({ completion: { choices: [{ message }] } }, "Done.");
    const chat = new ChatSession(client, { tools: [echo] });
    expect(await chat.send("a")).toBe("Done.");
    expect(client.sent.slice(1)).toEqual([
      {
        role: "assistant",
        content: "Hi",
        reasoning_content: "hm",
        tool_calls: [
          { id: "call_0", ...echoed('{"a":1}') },
          { id: "call_1", ...echoed("{}") },
        ],
      },
      { role: "tool", tool_call_id: "call_0", content: '{"a":1}' },
      { role: "tool", tool_call_id: "call_1", content: "{}" },
    ]);
  });

  it("have calls with different ids, even if the provider gives two the same id", async () => {
    const fragment = (index: number): object => ({
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index, id: "x", function: { name: "hand", arguments: `{"n":${index}}` } }] },
        },
      ],
    });
    const client = new FakeClient(
      () => fakeStream([fragment(0), fragment(1), { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }]),
      "Done.",
    );
    const chat = new ChatSession(client, { tools: [hand] });
    await chat.send("go", {}, { onChunk: () => undefined });
    const ids = chat.lastTurn?.message.tool_calls?.map(({ id }) => id) ?? [];
    expect(new Set(ids).size).toBe(2);
    await chat.send(ids.map((id): Message => ({ role: "tool", tool_call_id: id, content: id })));
    expect(client.sent.slice(2)).toEqual(ids.map((id) => ({ role: "tool", tool_call_id: id, content: id })));
  });

  it("send back reasoning and extra content, also those of calls", async () => {
    const signed = { ...call("a", "echo"), extra_content: { google: { thought_signature: "s" } } };
    const client = new FakeClient({ content: null, reasoning_content: "r", tool_calls: [signed] });
    await new ChatSession(client, { tools: [echo] }).send("a");
    expect(client.sent[1]).toEqual({ role: "assistant", content: null, reasoning_content: "r", tool_calls: [signed] });
  });
});

const echoed = (text: string): object => ({ type: "function", function: { name: "echo", arguments: text } });

describe("calls that the session does not run", () => {
  it("are returned to the program, which sends several results at once", async () => {
    const client = new FakeClient(
      { content: "One moment", tool_calls: [call("a", "hand"), call("b", "hand")] },
      "Done.",
    );
    const chat = new ChatSession(client, { tools: [hand] });
    expect(await chat.send("go")).toMatchObject({ content: "One moment", tool_calls: [{ id: "a" }, { id: "b" }] });
    expect(
      await chat.send([
        { role: "tool", tool_call_id: "b", content: "2" },
        { role: "tool", tool_call_id: "a", content: "1" },
      ]),
    ).toBe("Done.");
    expect(outline(client.sent)).toEqual(["user", "calls a b", "tool a", "tool b"]);
  });

  it("accept a single result, and the other calls are of unknown outcome until their results come", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "hand"), call("b", "hand")] }, new Error("500"), "Done.");
    const chat = new ChatSession(client, { tools: [hand] });
    await chat.send("go");
    await expect(chat.send({ role: "tool", tool_call_id: "a", content: "1" })).rejects.toThrow("500");
    expect(client.sent.at(-1)).toMatchObject({ tool_call_id: "b", content: expect.stringContaining("unknown") });
    expect(await chat.send({ role: "tool", tool_call_id: "b", content: "2" })).toBe("Done.");
    expect(client.sent.slice(2)).toEqual([
      { role: "tool", tool_call_id: "a", content: "1" },
      { role: "tool", tool_call_id: "b", content: "2" },
    ]);
  });

  it("are of unknown outcome if the program says something else instead", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "hand")] }, "Fine.");
    const chat = new ChatSession(client, { tools: [hand] });
    await chat.send("go");
    await chat.send("never mind");
    expect(outline(client.sent)).toEqual(["user", "calls a", "tool a", "user"]);
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a", "user", "assistant"]);
  });

  it("may be legacy functions", async () => {
    const client = new FakeClient({ function_call: { name: "add", arguments: "{}" } }, "3");
    const chat = new ChatSession(client, { functions: [{ name: "add" }] });
    expect(await chat.send("1 + 2?")).toMatchObject({ function_call: { name: "add" } });
    expect(client.requests[0]?.params).toEqual({ functions: [{ name: "add" }] });
    expect(await chat.send({ role: "function", name: "add", content: "3" })).toBe("3");
    expect(outline(client.sent)).toEqual(["user", "assistant", "function"]);
  });

  it("are returned with append: false, which runs no tool and keeps nothing", async () => {
    const execute = vi.fn();
    const client = new FakeClient({ tool_calls: [call("a", "t")] }, "again");
    const chat = new ChatSession(client, {
      messages: [{ role: "user", content: "go" }],
      tools: [tool({ name: "t", execute })],
    });
    expect(await chat.generateResponse({}, { append: false })).toMatchObject({ tool_calls: [{ id: "a" }] });
    expect(chat.lastTurn).toMatchObject({ ending: "tool_calls", text: "" });
    expect(execute).not.toHaveBeenCalled();
    expect(outline(chat.messages)).toEqual(["user"]);
    expect(await chat.generateResponse({}, { append: false })).toBe("again");
    expect(outline(chat.messages)).toEqual(["user"]);
  });

  it("stay open with append: false, although the request has a result for each", async () => {
    const client = new FakeClient("x");
    const chat = new ChatSession(client, {
      messages: [{ role: "assistant", content: null, tool_calls: [call("a", "hand")] }],
    });
    await chat.generateResponse({}, { append: false });
    expect(outline(client.sent)).toEqual(["calls a", "tool a"]);
    expect(outline(chat.messages)).toEqual(["calls a"]);
  });
});

describe("onChunk", () => {
  it("is refused unless it is a function, and the next turn starts at once", async () => {
    const client = new FakeClient("Red.");
    const chat = new ChatSession(client);
    await expect(chat.send("lost?", {}, { onChunk: "print" as never })).rejects.toThrow(
      "options.onChunk: expected a function, received string",
    );
    expect([chat.messages, client.sent]).toEqual([[], []]);
    expect(await chat.send("Your favorite?")).toBe("Red.");
  });

  it("gets each chunk once, also one that brings reasoning and text and a call", async () => {
    const chunk = {
      choices: [
        {
          index: 0,
          delta: {
            reasoning: "r",
            content: "c",
            tool_calls: [{ index: 0, id: "a", function: { name: "hand", arguments: "{}" } }],
          },
        },
      ],
    };
    const client = new FakeClient(() =>
      fakeStream([chunk, { choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] }]),
    );
    const chunks: Chunk[] = [];
    await new ChatSession(client, { tools: [hand] }).send("go", {}, { onChunk: (one) => chunks.push(one) });
    expect(chunks.map(({ content, reasoning }) => [content, reasoning])).toEqual([
      ["c", "r"],
      ["", ""],
    ]);
  });

  it("is awaited, and an error that it throws ends the turn and stops the request", async () => {
    const mock = createMockAPI({ pace: "instant" }).reply("one two three four");
    const chat = createClient({ apiKey: "k", fetch: mock.fetch }).newChatSession();
    const order: string[] = [];
    const onChunk = async ({ content }: Chunk): Promise<void> => {
      order.push(`begin${content}`);
      await settled();
      order.push(`end${content}`);
      if (content.includes("two")) throw new TypeError("mine");
    };
    await expect(chat.send("x", {}, { onChunk })).rejects.toThrow(new TypeError("mine"));
    expect(order).toEqual(["begin", "end", "beginone", "endone", "begin two", "end two"]);
    expect(await mock.requests[0]?.ended).toBe("cancelled");
    expect(outline(chat.messages)).toEqual(["user"]);
    expect(await chat.generateResponse()).toEqual(expect.any(String));
  });
});

describe("the queue", () => {
  it("answers in the order of the calls, one at a time", async () => {
    const gate = deferred();
    const client = new FakeClient(() => gate.promise.then(() => "1"), "2", "3");
    const chat = new ChatSession(client);
    const answers = ["a", "b", "c"].map((text) => chat.send(text));
    await settled();
    expect(client.requests).toHaveLength(1);
    expect(outline(chat.messages)).toEqual(["user"]);
    gate.resolve();
    expect(await Promise.all(answers)).toEqual(["1", "2", "3"]);
    expect(chat.messages.map(({ content }) => content)).toEqual(["a", "1", "b", "2", "c", "3"]);
  });

  it("continues after a turn that failed", async () => {
    const chat = new ChatSession(new FakeClient(new Error("500"), "2"));
    const [first, second] = await Promise.allSettled([chat.send("a"), chat.send("b")]);
    expect([first?.status, second]).toEqual(["rejected", { status: "fulfilled", value: "2" }]);
  });

  it("lets a waiting turn be aborted, which changes nothing and affects no other turn", async () => {
    const gate = deferred();
    const chat = new ChatSession(new FakeClient(() => gate.promise.then(() => "1"), "3"));
    const stopper = new AbortController();
    const first = chat.send("a");
    const second = chat.send("b", {}, { signal: stopper.signal });
    const third = chat.send("c");
    await settled();
    stopper.abort("enough");
    await expect(second).rejects.toMatchObject({ name: "AbortError", cause: "enough" });
    gate.resolve();
    expect([await first, await third]).toEqual(["1", "3"]);
    expect(chat.messages.map(({ content }) => content)).toEqual(["a", "1", "c", "3"]);
  });

  it("starts no turn that was aborted before", async () => {
    const chat = new ChatSession(new FakeClient());
    await expect(chat.send("a", {}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(chat.messages).toEqual([]);
  });

  it("starts no turn that is aborted at the moment when it would start", async () => {
    for (let moment = 0; moment < 40; moment++) {
      const gate = deferred();
      const client = new FakeClient(() => gate.promise.then(() => "1"), "2");
      const chat = new ChatSession(client);
      const stopper = new AbortController();
      const first = chat.send("a");
      const second = chat.send("b", {}, { signal: stopper.signal }).then(
        () => "answered",
        (error: unknown) => (error as Error).name,
      );
      await settled();
      gate.resolve();
      for (let tick = 0; tick < moment; tick++) await Promise.resolve();
      const begun = chat.messages.length > 2;
      stopper.abort();
      const outcome = await second;
      await first;
      if (!begun) expect([outcome, chat.messages.length]).toEqual(["AbortError", 2]);
    }
  });

  it("ends only the running turn by its abort", async () => {
    const client = new FakeClient("hang", "2");
    const chat = new ChatSession(client);
    const stopper = new AbortController();
    const first = chat.send("a", {}, { signal: stopper.signal });
    const second = chat.send("b", {}, { signal: new AbortController().signal });
    await settled();
    stopper.abort();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    expect(await second).toBe("2");
    expect(outline(client.sent)).toEqual(["user", "user"]);
  });

  it("lets a turn work on the list that was there when it started", async () => {
    const gate = deferred();
    const chat = new ChatSession(new FakeClient(() => gate.promise.then(() => "1"), "2"));
    const old = chat.messages;
    const first = chat.send("a");
    const second = chat.send("b");
    await settled();
    const fresh: Message[] = (chat.messages = []);
    gate.resolve();
    await first;
    await second;
    expect([outline(old), outline(fresh)]).toEqual([
      ["user", "assistant"],
      ["user", "assistant"],
    ]);
  });

  it("leaves no listener on the caller's signal", async () => {
    const { signal } = new AbortController();
    const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    const chat = createClient({
      apiKey: "k",
      maxRetries: 0,
      fetch: createMockAPI({ pace: "instant" }).reply("a", { status: 500 }, "c").fetch,
    }).newChatSession();
    await Promise.allSettled([
      chat.send("a", {}, { signal }),
      chat.send("b", {}, { signal }),
      chat.send("c", {}, { signal, onChunk: () => undefined }),
    ]);
    expect(added.mock.calls.length).toBeGreaterThan(0);
    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });
});

describe("a history that the program made", () => {
  it("becomes a valid request, whatever its order", async () => {
    const client = new FakeClient();
    const chat = new ChatSession(client, {
      messages: [
        { role: "tool", tool_call_id: "x", content: "orphan" },
        { role: "user", content: "go" },
        { role: "assistant", content: null, tool_calls: [call("a", "f"), call("b", "f")] },
        { role: "user", content: "well?" },
        { role: "tool", tool_call_id: "b", content: "2" },
        { role: "tool", tool_call_id: "b", content: "3" },
        { role: "assistant", content: null, tool_calls: [call("c", "f")] },
      ],
    });
    await chat.generateResponse();
    expect(outline(client.sent)).toEqual(["user", "calls a b", "tool a", "tool b", "user", "calls c", "tool c"]);
    expect(outline(chat.messages).slice(-3)).toEqual(["calls c", "tool c", "assistant"]);
  });
});

describe("over HTTP", () => {
  it("continues after every kind of failure of a stream", async () => {
    const ways = [
      faults.cut({ afterEvents: 2 }),
      faults.reset({ afterEvents: 2 }),
      faults.errorEvent({ afterEvents: 2 }),
      faults.wrongContentType(),
      faults.cut(),
      faults.reset({ before: "headers" }),
    ];
    for (const way of ways) {
      const mock = createMockAPI({ pace: "instant" }).reply(way("One two three"), "Four.");
      const chat = createClient({ apiKey: "k", fetch: mock.fetch, maxRetries: 0 }).newChatSession();
      const outcome = await chat.send("Count", {}, { onChunk: () => undefined }).then(
        (text) => text,
        () => "failed",
      );
      expect(outline(chat.messages)).toEqual(outcome === "failed" ? ["user"] : ["user", "assistant"]);
      if (outcome === "failed") expect(await chat.generateResponse()).toBe("Four.");
      expect(mock.requests.at(-1)?.body).toMatchObject({ messages: [{ role: "user" }] });
    }
  });
});

it("an api among the params of a turn is an InputError that says where it belongs", async () => {
  const client = new FakeClient("Done.");
  const chat = new ChatSession(client);
  await expect(chat.send("Hi", { api: chatCompletions } as never)).rejects.toMatchObject({
    kind: "InputError",
    path: "params.api",
    expected: "api among the options, the argument after params",
  });
  expect([client.requests.length, chat.messages.length]).toEqual([0, 0]);
});

it.each([
  [undefined, "undefined"],
  [{ apiKey: "sk-1" }, "object"],
  [{ model: "gpt-6-luna" }, "object"],
  [Object.create({ model: "gpt-6-luna" }), "one of another copy of the package"],
])("a session of something that is not a connection is an InputError, %j", (connection, received) => {
  expect(() => new ChatSession(connection as never)).toThrow(
    expect.objectContaining({ kind: "InputError", path: "connection", received }),
  );
});
