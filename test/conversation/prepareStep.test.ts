import { describe, expect, it, vi } from "vitest";
import { askable } from "../support/watchedApi.ts";
import { chatCompletions } from "../../src/conversation/apis/chat.ts";
import type { StepState } from "../../src/conversation/prepareStep.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import type { SessionOptions } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import type { Message } from "../../src/wire/index.ts";
import { call, FakeClient, fakeStream, outline, settled } from "./fakeClient.ts";

const look = tool({ name: "look", execute: () => "seen" });
const pay = tool({ name: "pay", execute: () => "paid" });
const calls = (name: string, id = "a"): object => ({ tool_calls: [call(id, name)] });

function stage(prepareStep: SessionOptions["prepareStep"], ...replies: ConstructorParameters<typeof FakeClient>) {
  const client = new FakeClient(...replies);
  return { client, chat: new ChatSession(client, { tools: [look, pay], model: "m", prepareStep }) };
}

describe("prepareStep", () => {
  it("sees the number of the step, the history, the tools and the model before each request", async () => {
    const seen: StepState[] = [];
    const { chat } = stage((state) => void seen.push(state), calls("look"), "Done.");
    await chat.send("go", { model: "n" });
    expect(seen.map(({ step, model }) => [step, model])).toEqual([
      [0, "n"],
      [1, "n"],
    ]);
    expect(seen.map(({ messages }) => outline(messages))).toEqual([["user"], ["user", "calls a", "tool a"]]);
    expect(seen[0]?.tools).toEqual([look, pay]);
  });

  it("changes what one request sends, and neither the history nor the next request", async () => {
    const { chat, client } = stage(
      ({ step, messages }) =>
        step === 0
          ? { messages: messages.slice(-1), tools: [look], model: "small", temperature: 0, tool_choice: "required" }
          : undefined,
      calls("look"),
      "Done.",
    );
    chat.appendMessage({ role: "user", content: "before" }, { role: "assistant", content: "Yes?" });
    expect(await chat.send("go")).toBe("Done.");
    const [first, second] = client.requests;
    expect(first?.messages).toEqual([{ role: "user", content: "go" }]);
    expect(first?.params).toMatchObject({ model: "small", temperature: 0, tool_choice: "required" });
    expect(first?.params.tools).toHaveLength(1);
    expect(outline(second?.messages ?? [])).toEqual(["user", "assistant", "user", "calls a", "tool a"]);
    expect(second?.params).toMatchObject({ model: "m" });
    expect(second?.params).not.toHaveProperty("tool_choice");
    expect(second?.params.tools).toHaveLength(2);
    expect(outline(chat.messages)).toEqual(["user", "assistant", "user", "calls a", "tool a", "assistant"]);
  });

  it("may change the list that it gets, which is its own", async () => {
    const { chat } = stage(({ messages }) => {
      (messages as Message[]).length = 0;
      return { messages: [{ role: "user", content: "instead" }] };
    }, "Done.");
    await chat.send("go");
    expect(outline(chat.messages)).toEqual(["user", "assistant"]);
    expect(chat.messages[0]?.content).toBe("go");
  });

  it("keeps a choice of tools that it makes itself in later requests of the turn", async () => {
    const { chat, client } = stage(() => ({ tool_choice: "none" }), calls("look"), "Done.");
    await chat.send("go", { tool_choice: "required" });
    expect(client.requests.map(({ params }) => params.tool_choice)).toEqual(["none", "none"]);
  });

  it("lets the answer call only the tools that it left", async () => {
    const { chat, client } = stage(({ step }) => ({ tools: step === 0 ? [look] : [] }), calls("pay"), "Done.");
    await chat.send("go");
    expect(chat.messages[2]).toMatchObject({ role: "tool", content: expect.stringContaining("one of look") });
    expect(client.requests[1]?.params).not.toHaveProperty("tools");
  });

  it("may give tools that the session does not have", async () => {
    const extra = tool({ name: "extra", execute: () => "more" });
    const { chat } = stage(() => ({ tools: [extra] }), calls("extra"), "Done.");
    await chat.send("go");
    expect(chat.messages[2]).toMatchObject({ role: "tool", content: "more" });
  });

  it("may ask another API for one request", async () => {
    const ask = vi.fn(askable(chatCompletions).ask);
    const { chat } = stage(
      ({ step }) => (step === 1 ? { api: askable({ ...chatCompletions, ...{ ask } }) } : {}),
      calls("look"),
      "Done.",
    );
    await chat.send("go");
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("makes valid requests of messages from which it cut a call or a result", async () => {
    const { chat, client } = stage(
      ({ step, messages }) => ({ messages: step === 1 ? messages.slice(-1) : messages.slice(0, 2) }),
      calls("look"),
      "Done.",
    );
    chat.appendMessage({ role: "user", content: "before" });
    await expect(chat.send("go")).rejects.toThrow("messages: expected at least one message");
    expect(outline(chat.messages)).toEqual(["user", "user", "calls a", "tool a"]);
    chat.prepareStep = undefined;
    expect(await chat.generateResponse()).toBe("Done.");
    expect(client.requests).toHaveLength(2);
  });

  it.each<[string, unknown]>([
    ["prepareStep(): expected an object", "x"],
    ["prepareStep(): expected an object", null],
    ["prepareStep(): expected an object", []],
    ["prepareStep().messages[1].content", { messages: [{ role: "user", content: "x" }, { role: "user" }] }],
    ["prepareStep().messages[0].role", { messages: [{ role: "bot", content: "x" }] }],
    ["prepareStep().messages: expected at least one message", { messages: [] }],
    ["prepareStep().messages: expected a list", { messages: 5 }],
    ["prepareStep().tools[0].function", { tools: [{ type: "function" }] }],
    ["prepareStep().api", { api: "responses" }],
    ["prepareStep().functions", { functions: [] }],
    ["prepareStep().signal", { signal: null }],
    ["prepareStep().temperature: expected a finite number", { temperature: NaN }],
    ["prepareStep().model: expected a string", { model: 5 }],
    ["prepareStep().mesages: expected the field messages", { mesages: [] }],
    ["prepareStep().tool_choice: expected a word or an object", { tool_choice: 5 }],
  ])("that returns something wrong is an InputError, %s; nothing is sent and nothing lost", async (message, change) => {
    const { chat, client } = stage(() => change as never, "Done.");
    await expect(chat.send("go")).rejects.toMatchObject({
      kind: "InputError",
      message: expect.stringContaining(message),
    });
    await expect(chat.stream("go")).rejects.toMatchObject({ kind: "InputError" });
    expect(chat.messages).toEqual([]);
    expect(client.requests).toHaveLength(0);
    chat.prepareStep = undefined;
    expect(await chat.send("go")).toBe("Done.");
  });

  it("that throws fails the turn, and the history stays answerable", async () => {
    const { chat } = stage(
      ({ step }) => {
        if (step === 1) throw new TypeError("mine");
        return undefined;
      },
      calls("look"),
      "Done.",
    );
    await expect(chat.send("go")).rejects.toThrow(new TypeError("mine"));
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
    expect(await chat.generateResponse()).toBe("Done.");
    const failing = stage(() => Promise.reject(new TypeError("mine")), "Done.");
    await expect(failing.chat.stream("go")).rejects.toThrow("mine");
    expect(outline(failing.chat.messages)).toEqual(["user"]);
  });

  it("that never answers ends with the abort, and lets the next turn in", async () => {
    const { chat } = stage(() => new Promise(() => undefined), "Done.");
    const stopper = new AbortController();
    const sent = chat.send("go", {}, { signal: stopper.signal });
    sent.catch(() => undefined);
    await settled();
    stopper.abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
    chat.prepareStep = undefined;
    expect(await chat.generateResponse()).toBe("Done.");
  });

  it("that is no function is refused", async () => {
    expect(() => stage("trim" as never)).toThrow("prepareStep: expected a function");
    const { chat } = stage(undefined, "Done.");
    chat.prepareStep = 5 as never;
    await expect(chat.send("go")).rejects.toThrow("prepareStep: expected a function");
    expect(chat.messages).toEqual([]);
  });

  it("is called with append: false too, and counts the steps before a pause", async () => {
    const steps: number[] = [];
    const asking = tool({ name: "ask", needsApproval: true, execute: () => "ok" });
    const client = new FakeClient("By the way.", calls("ask"), "Done.");
    const chat = new ChatSession(client, {
      tools: [asking],
      messages: [{ role: "user", content: "go" }],
      prepareStep: ({ step }) => void steps.push(step),
    });
    await chat.generateResponse({}, { append: false });
    await chat.generateResponse();
    chat.approve();
    await chat.generateResponse();
    expect(steps).toEqual([0, 0, 1]);
  });
});

describe("keepInput: false", () => {
  it("takes the input back if asking fails, so that it can be sent again", async () => {
    const client = new FakeClient(new Error("500"), "Hi.");
    const chat = new ChatSession(client);
    await expect(chat.send("Hello", {}, { keepInput: false })).rejects.toThrow("500");
    expect(chat.messages).toEqual([]);
    expect(await chat.send("Hello", {}, { keepInput: false })).toBe("Hi.");
    expect(outline(chat.messages)).toEqual(["user", "assistant"]);
  });

  it("takes it back if the answer breaks, also in a stream", async () => {
    const broken = fakeStream([{ choices: [{ index: 0, delta: { content: "Hal" } }] }, new Error("cut")]);
    const chat = new ChatSession(new FakeClient(broken));
    const stream = await chat.stream("Hello", {}, { keepInput: false });
    await expect(stream.final()).rejects.toMatchObject({ ending: "truncated" });
    await settled();
    expect(chat.messages).toEqual([]);
  });

  it("keeps what was answered: calls, results and the input in front of them", async () => {
    const { chat } = stage(undefined, calls("look"), new Error("500"));
    await expect(chat.send("go", {}, { keepInput: false })).rejects.toThrow("500");
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
  });

  it("takes back results of calls, and lets calls wait again that the input had declined", async () => {
    const ask = tool({ name: "ask", needsApproval: true, execute: () => "ok" });
    const chat = new ChatSession(new FakeClient(calls("ask"), new Error("500"), "Done."), { tools: [ask] });
    await chat.send("go");
    await expect(chat.send("never mind", {}, { keepInput: false })).rejects.toThrow("500");
    expect(outline(chat.messages)).toEqual(["user", "calls a"]);
    expect(chat.pending.map(({ id }) => id)).toEqual(["a"]);
    chat.approve();
    expect(await chat.generateResponse()).toBe("Done.");
  });

  it("is checked", async () => {
    await expect(new ChatSession(new FakeClient()).send("x", {}, { keepInput: "no" as never })).rejects.toThrow(
      "options.keepInput: expected true or false",
    );
  });
});

describe("the API of a session", () => {
  it("may be chosen for a session, changed between turns, and chosen for one turn alone", async () => {
    const named = (): { ask: ReturnType<typeof vi.fn>; api: typeof chatCompletions } => {
      const ask = vi.fn(askable(chatCompletions).ask);
      return { ask, api: askable({ ...chatCompletions, ...{ ask } }) };
    };
    const [one, other, third] = [named(), named(), named()];
    const chat = new ChatSession(new FakeClient(), { api: one.api });
    await chat.send("a");
    await chat.send("b", {}, { api: other.api });
    chat.api = third.api;
    await chat.send("c");
    chat.api = undefined;
    await chat.send("d");
    expect([one, other, third].map(({ ask }) => ask.mock.calls.length)).toEqual([1, 1, 1]);
    expect(chat.messages).toHaveLength(8);
  });

  it("is checked, and nothing is said", async () => {
    expect(() => new ChatSession(new FakeClient(), { api: "responses" as never })).toThrow(
      "api: expected chatCompletions",
    );
    const chat = new ChatSession(new FakeClient());
    chat.api = "responses" as never;
    await expect(chat.send("x")).rejects.toThrow("api: expected chatCompletions, or what responses()");
    chat.api = undefined;
    await expect(chat.send("x", {}, { api: {} as never })).rejects.toThrow("options.api: expected chatCompletions");
    expect(chat.messages).toEqual([]);
  });

  it("refuses hosted tools with chat completions by their place and name, and points to responses()", async () => {
    const client = new FakeClient();
    const chat = new ChatSession(client, { tools: [look, { type: "web_search" }] });
    await expect(chat.send("x")).rejects.toMatchObject({
      kind: "InputError",
      message: expect.stringMatching(/^tools\[1\]: expected .*responses\(\) of fetchat\/responses.*web_search/),
    });
    expect(chat.messages).toEqual([]);
    expect(client.requests).toHaveLength(0);
  });

  it("sends tools that other services run, in chat's form", async () => {
    const client = new FakeClient();
    const tools = [{ type: "web_search", web_search: { enable: true } }];
    await new ChatSession(client, { tools: tools as never }).send("x");
    expect(client.requests[0]?.params.tools).toEqual(tools);
  });
});
