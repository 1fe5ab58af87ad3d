import { streamResponse } from "../../src/responses/index.ts";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createClient, httpInfo, isAPIError, type StreamError } from "../../src/index.ts";
import {
  outputCalls,
  outputText,
  type ResponseChunk,
  type ResponseObject,
  type ResponseStream,
} from "../../src/responses/index.ts";
import { called, ev, events, responseBody, said, scripted, streamOf, text } from "./support.ts";

const whole = responseBody([
  { id: "rs_1", type: "reasoning", summary: [{ type: "summary_text", text: "Thinking…" }] },
  said("Grüße 👋 world"),
  called("look_up", '{"city":"Oslo"}'),
]);

const full = events(whole, [
  ev("response.output_item.added", { output_index: 0, item: { id: "rs_1", type: "reasoning", summary: [] } }),
  ev("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 0, summary_index: 0, delta: "Think" }),
  ev("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 0, summary_index: 0, delta: "ing…" }),
  ev("response.output_item.done", { output_index: 0, item: (whole["output"] as object[])[0] }),
  ev("response.output_item.added", {
    output_index: 1,
    item: { id: "msg_1", type: "message", role: "assistant", status: "in_progress", content: [] },
  }),
  text("Grüße ", { output_index: 1 }),
  text("👋", { output_index: 1 }),
  text(" world", { output_index: 1 }),
  ev("response.output_item.done", { output_index: 1, item: (whole["output"] as object[])[1] }),
  ev("response.output_item.added", {
    output_index: 2,
    item: {
      id: "fc_1",
      type: "function_call",
      status: "in_progress",
      call_id: "call_1",
      name: "look_up",
      arguments: "",
    },
  }),
  ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 2, delta: '{"city":' }),
  ev("response.function_call_arguments.delta", { item_id: "fc_1", output_index: 2, delta: '"Oslo"}' }),
  ev("response.function_call_arguments.done", { item_id: "fc_1", output_index: 2, arguments: '{"city":"Oslo"}' }),
  ev("response.output_item.done", { output_index: 2, item: (whole["output"] as object[])[2] }),
]).join("");

async function streamed(reply: string | Response): Promise<ResponseStream> {
  const { client } = scripted([typeof reply === "string" ? streamOf(reply) : reply]);
  return streamResponse(client, "Hello", { model: "gpt-6-luna" });
}

interface Outcome {
  chunks: ResponseChunk[];
  stream: ResponseStream;
  result?: ResponseObject;
  error?: StreamError;
}

async function outcome(reply: string | Response): Promise<Outcome> {
  const stream = await streamed(reply);
  const chunks: ResponseChunk[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk);
    return { chunks, stream, result: await stream.final() };
  } catch (error) {
    await expect(stream.final()).rejects.toBe(error);
    return { chunks, stream, error: error as StreamError };
  }
}

const textOf = (chunks: readonly ResponseChunk[]): string => chunks.map(({ content }) => content).join("");

