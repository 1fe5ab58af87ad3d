import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ConnectionError,
  httpInfo,
  InputError,
  isAbortError,
  StreamError,
  type ChatStream,
  type ClientOptions,
  type StreamChatOptions,
} from "../../src/index.ts";
import { answer, chunk, delta, DONE, event, finish, HELLO, ROLE, USAGE } from "../conformance/wire.ts";
import {
  body,
  clientOf,
  countedSignal,
  failure,
  fakeTime,
  json,
  pass,
  readAll,
  server,
  settle,
  sse,
  type Answer,
  type Body,
  type Part,
  type Server,
  type Loose,
} from "../support/streams.ts";

const open = (
  from: Server | readonly Answer[],
  options: ClientOptions = {},
  call: StreamChatOptions = {},
): Promise<ChatStream> => clientOf(from, options).streamChat(HELLO, {}, call);
const streamOf = (...parts: Part[]): Promise<ChatStream> => open([body(...parts)]);
const text = (chunks: readonly { content: string }[]): string => chunks.map((one) => one.content).join("");
const broken = new TypeError("terminated");
const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);

beforeEach(() => {
  rejections.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(async () => {
  // In this order: a spy on a faked timer would put the fake one back.
  vi.restoreAllMocks();
  vi.useRealTimers();
  await settle();
  process.off("unhandledRejection", note);
  expect(rejections).toEqual([]);
});

describe("one true ending", () => {
  it.each([
    ["complete", [ROLE, delta("Hi"), finish(), USAGE, DONE]],
    ["complete", [delta("Hi"), finish()]],
    ["complete", [delta("Hi"), finish(), { fail: broken }]],
    ["complete", [delta("Hi"), finish(), USAGE.slice(0, 40)]],
    ["length", [delta("Hi"), finish("length"), DONE]],
    ["content_filter", [delta("Hi"), finish("content_filter"), DONE]],
    [
      "tool_calls",
      [
        event(chunk({ content: "Hi", tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "{}" } }] })),
        finish("tool_calls"),
        DONE,
      ],
    ],
  ] as [string, Part[]][])("is %s, for loop and final() alike (%j)", async (ending, parts) => {
    const looped = await streamOf(...parts);
    const { chunks, error } = await readAll(looped);
    expect([text(chunks), error, looped.ending]).toEqual(["Hi", undefined, ending]);
    const waited = await streamOf(...parts);
    expect((await waited.final()).choices[0]?.message.content).toBe("Hi");
    expect(waited.ending).toBe(ending);
    expect(await looped.final()).toEqual(await waited.final());
  });

  it.each([
    ["truncated", [delta("Hi")]],
    ["truncated", [delta("Hi"), DONE]],
    ["truncated", [delta("Hi"), { fail: broken }]],
    ["truncated", [delta("Hi"), 'data: {"choi']],
    ["truncated", []],
    ["truncated", [": x\n\n"]],
    ["truncated", [DONE]],
    ["provider_error", [delta("Hi"), 'data: {"error":{"message":"No.","code":"x"}}\n\n']],
    ["provider_error", [delta("Hi"), "event: error\ndata: No.\n\n"]],
    ["provider_error", [delta("Hi"), "data: {oops\n\n", finish(), DONE]],
    ["provider_error", ["<html>"]],
    ["provider_error", ['{"error":"No."}']],
    ["provider_error", [delta("Hi"), finish("error")]],
    ["provider_error", [delta("Hi"), finish("insufficient_system_resource")]],
  ] as [string, Part[]][])("is %s, for loop, final() and onChunk alike (%j)", async (ending, parts) => {
    const held = parts[0] === delta("Hi") ? "Hi" : "";
    const looped = await streamOf(...parts);
    const { chunks, error } = await readAll(looped);
    expect(error).toBeInstanceOf(StreamError);
    expect([text(chunks), error.ending, error.partial.text, looped.ending, looped.partial.text, error.name]).toEqual([
      held,
      ending,
      held,
      ending,
      held,
      "StreamError",
    ]);
    expect(await failure((await streamOf(...parts)).final())).toMatchObject({ ending, partial: { text: held } });
    const seen: string[] = [];
    expect(
      await failure(clientOf([body(...parts)]).chat(HELLO, {}, { onChunk: (one) => seen.push(one.content) })),
    ).toMatchObject({ ending, partial: { text: held } });
    expect(seen.join("")).toBe(held);
    expect(await failure(looped.final())).toBe(error);
  });

  it("keeps the underlying error as its cause", async () => {
    expect((await readAll(await streamOf(delta("Hi"), { fail: broken }))).error.cause).toMatchObject({
      kind: "ConnectionError",
      cause: broken,
    });
    expect(
      (await readAll(await streamOf('data: {"error":{"message":"No.","code":7,"type":"t"}}\n\n'))).error,
    ).toMatchObject({ message: "No.", code: 7, type: "t", cause: { kind: "APIError", code: 7 } });
  });

  it("gives a whole completion that came instead of a stream as what it is", async () => {
    const whole = {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop", logprobs: null }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
    const stream = await open([() => json(whole)]);
    const { chunks, error } = await readAll(stream);
    expect([text(chunks), error, stream.ending]).toEqual(["Hi", undefined, "complete"]);
    expect(await stream.final()).toMatchObject({
      id: "c",
      usage: { total_tokens: 2 },
      choices: [{ message: { content: "Hi" }, finish_reason: "stop" }],
    });
  });

  it("of an empty 200 is truncated", async () => {
    const stream = await open([new Response(null, { headers: { "content-type": "text/event-stream" } })]);
    expect(await failure(stream.final())).toMatchObject({ ending: "truncated" });
  });
});

