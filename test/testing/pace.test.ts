import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createMockAPI, faults } from "../../src/testing/index.ts";
import { ask, complete, instant } from "./support.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Reads a body and records the time of each chunk, in ms of fake time. */
async function times(response: Promise<Response>, list: number[]): Promise<void> {
  const start = Date.now();
  const reader = (await response).body!.getReader();
  for (;;) {
    const { done } = await reader.read();
    if (done) return;
    list.push(Date.now() - start);
  }
}

describe("the pace", () => {
  it("is 150 ms to the first token and 20 ms between tokens by default", async () => {
    const mock = createMockAPI().reply("one two three");
    const list: number[] = [];
    const read = times(ask(mock, { stream: true }), list);
    await vi.runAllTimersAsync();
    await read;
    expect(list).toEqual([150, 150, 170, 190, 190, 190]);
  });

  it("can be set for all replies and for one", async () => {
    const mock = createMockAPI({ pace: { firstToken: 5, perToken: 1 } }).reply("one two", {
      text: "one two",
      pace: { perToken: 10 },
    });
    const [first, second]: number[][] = [[], []];
    const reads = [times(ask(mock, { stream: true }), first!), times(ask(mock, { stream: true }), second!)];
    await vi.runAllTimersAsync();
    await Promise.all(reads);
    expect([first, second]).toEqual([
      [5, 5, 6, 6, 6],
      [150, 150, 160, 160, 160],
    ]);
  });

  it("delays a whole completion for as long as its tokens take", async () => {
    const mock = createMockAPI().reply("one two three");
    let isThere = false;
    const response = ask(mock, {}).then((given) => {
      isThere = true;
      return given;
    });
    await vi.advanceTimersByTimeAsync(209);
    expect(isThere).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(isThere).toBe(true);
    expect((await response).headers.get("openai-processing-ms")).toBe("210");
  });

  it("applies to raw events, and to raw bodies only if the reply has a pace", async () => {
    const mock = createMockAPI().reply(
      { events: ["a", "b"] },
      { body: ["a", "b"] },
      { body: ["a", "b"], pace: { firstToken: 1, perToken: 2 } },
    );
    const lists: number[][] = [[], [], []];
    const reads = lists.map((list) => times(ask(mock, { stream: true }), list));
    await vi.runAllTimersAsync();
    await Promise.all(reads);
    expect(lists).toEqual([
      [150, 170],
      [0, 0],
      [1, 3],
    ]);
  });

  it("starts no timer if it is instant", async () => {
    const timer = vi.spyOn(globalThis, "setTimeout");
    await complete(instant());
    await (await ask(instant(), { stream: true })).text();
    expect(timer).not.toHaveBeenCalled();
  });
});

describe("a caller that stops", () => {
  it("gets the signal's reason before the headers, and no timer remains", async () => {
    const mock = createMockAPI();
    const aborter = new AbortController();
    const response = ask(mock, { stream: true }, { signal: aborter.signal });
    const outcome = expect(response).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(100);
    expect(vi.getTimerCount()).toBe(1);
    aborter.abort(new Error("enough"));
    await outcome;
    expect(vi.getTimerCount()).toBe(0);
    expect(mock.requests[0]).toMatchObject({ status: "cancelled", signalAborted: true });
  });

  it.each([
    ["cancels while a token is due", undefined],
    ["cancels while all is silent", faults.stall({ afterEvents: 2 })],
    ["cancels while comments come", faults.keepAlive({ afterEvents: 2 })],
    ["cancels while the answer lingers", faults.linger()],
  ])("%s, and no timer remains", async (_name, fault) => {
    const mock = createMockAPI().reply({ text: "one two three", fault });
    const response = ask(mock, { stream: true });
    await vi.advanceTimersByTimeAsync(150);
    const reader = (await response).body!.getReader();
    await Promise.all([reader.read(), reader.read()]);
    const next = reader.read();
    await vi.advanceTimersByTimeAsync(1);
    await reader.cancel();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(vi.getTimerCount()).toBe(0);
    expect(mock.requests[0]?.status).toBe("cancelled");
  });

  it("can abort while a token is due, and no timer remains", async () => {
    const mock = createMockAPI().reply("one two three");
    const aborter = new AbortController();
    const response = ask(mock, { stream: true }, { signal: aborter.signal });
    await vi.advanceTimersByTimeAsync(150);
    const reader = (await response).body!.getReader();
    await Promise.all([reader.read(), reader.read()]);
    const next = expect(reader.read()).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(1);
    aborter.abort(new Error("enough"));
    await next;
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is recorded as cancelled while its body is still being read", async () => {
    const mock = instant().reply(() => new Promise(() => undefined));
    const aborter = new AbortController();
    const outcome = expect(ask(mock, {}, { signal: aborter.signal })).rejects.toThrow("enough");
    aborter.abort(new Error("enough"));
    await outcome;
    expect(mock.requests[0]?.status).toBe("cancelled");
  });

  it("does not wait for a reply that is still being created", async () => {
    const mock = instant().reply(() => new Promise(() => undefined));
    const aborter = new AbortController();
    const outcome = expect(ask(mock, {}, { signal: aborter.signal })).rejects.toThrow("enough");
    await vi.advanceTimersByTimeAsync(1);
    aborter.abort(new Error("enough"));
    await outcome;
  });
});
