import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endingOf, isBroken } from "../../src/decode/finish.ts";
import { ChatDecoder } from "../../src/decode/chat.ts";
import { mergeField } from "../../src/decode/merge.ts";
import type { ChatChunk } from "../../src/wire/index.ts";
import { chunk } from "../conformance/wire.ts";
import type { Loose } from "../support/streams.ts";

/** Folds events; their sizes count as they would on the wire. */
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

describe("a folded answer", () => {
  it("has the API's shape", () => {
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

  it("takes usage in its own chunk, in the finish chunk, in every chunk, and null in between", () => {
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

  it("does without a role (llama.cpp), an id, a model and a first chunk with choices (Azure)", () => {
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

  it("gives one chunk for each choice, all with the event as sent", () => {
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

  it("keeps log probabilities, together", () => {
    const { fold: made } = fold(
      [["a"], ["b", "c"]].map((content) => ({
        choices: [{ index: 0, delta: { content: "x" }, logprobs: { content, refusal: null } }],
      })),
    );
    expect(made.result().choices[0]?.logprobs).toEqual({ content: ["a", "b", "c"], refusal: null });
  });

  it("keeps a refusal", () => {
    const { message, fold: made } = fold([...deltas({ refusal: "I " }, { refusal: "won't" }), stop]);
    expect(message).toEqual({ role: "assistant", content: null, refusal: "I won't" });
    expect(made.partial().message).toEqual(message);
  });

  it("keeps sound", () => {
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

describe("reasoning", () => {
  it.each(["reasoning_content", "reasoning", "reasoning_text", "thinking"])(
    "under the name %s is kept apart, and under its own name in the message",
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

  it("under two names at once is given once, and kept under both", () => {
    const { message, fold: made } = fold(
      deltas({ reasoning: "a", reasoning_content: "a" }, { reasoning: "b", reasoning_content: "b" }),
    );
    expect([made.partial().reasoning, message.reasoning, message.reasoning_content]).toEqual(["ab", "ab", "ab"]);
  });

  it("within parts (Mistral) is kept apart", () => {
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

  it("in details is kept for the next turn", () => {
    expect(
      fold(deltas({ reasoning: "a", reasoning_details: [{ i: 1 }] }, { reasoning: "b", reasoning_details: [{ i: 2 }] }))
        .message.reasoning_details,
    ).toEqual([{ i: 1 }, { i: 2 }]);
  });

  it("alone is no message worth keeping", () => {
    expect(fold(deltas({ reasoning: "a" })).fold.partial().message).toBeUndefined();
  });
});

describe("calls in an answer", () => {
  it("are handed out once the choice ended with them", () => {
    const events = deltas(toolCall("{}"));
    expect(fold(events).fold.partial().message).toBeUndefined();
    expect(fold([...events, chunk({}, "tool_calls")]).message).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
    });
  });

  it.each(["length", "content_filter", "MAX_TOKENS"])("that were cut are left out where it ended with %s", (reason) => {
    expect(fold([...deltas({ content: "x" }, toolCall('{"a":')), chunk({}, reason)]).message).toEqual({
      role: "assistant",
      content: "x",
    });
    expect(
      fold([...deltas({ content: "x" }, { function_call: { name: "f", arguments: '{"a":' } }), chunk({}, reason)])
        .message,
    ).toEqual({ role: "assistant", content: "x" });
  });

  it("that were cut, or may have been, are never in partial.toolCalls", () => {
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

  it("make the ending tool_calls, also beside a stop (Gemini)", () => {
    for (const reason of ["stop", "tool_calls", "STOP", "function_call"])
      expect(fold([...deltas(toolCall("{}")), chunk({}, reason)]).fold.ending()).toBe("tool_calls");
  });

  it("in the legacy manner grow too", () => {
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

describe("a legacy call", () => {
  it.each<[string, object[]]>([
    [
      "in each delta as a whole",
      [
        { name: "edit", arguments: '{"x":1}' },
        { name: "edit", arguments: '{"x":1}' },
      ],
    ],
    ["with a name that grows", [{ name: "ed" }, { name: "edit", arguments: '{"x":1}' }]],
    ["with a name in pieces", [{ name: "ed" }, { name: "it", arguments: '{"x":1}' }]],
    [
      "with arguments that grow",
      [
        { name: "edit", arguments: '{"x"' },
        { name: "edit", arguments: '{"x":1}' },
      ],
    ],
  ])("is one call where it is sent %s", (_name, calls) => {
    const { message } = fold([
      ...deltas(...calls.map((call) => ({ function_call: call }))),
      chunk({}, "function_call"),
    ]);
    expect(message.function_call).toEqual({ name: "edit", arguments: '{"x":1}' });
  });
});

describe("the ending", () => {
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
  ])("of %s is %s", (reason, ending) => {
    expect(endingOf(reason, false)).toBe(ending);
    expect(isBroken(reason)).toBe(false);
  });

  it("is unknown without a finish reason, and as long as Loose choice goes on", () => {
    expect(fold([]).fold.ending()).toBeUndefined();
    expect(fold(deltas({ content: "a" })).fold.ending()).toBeUndefined();
    const two = fold([stop, { choices: [{ index: 1, delta: { content: "b" } }] }]);
    expect(two.fold.ending()).toBeUndefined();
    two.fold.take({ choices: [{ index: 1, delta: {}, finish_reason: "length" }] }, [], 0);
    expect(two.fold.ending()).toBe("complete");
  });

  it("is not taken back by a second finish reason, or content after it", () => {
    const { fold: made, message } = fold([chunk({ content: "a" }, "stop"), stop, ...deltas({ content: "b" })]);
    expect([made.ending(), message.content]).toEqual(["complete", "ab"]);
  });

  it.each(["length", "content_filter"])("is %s, also where a plain stop follows", (reason) => {
    expect(fold([chunk({ content: "a" }, reason), stop]).fold.ending()).toBe(reason);
  });

  it("is a failure where the provider says stop, and its own provider error", () => {
    const ended = { choices: [{ index: 0, delta: {}, finish_reason: "stop", native_finish_reason: "error" }] };
    expect(() => fold([ended])).toThrow('finish_reason "error"');
  });

  it.each([
    ...["error", "insufficient_system_resource", "MALFORMED_FUNCTION_CALL", "ERROR", "network_error", "server_error"],
    ...["abort", "cancelled", "timeout", "failed", "engine_overloaded", "UNEXPECTED_TOOL_CALL"],
  ])("is a failure where the provider says %s", (reason) => {
    expect(() => fold([chunk({}, reason)])).toThrow(/broke off/);
  });
});

describe("a hostile answer", () => {
  const hostile = (text: string): object => JSON.parse(text) as object;

  it("pollutes nothing", () => {
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

  it("with absurd indices holds no more than what was sent", () => {
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

  it("with choices, calls or characters without end is refused", () => {
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
  ])("with %s without end is refused, too", (_name, make) => {
    expect(() =>
      fold(
        Array.from({ length: 1_000 }, (_, i) => make(i)),
        50_000,
      ),
    ).toThrow(/longer than 50000/);
  });

  it("does not count again what comes with every event", () => {
    expect(() =>
      fold(
        Array.from({ length: 1_000 }, () => chunk({ content: "x" }, null, { system_fingerprint: "fp" })),
        3_000,
      ),
    ).not.toThrow();
  });

  it("with a list of half a million entries is taken", () => {
    const list = Array.from({ length: 500_000 }, () => 0);
    expect(fold(deltas({ x: [1] }, { x: list }), 1e9).message.x).toHaveLength(500_001);
  });

  it("nested 100,000 levels deep harms nothing", () => {
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

  it("of any JSON at all gives chunks with text, or one clear error", () => {
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

describe("merging a field", () => {
  it("gives no object another prototype", () => {
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

  it("lets lists grow without touching what was given, replaces the rest, and takes nothing away by null", () => {
    const target: Record<string, unknown> = {};
    const given = [1];
    for (const value of [given, [2], null]) mergeField(target, "list", value);
    for (const value of [{ a: 1, b: 1 }, { b: 2 }]) mergeField(target, "object", value);
    for (const value of ["a", "b", undefined]) mergeField(target, "text", value);
    mergeField(target, "nothing", null);
    expect([target, given]).toEqual([{ list: [1, 2], object: { a: 1, b: 2 }, text: "b", nothing: null }, [1]]);
  });
});
