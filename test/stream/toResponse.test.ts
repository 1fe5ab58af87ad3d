import { afterEach, describe, expect, it, vi } from "vitest";
import { isAbortError, type ChatChunk, type ChatStream, type ToResponseInit } from "../../src/index.ts";
import { errorFrame, eventFrame } from "../../src/stream/toResponse.ts";
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
  type Part,
  type Loose,
} from "../support/streams.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const near = (...parts: Part[]): Promise<ChatStream> => clientOf([body(...parts)]).streamChat(HELLO, { n: 2 });
const far = async (response: Response): Promise<ChatStream> => clientOf([response]).streamChat(HELLO, { n: 2 });
const core = (chunks: readonly ChatChunk[]): unknown => chunks;
const broken = new TypeError("terminated");

/** What a loop over the far end and one over the near end of the same bytes give. */
async function bothEnds(...parts: Part[]): Promise<[Loose, Loose]> {
  const direct = await near(...parts);
  const passed = await far((await near(...parts)).toResponse());
  const outcome = async (stream: ChatStream): Promise<object> => {
    const { chunks, error } = await readAll(stream);
    return {
      chunks: core(chunks),
      ending: stream.ending,
      code: error?.code,
      message: error?.message,
      partial: stream.partial,
      final: await stream.final().catch(() => "failed"),
    };
  };
  return [await outcome(direct), await outcome(passed)];
}

describe("a stream passed on", () => {
  const two = event({
    ...chunk({}),
    choices: [
      { index: 0, delta: { content: "a" }, finish_reason: null },
      { index: 1, delta: { content: "b" }, finish_reason: null },
    ],
  });
  const bothDone = event({
    ...chunk({}),
    choices: [
      { index: 0, delta: {}, finish_reason: "stop" },
      { index: 1, delta: {}, finish_reason: "length" },
    ],
  });

  it.each([
    ["complete", answer("Hello", " wörld 🚀", "\n\ndata: x\r\n")],
    ["length", [delta("a"), finish("length"), USAGE, DONE]],
    ["content_filter", [delta("a"), finish("content_filter"), DONE]],
    [
      "tool_calls",
      [
        event(
          chunk({ tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: '{"a"' } }] }),
        ),
        event(chunk({ tool_calls: [{ index: 0, function: { arguments: ":1}" } }] })),
        finish("tool_calls"),
        DONE,
      ],
    ],
    ["complete", [two, bothDone, DONE]],
    [
      "complete",
      ['data: {\ndata: "choices":[{"index":0,\ndata: "delta":{"content":"a"},"finish_reason":"stop"}]}\n\n', DONE],
    ],
    ["complete", [`event: message\nid: 7\n${delta("a")}`, ": x\n\n", finish(), DONE]],
    ["complete", [event(chunk({ reasoning_content: "hm" })), delta("a"), finish()]],
    ["truncated", [ROLE, delta("a")]],
    ["truncated", [delta("a"), { fail: broken }]],
    ["truncated", [delta("a"), DONE]],
    ["truncated", []],
    ["provider_error", [delta("a"), 'data: {"error":{"message":"No.","type":"t","code":"c"}}\n\n']],
    ["provider_error", [delta("a"), 'data: {"error":{"message":"No.","code":429}}\n\n']],
    ["provider_error", [delta("a"), "data: {oops\n\n"]],
    ["provider_error", ["<html>Bad gateway</html>"]],
    ["provider_error", ['{"error":"No."}']],
  ] as [string, Part[]][])(
    "as %s is read at the far end as it is here: chunks, partial, code and message (%#)",
    async (ending, parts) => {
      const [here, there] = await bothEnds(...parts);
      expect(here.ending).toBe(ending);
      expect(there).toEqual(here);
    },
  );

  it("as a whole completion with two choices comes once, and as events", async () => {
    const whole = {
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [0, 1].map((index) => ({
        index,
        message: { role: "assistant", content: `t${index}` },
        finish_reason: "stop",
      })),
    };
    const stream = await far((await clientOf([json(whole)]).streamChat(HELLO, { n: 2 })).toResponse());
    expect((await stream.final()).choices.map((one) => one.message.content)).toEqual(["t0", "t1"]);
  });

  it("as stalled is read as stalled", async () => {
    fakeTime();
    const stream = await far((await near(delta("a"), "hang")).toResponse());
    const read = readAll(stream);
    await pass(120_000);
    expect((await read).error).toMatchObject({
      ending: "stalled",
      partial: { text: "a" },
      message: expect.stringContaining("timeout.idle"),
    });
  });

  it("as aborted here is read as aborted there", async () => {
    const { controller, signal } = countedSignal();
    const source = await clientOf([body(delta("a"), "hang")]).streamChat(HELLO, {}, { signal });
    const stream = await far(source.toResponse());
    const read = readAll(stream);
    await settle();
    controller.abort();
    const { error } = await read;
    expect([error.ending, isAbortError(error), error.partial.text]).toEqual(["aborted", true, "a"]);
  });

  it("has its headers, and the caller's", async () => {
    const plain = (await near(...answer("a"))).toResponse();
    expect([plain.status, plain.headers.get("content-type"), plain.headers.get("cache-control")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
      "no-store, no-transform",
    ]);
    const own = (await near(...answer("a"))).toResponse({
      status: 201,
      headers: { "x-a": "1", "cache-control": "no-cache", "content-type": "text/plain" },
    });
    expect([
      own.status,
      own.headers.get("x-a"),
      own.headers.get("cache-control"),
      own.headers.get("content-type"),
    ]).toEqual([201, "1", "no-cache", "text/event-stream; charset=utf-8"]);
  });

  it("is written in the API's own format", async () => {
    expect(await (await near(ROLE, delta("a"), finish(), DONE)).toResponse().text()).toBe(
      ROLE + delta("a") + finish() + DONE,
    );
    expect(await (await near(delta("a"))).toResponse().text()).toBe(
      `${delta("a")}event: error\ndata: {"error":{"message":"The stream ended before the answer did","type":"stream_error","param":null,"code":null,"ending":"truncated"}}\n\n`,
    );
  });

  it("reads one event further than the far end does, and no more", async () => {
    const source = body(delta("a"), delta("b"), delta("c"));
    const reader = (await clientOf([source]).streamChat(HELLO)).toResponse().body!.getReader();
    await settle();
    expect(source.pulls).toBe(1);
    await reader.read();
    await settle();
    expect(source.pulls).toBe(2);
  });

  it("stops the request when the far end leaves, with a read pending or not", async () => {
    for (const pending of [false, true]) {
      fakeTime();
      const source = body(delta("a"), "hang");
      const { signal, listeners } = countedSignal();
      const api = server(source);
      const stream = await clientOf(api).streamChat(HELLO, {}, { signal });
      const reader = stream.toResponse().body!.getReader();
      await reader.read();
      if (pending) void reader.read();
      await settle();
      await reader.cancel();
      await settle();
      expect([
        source.cancels,
        stream.ending,
        api.seen[0]!.init.signal?.aborted,
        listeners(),
        vi.getTimerCount(),
      ]).toEqual([1, "aborted", true, 0, 0]);
      expect(isAbortError(await failure(stream.final()))).toBe(true);
      vi.useRealTimers();
    }
  });

  it("gives final() the same outcome", async () => {
    const stream = await near(...answer("a"));
    const response = stream.toResponse();
    const final = stream.final();
    await response.text();
    expect((await final).choices[0]?.message.content).toBe("a");
  });
});

