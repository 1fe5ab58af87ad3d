import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ChatSession } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import { createClient, type OpenAI } from "../../src/index.ts";
import { createMockAPI, faults, type Reply } from "../../src/testing/index.ts";
import { responses } from "../../src/responses/index.ts";
import type { ChatCompletion, ChatCompletionChunk, FunctionTool } from "../../src/wire/index.ts";
import { atOnce, call, completionOf, deferred, FakeClient, fakeStream, outline, settled } from "./fakeClient.ts";

const hand: FunctionTool = { type: "function", function: { name: "hand" } };
const echo = tool({ name: "echo", execute: (args) => args });
const text = (content: string): object => ({ id: "c", choices: [{ index: 0, delta: { content } }] });
const stop = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

function online(...replies: Reply[]): { client: OpenAI; mock: ReturnType<typeof createMockAPI> } {
  const mock = createMockAPI({ pace: "instant" }).reply(...replies);
  return { mock, client: createClient({ apiKey: "k", fetch: mock.fetch, maxRetries: 0 }) };
}

describe("stream()", () => {
  it("throws the first request's error, before there is a stream", async () => {
    const { client } = online({ status: 401 }, "x");
    const chat = client.newChatSession();
    await expect(chat.stream("hi")).rejects.toMatchObject({ kind: "APIError", status: 401 });
    expect(outline(chat.messages)).toEqual(["user"]);
    expect((await (await chat.stream()).final()).text).toBe("x");
    expect(outline(chat.messages)).toEqual(["user", "assistant"]);
  });

  it("is there as soon as the API has accepted the request, before the first word", async () => {
    const gate = deferred();
    const chat = new ChatSession(new FakeClient(() => fakeStream([gate.promise, text("Hi"), stop])));
    const stream = await chat.stream("hi");
    expect(stream.ending).toBeUndefined();
    gate.resolve();
    expect((await stream.final()).text).toBe("Hi");
    expect(stream.ending).toBe("complete");
  });

  it("throws a failure after that in the loop, as a StreamError with what had arrived", async () => {
    const { client } = online({ text: "one two three", fault: faults.cut({ afterEvents: 3 }) });
    const chat = client.newChatSession();
    const stream = await chat.stream("hi");
    const seen: string[] = [];
    await expect(async () => {
      for await (const { content } of stream) seen.push(content);
    }).rejects.toMatchObject({ kind: "StreamError", ending: "truncated", partial: { text: "one two" } });
    expect(seen.join("")).toBe("one two");
    expect(stream.ending).toBe("truncated");
    expect(stream.partial.text).toBe("one two");
    await expect(stream.final()).rejects.toMatchObject({ ending: "truncated" });
  });

  it("throws a later request's error in the loop, with its cause", async () => {
    const { client } = online({ toolCalls: [{ name: "echo" }] }, { status: 429, headers: { "x-request-id": "r2" } });
    const stream = await client.newChatSession({ tools: [echo] }).stream("hi");
    await expect(stream.final()).rejects.toMatchObject({
      kind: "StreamError",
      ending: "provider_error",
      cause: { status: 429 },
    });
    expect(stream.ending).toBe("provider_error");
  });

  it("has no unhandled rejection if nobody asks for the end", async () => {
    const { client } = online({ text: "a b", fault: faults.reset({ afterEvents: 1 }) });
    await (await client.newChatSession().stream("hi")).toResponse().text();
    await settled();
  });
});

describe("partial", () => {
  it("can be read at any time, and may go into a history", async () => {
    const chat = new ChatSession(
      new FakeClient({ content: "Look: ", tool_calls: [call("a", "echo")] }, () =>
        fakeStream([text("Ha"), text("llo"), new Error("cut")]),
      ),
      { tools: [echo] },
    );
    const stream = await chat.stream("hi");
    expect(stream.partial).toMatchObject({ text: "", message: undefined });
    const seen: string[] = [];
    await expect(async () => {
      for await (const _event of stream) seen.push(stream.partial.text);
    }).rejects.toMatchObject({ ending: "truncated", partial: { text: "Hallo" } });
    expect(seen.slice(-4)).toEqual(["Look: ", "", "Ha", "Hallo"]);
    expect(stream.partial.message).toEqual({ role: "assistant", content: "Hallo" });
  });
});