describe("a stream that fails", () => {
  it("is truncated where it ends without a terminal event", async () => {
    const { chunks, stream, error } = await outcome(
      events(whole, [text("Hel"), text("lo")])
        .slice(0, -1)
        .join(""),
    );
    expect(textOf(chunks)).toBe("Hello");
    expect(error).toMatchObject({
      ending: "truncated",
      partial: { text: "Hello", response: { id: "resp_1", status: "in_progress" } },
    });
    expect(outputText(stream.partial.response)).toBe("Hello");
  });

  it("is truncated also where it says [DONE] without a terminal event", async () => {
    const { error } = await outcome(`${text("Hel")}data: [DONE]\n\n`);
    expect(error?.ending).toBe("truncated");
  });

  it("is a provider error, with message and code, where the response failed", async () => {
    const failed = responseBody([said("Hel")], {
      status: "failed",
      error: { code: "server_error", message: "The model broke" },
    });
    const { error, chunks } = await outcome(events(failed, [text("Hel")]).join(""));
    expect(error).toMatchObject({
      ending: "provider_error",
      code: "server_error",
      message: "The model broke",
      partial: { text: "Hel", response: { status: "failed" } },
    });
    expect(isAPIError(error?.cause) && error.cause.body).toMatchObject({ id: "resp_1", status: "failed" });
    expect(textOf(chunks)).toBe("Hel");
  });

  it("is a provider error at an error event, in both of its shapes", async () => {
    const flat = ev("error", { code: "rate_limit_exceeded", message: "Slow down", param: null, sequence_number: 3 });
    const nested = ev("error", {
      error: { type: "tokens", code: "rate_limit_exceeded", message: "Slow down", param: null },
    });
    for (const event of [flat, nested]) {
      const { error } = await outcome(text("Hel") + event);
      expect(error).toMatchObject({
        ending: "provider_error",
        code: "rate_limit_exceeded",
        message: "Slow down",
        partial: { text: "Hel" },
      });
    }
  });

  it("is a provider error where the response was cancelled: an abort is the caller's own", async () => {
    const { error } = await outcome(events(responseBody([], { status: "cancelled" }), [text("Hel")]).join(""));
    expect(error).toMatchObject({ ending: "provider_error", code: "cancelled", name: "StreamError" });
  });

  it("counts the event's name where the response does not say how it ended", async () => {
    const unsaid = responseBody([], { status: "in_progress" });
    expect((await outcome(ev("response.failed", { response: unsaid }))).error).toMatchObject({
      ending: "provider_error",
      code: "failed",
    });
    expect((await outcome(ev("response.incomplete", { response: unsaid }))).stream.ending).toBe("length");
    expect((await outcome(ev("response.completed", { response: unsaid }))).stream.ending).toBe("complete");
  });

  it("never hands out a call whose arguments were cut", async () => {
    const upTo = full.indexOf('"delta":"\\"Oslo');
    const { error, stream } = await outcome(full.slice(0, upTo));
    expect(error?.ending).toBe("truncated");
    expect(error?.partial.toolCalls).toEqual([]);
    expect(outputCalls(stream.partial.response)).toEqual([]);
    expect(stream.partial.response.output.map(({ type }) => type)).toEqual(["reasoning", "message"]);
  });

  it("holds no call before its item is done, even where what there is of its arguments is JSON already", async () => {
    const item = { id: "fc_1", type: "function_call", call_id: "call_1", name: "roll", arguments: "" };
    const { error } = await outcome(
      ev("response.output_item.added", { output_index: 0, item }) +
        ev("response.function_call_arguments.delta", { output_index: 0, delta: "1" }),
    );
    expect(error?.partial.toolCalls).toEqual([]);
  });

  it("is refused beyond the limit, also in many small parts", async () => {
    const flood = Array.from({ length: 3000 }, (_, index) => text("x", { output_index: index }));
    for (const body of [[text("x".repeat(70_000))], flood]) {
      const { client } = scripted([streamOf(body.join(""))], { limits: { answer: 65_536 } });
      await expect((await streamResponse(client, "Hello")).final()).rejects.toMatchObject({
        ending: "provider_error",
        code: "too_large",
      });
    }
  });

  it("keeps within the limit where the same text comes as deltas, as a part, as an item and as a response", async () => {
    const words = "x".repeat(20_000);
    const body = events(responseBody([said(words)]), [
      text(words),
      ev("response.output_text.done", { output_index: 0, text: words }),
      ev("response.output_item.done", { output_index: 0, item: said(words) }),
    ]);
    const { client } = scripted([streamOf(body.join(""))], { limits: { answer: 50_000 } });
    expect(outputText(await (await streamResponse(client, "Hello")).final())).toBe(words);
  });

  it("bears what is no event of this API", async () => {
    const odd = [
      'data: {"type":5}\n\n',
      "data: {}\n\n",
      ev("response.output_text.delta", { delta: null }),
      ev("response.output_item.added", { item: null }),
      ev("response.output_item.done", { output_index: "x", item: {} }),
      ev("response.function_call_arguments.delta", { delta: "{" }),
      ev("response.completed", { response: null }),
      'data: {"type":"response.output_text.delta","__proto__":{"a":1},"output_index":1e300,"delta":"a"}\n\n',
    ];
    const { error, chunks } = await outcome(odd.slice(0, 6).join("") + odd[7]!);
    expect(error?.ending).toBe("truncated");
    expect(textOf(chunks)).toBe("a");
    expect((await outcome(odd[6]!)).result).toMatchObject({ output: [], status: "completed" });
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });
});

