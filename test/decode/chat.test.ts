import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endingOf, isBroken } from "../../src/decode/finish.ts";
import { ChatDecoder } from "../../src/decode/chat.ts";
import { mergeField } from "../../src/decode/merge.ts";
import type { ChatChunk } from "../../src/wire/index.ts";
import { chunk } from "../conformance/wire.ts";
import type { Loose } from "../support/streams.ts";

/** Decodes events. Their sizes count as on the wire. */
function fold(
  events: readonly object[],
  limit = 1_000_000,
  expected = 1,
): { fold: ChatDecoder; chunks: ChatChunk[]; message: Loose } {
  const made = new ChatDecoder(limit, { expected });
  const chunks: ChatChunk[] = [];
  for (const one of events) made.take(one, chunks, JSON.stringify(one).length);
  return { fold: made, chunks, message: made.result().choices[0]?.message };
}
const deltas = (...all: object[]): object[] => all.map((one) => chunk(one));
const stop = chunk({}, "stop");
const toolCall = (text: string): object => ({
  tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: text } }],
});

describe("ChatDecoder", () => {
  it("returns the answer in the API's form", () => {
    const { fold: made } = fold([
      chunk({ role: "assistant", content: "" }, null, { system_fingerprint: "fp", service_tier: "default" }),
      ...deltas({ content: "Hel" }, { content: "lo" }),
      stop,
      { ...chunk({}), choices: [], usage: { total_tokens: 3 } },
    ]);
    expect(made.result()).toEqual({
      id: "chatcmpl-1",
      object: "chat.completion",
      created: 1,
      model: "gpt-6-luna",
      system_fingerprint: "fp",
      service_tier: "default",
      choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
      usage: { total_tokens: 3 },
    });
  });

  it("reads usage from its own chunk, the finish chunk or every chunk, and ignores null", () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    for (const events of [
      [chunk({}, "stop", { usage })],
      [stop, { ...chunk({}), choices: [], usage }],
      [
        chunk({ content: "a" }, null, { usage: { total_tokens: 1 } }),
        chunk({}, "stop", { usage }),
        chunk({}, null, { usage: null }),
      ],
    ]) {
      expect(fold(events).fold.result().usage).toEqual(usage);
    }
  });

  it("accepts answers without a role (llama.cpp), id, model and choices in the first chunk (Azure)", () => {
    const { fold: made, chunks } = fold([
      { choices: [], prompt_filter_results: [{ a: 1 }] },
      { choices: [{ index: 0, delta: { content: "a" } }] },
      { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    ]);
    expect(chunks.map((one) => one.content)).toEqual(["", "a", ""]);
    expect(made.result()).toMatchObject({
      id: "",
      model: "",
      prompt_filter_results: [{ a: 1 }],
      choices: [{ message: { role: "assistant", content: "a" } }],
    });
  });

  it("returns one chunk per choice, each with the event as sent", () => {
    const one = {
      ...chunk({}),
      choices: [
        { index: 1, delta: { content: "b" } },
        { index: 0, delta: { content: "a" } },
      ],
    };
    const { chunks, fold: made } = fold([one], 1_000, 2);
    expect(chunks.map(({ index, content, raw }) => [index, content, raw === one])).toEqual([
      [1, "b", true],
      [0, "a", true],
    ]);
    expect(made.result().choices.map(({ index, message }) => [index, message.content])).toEqual([
      [0, "a"],
      [1, "b"],
    ]);
    expect(made.partial().text).toBe("a");
  });

  it("joins log probabilities", () => {
    const { fold: made } = fold(
      [["a"], ["b", "c"]].map((content) => ({
        choices: [{ index: 0, delta: { content: "x" }, logprobs: { content, refusal: null } }],
      })),
    );
    expect(made.result().choices[0]?.logprobs).toEqual({ content: ["a", "b", "c"], refusal: null });
  });

  it("joins a refusal", () => {
    const { message, fold: made } = fold([...deltas({ refusal: "I " }, { refusal: "won't" }), stop]);
    expect(message).toEqual({ role: "assistant", content: null, refusal: "I won't" });
    expect(made.partial().message).toEqual(message);
  });

  it("joins audio and its transcript", () => {
    expect(
      fold([
        ...deltas(
          { audio: { id: "x", transcript: "He", data: "AA" } },
          { audio: { transcript: "y", data: "BB", expires_at: 5 } },
        ),
        stop,
      ]).message.audio,
    ).toEqual({ id: "x", transcript: "Hey", data: "AABB", expires_at: 5 });
  });
});

