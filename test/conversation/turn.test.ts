import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askable } from "../support/watchedApi.ts";
import type { ApiRequest, Step } from "../../src/conversation/apis/api.ts";
import { chatCompletions } from "../../src/conversation/apis/chat.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import type { RunTool, ToolContext } from "../../src/conversation/tools.ts";
import type { TurnEvent } from "../../src/conversation/turn.ts";
import type { Chunk, FunctionTool, Message, ToolMessage } from "../../src/wire/index.ts";
import { call, completionOf, deferred, FakeClient, fakeStream, outline, settled, untilAborted } from "./fakeClient.ts";

const hand: FunctionTool = { type: "function", function: { name: "hand" } };
const contents = (messages: readonly Message[]): unknown[] =>
  messages.filter((message) => message.role === "tool").map(({ content }) => content);

describe("a turn with tools", () => {
  it("runs them, asks again, and returns the text", async () => {
    const client = new FakeClient(
      { content: "Let me look.", tool_calls: [call("a", "weather", { city: "Oslo" })] },
      "Rain.",
    );
    const execute = vi.fn(() => ({ sky: "grey" }));
    const chat = new ChatSession(client, { tools: [tool<{ city: string }>({ name: "weather", execute })] });
    expect(await chat.send("Oslo?")).toBe("Rain.");
    expect(execute).toHaveBeenCalledExactlyOnceWith({ city: "Oslo" }, expect.objectContaining({ toolCallId: "a" }));
    expect(client.sent.slice(1)).toEqual([
      { role: "assistant", content: "Let me look.", tool_calls: [call("a", "weather", { city: "Oslo" })] },
      { role: "tool", tool_call_id: "a", content: '{"sky":"grey"}' },
    ]);
    expect(chat.lastTurn).toMatchObject({
      text: "Rain.",
      ending: "complete",
      usage: { prompt_tokens: 2, completion_tokens: 4, total_tokens: 6 },
      steps: [{ ending: "tool_calls" }, { ending: "complete" }],
    });
  });

  it("sums usage with its details, even if only some steps report it", async () => {
    const told = (usage: unknown) => ({ completion: { ...completionOf({ tool_calls: [call("a", "t")] }), usage } });
    const client = new FakeClient(
      told({ prompt_tokens: 1, total_tokens: 1, prompt_tokens_details: { cached_tokens: 1 } }),
      told(undefined),
      told({
        prompt_tokens: 2,
        completion_tokens: 3,
        total_tokens: 5,
        prompt_tokens_details: { cached_tokens: 2, audio_tokens: 1 },
      }),
      "x",
    );
    const chat = new ChatSession(client, { tools: [tool({ name: "t", execute: () => 1 })] });
    await chat.send("go");
    expect(chat.lastTurn?.usage).toEqual({
      prompt_tokens: 4,
      completion_tokens: 5,
      total_tokens: 9,
      prompt_tokens_details: { cached_tokens: 3, audio_tokens: 1 },
    });
  });

  it("turns every failure of a call into a message that the model can act on", async () => {
    const schema = {
      "~standard": {
        vendor: "x",
        validate: () => ({ issues: [{ message: "too cold", path: ["city", { key: 0 }] }] }),
        jsonSchema: { input: () => ({ type: "object" }) },
      },
    };
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const ran = vi.fn();
    const tools = [
      tool({
        name: "throws",
        execute: () => {
          throw new Error("boom");
        },
      }),
      tool({ name: "rejects", execute: () => Promise.reject(new Error("plain")) }),
      tool({ name: "checked", parameters: schema, execute: ran }),
      tool({ name: "plain", execute: ran }),
      tool({ name: "circular", execute: () => circular }),
      tool({ name: "function", execute: () => () => 1 }),
      Object.defineProperty({ type: "function", function: { name: "sync" } } as RunTool, "execute", {
        value: () => {
          throw new TypeError("at once");
        },
      }),
    ];
    const calls = [
      call("1", "throws"),
      call("2", "rejects"),
      call("3", "checked"),
      call("4", "plain", '{"a":'),
      call("5", "nobody"),
      call("6", "circular"),
      call("9", "function"),
      call("7", "sync"),
      { id: "8", type: "custom" as const, custom: { name: "free", input: "x" } },
    ];
    const client = new FakeClient({ tool_calls: calls }, "Sorry.");
    const chat = new ChatSession(client, { tools, maxParallelTools: 2 });
    expect(await chat.send("go")).toBe("Sorry.");
    expect(ran).not.toHaveBeenCalled();
    expect(contents(client.sent)).toEqual([
      "Error: boom",
      "Error: plain",
      "Error: arguments.city[0]: expected a value that fits the schema, received one that does not (too cold)",
      expect.stringMatching(/^Error: arguments: expected JSON, received /),
      'Error: name: expected one of throws, rejects, checked, plain, circular, function, sync, received "nobody"',
      expect.stringMatching(/^Error: The tool ran, but its result cannot be written as JSON/),
      "Error: The tool ran, but its result cannot be written as JSON: it is a function",
      "Error: at once",
      expect.stringContaining('received "free"'),
    ]);
  });

  it("never runs a call with cut arguments of a whole answer without a finish reason", async () => {
    const execute = vi.fn();
    const client = new FakeClient(
      { completion: completionOf({ tool_calls: [call("a", "t", '{"x":1')] }, null) },
      "Sorry.",
    );
    expect(await new ChatSession(client, { tools: [tool({ name: "t", execute })] }).send("go")).toBe("Sorry.");
    expect(execute).not.toHaveBeenCalled();
    expect(contents(client.sent)).toEqual([expect.stringContaining("expected JSON")]);
  });

  it("ends when its steps are used up, with every call answered and none run", async () => {
    const execute = vi.fn(() => "ok");
    const again = { content: "more", tool_calls: [call("a", "t"), call("b", "hand")] };
    const client = new FakeClient({ tool_calls: [call("a", "t")] }, again, "Enough.");
    const chat = new ChatSession<ReturnType<typeof tool> | typeof hand>(client, {
      tools: [tool({ name: "t", execute }), hand],
      maxSteps: 2,
    });
    expect(await chat.send("go")).toBe("more");
    expect(chat.lastTurn?.ending).toBe("max_steps");
    expect(execute).toHaveBeenCalledTimes(1);
    expect(outline(chat.messages).slice(3)).toEqual(["calls a b", "tool a", "tool b"]);
    expect(contents(chat.messages)[1]).toMatch(/Not run/);
    expect(await chat.generateResponse()).toBe("Enough.");
  });

  it("runs the tools that it can, and returns the message for the other calls", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "hand"), call("b", "t")] }, "Done.");
    const chat = new ChatSession<ReturnType<typeof tool> | typeof hand>(client, {
      tools: [tool({ name: "t", execute: () => "2" }), hand],
    });
    expect(await chat.send("go")).toMatchObject({ tool_calls: [{ id: "a" }, { id: "b" }] });
    expect(chat.lastTurn?.ending).toBe("tool_calls");
    expect(await chat.send({ role: "tool", tool_call_id: "a", content: "1" })).toBe("Done.");
    expect(contents(client.sent)).toEqual(["1", "2"]);
  });

  it("keeps the tools that were there when it started", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "t")] }, "x");
    const chat: ChatSession = new ChatSession(client, {
      tools: [
        tool({
          name: "t",
          execute: () => {
            chat.tools = [];
            return "ok";
          },
        }),
      ],
    });
    await chat.send("go");
    expect(contents(client.sent)).toEqual(["ok"]);
    expect(client.requests.map(({ params }) => params.tools?.length)).toEqual([1, 1]);
  });
});