describe("one reader", () => {
  it("owns the stream: a loop, then no other loop and no response", async () => {
    const stream = await new ChatSession(new FakeClient("abc")).stream("hi");
    for await (const _event of stream)
      expect(() => stream.toResponse()).toThrow("a second reader (the first is a loop)");
    expect(() => stream[Symbol.asyncIterator]()).toThrow("a second reader");
    expect((await stream.final()).text).toBe("abc");
  });

  it("may be final(), any number of times", async () => {
    const stream = await new ChatSession(new FakeClient("abc")).stream("hi");
    const [one, two] = await Promise.all([stream.final(), stream.final()]);
    expect(one).toBe(two);
    expect(await stream.final()).toBe(one);
    expect(() => stream[Symbol.asyncIterator]()).toThrow("the first is final()");
  });

  it("shares its outcome with final() that is called during the loop", async () => {
    const stream = await new ChatSession(new FakeClient("abc")).stream("hi");
    let outcome: Promise<unknown> | undefined;
    for await (const _event of stream) outcome ??= stream.final();
    expect(await outcome).toMatchObject({ text: "abc" });
  });

  it("gets the error once, and then nothing", async () => {
    const stream = await new ChatSession(new FakeClient(() => fakeStream([new Error("cut")]))).stream("hi");
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await expect(reader.next()).rejects.toThrow("The connection broke");
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("may ask ahead", async () => {
    const reader = (await new ChatSession(new FakeClient("ab")).stream("hi"))[Symbol.asyncIterator]();
    const results = await Promise.all(Array.from({ length: 9 }, () => reader.next()));
    expect(results.map(({ value }) => value?.content ?? "-").join("")).toBe("ab--");
  });
});

describe("leaving the loop", () => {
  it("stops the request, appends nothing, and lets the next turn in", async () => {
    const { client, mock } = online("one two three four", "next");
    const chat = client.newChatSession();
    const stream = await chat.stream("hi");
    const next = chat.generateResponse();
    for await (const { content } of stream) if (content.includes("two")) break;
    expect(stream.ending).toBe("aborted");
    expect(await mock.requests[0]?.ended).toBe("cancelled");
    expect(await next).toBe("next");
    expect(outline(chat.messages)).toEqual(["user", "assistant"]);
    await expect(stream.final()).rejects.toMatchObject({ ending: "aborted", name: "AbortError" });
  });

  it("is the end for its iterator", async () => {
    const reader = (await new ChatSession(new FakeClient("abc")).stream("hi"))[Symbol.asyncIterator]();
    expect(await reader.return?.()).toEqual({ done: true, value: undefined });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it("at the last event finds the turn complete", async () => {
    const chat = new ChatSession(new FakeClient("abc"));
    const stream = await chat.stream("hi");
    for await (const { type } of stream) if (type === "step_end") break;
    expect(stream.ending).toBe("complete");
    expect((await stream.final()).text).toBe("abc");
    expect(chat.lastTurn?.text).toBe("abc");
    expect(await chat.send("next")).toBe("…");
  });

  it("runs no call that was about to begin, and leaves an answerable history", async () => {
    const execute = vi.fn();
    const client = new FakeClient({ tool_calls: [call("a", "t")] }, "next");
    const chat = new ChatSession(client, { tools: [tool({ name: "t", execute })] });
    for await (const { type } of await chat.stream("hi")) if (type === "step_end") break;
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
    expect(await chat.generateResponse()).toBe("next");
    expect(execute).not.toHaveBeenCalled();
  });

  it("leaves calls of declared tools to the program", async () => {
    const client = new FakeClient({ tool_calls: [call("a", "hand")] }, "Done.");
    const chat = new ChatSession(client, { tools: [hand] });
    for await (const { type } of await chat.stream("hi")) if (type === "step_end") break;
    expect(await chat.send({ role: "tool", tool_call_id: "a", content: "1" })).toBe("Done.");
    expect(client.sent.at(-1)).toMatchObject({ content: "1" });
  });

  it("aborts running calls, and their results are of unknown outcome", async () => {
    let signal: AbortSignal | undefined;
    const started = deferred();
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "t")] }, "next"), {
      tools: [
        tool({
          name: "t",
          execute: (_args, context) => {
            signal = context.signal;
            started.resolve();
            return new Promise(() => undefined);
          },
        }),
      ],
    });
    for await (const { type } of await chat.stream("hi")) {
      if (type !== "tool_call") continue;
      await started.promise;
      break;
    }
    expect(signal?.aborted).toBe(true);
    expect(chat.messages.at(-1)).toMatchObject({ role: "tool", content: expect.stringContaining("unknown") });
    expect(await chat.generateResponse()).toBe("next");
  });
});