describe("Reasoning", () => {
  it.each(["reasoning_content", "reasoning", "reasoning_text", "thinking"])(
    "in the field %s is separated from the text and keeps its field",
    (name) => {
      const {
        chunks,
        message,
        fold: made,
      } = fold([...deltas({ [name]: "Hm" }, { [name]: "m." }, { content: "Hi" }), stop]);
      expect(chunks.map((one) => [one.reasoning, one.content])).toEqual([
        ["Hm", ""],
        ["m.", ""],
        ["", "Hi"],
        ["", ""],
      ]);
      expect([made.partial().reasoning, made.partial().text, message[name], message.content]).toEqual([
        "Hmm.",
        "Hi",
        "Hmm.",
        "Hi",
      ]);
    },
  );

  it("in two fields is reported once and kept in both", () => {
    const { message, fold: made } = fold(
      deltas({ reasoning: "a", reasoning_content: "a" }, { reasoning: "b", reasoning_content: "b" }),
    );
    expect([made.partial().reasoning, message.reasoning, message.reasoning_content]).toEqual(["ab", "ab", "ab"]);
  });

  it("in content parts (Mistral) is separated from the text", () => {
    const { chunks } = fold(
      deltas(
        { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
        { content: [{ type: "text", text: "Hi" }] },
      ),
    );
    expect(chunks.map((one) => [one.reasoning, one.content])).toEqual([
      ["hm", ""],
      ["", "Hi"],
    ]);
  });

  it("details are kept for the next turn", () => {
    expect(
      fold(deltas({ reasoning: "a", reasoning_details: [{ i: 1 }] }, { reasoning: "b", reasoning_details: [{ i: 2 }] }))
        .message.reasoning_details,
    ).toEqual([{ i: 1 }, { i: 2 }]);
  });

  it("alone gives no partial message", () => {
    expect(fold(deltas({ reasoning: "a" })).fold.partial().message).toBeUndefined();
  });
});

describe("Tool calls", () => {
  it("are in the message once the choice has ended", () => {
    const events = deltas(toolCall("{}"));
    expect(fold(events).fold.partial().message).toBeUndefined();
    expect(fold([...events, chunk({}, "tool_calls")]).message).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
    });
  });

  it.each(["length", "content_filter", "MAX_TOKENS"])(
    "that were cut are left out of an answer that ended with %s",
    (reason) => {
      expect(fold([...deltas({ content: "x" }, toolCall('{"a":')), chunk({}, reason)]).message).toEqual({
        role: "assistant",
        content: "x",
      });
      expect(
        fold([...deltas({ content: "x" }, { function_call: { name: "f", arguments: '{"a":' } }), chunk({}, reason)])
          .message,
      ).toEqual({ role: "assistant", content: "x" });
    },
  );

  it("that may be cut are never in partial.toolCalls", () => {
    const free = { tool_calls: [{ index: 0, id: "a", type: "custom", custom: { name: "f", input: "DROP TABLE x" } }] };
    for (const maybeCut of [toolCall('{"a":'), toolCall(""), free]) {
      expect(fold(deltas(maybeCut)).fold.partial().toolCalls).toEqual([]);
      expect(fold([...deltas({ content: "x" }, maybeCut), chunk({}, "length")]).message).toEqual({
        role: "assistant",
        content: "x",
      });
    }
    expect(fold(deltas(toolCall("{}"))).fold.partial().toolCalls).toHaveLength(1);
    for (const whole of [toolCall(""), free])
      expect(fold([...deltas(whole), chunk({}, "tool_calls")]).fold.partial().toolCalls).toHaveLength(1);
    expect(fold([...deltas(toolCall("{oops")), chunk({}, "tool_calls")]).fold.partial().toolCalls).toEqual([]);
  });

  it("make the ending tool_calls, even with the finish reason stop (Gemini)", () => {
    for (const reason of ["stop", "tool_calls", "STOP", "function_call"])
      expect(fold([...deltas(toolCall("{}")), chunk({}, reason)]).fold.ending()).toBe("tool_calls");
  });

  it("in the legacy form are assembled too", () => {
    const { message, fold: made } = fold([
      ...deltas(
        { function_call: { name: "f", arguments: "" } },
        { function_call: { arguments: '{"x"' } },
        { function_call: { name: null, arguments: ":1}" } },
      ),
      chunk({}, "function_call"),
    ]);
    expect([message, made.ending()]).toEqual([
      { role: "assistant", content: null, function_call: { name: "f", arguments: '{"x":1}' } },
      "tool_calls",
    ]);
  });
});

