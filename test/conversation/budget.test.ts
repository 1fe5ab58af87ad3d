import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { estimateTokens } from "../../src/conversation/budget.ts";
import { ChatSession } from "../../src/conversation/session.ts";
import { tool } from "../../src/conversation/tools.ts";
import { createClient } from "../../src/index.ts";
import { createMockAPI, faults } from "../../src/testing/index.ts";
import type { Message } from "../../src/wire/index.ts";
import { call, completionOf, FakeClient, fakeStream, outline, settled } from "./fakeClient.ts";

const again = (): object => ({ content: "so far", tool_calls: [call("a", "t")] });
const contents = (messages: readonly Message[]): unknown[] =>
  messages.filter((message) => message.role === "tool").map(({ content }) => content);

describe("a budget", () => {
  it.each([
    ["tokens", { tokens: 6 }],
    ["steps", { steps: 2 }],
  ])("of %s ends the turn with the text so far, and every call is answered", async (_name, budget) => {
    const execute = vi.fn(() => 1);
    const client = new FakeClient(again(), again(), "never");
    const chat = new ChatSession(client, { budget, tools: [tool({ name: "t", execute })] });
    expect(await chat.send("go")).toBe("so far");
    expect(chat.lastTurn).toMatchObject({ ending: "budget", usage: { total_tokens: 6 } });
    expect(execute).toHaveBeenCalledTimes(1);
    expect(client.requests).toHaveLength(2);
    expect(contents(chat.messages)).toEqual(["1", "Not run: the turn had used up its budget."]);
  });

  it("stops the turn if the program sets a wrong limit while it runs", async () => {
    const client = new FakeClient(again(), again(), "never");
    const execute = (): void => {
      chat.budget = { tokens: NaN };
    };
    const chat = new ChatSession(client, { budget: { tokens: 1_000 }, tools: [tool({ name: "t", execute })] });
    expect(await chat.send("go")).toBe("so far");
    expect([chat.lastTurn?.ending, client.requests.length]).toEqual(["budget", 2]);
  });

  it("lets no further turn start once it is used up; with a higher one the session continues", async () => {
    const client = new FakeClient("One.", "Two.");
    const chat = new ChatSession(client, { budget: { tokens: 3 } });
    await chat.send("one");
    await expect(chat.send("two")).rejects.toThrow(
      "budget.tokens: expected a limit above the 3 that were spent, received 3",
    );
    expect(chat.messages).toHaveLength(2);
    expect(client.requests).toHaveLength(1);
    chat.budget = { tokens: 10 };
    expect(await chat.send("two")).toBe("Two.");
  });

  it.each([[0], [-1], [NaN], ["5" as never]].slice(0, 3))("must be a number above 0: %s", async (tokens) => {
    const chat = new ChatSession(new FakeClient(), { budget: { tokens: tokens } });
    await expect(chat.send("x")).rejects.toThrow("budget.tokens: expected a number above 0");
    expect(chat.messages).toEqual([]);
  });

  it("counts an estimate if the provider reports no usage", async () => {
    const untold = (): object => ({ completion: { ...completionOf(again()), usage: undefined } });
    const chat = new ChatSession(new FakeClient(untold(), "never"), {
      budget: { tokens: 5 },
      tools: [tool({ name: "t", execute: () => 1 })],
    });
    await chat.send("Tell me of the harbour of Oslo in winter");
    expect(chat.lastTurn).toMatchObject({ ending: "budget", usage: undefined });
    expect(chat.spent.usage).toMatchObject({ estimated: true });
  });

  it("is kept with the session", async () => {
    const first = new ChatSession(new FakeClient("One."));
    await first.send("one");
    const saved = JSON.parse(JSON.stringify(first));
    const second = new ChatSession(new FakeClient("Two."), { saved, budget: { steps: 1 } });
    await expect(second.send("two")).rejects.toThrow("budget.steps");
  });
});