describe("one reader", () => {
  it("throws for a second loop, and for toResponse() after reading began", async () => {
    const stream = await streamOf(...answer("Hi"));
    stream[Symbol.asyncIterator]();
    expect(() => stream[Symbol.asyncIterator]()).toThrow(InputError);
    expect(() => stream.toResponse()).toThrow(InputError);
    const passed = await streamOf(...answer("Hi"));
    passed.toResponse();
    expect(() => passed[Symbol.asyncIterator]()).toThrow(/toResponse\(\)/);
    expect(() => passed.toResponse()).toThrow(InputError);
    const whole = await streamOf(...answer("Hi"));
    const final = whole.final();
    expect(() => whole[Symbol.asyncIterator]()).toThrow(/final\(\)/);
    await final;
    expect(() => whole.toResponse()).toThrow(InputError);
  });

  it("gives final() during the loop the loop's outcome, Loose number of times", async () => {
    const stream = await streamOf(...answer("a", "b", "c"));
    const finals: Promise<unknown>[] = [];
    for await (const one of stream) if (one.content) finals.push(stream.final());
    expect(finals).toHaveLength(3);
    for (const final of finals) expect(await final).toMatchObject({ choices: [{ message: { content: "abc" } }] });
  });

  it("gives final() the loop's failure, during and after", async () => {
    const stream = await streamOf(delta("a"));
    const during: Promise<Loose>[] = [];
    const { error } = await (async () => {
      try {
        for await (const _ of stream) during.push(failure(stream.final()));
      } catch (error) {
        return { error };
      }
      return { error: undefined };
    })();
    expect(await during[0]).toBe(error);
    expect(await failure(stream.final())).toBe(error);
  });

  it("needs nobody to ask: an ending that nobody wanted to know is no unhandled rejection", async () => {
    const controller = new AbortController();
    const stream = await open([body(delta("a"), { fail: broken })], {}, { signal: controller.signal });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.return!();
    const unread = await open([body("hang")], {}, { signal: controller.signal });
    controller.abort();
    expect(unread.ending).toBe("aborted");
    const rest = await streamOf(delta("a"));
    const half = rest[Symbol.asyncIterator]();
    await half.next();
    await settle();
  });

  it("throws its error once, then is done", async () => {
    const iterator = (await streamOf(delta("a")))[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: { content: "a" } });
    expect(await failure(iterator.next())).toMatchObject({ ending: "truncated" });
    expect([await iterator.next(), await iterator.next()]).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
  });

  it("answers next() called many times at once in order", async () => {
    for (const parts of [
      [delta("a"), delta("b"), delta("c"), finish(), DONE],
      [delta("a") + delta("b"), delta("c") + finish() + DONE],
    ]) {
      const iterator = (await streamOf(...parts))[Symbol.asyncIterator]();
      const all = await Promise.all(Array.from({ length: 7 }, () => iterator.next()));
      expect(all.map(({ done, value }) => (done ? "done" : value?.content))).toEqual([
        "a",
        "b",
        "c",
        "",
        "done",
        "done",
        "done",
      ]);
    }
    const failing = (await streamOf(delta("a")))[Symbol.asyncIterator]();
    const settled = await Promise.allSettled([failing.next(), failing.next(), failing.next()]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("reads nothing before it is asked", async () => {
    const source = body(...answer("Hi"));
    const stream = await open([source]);
    await settle();
    expect([source.pulls, stream.ending, stream.partial.text]).toEqual([0, undefined, ""]);
  });

  it("shows partial and ending at any time", async () => {
    const stream = await streamOf(...answer("a", "b"));
    const seen: unknown[] = [];
    for await (const one of stream)
      if (one.content) seen.push([stream.partial.text, stream.partial.message, stream.ending]);
    expect(seen).toEqual([
      ["a", { role: "assistant", content: "a" }, undefined],
      ["ab", { role: "assistant", content: "ab" }, undefined],
    ]);
    expect([stream.ending, stream.partial.usage?.total_tokens]).toEqual(["complete", 5]);
  });
});

describe("leaving", () => {
  const watched = (...parts: Part[]): [Server, Body] => {
    const source = body(...parts);
    return [server(source), source];
  };

  it.each(["break", "throw", "return before next"])(
    "by %s stops the request, through the reader and the signal",
    async (how) => {
      fakeTime();
      const [api, source] = watched(delta("a"), delta("b"), "hang");
      const { signal, listeners } = countedSignal();
      const stream = await open(api, {}, { signal });
      if (how === "return before next") await stream[Symbol.asyncIterator]().return!();
      else {
        await (async () => {
          for await (const one of stream) {
            if (how === "throw") throw new Error("mine");
            if (one.content === "b") break;
          }
        })().catch(() => undefined);
      }
      await settle();
      expect([
        source.cancels,
        api.seen[0]!.init.signal?.aborted,
        stream.ending,
        listeners(),
        vi.getTimerCount(),
      ]).toEqual([1, true, "aborted", 0, 0]);
      const error = await failure(stream.final());
      expect([isAbortError(error), error.kind, error.ending]).toEqual([true, "StreamError", "aborted"]);
      stream.cancel();
    },
  );

  it("after the finish reason keeps the good ending", async () => {
    const [api, source] = watched(delta("a"), finish(), "hang");
    const stream = await open(api);
    for await (const one of stream) if (one.finishReason) break;
    expect([stream.ending, source.cancels, (await stream.final()).choices[0]?.finish_reason]).toEqual([
      "complete",
      1,
      "stop",
    ]);
  });

  it("does nothing after the end", async () => {
    const stream = await streamOf(...answer("a"));
    await stream.final();
    stream.cancel();
    expect(stream.ending).toBe("complete");
  });

  it("by cancel() ends a waiting loop with an AbortError", async () => {
    const [api, source] = watched(delta("a"), "hang");
    const stream = await open(api);
    const read = readAll(stream);
    await settle();
    const reason = new Error("mine");
    stream.cancel(reason);
    const { chunks, error } = await read;
    expect([text(chunks), error.name, error.ending, error.partial.text, error.cause.cause, source.cancels]).toEqual([
      "a",
      "AbortError",
      "aborted",
      "a",
      reason,
      1,
    ]);
  });

  it("by the signal ends a waiting loop, gives out nothing that was still queued, and lets go of all", async () => {
    fakeTime();
    const { controller, signal, listeners } = countedSignal();
    const [api, source] = watched(delta("a") + delta("b") + delta("c"), "hang");
    const stream = await open(api, {}, { signal });
    const seen: string[] = [];
    let error: Loose;
    try {
      for await (const one of stream) {
        seen.push(one.content);
        controller.abort();
      }
    } catch (thrown) {
      error = thrown;
    }
    expect([seen, error.name, error.ending, error.partial.text]).toEqual([["a"], "AbortError", "aborted", "abc"]);
    expect([source.cancels, listeners(), vi.getTimerCount()]).toEqual([1, 0, 0]);
  });

  it("by a throwing onChunk rejects with its own error, and stops the request", async () => {
    const mine = new Error("mine");
    for (const onChunk of [
      () => {
        throw mine;
      },
      () => Promise.reject(mine),
    ]) {
      const [api, source] = watched(delta("a"), "hang");
      expect(await failure(clientOf(api).chat(HELLO, {}, { onChunk }))).toBe(mine);
      expect(source.cancels).toBe(1);
    }
  });

  it("lets go of listeners and timers at every ending", async () => {
    fakeTime();
    const ends: Part[][] = [
      answer("a"),
      [delta("a")],
      [delta("a"), { fail: broken }],
      ["event: error\ndata: x\n\n"],
      ["<html>"],
      [finish(), { fail: broken }],
      [],
    ];
    for (const parts of ends) {
      const { signal, listeners } = countedSignal();
      await readAll(await open([body(...parts)], {}, { signal }));
      expect([listeners(), vi.getTimerCount()]).toEqual([0, 0]);
    }
  });

  it("survives a body whose cancel fails", async () => {
    const nasty = new ReadableStream<Uint8Array>({
      pull: (c) => c.enqueue(new TextEncoder().encode(delta("a"))),
      cancel: () => Promise.reject(new Error("no")),
    });
    for await (const _ of await open([new Response(nasty, { headers: { "content-type": "text/event-stream" } })]))
      break;
    await settle();
  });
});

describe("the socket is not the stream", () => {
  it.each([
    [finish(), DONE, "hang"],
    [finish() + DONE, "hang"],
  ] as Part[][])("ends at [DONE], whatever the socket does (%#)", async (...parts) => {
    fakeTime();
    const source = body(delta("a"), ...parts);
    const stream = await open([source]);
    expect(text((await readAll(stream)).chunks)).toBe("a");
    expect([stream.ending, source.cancels]).toEqual(["complete", 0]);
    await pass(1_000);
    expect([stream.ending, source.cancels, vi.getTimerCount()]).toEqual(["complete", 1, 0]);
  });

  it("reads a body to its end after [DONE], so that the connection can be used again", async () => {
    fakeTime();
    const { signal, listeners } = countedSignal();
    const parts = [...answer("a"), ": bye\n\n"];
    const source = body(...answer("a"), { wait: 900 }, ": bye\n\n");
    const stream = await open([source], {}, { signal });
    expect((await stream.final()).choices[0]?.message.content).toBe("a");
    stream.cancel();
    await pass(900);
    expect([stream.ending, source.cancels, source.pulls, listeners(), vi.getTimerCount()]).toEqual([
      "complete",
      0,
      parts.length + 1,
      0,
      0,
    ]);
  });

  it("gives a body up that goes on and on after [DONE]", async () => {
    const source = body(...answer("a"), ...Array.from({ length: 1_000 }, () => `: ${"x".repeat(1_000)}\n\n`));
    const stream = await open([source]);
    await stream.final();
    await settle();
    expect([stream.ending, source.cancels]).toEqual(["complete", 1]);
  });

  it("gives the body up at an abort after [DONE], with no word to the program", async () => {
    fakeTime();
    const caller = new AbortController();
    const source = body(...answer("a"), "hang");
    const stream = await open([source], {}, { signal: caller.signal });
    await stream.final();
    caller.abort();
    expect([stream.ending, source.cancels, vi.getTimerCount()]).toEqual(["complete", 1, 0]);
    expect((await stream.final()).choices[0]?.message.content).toBe("a");
  });

  it("waits a grace after the finish reason, then ends well and cancels", async () => {
    fakeTime();
    const source = body(delta("a"), finish(), "hang");
    const stream = await open([source]);
    const read = readAll(stream);
    await pass(999);
    expect(stream.ending).toBeUndefined();
    await pass(1);
    expect((await read).error).toBeUndefined();
    expect([stream.ending, source.cancels, vi.getTimerCount()]).toEqual(["complete", 1, 0]);
  });

  it("takes usage that comes within the grace", async () => {
    fakeTime();
    const stream = await streamOf(delta("a"), finish(), { wait: 900 }, USAGE, "hang");
    const final = stream.final();
    await pass(2_000);
    expect((await final).usage?.total_tokens).toBe(5);
  });

  it("ends the grace although keep-alives go on", async () => {
    fakeTime();
    const stream = await open(
      [body(delta("a"), finish(), ...Array.from({ length: 100 }, () => [{ wait: 300 }, ": x\n\n"] as Part[]).flat())],
      { timeout: { grace: 700 } },
    );
    const final = stream.final();
    await pass(700);
    await final;
    expect(stream.ending).toBe("complete");
  });

  it("waits for the other choices that were asked for", async () => {
    fakeTime();
    const other = (finished: string | null): string =>
      event({ ...chunk({}), choices: [{ index: 1, delta: { content: "b" }, finish_reason: finished }] });
    const stream = await clientOf([
      body(delta("a"), finish(), { wait: 5_000 }, other(null), other("stop"), DONE),
    ]).streamChat(HELLO, { n: 2 });
    const final = stream.final();
    await pass(5_000);
    expect((await final).choices.map((one) => one.message.content)).toEqual(["a", "bb"]);
  });
});

describe("silence", () => {
  const alive = (what: string, every: number): Part[] =>
    Array.from({ length: 200 }, () => [{ wait: every }, what] as Part[]).flat();

  it("before the first content is a stall, after its own limit", async () => {
    fakeTime();
    const stream = await streamOf(ROLE, "hang");
    const read = readAll(stream);
    await pass(299_999);
    expect(stream.ending).toBeUndefined();
    await pass(1);
    const { error } = await read;
    expect(error).toMatchObject({
      name: "StreamError",
      ending: "stalled",
      cause: { kind: "TimeoutError", phase: "first_content", timeout: 300_000 },
    });
    expect(isAbortError(error)).toBe(false);
  });

  it("between contents is a stall, with all that had arrived", async () => {
    fakeTime();
    const source = body(delta("a"), { wait: 119_000 }, delta("b"), "hang");
    const stream = await open([source]);
    const read = readAll(stream);
    await pass(119_000 + 119_999);
    expect(stream.ending).toBeUndefined();
    await pass(1);
    const { chunks, error } = await read;
    expect([
      text(chunks),
      error.ending,
      error.cause.phase,
      error.partial.text,
      source.cancels,
      vi.getTimerCount(),
    ]).toEqual(["ab", "stalled", "idle", "ab", 1, 0]);
  });

  it.each([
    [": keep-alive\n\n"],
    [delta("")],
    [ROLE],
    [event({ ...chunk({}), choices: [] })],
    [event(chunk({ content: null }))],
    ["event: ping\ndata: 1\n\n"],
    [event(chunk({ reasoning_content: "" }))],
  ])("dressed in %j is a stall", async (what) => {
    fakeTime();
    const stream = await open([body(delta("a"), ...alive(what, 900))], { timeout: { idle: 10_000 } });
    const read = readAll(stream);
    await pass(10_100);
    expect((await read).error).toMatchObject({ ending: "stalled", cause: { phase: "idle" } });
  });

  it.each([
    [event(chunk({ reasoning_content: "hm" }))],
    [event(chunk({ reasoning: "hm" }))],
    [delta("x")],
    [event(chunk({ refusal: "no" }))],
    [event(chunk({ tool_calls: [{ index: 0, function: { arguments: " " } }] }))],
  ])("is broken by %s", async (what) => {
    fakeTime();
    const stream = await open([body(delta("a"), ...alive(what, 9_000))], {
      timeout: { idle: 10_000, total: Infinity },
    });
    void readAll(stream);
    await pass(200_000);
    expect(stream.ending).toBeUndefined();
    stream.cancel();
  });

  it("of a slow consumer is no stall", async () => {
    fakeTime();
    const stream = await open([body(delta("a"), delta("b"), delta("c"), finish(), DONE)], {
      timeout: { idle: 1_000, firstContent: 1_000, grace: 100, total: Infinity },
    });
    const read = (async () => {
      let all = "";
      for await (const one of stream) {
        all += one.content;
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      }
      return all;
    })();
    for (let i = 0; i < 6; i++) await pass(60_000);
    expect([await read, stream.ending]).toEqual(["abc", "complete"]);
  });

  it("of a whole stream that is unread ends with its total", async () => {
    fakeTime();
    const { signal, listeners } = countedSignal();
    const source = body(...answer("a"));
    const stream = await open([source], { timeout: 5_000 }, { signal });
    await pass(5_000);
    expect([stream.ending, source.cancels, listeners(), vi.getTimerCount()]).toEqual(["stalled", 1, 0, 0]);
    expect(await failure(stream.final())).toMatchObject({ cause: { phase: "total" } });
  });

  it("can be limited for a single request", async () => {
    fakeTime();
    const stream = await open([body("hang")], { timeout: { firstContent: 60_000 } }, { timeout: { firstContent: 10 } });
    const read = readAll(stream);
    await pass(10);
    expect((await read).error.cause).toMatchObject({ phase: "first_content", timeout: 10 });
  });

  it("ends a stream that never stops talking after its total", async () => {
    fakeTime();
    const stream = await open([body(...alive(delta("x"), 100))], { timeout: 1_000 });
    const read = readAll(stream);
    await pass(1_000);
    expect((await read).error).toMatchObject({ ending: "stalled", cause: { phase: "total" } });
  });

  it("sets a handful of timers for thousands of chunks", async () => {
    fakeTime();
    const set = vi.spyOn(globalThis, "setTimeout");
    const stream = await streamOf(...answer(...Array.from({ length: 5_000 }, () => "x")));
    await stream.final();
    expect(set.mock.calls.length).toBeLessThan(8);
  });
});

describe("asking again before any content", () => {
  const passing = 'data: {"error":{"message":"Overloaded","code":503}}\n\n';

  it.each([
    ["the connection breaks", [{ fail: broken }]],
    ["the connection breaks after the role", [ROLE, { fail: broken }]],
    ["the provider tells of a passing error", [passing]],
    ["the provider is overloaded", ['event: error\ndata: {"error":{"type":"overloaded_error","message":"x"}}\n\n']],
    ["the provider limits the rate", ['data: {"error":{"code":"rate_limit_exceeded","message":"x"}}\n\n']],
  ] as [string, Part[]][])("happens where %s", async (_name, parts) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const api = server(body(...parts), body(...answer("Hi")));
    const stream = await open(api, { maxRetries: 2 });
    const { chunks, error } = await readAll(stream);
    expect([text(chunks), error, stream.ending, chunks.some((one) => one.restarted)]).toEqual([
      "Hi",
      undefined,
      "complete",
      false,
    ]);
    expect([httpInfo(stream)?.attempts, httpInfo(await stream.final())?.attempts, api.seen.length]).toEqual([2, 2, 2]);
    expect(api.seen[1]!.body).toEqual(api.seen[0]!.body);
  });

  it.each([
    ["the provider says no", ['data: {"error":{"message":"No.","code":400}}\n\n']],
    ["a page of HTML comes", ["<html>"]],
    ["the body ends", []],
    ["the JSON is broken", ["data: {oops\n\n"]],
  ] as [string, Part[]][])("does not happen where %s", async (_name, parts) => {
    const api = server(body(...parts), body(...answer("Hi")));
    expect((await readAll(await open(api, { maxRetries: 2 }))).error).toBeInstanceOf(StreamError);
    expect(api.seen).toHaveLength(1);
  });

  it("counts together with the attempts before the headers", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const api = server(
      () => json({}, 500),
      () => body({ fail: broken }),
      () => body({ fail: broken }),
    );
    const { error } = await readAll(await open(api, { maxRetries: 2 }));
    expect(error).toMatchObject({ ending: "truncated", cause: { kind: "ConnectionError" } });
    expect([api.seen.length, httpInfo(error)?.attempts]).toEqual([3, 3]);
  });

  it("obeys the request's own maxRetries", async () => {
    const api = server(body({ fail: broken }), body(...answer("Hi")));
    expect((await readAll(await open(api, { maxRetries: 2 }, { maxRetries: 0 }))).error).toMatchObject({
      ending: "truncated",
    });
    expect(api.seen).toHaveLength(1);
  });

  it("works for final() and toResponse() too", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const fail = (): Body => body(ROLE, { fail: broken });
    expect(
      (await (await open(server(fail(), body(...answer("Hi"))), { maxRetries: 1 })).final()).choices[0]?.message
        .content,
    ).toBe("Hi");
    const response = (await open(server(fail(), body(...answer("Hi"))), { maxRetries: 1 })).toResponse();
    const far = await open([response]);
    expect(text((await readAll(far)).chunks)).toBe("Hi");
  });

  it.each([
    ["provider_error", () => json({ error: { message: "No." } }, 401), { status: 401 }],
    ["truncated", new TypeError("fetch failed"), { kind: "ConnectionError" }],
  ] as [string, Answer, object][])("fails as %s where the second answer says so", async (ending, second, cause) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const { error } = await readAll(await open(server(body({ fail: broken }), second), { maxRetries: 1 }));
    expect(error).toMatchObject({ ending, cause });
    if (ending === "provider_error") expect(httpInfo(error)).toMatchObject({ attempts: 2, status: 401 });
  });

  it("is a stall, and no provider's error, where the time runs out meanwhile", async () => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0);
    const read = readAll(await open(server(body({ fail: broken }), "hang"), { maxRetries: 1, timeout: 5_000 }));
    await pass(5_000);
    expect((await read).error).toMatchObject({ ending: "stalled", cause: { kind: "TimeoutError", phase: "total" } });
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(["back-off", "headers"])("ends at once with an abort during the %s", async (when) => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(0.9);
    const { controller, signal, listeners } = countedSignal();
    const api = server(body({ fail: broken }), "hang");
    const read = readAll(await open(api, { maxRetries: 1 }, { signal }));
    await pass(when === "back-off" ? 10 : 1_000);
    expect(api.seen).toHaveLength(when === "back-off" ? 1 : 2);
    controller.abort();
    expect((await read).error).toMatchObject({ ending: "aborted", name: "AbortError" });
    expect([listeners(), vi.getTimerCount(), api.seen.at(-1)!.init.signal?.aborted]).toEqual([0, 0, true]);
  });
});