describe("A legacy function call", () => {
  it.each<[string, object[]]>([
    [
      "whole in each delta",
      [
        { name: "edit", arguments: '{"x":1}' },
        { name: "edit", arguments: '{"x":1}' },
      ],
    ],
    ["with snapshots of the name", [{ name: "ed" }, { name: "edit", arguments: '{"x":1}' }]],
    ["with the name in pieces", [{ name: "ed" }, { name: "it", arguments: '{"x":1}' }]],
    [
      "with snapshots of the arguments",
      [
        { name: "edit", arguments: '{"x"' },
        { name: "edit", arguments: '{"x":1}' },
      ],
    ],
  ])("is one call if it is sent %s", (_name, calls) => {
    const { message } = fold([
      ...deltas(...calls.map((call) => ({ function_call: call }))),
      chunk({}, "function_call"),
    ]);
    expect(message.function_call).toEqual({ name: "edit", arguments: '{"x":1}' });
  });
});

describe("The ending", () => {
  it.each([
    ["stop", "complete"],
    ["eos", "complete"],
    ["STOP", "complete"],
    ["end_turn", "complete"],
    ["length", "length"],
    ["MAX_TOKENS", "length"],
    ["max_tokens", "length"],
    ["max_output_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["content_filter", "content_filter"],
    ["content-filter", "content_filter"],
    ["SAFETY", "content_filter"],
    ["sensitive", "content_filter"],
    ["guardrail_intervened", "content_filter"],
    ["refusal", "content_filter"],
    ["ERROR_TOXIC", "content_filter"],
    ["tool_calls", "tool_calls"],
    ["function_call", "tool_calls"],
    ["tool_use", "tool_calls"],
  ])("of finish reason %s is %s", (reason, ending) => {
    expect(endingOf(reason, false)).toBe(ending);
    expect(isBroken(reason)).toBe(false);
  });

  it("is unknown until every choice has a finish reason", () => {
    expect(fold([]).fold.ending()).toBeUndefined();
    expect(fold(deltas({ content: "a" })).fold.ending()).toBeUndefined();
    const two = fold([stop, { choices: [{ index: 1, delta: { content: "b" } }] }]);
    expect(two.fold.ending()).toBeUndefined();
    two.fold.take({ choices: [{ index: 1, delta: {}, finish_reason: "length" }] }, [], 0);
    expect(two.fold.ending()).toBe("complete");
  });

  it("stays after a second finish reason or more content", () => {
    const { fold: made, message } = fold([chunk({ content: "a" }, "stop"), stop, ...deltas({ content: "b" })]);
    expect([made.ending(), message.content]).toEqual(["complete", "ab"]);
  });

  it.each(["length", "content_filter"])("stays %s if a plain stop follows", (reason) => {
    expect(fold([chunk({ content: "a" }, reason), stop]).fold.ending()).toBe(reason);
  });

  it("is an error if the native finish reason is one", () => {
    const ended = { choices: [{ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "error" }] };
    expect(() => fold([ended])).toThrow('finish_reason "error"');
  });

  it.each([
    ...["error", "insufficient_system_resource", "MALFORMED_FUNCTION_CALL", "ERROR", "network_error", "server_error"],
    ...["abort", "cancelled", "timeout", "failed", "engine_overloaded", "UNEXPECTED_TOOL_CALL"],
  ])("is an error for finish reason %s", (reason) => {
    expect(() => fold([chunk({}, reason)])).toThrow(/broke off/);
  });
});

describe("A hostile answer", () => {
  const hostile = (text: string): object => JSON.parse(text) as object;

  it("pollutes no prototype", () => {
    const poison = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const { fold: made, message } = fold([
      hostile(
        `{${poison},"choices":[{${poison},"index":0,"delta":{${poison},"content":"a","x":{${poison}},"audio":{${poison}},"tool_calls":[{${poison},"id":"a","function":{${poison},"name":"f","arguments":"{}"}}]},"logprobs":{${poison}}}]}`,
      ),
      hostile(`{"choices":[{"index":0,"delta":{"x":{${poison}},"audio":{${poison}}},"finish_reason":"stop"}]}`),
    ]);
    const result = made.result();
    expect([
      ({} as Loose).polluted,
      message.polluted,
      (result as Loose).polluted,
      (result.choices[0] as Loose).polluted,
    ]).toEqual([undefined, undefined, undefined, undefined]);
    expect([Object.getPrototypeOf(message), Object.getPrototypeOf(result)]).toEqual([
      Object.prototype,
      Object.prototype,
    ]);
  });

  it("with absurd indices keeps only what was sent", () => {
    const { fold: made } = fold(
      [2 ** 31, -1, 1e300, 0].map((index) => ({
        choices: [{ index, delta: { content: `${index}` }, finish_reason: "stop" }],
      })),
    );
    expect(made.result().choices).toHaveLength(4);
    expect(made.result().choices[0]?.index).toBe(-1);
    expect(
      fold([
        { choices: [{ index: "x", delta: { content: "a" } }] },
        { choices: [{ delta: { content: "b" }, index: null }] },
      ]).message.content,
    ).toBe("ab");
  });

  it("with endless choices or text is rejected", () => {
    expect(() => fold(Array.from({ length: 1_025 }, (_, index) => ({ choices: [{ index, delta: {} }] })))).toThrow(
      /1024 choices/,
    );
    expect(() => fold(deltas({ content: "x".repeat(101) }), 100)).toThrow(/longer than 100/);
  });

  it.each<[string, (i: number) => object]>([
    ["lists", () => chunk({ annotations: ["x".repeat(100)] })],
    ["new fields", (i) => chunk({ [`f${i}`]: "x".repeat(100) })],
    ["new fields above", (i) => ({ ...chunk({}), [`f${i}`]: "x".repeat(100) })],
    ["new fields beside", (i) => ({ choices: [{ index: 0, delta: {}, [`f${i}`]: "x".repeat(100) }] })],
    ["log probabilities", () => ({ choices: [{ index: 0, delta: {}, logprobs: { content: ["x".repeat(100)] } }] })],
    ["fields of a call", (i) => chunk({ tool_calls: [{ index: 0, [`f${i}`]: "x".repeat(100) }] })],
    ["reasoning details", () => chunk({ reasoning_details: ["x".repeat(100)] })],
  ])("with endless %s is rejected", (_name, make) => {
    expect(() =>
      fold(
        Array.from({ length: 1_000 }, (_, i) => make(i)),
        50_000,
      ),
    ).toThrow(/longer than 50000/);
  });

  it("repeating a field in each event counts it once", () => {
    expect(() =>
      fold(
        Array.from({ length: 1_000 }, () => chunk({ content: "x" }, null, { system_fingerprint: "fp" })),
        3_000,
      ),
    ).not.toThrow();
  });

  it("with a list of half a million items is accepted", () => {
    const list = Array.from({ length: 500_000 }, () => 0);
    expect(fold(deltas({ x: [1] }, { x: list }), 1e9).message.x).toHaveLength(500_001);
  });

  it("nested 100,000 levels deep is accepted", () => {
    const deep = "[".repeat(100_000) + "]".repeat(100_000);
    const { message } = fold([]);
    expect(message).toBeUndefined();
    const made = new ChatDecoder(1e9);
    for (let i = 0; i < 2; i++)
      made.take(
        hostile(
          `{"deep":${deep},"choices":[{"index":0,"deep":${deep},"delta":{"content":"a","deep":${deep},"audio":{"deep":${deep}},"tool_calls":[{"index":0,"id":"a","deep":${deep},"function":{"name":"f","arguments":"{}"}}]},"finish_reason":"stop"}]}`,
        ),
        [],
        0,
      );
    expect([made.partial().text, made.result().choices[0]?.message.tool_calls?.length]).toEqual(["aa", 1]);
  });

  it("of any JSON gives text chunks or one error", () => {
    const shaped = fc.letrec((tie) => ({
      any: fc.oneof(fc.jsonValue({ maxDepth: 2 }), tie("event")),
      event: fc.record(
        {
          choices: fc.oneof(
            fc.jsonValue({ maxDepth: 1 }),
            fc.array(
              fc.record(
                {
                  index: fc.jsonValue({ maxDepth: 0 }),
                  delta: fc.oneof(
                    fc.jsonValue({ maxDepth: 1 }),
                    fc.record(
                      {
                        content: fc.jsonValue({ maxDepth: 2 }),
                        tool_calls: fc.array(fc.jsonValue({ maxDepth: 2 })),
                        function_call: fc.jsonValue({ maxDepth: 1 }),
                        audio: fc.jsonValue({ maxDepth: 1 }),
                        reasoning: fc.jsonValue({ maxDepth: 1 }),
                      },
                      { requiredKeys: [] },
                    ),
                  ),
                  finish_reason: fc.oneof(fc.constantFrom("stop", null), fc.jsonValue({ maxDepth: 0 })),
                  logprobs: fc.jsonValue({ maxDepth: 1 }),
                },
                { requiredKeys: [] },
              ),
            ),
          ),
          usage: fc.jsonValue({ maxDepth: 1 }),
        },
        { requiredKeys: [] },
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(shaped, { maxLength: 5 }), (events) => {
        const objects = events.filter(
          (one): one is object => typeof one === "object" && one !== null && !Array.isArray(one),
        );
        let result: ReturnType<typeof fold>;
        try {
          result = fold(objects);
        } catch (error) {
          expect((error as { kind?: string }).kind ?? (error as Error).name).toMatch(/APIError|RangeError|TypeError/);
          return;
        }
        for (const { content, reasoning, index } of result.chunks)
          expect([typeof content, typeof reasoning, typeof index]).toEqual(["string", "string", "number"]);
        JSON.stringify([result.fold.result(), result.fold.partial()]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("mergeField", () => {
  it("changes no prototype", () => {
    const target: Record<string, unknown> = {};
    const poison = JSON.parse('{"__proto__":{"polluted":1},"ok":1}') as Record<string, unknown>;
    for (const value of [{ a: 1 }, poison, poison]) mergeField(target, "x", value);
    mergeField(target, "__proto__", { polluted: 1 });
    expect([Object.getPrototypeOf(target), Object.getPrototypeOf(target["x"])]).toEqual([
      Object.prototype,
      Object.prototype,
    ]);
    expect(target).toEqual({ x: { a: 1, ok: 1 } });
  });

  it("appends to lists without changing the input, replaces other values, and removes nothing for null", () => {
    const target: Record<string, unknown> = {};
    const given = [1];
    for (const value of [given, [2], null]) mergeField(target, "list", value);
    for (const value of [{ a: 1, b: 1 }, { b: 2 }]) mergeField(target, "object", value);
    for (const value of ["a", "b", undefined]) mergeField(target, "text", value);
    mergeField(target, "nothing", null);
    expect([target, given]).toEqual([{ list: [1, 2], object: { a: 1, b: 2 }, text: "b", nothing: null }, [1]]);
  });
});