describe("heartbeats", () => {
  const read = async (init: ToResponseInit | undefined, silence: number, ...parts: Part[]): Promise<string> => {
    fakeTime();
    const response = (await near(delta("a"), { wait: silence }, ...parts)).toResponse(init);
    let text = "";
    void (async () => {
      for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) text += piece;
    })();
    await pass(silence - 1);
    return text;
  };

  it("are comments, every two seconds of silence", async () => {
    expect(await read(undefined, 7_000)).toBe(delta("a") + ": keep-alive\n\n".repeat(3));
  });

  it("come as often as the caller says", async () => {
    expect(await read({ heartbeat: 500 }, 2_300)).toBe(delta("a") + ": keep-alive\n\n".repeat(4));
  });

  it.each([Infinity, 0, -1, NaN, 2 ** 31])("do not come, and do not flood, with %s", async (heartbeat) => {
    expect(await read({ heartbeat }, 60_000)).toBe(delta("a"));
  });

  it("never stand within an event, and change nothing that the far end reads", async () => {
    fakeTime();
    const stream = await far(
      (await near(delta("a"), { wait: 5_000 }, delta("b"), { wait: 5_000 }, finish(), DONE)).toResponse(),
    );
    const final = stream.final();
    await pass(20_000);
    expect((await final).choices[0]?.message.content).toBe("ab");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are not taken for life at the far end", async () => {
    fakeTime();
    const source = await clientOf([body(delta("a"), "hang")], { timeout: { idle: Infinity } }).streamChat(HELLO);
    const stream = await clientOf([source.toResponse()], { timeout: { idle: 10_000 } }).streamChat(HELLO);
    const outcome = readAll(stream);
    await pass(10_500);
    expect((await outcome).error).toMatchObject({ ending: "stalled" });
    expect(source.ending).toBe("aborted");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a response that nobody reads", () => {
  it("keeps no timer, once the stream's own time is over", async () => {
    fakeTime();
    const source = body(...answer("a", "b", "c"));
    const stream = await clientOf([source], { timeout: 10_000 }).streamChat(HELLO);
    stream.toResponse();
    await pass(60_000);
    expect([stream.ending, vi.getTimerCount()]).toEqual(["stalled", 0]);
  });
});

describe("frames", () => {
  it("carry data of several lines in several fields", () => {
    expect(eventFrame("a\nb", "x")).toBe("event: x\ndata: a\ndata: b\n\n");
  });

  it("tell any error in the API's form", () => {
    expect(errorFrame(new Error("No."))).toBe(
      'event: error\ndata: {"error":{"message":"No.","type":"stream_error","param":null,"code":null,"ending":"provider_error"}}\n\n',
    );
    expect(errorFrame("No.\n\ndata: x")).not.toMatch(/\n\ndata: x/);
  });
});