describe('resume: "restart"', () => {
  const restart = { resume: "restart" } as const;

  it("asks again after content, marks the first new chunk, and forgets the rest", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const api = server(body(delta("old"), { fail: broken }), body(...answer("new")));
    const stream = await open(api, { maxRetries: 1 }, restart);
    const { chunks, error } = await readAll(stream);
    expect(error).toBeUndefined();
    expect(chunks.map((one) => [one.content, one.restarted])).toEqual([
      ["old", false],
      ["", true],
      ["new", false],
      ["", false],
      ["", false],
    ]);
    expect([(await stream.final()).choices[0]?.message.content, httpInfo(stream)?.attempts]).toEqual(["new", 2]);
  });

  it("is not done without being asked for", async () => {
    const api = server(body(delta("old"), { fail: broken }), body(...answer("new")));
    expect((await readAll(await open(api, { maxRetries: 2 }))).error).toMatchObject({
      ending: "truncated",
      partial: { text: "old" },
    });
    expect(api.seen).toHaveLength(1);
  });

  it("is not done where what was given out has been passed on: it cannot be taken back", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const api = server(body(delta("old"), { fail: broken }), body(...answer("new")));
    const far = await open([(await open(api, { maxRetries: 1 }, restart)).toResponse()]);
    expect((await readAll(far)).error).toMatchObject({ ending: "truncated", partial: { text: "old" } });
    expect(api.seen).toHaveLength(1);
  });

  it("is done for a stall too, and all limits and the signal hold on", async () => {
    fakeTime();
    const { controller, signal, listeners } = countedSignal();
    const first = body(delta("old"), "hang");
    const api = server(first, body(delta("new"), "hang"));
    const stream = await open(api, { maxRetries: 1 }, { ...restart, signal });
    const read = readAll(stream);
    await pass(120_000 + 500);
    expect([api.seen.length, first.cancels, stream.ending, listeners()]).toEqual([2, 1, undefined, 1]);
    controller.abort();
    const { chunks, error } = await read;
    expect([chunks.map((one) => [one.content, one.restarted]), error.ending, error.partial.text]).toEqual([
      [
        ["old", false],
        ["new", true],
      ],
      "aborted",
      "new",
    ]);
    expect([listeners(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it.each([
    [0, "new", 2],
    [0.99, "old", 1],
  ])("shares one total over all attempts and waits (%s)", async (random, held, requests) => {
    fakeTime();
    vi.spyOn(Math, "random").mockReturnValue(random);
    const api = server(body(delta("old"), "hang"), body(delta("new"), "hang"));
    const read = readAll(await open(api, { maxRetries: 5, timeout: { idle: 600, total: 1_000 } }, restart));
    await pass(1_000);
    expect((await read).error).toMatchObject({ ending: "stalled", cause: { phase: "total" }, partial: { text: held } });
    expect([api.seen.length, vi.getTimerCount()]).toEqual([requests, 0]);
  });

  it("is not done where the total ran out", async () => {
    fakeTime();
    const api = server(body(delta("old"), "hang"));
    const read = readAll(await open(api, { maxRetries: 5, timeout: 1_000 }, restart));
    await pass(1_000);
    expect((await read).error).toMatchObject({ ending: "stalled" });
    expect(api.seen).toHaveLength(1);
  });

  it("stays ended where the stream was cancelled while it asked again after a stall", async () => {
    fakeTime();
    let answerNow: (response: Response) => void = () => undefined;
    const late = body(...answer("new"));
    const second = vi.fn(() => new Promise<Response>((resolve) => (answerNow = resolve)));
    const firsts = [sse(body(delta("old"), "hang"))];
    const stream = await open(
      [],
      {
        fetch: () => (firsts.length > 0 ? Promise.resolve(firsts.shift()!) : second()),
        maxRetries: 1,
        timeout: { idle: 100 },
      },
      restart,
    );
    const read = readAll(stream);
    await pass(1_000);
    expect(second).toHaveBeenCalledTimes(1);
    stream.cancel();
    expect((await read).error).toMatchObject({ ending: "aborted" });
    answerNow(sse(late));
    await pass(10);
    expect([stream.ending, late.cancels, stream.partial.text, vi.getTimerCount()]).toEqual(["aborted", 1, "old", 0]);
  });
});

describe("a stream that is cancelled in the very moment in which it is answered again", () => {
  it.each(Array.from({ length: 16 }, (_, depth) => depth))(
    "stays ended, and lets go of the answer (%i steps later)",
    async (depth) => {
      fakeTime();
      vi.spyOn(Math, "random").mockReturnValue(0);
      const late = body(delta("new"), "hang");
      const { signal, listeners } = countedSignal();
      const made: { stream?: ChatStream } = {};
      const second = async (): Promise<Response> => {
        void (async () => {
          for (let i = 0; i < depth; i++) await Promise.resolve();
          made.stream?.cancel();
        })();
        return Promise.resolve(sse(late));
      };
      const firsts = [sse(body(delta("old"), { fail: broken }))];
      made.stream = await open(
        [],
        { fetch: () => (firsts.length > 0 ? Promise.resolve(firsts.shift()!) : second()), maxRetries: 1 },
        { signal, resume: "restart" },
      );
      const read = readAll(made.stream);
      await pass(10);
      const { error } = await read;
      expect([
        error.ending,
        made.stream.ending,
        made.stream.partial.text,
        late.cancels,
        listeners(),
        vi.getTimerCount(),
      ]).toEqual(["aborted", "aborted", error.partial.text, 1, 0, 0]);
    },
  );
});

describe("a stream of events that nobody knows", () => {
  it("gives them as they are, and all of them in the end", async () => {
    const stream = await clientOf([body('event: a\ndata: {"type":"a"}\n\n', 'data: {"type":"b"}\n\n')]).streamRequest(
      "/x",
      { q: 1 },
    );
    const { chunks } = await readAll(stream);
    expect(chunks).toEqual([
      { event: "a", raw: { type: "a" } },
      { event: undefined, raw: { type: "b" } },
    ]);
    expect([await stream.final(), stream.ending]).toEqual([chunks, "complete"]);
  });

  it("has failed where the connection broke first, and where nothing came", async () => {
    expect((await readAll(await clientOf([body({ fail: broken })]).streamRequest("/x"))).error.cause).toBeInstanceOf(
      ConnectionError,
    );
    expect((await readAll(await clientOf([body()]).streamRequest("/x"))).error).toMatchObject({ ending: "truncated" });
  });

  it("is limited by its real size", async () => {
    const events = Array.from({ length: 50 }, (_, i) => event({ i, x: "x".repeat(50) }));
    const { error } = await readAll(
      await clientOf([body(...events)], { limits: { answer: 2_000 } }).streamRequest("/x"),
    );
    expect(error).toMatchObject({ ending: "provider_error", code: "too_large" });
  });
});