describe("calls that run", () => {
  function held(names: readonly string[], options: { timeout?: number } = {}) {
    const gates = new Map(names.map((name) => [name, deferred<unknown>()]));
    const begun: string[] = [];
    const signals = new Map<string, AbortSignal>();
    const tools = names.map((name) =>
      tool({
        ...options,
        name,
        execute: (_args, { signal }: ToolContext) => {
          begun.push(name);
          signals.set(name, signal);
          return gates.get(name)!.promise;
        },
      }),
    );
    return {
      tools,
      begun,
      signals,
      finish: async (name: string, value: unknown = name) => {
        gates.get(name)!.resolve(value);
        await settled();
      },
      gates,
    };
  }
  const six = ["a", "b", "c", "d", "e", "f"];
  const answers = (names: readonly string[]) => ({ tool_calls: names.map((name) => call(name, name)) });

  it("run five at a time by default, begun in the order asked", async () => {
    const { tools, begun, finish } = held(six);
    const chat = new ChatSession(new FakeClient(answers(six), "x"), { tools });
    const answer = chat.send("go");
    await settled();
    expect(begun).toEqual(["a", "b", "c", "d", "e"]);
    await finish("d");
    expect(begun).toEqual(six);
    for (const name of six) await finish(name);
    expect(await answer).toBe("x");
  });

  it("run one at a time with maxParallelTools: 1", async () => {
    const { tools, begun, finish } = held(["a", "b"]);
    const chat = new ChatSession(new FakeClient(answers(["a", "b"]), "x"), { tools, maxParallelTools: 1 });
    const answer = chat.send("go");
    await settled();
    expect(begun).toEqual(["a"]);
    await finish("a");
    await finish("b");
    expect(await answer).toBe("x");
  });

  it("have their results in the history at once, in the order asked", async () => {
    const { tools, finish } = held(["a", "b", "c"]);
    const chat = new ChatSession(new FakeClient(answers(["a", "b", "c"]), "x"), { tools });
    const answer = chat.send("go");
    await settled();
    await finish("c");
    expect(outline(chat.messages)).toEqual(["user", "calls a b c", "tool c"]);
    await finish("a");
    expect(outline(chat.messages)).toEqual(["user", "calls a b c", "tool a", "tool c"]);
    await finish("b");
    await answer;
    expect(outline(chat.messages)).toEqual(["user", "calls a b c", "tool a", "tool b", "tool c", "assistant"]);
  });

  it("lose no finished result when the turn is aborted while another hangs, which is of unknown outcome and never run again", async () => {
    const names = ["a", "b", "c"];
    const { tools, begun, finish, signals, gates } = held(names);
    const client = new FakeClient(answers(names), "Next.");
    const chat = new ChatSession(client, { tools, maxParallelTools: 2 });
    const stopper = new AbortController();
    const answer = chat.send("go", {}, { signal: stopper.signal });
    answer.catch(() => undefined);
    await settled();
    await finish("a", "42");
    await finish("b", "43");
    expect(begun).toEqual(names);
    stopper.abort("enough");
    // At once: the history may be stored in the very next line.
    expect(contents(chat.messages)).toEqual(["42", "43", expect.stringContaining("outcome is unknown")]);
    expect(signals.get("c")?.reason).toBe("enough");
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    gates.get("c")!.resolve("late");
    await settled();
    expect(contents(chat.messages)).toHaveLength(3);
    expect(await chat.generateResponse()).toBe("Next.");
    expect(begun).toEqual(names);
    expect(outline(client.sent)).toEqual(["user", "calls a b c", "tool a", "tool b", "tool c"]);
  });

  it("have a result that says so if the abort came before they began", async () => {
    const { tools, begun, finish } = held(["a", "b"]);
    const chat = new ChatSession(new FakeClient(answers(["a", "b"])), { tools, maxParallelTools: 1 });
    const stopper = new AbortController();
    const answer = chat.send("go", {}, { signal: stopper.signal });
    answer.catch(() => undefined);
    await settled();
    stopper.abort();
    expect(begun).toEqual(["a"]);
    expect(contents(chat.messages)).toEqual([expect.stringContaining("unknown"), expect.stringContaining("Not run")]);
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    await finish("a");
    expect(begun).toEqual(["a"]);
  });

  it("do not begin if the turn was aborted as the answer ended", async () => {
    const { tools, begun } = held(["a"]);
    const stopper = new AbortController();
    const ask = async (request: ApiRequest): Promise<Step> => {
      const step = await askable(chatCompletions).ask(request);
      stopper.abort();
      return step;
    };
    const chat = new ChatSession(new FakeClient(answers(["a"])), {
      tools,
      api: askable({ ...chatCompletions, ...{ ask } }),
    });
    await expect(chat.send("go", {}, { signal: stopper.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(begun).toEqual([]);
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
  });

  it("keep their results if the next request fails", async () => {
    const { tools, begun, finish } = held(["a"]);
    const client = new FakeClient(answers(["a"]), new Error("500"), "x");
    const chat = new ChatSession(client, { tools });
    const answer = chat.send("go");
    answer.catch(() => undefined);
    await settled();
    await finish("a", "42");
    await expect(answer).rejects.toThrow("500");
    expect(await chat.generateResponse()).toBe("x");
    expect(begun).toEqual(["a"]);
    expect(contents(client.sent)).toEqual(["42"]);
  });

  it("never run again in a session that is loaded from a store", async () => {
    const { tools, begun } = held(["a"]);
    const client = new FakeClient("x");
    const chat = new ChatSession(client, {
      tools,
      messages: [
        { role: "user", content: "go" },
        { role: "assistant", content: null, tool_calls: [call("a", "a")] },
      ],
    });
    await chat.generateResponse();
    expect(begun).toEqual([]);
    expect(contents(client.sent)).toEqual([expect.stringContaining("outcome is unknown")]);
  });

  it("have their results in front of messages that the program appends meanwhile", async () => {
    const { tools, finish } = held(["a"]);
    const chat = new ChatSession(new FakeClient(answers(["a"]), "x"), { tools });
    const answer = chat.send("go");
    await settled();
    chat.appendMessage({ role: "user", content: "hurry" });
    await finish("a");
    await answer;
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a", "user", "assistant"]);
  });

  describe("with a timeout", () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it("end at the timeout, and the others continue", async () => {
      const { tools, finish, signals } = held(["a", "b"], { timeout: 1_000 });
      const client = new FakeClient(answers(["a", "b"]), "x");
      const chat = new ChatSession(client, { tools });
      const answer = chat.send("go");
      await vi.advanceTimersByTimeAsync(999);
      await finish("b", "2");
      expect(contents(chat.messages)).toEqual(["2"]);
      await vi.advanceTimersByTimeAsync(1);
      expect(await answer).toBe("x");
      expect(contents(client.sent)).toEqual([
        "Error: No result within 1000 ms. The call may have run; its outcome is unknown.",
        "2",
      ]);
      expect([signals.get("a")?.aborted, signals.get("b")?.aborted]).toEqual([true, false]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it("may have a timeout that is longer than a timer can be", async () => {
      const { tools, finish } = held(["a"], { timeout: 2 ** 40 });
      const answer = new ChatSession(new FakeClient(answers(["a"]), "x"), { tools }).send("go");
      await vi.advanceTimersByTimeAsync(10_000);
      // A longer one than platforms know would fire at once.
      expect(vi.getTimerCount()).toBe(0);
      await finish("a");
      expect(await answer).toBe("x");
    });
  });
});

describe("the events of a turn", () => {
  const events = async (
    client: FakeClient,
    options: ConstructorParameters<typeof ChatSession>[1] = {},
  ): Promise<TurnEvent[]> => {
    const all: TurnEvent[] = [];
    for await (const event of await new ChatSession(client, options).stream("go")) all.push(event);
    return all;
  };
  const short = (event: TurnEvent): unknown => {
    switch (event.type) {
      case "text":
        return event.content;
      case "reasoning":
        return { reasoning: event.reasoning };
      case "tool_call_delta":
        return [event.index, event.id, event.name, event.arguments];
      case "tool_call":
        return { begins: event.call.id };
      case "tool_result":
        return { ends: event.outcome.call.id };
      case "approval":
        return { waits: event.call.id };
      case "chunk":
      case "restart":
      case "step_end":
      case "step_start":
        return event.type;
    }
  };
  const stop = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const fragment = (
    index: number | undefined,
    id: string | undefined,
    name: string | undefined,
    text?: string,
  ): object => ({ index, id, function: { name, arguments: text } });

  it("come in true order, each with content", async () => {
    const slow = deferred();
    const client = new FakeClient(
      () =>
        fakeStream([
          chunk({ role: "assistant", content: "" }),
          chunk({ reasoning_content: "hm", content: "Let", tool_calls: [fragment(0, "a", "slow", "")] }),
          chunk({ tool_calls: [fragment(1, "b", "quick", "{"), fragment(0, undefined, undefined, "{}")] }),
          chunk({ tool_calls: [fragment(1, undefined, undefined, "}")] }),
          chunk({}, "tool_calls"),
        ]),
      "Ok",
    );
    const tools = [
      tool({ name: "slow", execute: () => slow.promise }),
      tool({
        name: "quick",
        execute: () => {
          setTimeout(() => slow.resolve());
          return 1;
        },
      }),
    ];
    const all = await events(client, { tools });
    expect(all.every(({ content }) => typeof content === "string")).toBe(true);
    expect(all.map(short)).toEqual([
      "step_start",
      "chunk",
      { reasoning: "hm" },
      "Let",
      [0, "a", "slow", ""],
      [1, "b", "quick", "{"],
      [0, "a", "slow", "{}"],
      [1, "b", "quick", "}"],
      "chunk",
      "step_end",
      { begins: "a" },
      { begins: "b" },
      { ends: "b" },
      { ends: "a" },
      "step_start",
      "chunk",
      "O",
      "k",
      "chunk",
      "chunk",
      "step_end",
    ]);
  });

  it("report a result once it is in the history", async () => {
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "t")] }, "x"), {
      tools: [tool({ name: "t", execute: () => 1 })],
    });
    const seen: string[][] = [];
    for await (const event of await chat.stream("go"))
      if (event.type === "tool_result" || event.type === "step_end") seen.push(outline(chat.messages));
    expect(seen).toEqual([
      ["user", "calls a"],
      ["user", "calls a", "tool a"],
      ["user", "calls a", "tool a", "assistant"],
    ]);
  });

  it.each<[string, object[], unknown[]]>([
    [
      "without an index",
      [{ tool_calls: [fragment(undefined, "a", "f", "{}")] }, { tool_calls: [fragment(undefined, "b", "g", "{}")] }],
      [
        [0, "a", "f", "{}"],
        [1, "b", "g", "{}"],
      ],
    ],
    [
      "of one index and a new id",
      [{ tool_calls: [fragment(0, "a", "f", "{}")] }, { tool_calls: [fragment(0, "b", "g", "{}")] }],
      [
        [0, "a", "f", "{}"],
        [1, "b", "g", "{}"],
      ],
    ],
    [
      "that begin at 1, and out of order",
      [
        { tool_calls: [fragment(2, "b", "g", "{")] },
        { tool_calls: [fragment(1, "a", "f", "{}")] },
        { tool_calls: [fragment(2, undefined, undefined, "}")] },
      ],
      [
        [0, "b", "g", "{"],
        [0, "a", "f", "{}"],
        [1, "b", "g", "}"],
      ],
    ],
    [
      "with an empty id",
      [{ tool_calls: [fragment(0, "", "f", "{")] }, { tool_calls: [fragment(0, "", undefined, "}")] }],
      [
        [0, "call_0", "f", "{"],
        [0, "call_0", "f", "}"],
      ],
    ],
    [
      "of a custom tool",
      [
        { tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "c", input: "x" } }] },
        { tool_calls: [{ index: 0, custom: { input: "y" } }] },
      ],
      [
        [0, "a", "c", "x"],
        [0, "a", "c", "y"],
      ],
    ],
  ])("report how calls grow that a provider sends %s", async (_name, deltas, expected) => {
    const all = await events(
      new FakeClient(() => fakeStream([...deltas.map((delta) => chunk(delta)), chunk({}, "tool_calls")])),
    );
    expect(all.filter(({ type }) => type === "tool_call_delta").map(short)).toEqual(expected);
  });

  it("report calls from their start again after a restart", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const grown = (id: string): object => chunk({ tool_calls: [fragment(0, id, "f", "{}")] });
    const client = new FakeClient(fakeStream([grown("a"), new Error("cut")]), fakeStream([grown("b"), stop]));
    const all: TurnEvent[] = [];
    const stream = await new ChatSession(client).stream("go", {}, { resume: "restart", maxRetries: 1 });
    for await (const event of stream) all.push(event);
    expect(all.slice(1, 4).map(short)).toEqual([[0, "a", "f", "{}"], "restart", [0, "b", "f", "{}"]]);
  });

  it("leave out other choices than the first", async () => {
    const client = new FakeClient(() =>
      fakeStream([
        {
          choices: [
            { index: 1, delta: { content: "B" } },
            { index: 0, delta: { content: "A" } },
          ],
        },
        {
          choices: [
            { index: 0, delta: {}, finish_reason: "stop" },
            { index: 1, delta: {}, finish_reason: "stop" },
          ],
        },
      ]),
    );
    expect((await events(client)).map(({ content }) => content).join("")).toBe("A");
  });

  it("have the reason why a call failed", async () => {
    const all = await events(new FakeClient({ tool_calls: [call("a", "t")] }, "x"), {
      tools: [
        tool({
          name: "t",
          execute: () => {
            throw new Error("boom");
          },
        }),
      ],
    });
    const event = all.find(({ type }) => type === "tool_result");
    expect(event).toMatchObject({
      outcome: {
        content: "Error: boom",
        error: { kind: "ToolError", toolName: "t", toolCallId: "a", cause: { message: "boom" } },
      },
    });
  });
});