describe("cancel()", () => {
  it("frees the queue at once, read or unread, and stops the upstream", async () => {
    for (const read of [false, true]) {
      const { client, mock } = online({ text: "one two", fault: faults.stall({ afterEvents: 1 }) }, "next");
      const chat = client.newChatSession();
      const stream = await chat.stream("hi");
      const reader = read ? stream[Symbol.asyncIterator]() : undefined;
      const pending = reader
        ?.next()
        .then(() => reader.next())
        .then(() => reader.next());
      pending?.catch(() => undefined);
      const next = chat.generateResponse();
      await settled();
      stream.cancel("enough");
      expect(stream.ending).toBe("aborted");
      expect(await next).toBe("next");
      if (pending) await expect(pending).rejects.toMatchObject({ name: "AbortError" });
      await expect(stream.final()).rejects.toMatchObject({ ending: "aborted" });
      expect(await mock.requests[0]?.ended).toBe("cancelled");
    }
  });

  it("does nothing after the end", async () => {
    const stream = await new ChatSession(new FakeClient("x")).stream("hi");
    await stream.final();
    stream.cancel();
    expect(stream.ending).toBe("complete");
  });

  it("by the caller's signal ends the loop with an AbortError", async () => {
    const stopper = new AbortController();
    const { client } = online({ text: "one two", fault: faults.stall({ afterEvents: 2 }) }, "next");
    const chat = client.newChatSession();
    const stream = await chat.stream("hi", {}, { signal: stopper.signal });
    const outcome = stream.final();
    await settled();
    stopper.abort("enough");
    await expect(outcome).rejects.toMatchObject({ name: "AbortError", ending: "aborted" });
    expect(await chat.generateResponse()).toBe("next");
  });
});