describe("a budget of time", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("cuts a streamed answer and returns its text so far; the history stays answerable", async () => {
    const client = new FakeClient(
      again(),
      fakeStream([
        { choices: [{ index: 0, delta: { content: "Rain in" }, finish_reason: null }] },
        new Promise(() => undefined),
      ]),
      "Later.",
    );
    const chat = new ChatSession(client, { budget: { time: 1_000 }, tools: [tool({ name: "t", execute: () => 1 })] });
    const sent = chat.send("go", {}, { onChunk: () => undefined });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await sent).toBe("Rain in");
    expect(chat.lastTurn).toMatchObject({
      ending: "budget",
      text: "Rain in",
      usage: { estimated: true },
      steps: [{ ending: "tool_calls" }],
    });
    expect(outline(chat.messages)).toEqual(["user", "calls a", "tool a"]);
    expect(chat.spent).toMatchObject({ time: 1_000, steps: 2 });
    await expect(chat.generateResponse()).rejects.toThrow("budget.time");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("cuts a request that nobody answers, and a tool that hangs", async () => {
    const chat = new ChatSession(new FakeClient("hang"), { budget: { time: 50 } });
    const sent = chat.send("go");
    await vi.advanceTimersByTimeAsync(50);
    expect(await sent).toBe("");
    expect(chat.lastTurn).toMatchObject({ ending: "budget", message: { role: "assistant", content: "" }, steps: [] });
    let signal: AbortSignal | undefined;
    const hanging = new ChatSession(new FakeClient(again()), {
      budget: { time: 50 },
      tools: [
        tool({ name: "t", execute: (_args, context) => ((signal = context.signal), new Promise(() => undefined)) }),
      ],
    });
    const asked = hanging.send("go");
    await vi.advanceTimersByTimeAsync(50);
    expect(await asked).toBe("so far");
    expect(signal?.aborted).toBe(true);
    expect(contents(hanging.messages)).toEqual([expect.stringContaining("unknown")]);
  });

  it("does not count while nothing runs, and leaves no timer", async () => {
    const chat = new ChatSession(new FakeClient("One.", "Two."), { budget: { time: 50 } });
    await chat.send("one");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await chat.send("two")).toBe("Two.");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not mistaken for the caller's own abort", async () => {
    const stopper = new AbortController();
    const chat = new ChatSession(new FakeClient("hang"), { budget: { time: 5_000 } });
    const sent = chat.send("go", {}, { signal: stopper.signal });
    stopper.abort();
    await expect(sent).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("what was spent", () => {
  it("is estimated for a stream that was aborted, and marked so", async () => {
    const mock = createMockAPI();
    mock.reply({ text: "one two three four five six seven eight", fault: faults.stall({ afterBytes: 900 }) });
    const client = createClient({ apiKey: "k", fetch: mock.fetch, baseURL: "http://127.0.0.1/v1" });
    const chat = client.newChatSession();
    const stopper = new AbortController();
    const stream = await chat.stream("a question of some words", {}, { signal: stopper.signal });
    await expect(
      (async () => {
        for await (const { content } of stream) if (content !== "") stopper.abort();
      })(),
    ).rejects.toMatchObject({ ending: "aborted" });
    const { usage, steps } = chat.spent;
    expect(steps).toBe(1);
    expect(usage).toMatchObject({ estimated: true });
    expect(usage?.prompt_tokens).toBeGreaterThan(4);
    expect(usage?.completion_tokens).toBeGreaterThan(0);
    mock.reply("ok");
    await chat.generateResponse();
    expect(chat.spent.usage?.total_tokens).toBeGreaterThan(usage?.total_tokens ?? Infinity);
    expect(chat.spent.usage?.estimated).toBe(true);
    expect(chat.lastTurn?.usage).not.toHaveProperty("estimated");
  });

  it("includes an estimate of what a restart dropped", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const begun = { choices: [{ index: 0, delta: { content: "12345678" }, finish_reason: null }] };
    const chat = new ChatSession(new FakeClient(fakeStream([begun, new Error("cut")]), "Whole."));
    await chat.send("1234", {}, { onChunk: () => undefined, resume: "restart", maxRetries: 1 });
    // The request's 1 token and the 2 that were thrown away, and what the provider told.
    const prompt = estimateTokens([{ role: "user", content: "1234" }]);
    expect(chat.spent.usage).toEqual({
      prompt_tokens: prompt + 1,
      completion_tokens: 4,
      total_tokens: prompt + 5,
      estimated: true,
    });
    expect(chat.lastTurn?.usage).toEqual(chat.spent.usage);
  });

  it("does not count a picture's bytes as text", () => {
    const image = (url: string): unknown => [{ type: "image_url", image_url: { url } }];
    expect(estimateTokens(image("data:image/png;base64," + "A".repeat(10_000)))).toBe(estimateTokens(image("x")));
    expect(estimateTokens("日本語日本語")).toBeGreaterThan(estimateTokens("abcabc"));
  });

  it("is estimated however deep a provider nests its fields", () => {
    const deep = JSON.parse("[".repeat(10_000) + '"four"' + "]".repeat(10_000)) as unknown;
    expect(estimateTokens({ content: "1234", deep })).toBe(2);
  });

  it("has every request that was answered, also of turns that failed", async () => {
    const chat = new ChatSession(new FakeClient(again(), new Error("no net"), "ok"), {
      tools: [tool({ name: "t", execute: () => 1 })],
    });
    await expect(chat.send("go")).rejects.toThrow("no net");
    expect(chat.spent).toMatchObject({ steps: 1, usage: { total_tokens: 3 } });
    await chat.generateResponse();
    await settled();
    expect(chat.spent).toMatchObject({ steps: 2, usage: { total_tokens: 6 } });
  });
});