describe("a stream that ends well", () => {
  it("gives every event as a chunk, text and reasoning apart, and the response as it was sent", async () => {
    const { chunks, result, stream } = await outcome(full);
    expect(chunks).toHaveLength(full.split("\n\n").length - 1);
    expect(chunks.every(({ content, reasoning }) => typeof content === "string" && typeof reasoning === "string")).toBe(
      true,
    );
    expect(textOf(chunks)).toBe("Grüße 👋 world");
    expect(chunks.map(({ reasoning }) => reasoning).join("")).toBe("Thinking…");
    expect(result).toEqual(whole);
    expect(stream.ending).toBe("tool_calls");
    expect(httpInfo(result)).toMatchObject({ status: 200, attempts: 1 });
  });

  it("ends with the terminal event, though the connection stays open, and without waiting", async () => {
    vi.useFakeTimers();
    try {
      const stream = await streamed(streamOf(full, { open: true }));
      await expect(stream.final()).resolves.toEqual(whole);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ["max_output_tokens", "length"],
    ["content_filter", "content_filter"],
  ])("tells of an incomplete response: %s", async (reason, ending) => {
    const cut = responseBody([called("look_up", '{"ci', { status: "incomplete" })], {
      status: "incomplete",
      incomplete_details: { reason },
    });
    const { result, stream } = await outcome(events(cut, []).join(""));
    expect(stream.ending).toBe(ending);
    expect(result).toEqual(cut);
    expect(outputCalls(result!)).toEqual([]);
  });

  it("gives text that no delta brought with the event that brings it", async () => {
    const answer = responseBody([said("Hello world")]);
    expect(textOf((await outcome(events(answer, []).join(""))).chunks)).toBe("Hello world");
    expect(textOf((await outcome(events(answer, [text("Hello ")]).join(""))).chunks)).toBe("Hello world");
    expect(textOf((await outcome(events(answer, [text("Another")]).join(""))).chunks)).toBe("Another");
  });

  it("keeps the gathered items where the terminal event brings no output", async () => {
    const bare = full.replace(/"output":\[\{.*?\}\],"parallel/, '"output":[],"parallel');
    const { result, stream } = await outcome(bare);
    expect(result?.output).toEqual(whole["output"]);
    expect(stream.ending).toBe("tool_calls");
  });

  it("finds items by their id where no index is sent", async () => {
    const anonymous = full
      .replaceAll(/"output_index":\d,?/g, "")
      .replace(/"output":\[\{.*?\}\],"parallel/, '"output":[],"parallel');
    expect((await outcome(anonymous)).result?.output).toEqual(whole["output"]);
  });

  it("takes a whole response that comes instead of a stream", async () => {
    const { chunks, result, stream } = await outcome(Response.json(whole));
    expect(result).toEqual(whole);
    expect(textOf(chunks)).toBe("Grüße 👋 world");
    expect(stream.ending).toBe("tool_calls");
  });

  it("tells of a whole response that failed, and of one that is not finished", async () => {
    const failed = responseBody([], { status: "failed", error: { code: "server_error", message: "Boom" } });
    expect((await outcome(Response.json(failed))).error).toMatchObject({
      ending: "provider_error",
      code: "server_error",
      message: "Boom",
      partial: { response: { status: "failed" } },
    });
    expect((await outcome(Response.json(responseBody([], { status: "queued" })))).error).toMatchObject({
      ending: "truncated",
      partial: { response: { id: "resp_1" } },
    });
  });

  it("joins several messages of one answer by a blank line, in the chunks as in the whole", async () => {
    const messages = ["First", "Second"].map((words, at) => said(words, { id: `msg_${at}` }));
    const deltas = messages.flatMap((item, at) => [
      ev("response.output_item.added", { output_index: at, item: { ...item, content: [] } }),
      text(at === 0 ? "Fi" : "Sec", { item_id: `msg_${at}`, output_index: at }),
      text(at === 0 ? "rst" : "ond", { item_id: `msg_${at}`, output_index: at }),
      ev("response.output_item.done", { output_index: at, item }),
    ]);
    const { chunks, stream, result } = await outcome(events(responseBody(messages), deltas).join(""));
    expect(textOf(chunks)).toBe("First\n\nSecond");
    expect(stream.partial.text).toBe("First\n\nSecond");
    expect(outputText(result!)).toBe("First\n\nSecond");
  });

  it("separates the paragraphs of reasoning by a blank line", async () => {
    const part = (summary_index: number, delta: string): string =>
      ev("response.reasoning_summary_text.delta", { item_id: "rs_1", output_index: 0, summary_index, delta });
    const { chunks } = await outcome(events(whole, [part(0, "O"), part(0, "ne"), part(1, "Two")]).join(""));
    expect(chunks.map(({ reasoning }) => reasoning).join("")).toBe("One\n\nTwo");
  });

  it("says the finish reason in the last chunk, in the words of chat completions", async () => {
    const { chunks } = await outcome(full);
    expect(chunks.map(({ finishReason }) => finishReason).filter((one) => one !== undefined)).toEqual(["tool_calls"]);
    expect(chunks.at(-1)?.finishReason).toBe("tool_calls");
  });

  describe("carries the calls in its chunks", () => {
    const written = (chunks: readonly ResponseChunk[]): unknown[] => {
      const calls: Record<number, { id: string; name: string; arguments: string }> = {};
      for (const { index, id, name, arguments: more } of chunks.flatMap((chunk) => chunk.calls))
        calls[index] = { id, name, arguments: (calls[index]?.arguments ?? "") + more };
      return Object.values(calls);
    };
    const two = [
      called("f", '{"a":1}', { id: "fc_1", call_id: "call_1" }),
      called("g", "[2]", { id: "fc_2", call_id: "call_2" }),
    ];
    const begun = two.map((item) => ({ ...item, arguments: "", status: "in_progress" }));
    const added = begun.map((item, output_index) => ev("response.output_item.added", { output_index, item }));
    const done = two.map((item, output_index) => ev("response.output_item.done", { output_index, item }));
    const delta = (place: object, text: string): string =>
      ev("response.function_call_arguments.delta", { ...place, delta: text });
    const expected = [
      { id: "call_1", name: "f", arguments: '{"a":1}' },
      { id: "call_2", name: "g", arguments: "[2]" },
    ];

    it.each([
      [
        "as deltas by place",
        [
          ...added,
          delta({ output_index: 1 }, "[2"),
          delta({ output_index: 0 }, '{"a":1}'),
          delta({ output_index: 1 }, "]"),
          ...done,
        ],
      ],
      [
        "as deltas by item",
        [
          ...begun.map((item) => ev("response.output_item.added", { item })),
          delta({ item_id: "fc_2" }, "[2]"),
          delta({ item_id: "fc_1" }, '{"a":1}'),
        ],
      ],
      [
        "as deltas without a place",
        [added[0]!, delta({}, '{"a":'), delta({}, "1}"), done[0]!, added[1]!, delta({}, "[2]"), done[1]!],
      ],
      [
        "whole in done events",
        [
          ...added,
          ...two.map((item, output_index) =>
            ev("response.function_call_arguments.done", { output_index, arguments: item["arguments"] }),
          ),
        ],
      ],
      ["whole in items", done],
      ["in the last event alone", []],
    ])("%s", async (_form, deltas) => {
      const { chunks, stream } = await outcome(events(responseBody(two), deltas).join(""));
      expect(written(chunks)).toEqual(expected);
      expect(stream.partial.toolCalls).toMatchObject(
        expected.map(({ id, name, ...rest }) => ({ id, function: { name, ...rest } })),
      );
    });

    it("of custom tools too", async () => {
      const item = {
        id: "ct_1",
        type: "custom_tool_call",
        call_id: "call_1",
        name: "sh",
        input: "ls -l",
        status: "completed",
      };
      const { chunks } = await outcome(
        events(responseBody([item]), [
          ev("response.output_item.added", { output_index: 0, item: { ...item, input: "" } }),
          ev("response.custom_tool_call_input.delta", { output_index: 0, delta: "ls" }),
          ev("response.custom_tool_call_input.delta", { output_index: 0, delta: " -l" }),
        ]).join(""),
      );
      expect(written(chunks)).toEqual([{ id: "call_1", name: "sh", arguments: "ls -l" }]);
    });
  });

  it("passes events of unknown types", async () => {
    const { chunks } = await outcome(
      events(responseBody([said("Hi")]), [ev("response.hologram.delta", { delta: "…" }), text("Hi")]).join(""),
    );
    expect(chunks.map(({ raw }) => raw.type as string)).toContain("response.hologram.delta");
  });
});

describe("a stream cut at every byte", () => {
  const bytes = new TextEncoder().encode(full);

  it("gives the same in pieces of any size", async () => {
    const uncut = await outcome(full);
    for (const size of [1, 7, 16_384]) {
      const { chunks, result } = await outcome(streamOf(full, { size }));
      expect(chunks).toEqual(uncut.chunks);
      expect(result).toEqual(whole);
    }
  });

  it("ends truncated before the end, with a prefix of the chunks, and never with a call that is not whole", async () => {
    const all = (await outcome(full)).chunks.map(({ raw }) => JSON.stringify(raw));
    for (let at = 0; at < bytes.length - 1; at += 3) {
      const { chunks, error, stream } = await outcome(
        new Response(bytes.slice(0, at), { headers: { "content-type": "text/event-stream" } }),
      );
      // The terminal event counts once its JSON is whole.
      if (stream.ending === "tool_calls") {
        expect(at).toBeGreaterThan(bytes.length - 4);
        continue;
      }
      expect(error?.ending).toBe("truncated");
      expect(all.slice(0, chunks.length)).toEqual(chunks.map(({ raw }) => JSON.stringify(raw)));
      expect(error?.partial.toolCalls.every(({ type }) => type === "function")).toBe(true);
      for (const call of error?.partial.toolCalls ?? [])
        expect(call).toMatchObject({ function: { arguments: '{"city":"Oslo"}' } });
      expect(error?.partial.text).toBe(textOf(chunks));
    }
  }, 60_000);

  it("tells the browser at the other end of toResponse() the same, wherever it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), fc.integer({ min: 1, max: 900 }), async (at, size) => {
        const cut = new TextDecoder().decode(bytes.slice(0, at));
        const near = await outcome(streamOf(cut, { size }));
        const far = await outcome((await streamed(streamOf(cut, { size }))).toResponse());
        expect(far.stream.ending).toBe(near.stream.ending);
        expect(textOf(far.chunks)).toBe(textOf(near.chunks));
        expect(far.result).toEqual(near.result);
        expect(far.error?.partial).toEqual(near.error?.partial);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe("toResponse()", () => {
  it("passes events on as they were, with their names, and no [DONE]", async () => {
    expect(await (await streamed(full)).toResponse().text()).toBe(full);
    expect(await (await streamed(`${full}data: [DONE]\n\n`)).toResponse().text()).toBe(full);
  });

  it("names the event of a whole response", async () => {
    expect(await (await streamed(Response.json(whole))).toResponse().text()).toMatch(
      /^event: response.completed\ndata: {"type":"response.completed",.*\n\n$/,
    );
  });

  it("tells of a failure by an error event", async () => {
    const body = await (await streamed(text("Hel"))).toResponse().text();
    expect(body).toBe(
      `${text("Hel")}event: error\ndata: {"error":{"message":"The stream ended before the answer did","type":"stream_error","param":null,"code":null,"ending":"truncated"}}\n\n`,
    );
  });
});

describe("retries and timeouts", () => {
  it("ask again where the response failed in passing before any content, and not after", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    try {
      const failed = responseBody([], { status: "failed", error: { code: "server_error", message: "Busy" } });
      const good = responseBody([said("Hi")]);
      const first = scripted([events(failed, []), events(good, [text("Hi")])], { maxRetries: 2 });
      const stream = streamResponse(first.client, "Hello").then((one) => one.final());
      await vi.advanceTimersByTimeAsync(2_000);
      await expect(stream).resolves.toEqual(good);
      expect(first.sent).toHaveLength(2);
      const second = scripted([events(failed, [text("Hi")])], { maxRetries: 2 });
      await expect((await streamResponse(second.client, "Hello")).final()).rejects.toMatchObject({
        code: "server_error",
      });
      expect(second.sent).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it("do not count events that only say it is alive", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance", "Date"] });
    try {
      let timer: ReturnType<typeof setInterval> | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(text("Hi")));
          timer = setInterval(
            () =>
              controller.enqueue(
                new TextEncoder().encode(ev("response.in_progress", { response: {} }) + ev("keepalive") + text("")),
              ),
            1_000,
          );
        },
        cancel: () => clearInterval(timer),
      });
      const { client } = scripted([new Response(body, { headers: { "content-type": "text/event-stream" } })], {
        timeout: { idle: 5_000 },
      });
      const final = (await streamResponse(client, "Hello")).final().catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(7_000);
      expect(await final).toMatchObject({ ending: "stalled", partial: { text: "Hi" } });
    } finally {
      vi.useRealTimers();
    }
  });

  it("mark the first chunk after a restart that was asked for", async () => {
    const good = responseBody([said("Hello")]);
    const { client } = scripted([[text("Hel")], events(good, [text("Hello")])], { maxRetries: 1 });
    const stream = await streamResponse(client, "Hello", {}, { resume: "restart" });
    const seen: [string, boolean][] = [];
    for await (const { content, restarted } of stream) if (content || restarted) seen.push([content, restarted]);
    expect(seen).toEqual([
      ["Hel", false],
      ["", true],
      ["Hello", false],
    ]);
    expect(await stream.final()).toEqual(good);
  });

  it("stop the request where the loop is left", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(text("Hi"))),
      cancel: () => void (cancelled = true),
    });
    const client = createClient({
      apiKey: "sk-test",
      fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    });
    const stream = await streamResponse(client, "Hello");
    for await (const chunk of stream) if (chunk.content) break;
    expect(cancelled).toBe(true);
    expect(stream.ending).toBe("aborted");
  });
});