describe("a stream that nobody reads", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("holds the queue until its total timeout, and no longer", async () => {
    const { client } = online({ text: "one two", fault: faults.stall({ afterEvents: 1 }) }, "next");
    const chat = client.newChatSession();
    const stream = await chat.stream("hi", {}, { timeout: 60_000 });
    const next = vi.fn();
    void chat.generateResponse().then(next);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(next).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(next).toHaveBeenCalledWith("next");
    await expect(stream.final()).rejects.toMatchObject({
      ending: "stalled",
      cause: { kind: "TimeoutError", phase: "total" },
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is freed by the client's own timeout too", async () => {
    const mock = createMockAPI({ pace: "instant" }).reply("one two", "next");
    const chat = createClient({ apiKey: "k", fetch: mock.fetch, timeout: 5_000 }).newChatSession();
    await chat.stream("hi");
    const next = vi.fn();
    void chat.generateResponse().then(next);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(next).toHaveBeenCalledWith("next");
  });

  it("is freed if its reader stopped in the middle, even after the server had sent all", async () => {
    const chat = new ChatSession(new FakeClient(atOnce(completionOf({ content: "abc" })), "next"));
    const stream = await chat.stream("hi", {}, { timeout: 60_000 });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await vi.advanceTimersByTimeAsync(40_000);
    await reader.next();
    const next = vi.fn();
    void chat.generateResponse().then(next);
    await vi.advanceTimersByTimeAsync(59_000);
    expect(next).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(next).toHaveBeenCalled();
    expect(stream.ending).toBe("stalled");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not given up while a long turn is being read", async () => {
    const chat = new ChatSession(new FakeClient({ tool_calls: [call("a", "slow")] }, "Done."), {
      tools: [tool({ name: "slow", execute: () => new Promise((resolve) => setTimeout(resolve, 500_000)) })],
    });
    const outcome = (await chat.stream("hi", {}, { timeout: 60_000 })).final();
    await vi.advanceTimersByTimeAsync(500_000);
    expect((await outcome).text).toBe("Done.");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("toResponse()", () => {
  const reread = async (response: Response): Promise<ChatCompletion> => {
    const client = createClient({ apiKey: "k", maxRetries: 0, fetch: () => Promise.resolve(response) });
    return (await client.streamChat([{ role: "user", content: "x" }])).final();
  };
  const finishes = async (response: Response): Promise<unknown[]> =>
    (await response.text())
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .flatMap((event) => (JSON.parse(event.slice(6)) as ChatCompletion).choices.map((choice) => choice.finish_reason))
      .filter(Boolean);

  it("is one completion with one finish reason, of all steps together", async () => {
    const replies = (): Reply[] => [
      { text: "Let me look. ", reasoning: "hm", toolCalls: [{ name: "echo" }] },
      { text: "It rains." },
    ];
    const turn = async (): Promise<Response> =>
      (
        await online(...replies())
          .client.newChatSession({ tools: [echo] })
          .stream("hi")
      ).toResponse();
    expect(await reread(await turn())).toMatchObject({
      choices: [
        {
          index: 0,
          finish_reason: "stop",
          message: { role: "assistant", content: "Let me look. It rains.", reasoning_content: "hm" },
        },
      ],
      usage: { total_tokens: expect.any(Number) },
    });
    const {
      choices: [choice],
    } = await reread(await turn());
    expect(choice?.message).not.toHaveProperty("tool_calls");
    expect(await finishes(await turn())).toEqual(["stop"]);
    const text = await (await turn()).text();
    const ids = text
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => (JSON.parse(event.slice(6)) as ChatCompletion).id);
    expect(new Set(ids).size).toBe(1);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("writes chat completion chunks over the Responses API too", async () => {
    const { client } = online({ text: "Hello there", toolCalls: [{ name: "echo" }] }, { text: "Done" });
    const chat = client.newChatSession({ api: responses(), tools: [echo] });
    const passed = await (await chat.stream("hi")).toResponse().text();
    expect(passed).toContain("data: [DONE]");
    const frames = [...passed.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as ChatCompletionChunk);
    expect(new Set(frames.map(({ id, object, model }) => [typeof id, object, typeof model].join()))).toEqual(
      new Set(["string,chat.completion.chunk,string"]),
    );
    expect(new Set(frames.map(({ id }) => id)).size).toBe(1);
    expect(frames[0]!.choices[0]?.delta.role).toBe("assistant");
    expect(frames.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("Hello thereDone");
    const reasons = frames.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean);
    expect(reasons).toEqual(["stop"]);
  });

  it("passes on refusals and the calls that the program runs", async () => {
    const chat = new ChatSession(
      new FakeClient({ content: "Look", tool_calls: [call("a", "hand", { x: 1 })] }, { content: null, refusal: "No." }),
      { tools: [hand] },
    );
    expect((await reread((await chat.stream("hi")).toResponse())).choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { content: "Look", tool_calls: [call("a", "hand", { x: 1 })] },
    });
    expect((await reread((await chat.stream("hi")).toResponse())).choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { refusal: "No." },
    });
  });

  it("passes on no call of a whole answer that came instead of a stream", async () => {
    const client = new FakeClient(() => {
      const { choices, ...rest } = completionOf({ content: "Look", tool_calls: [call("a", "echo")] });
      return fakeStream([
        { ...rest, choices: choices.map(({ message, ...choice }) => ({ ...choice, delta: message })) },
      ]);
    }, "Done.");
    const {
      choices: [choice],
    } = await reread((await new ChatSession(client, { tools: [echo] }).stream("hi")).toResponse());
    expect(choice).toMatchObject({ finish_reason: "stop", message: { role: "assistant", content: "LookDone." } });
    expect(choice?.message.tool_calls).toBeUndefined();
  });

  it("has the finish reason length if the answer was cut or the steps were used up", async () => {
    const cut = new ChatSession(new FakeClient({ completion: completionOf({ content: "On" }, "length") }));
    expect((await reread((await cut.stream("hi")).toResponse())).choices[0]?.finish_reason).toBe("length");
    const spent = new ChatSession(new FakeClient({ tool_calls: [call("a", "echo")] }), { tools: [echo], maxSteps: 1 });
    expect((await reread((await spent.stream("hi")).toResponse())).choices[0]?.finish_reason).toBe("length");
  });

  it.each<[string, Reply[], object]>([
    [
      "a cut",
      [{ text: "one two", fault: faults.cut({ afterEvents: 2 }) }],
      { ending: "truncated", partial: { text: "one" } },
    ],
    [
      "a reset",
      [{ text: "one two", fault: faults.reset({ afterEvents: 2 }) }],
      { ending: "truncated", partial: { text: "one" } },
    ],
    [
      "an error event",
      [
        {
          text: "one two",
          fault: faults.errorEvent({ afterEvents: 2, error: { message: "Overloaded", code: "overloaded" } }),
        },
      ],
      { ending: "provider_error", code: "overloaded" },
    ],
    [
      "an error of a later request",
      [{ toolCalls: [{ name: "echo" }] }, { status: 500, error: "Oh no" }],
      { ending: "provider_error" },
    ],
    [
      "a connection that a later request does not get",
      [{ toolCalls: [{ name: "echo" }] }, faults.reset({ before: "headers" })("x")],
      { ending: "truncated" },
    ],
  ])("passes on %s as the same ending", async (_name, replies, expected) => {
    const stream = await online(...replies)
      .client.newChatSession({ tools: [echo] })
      .stream("hi");
    await expect(reread(stream.toResponse())).rejects.toMatchObject({ kind: "StreamError", ...expected });
    expect(stream.ending).toBe((expected as { ending: string }).ending);
  });

  it("passes on an abort and a standstill", async () => {
    const stopper = new AbortController();
    const aborted = await online({ text: "one two", fault: faults.stall({ afterEvents: 2 }) })
      .client.newChatSession()
      .stream("hi", {}, { signal: stopper.signal });
    const outcome = reread(aborted.toResponse());
    outcome.catch(() => undefined);
    await settled();
    stopper.abort();
    await expect(outcome).rejects.toMatchObject({ ending: "aborted" });
    vi.useFakeTimers();
    const stalled = await online({ text: "one two", fault: faults.stall({ afterEvents: 2 }) })
      .client.newChatSession()
      .stream("hi", {}, { timeout: { idle: 1_000 } });
    const silence = reread(stalled.toResponse());
    silence.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(1_500);
    await expect(silence).rejects.toMatchObject({ ending: "stalled" });
    vi.useRealTimers();
  });

  it("stops the turn if its client leaves", async () => {
    const { client, mock } = online({ text: "one two", fault: faults.stall({ afterEvents: 2 }) }, "next");
    const chat = client.newChatSession();
    const reader = (await chat.stream("hi")).toResponse().body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(await mock.requests[0]?.ended).toBe("cancelled");
    expect(await chat.generateResponse()).toBe("next");
  });

  it("ends as truncated if the answer restarts: what was passed on cannot be taken back", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { client } = online({ text: "one two", fault: faults.cut({ afterEvents: 2 }) }, "again");
    const stream = await client.newChatSession().stream("hi", {}, { resume: "restart", maxRetries: 1 });
    await expect(reread(stream.toResponse())).rejects.toMatchObject({ ending: "truncated" });
  });
});

describe('resume: "restart"', () => {
  it("marks the restart of an answer, and appends it once", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { client } = online({ text: "one two", fault: faults.cut({ afterEvents: 2 }) }, "again");
    const chat = client.newChatSession();
    let said = "";
    for await (const event of await chat.stream("hi", {}, { resume: "restart", maxRetries: 1 }))
      said = event.type === "restart" ? "" : said + event.content;
    expect(said).toBe("again");
    expect(chat.messages.at(-1)).toMatchObject({ content: "again" });
  });
});