describe("results", () => {
  it("are sent as they are if they are strings or content parts, and as JSON otherwise", async () => {
    const picture = [
      { type: "text", text: "a map" },
      { type: "image_url", image_url: { url: "https://x/y.png" } },
    ];
    const given: unknown[] = ["plain", "", { a: 1 }, [1, 2], [], null, undefined, 0, picture, [{ type: "text" }]];
    const client = new FakeClient({ tool_calls: given.map((_one, at) => call(`${at}`, "t", { at })) }, "x");
    const chat = new ChatSession(client, {
      tools: [tool<{ at: number }>({ name: "t", execute: ({ at }) => given[at] })],
    });
    await chat.send("go");
    const results = chat.messages
      .filter((message): message is ToolMessage => message.role === "tool")
      .map(({ content }) => content);
    expect(results).toEqual(["plain", "", '{"a":1}', "[1,2]", "[]", "null", "null", "0", picture, '[{"type":"text"}]']);
    expect(client.sent.at(-1)).toMatchObject({ role: "user", content: [{}, { type: "image_url" }] });
  });
});

describe("a client that answers after the abort", () => {
  it("is not read any more", async () => {
    const stopper = new AbortController();
    const chat = new ChatSession(
      new FakeClient(() =>
        fakeStream(["a", "b", "c"].map((content) => ({ choices: [{ index: 0, delta: { content } }] }))),
      ),
    );
    const seen: string[] = [];
    const onChunk = ({ content }: Chunk): void => {
      seen.push(content);
      stopper.abort();
    };
    await expect(chat.send("go", {}, { signal: stopper.signal, onChunk })).rejects.toMatchObject({
      name: "AbortError",
    });
    expect(seen).toEqual(["a"]);
  });

  it("does not harm the next turn", async () => {
    const stopper = new AbortController();
    const chat = new ChatSession(new FakeClient(({ signal }) => untilAborted(signal), "2"));
    const first = chat.send("a", {}, { signal: stopper.signal, onChunk: () => undefined });
    const second = chat.send("b");
    await settled();
    stopper.abort();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    expect(await second).toBe("2");
  });
});

describe("calls that run at the same time", () => {
  it("each report their result, even if storing the session takes a while", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "now"), call("b", "now")] }, "done");
    const session = new ChatSession(client, {
      tools: [tool({ name: "now", execute: () => "12:00" })],
      save: () => new Promise((resolve) => setImmediate(resolve)),
    });
    const told: string[] = [];
    for await (const event of await session.stream("What time is it?"))
      if (event.type === "tool_result") told.push(event.outcome.call.id);
    expect(told.sort()).toEqual(["a", "b"]);
  });
});
