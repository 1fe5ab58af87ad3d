import { streamCompletion } from "../../src/index.ts";
import { describe, expect, it } from "vitest";
import { ChatDecoder } from "../../src/decode/chat.ts";
import { toStep } from "../../src/conversation/apis/chat.ts";
import type { ChatStream } from "../../src/index.ts";
import type { ChatChunk, ChatCompletion, FunctionToolCall } from "../../src/wire/index.ts";
import { chunk, DONE, event, finish, USAGE } from "../conformance/wire.ts";
import { body, clientOf, failure, json, readAll, type Loose } from "../support/streams.ts";

const HELLO = [{ role: "user" as const, content: "Hi" }];
/** Stands for 5,000 nested lists, too deep for JSON.stringify(). */
const deep = "DEEP";
const eventOf = (data: object): string => event(data).replaceAll('"DEEP"', "[".repeat(5_000) + "]".repeat(5_000));
const weird = { toString: 1, valueOf: null };

function fold(...events: object[]): { chunks: ChatChunk[]; message: Loose; fold: ChatDecoder } {
  const made = new ChatDecoder(1_000_000);
  const chunks: ChatChunk[] = [];
  for (const one of events) made.take(one, chunks, JSON.stringify(one).length);
  return { chunks, message: made.result().choices[0]?.message, fold: made };
}
const deltas = (...all: object[]): object[] => all.map((one) => chunk(one));
const call = (name: string | undefined, text: unknown, more: object = {}): object => ({
  tool_calls: [{ index: 0, ...more, function: { ...(name === undefined ? {} : { name }), arguments: text } }],
});
const called = (...events: object[]): [string, string][] => {
  const calls = (fold(...events, chunk({}, "tool_calls")).message.tool_calls ?? []) as FunctionToolCall[];
  return calls.map((one) => [one.function.name, one.function.arguments]);
};
const step = (message: object, more: object = {}): Loose =>
  toStep({ choices: [{ index: 0, message, finish_reason: "stop", ...more }] } as unknown as ChatCompletion);
const streamOf = (...parts: string[]): Promise<ChatStream> => clientOf([body(...parts)]).streamChat(HELLO);

describe("An answer with wrong types", () => {
  it.each<[string, object]>([
    ["choices that are an object", { choices: { 0: {} } }],
    ["a choice that is a text", { choices: ["Hi"] }],
    ["a delta that is a list", { choices: [{ delta: ["Hi"] }] }],
    ["tool_calls that are an object", chunk({ tool_calls: { 0: { function: { name: "f" } } } })],
    ["a call that is a text", chunk({ tool_calls: ["f"] })],
    ["a function that is a text", chunk({ tool_calls: [{ index: 0, function: "f" }] })],
    ["a name that is a number", chunk({ tool_calls: [{ index: 0, function: { name: 5 } }] })],
    ["a legacy call that is a text", chunk({ function_call: "f" })],
    ["content that is nested too deep", chunk({ content: { deep } })],
    [
      "arguments that are nested too deep",
      chunk({ tool_calls: [{ index: 0, function: { name: "f", arguments: deep } }] }),
    ],
  ])("ends its stream as malformed for %s", async (_name, bad) => {
    const text = eventOf(bad);
    const { error } = await readAll(await streamOf(event(chunk({ content: "a" })), text, finish(), DONE));
    expect(error).toMatchObject({
      kind: "StreamError",
      ending: "provider_error",
      code: "malformed",
      message: expect.stringMatching(/^The answer is malformed: /),
      partial: { text: "a" },
    });
  });

  it.each<[string, object]>([
    ["finish_reason", { ...chunk({}), choices: [{ index: 0, delta: {}, finish_reason: weird }] }],
    ["index", { choices: [{ index: weird, delta: {} }] }],
    ["usage", { choices: [], usage: "many" }],
    ["id", { id: weird, model: 5, created: "today", choices: [] }],
    ["logprobs", { choices: [{ index: 0, delta: {}, logprobs: "none" }] }],
    ["refusal and reasoning", chunk({ refusal: weird, reasoning_content: 5, audio: "x", role: deep, name: weird })],
    ["a nested field", chunk({ more: deep, annotations: weird })],
    ["an empty choice and an empty call", { choices: [null, { index: 0, delta: { tool_calls: [null] } }] }],
  ])("is accepted with a wrong %s", async (_name, odd) => {
    const stream = await streamOf(event(chunk({ content: "a" })), eventOf(odd), finish(), USAGE, DONE);
    const completion = await stream.final();
    expect([completion.choices[0]?.message.content, stream.ending, typeof completion.id]).toEqual([
      "a",
      "complete",
      "string",
    ]);
    expect(completion.usage).toMatchObject({ total_tokens: 5 });
  });

  it("is rejected if it is whole and has more than 1,024 calls", () => {
    const tool_calls = Array.from({ length: 1_025 }, () => ({ function: { name: "f", arguments: "{}" } }));
    expect(() => void step({ tool_calls })).toThrow(expect.objectContaining({ kind: "APIError", code: "too_large" }));
  });

  it("has null content if its parts are null", () => {
    expect(step({ content: [null] }).message).toEqual({ role: "assistant", content: null });
  });
});

describe("Lists of items with an index", () => {
  it("join the pieces of a reasoning block and report them as reasoning", () => {
    const piece = (more: object): object => ({ reasoning_details: [{ type: "reasoning.text", index: 0, ...more }] });
    const {
      chunks,
      message,
      fold: made,
    } = fold(
      ...deltas(
        piece({ text: "Let ", format: "v1" }),
        piece({ text: "me.", signature: null }),
        piece({ signature: "s" }),
      ),
    );
    expect(message.reasoning_details).toEqual([
      { type: "reasoning.text", index: 0, text: "Let me.", format: "v1", signature: "s" },
    ]);
    expect([chunks.map(({ reasoning }) => reasoning), made.partial().reasoning]).toEqual([
      ["Let ", "me.", ""],
      "Let me.",
    ]);
  });

  it("separate blocks by type and index, also within one event", () => {
    const { message } = fold(
      ...deltas({
        reasoning_details: [
          { type: "reasoning.summary", index: 0, summary: "a" },
          { type: "reasoning.encrypted", index: 0, data: "x" },
          { type: "reasoning.summary", index: 0, summary: "b" },
          { type: "reasoning.summary", index: 1, summary: "c" },
          { type: "reasoning.encrypted", index: 0, data: "y", id: "i" },
        ],
      }),
    );
    expect(message.reasoning_details).toEqual([
      { type: "reasoning.summary", index: 0, summary: "ab" },
      { type: "reasoning.encrypted", index: 0, data: "xy", id: "i" },
      { type: "reasoning.summary", index: 1, summary: "c" },
    ]);
  });

  it("report reasoning once if it is in text and details", () => {
    const both = (text: string): object => ({ reasoning: text, reasoning_details: [{ index: 0, text }] });
    expect(fold(...deltas(both("a"), both("b"))).fold.partial().reasoning).toBe("ab");
  });

  it("are merged for tools that the provider ran (Groq) and any other field", () => {
    const ran = (more: object): object => ({
      executed_tools: [{ index: 0, type: "search", ...more }],
      other: [{ index: 3, ...more }],
    });
    const { message } = fold(
      ...deltas(
        ran({ arguments: '{"q":1}', output: "" }),
        ran({ arguments: '{"q":1}', output: "found", results: { list: [1] } }),
      ),
    );
    expect(message.executed_tools).toEqual([
      { index: 0, type: "search", arguments: '{"q":1}', output: "found", results: { list: [1] } },
    ]);
    expect(message.other).toHaveLength(1);
  });

  it("stay as they are in a whole answer, which is not changed", () => {
    const reasoning_details = [
      { index: 0, text: "a" },
      { index: 0, text: "b" },
    ];
    const { message } = step({ content: "Hi", reasoning_details });
    expect(message.reasoning_details).toEqual(reasoning_details);
    expect(reasoning_details).toHaveLength(2);
  });
});

describe("Tool calls", () => {
  it.each<[string, object[], [string, string][]]>([
    [
      "two whole calls at one index",
      [call("f", '{"x":1}'), call("f", '{"x":2}')],
      [
        ["f", '{"x":1}'],
        ["f", '{"x":2}'],
      ],
    ],
    [
      "two calls of different functions",
      [call("f", '{"x":1}'), call("g", "{}")],
      [
        ["f", '{"x":1}'],
        ["g", "{}"],
      ],
    ],
    [
      "two equal calls",
      [call("f", "{}"), call("f", "{}")],
      [
        ["f", "{}"],
        ["f", "{}"],
      ],
    ],
    [
      "a call without a name after a whole one",
      [call("f", '{"x":1}'), call(undefined, '{"x":2}')],
      [
        ["f", '{"x":1}'],
        ["f", '{"x":2}'],
      ],
    ],
    [
      "a call in pieces after a whole one",
      [call("f", "{}"), call("g", '{"x"'), call(undefined, ":2}")],
      [
        ["f", "{}"],
        ["g", '{"x":2}'],
      ],
    ],
    [
      "a call that repeats its name",
      [call("f", '{"x"'), call("f", ":1"), call("f", "}"), call("f", "")],
      [["f", '{"x":1}']],
    ],
    [
      "a call that is repeated with its id",
      [call("f", "{}", { id: "a" }), call("f", "{}", { id: "a" })],
      [["f", "{}"]],
    ],
    [
      "a call with brackets in its strings",
      [call("f", '{"x":"}\\"{'), call(undefined, '","y":[1]}')],
      [["f", '{"x":"}\\"{","y":[1]}']],
    ],
    ["null arguments", [call("f", null)], [["f", "{}"]]],
    ["null as text in pieces", [call("f", "nu"), call(undefined, "ll")], [["f", "{}"]]],
    ["arguments after null", [call("f", null), call(undefined, '{"x":1}')], [["f", '{"x":1}']]],
  ])("are separated: %s", (_name, events, expected) => {
    expect(called(...deltas(...events))).toEqual(expected);
  });

  it("in each chunk carry the added text and its call", () => {
    const { chunks } = fold(
      ...deltas(
        { tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] },
        {
          tool_calls: [
            { index: 1, id: "b", function: { name: "g", arguments: { x: 1 } } },
            { index: 0, function: { arguments: "{" } },
          ],
        },
        { content: "Hi" },
      ),
    );
    expect(chunks.map(({ calls }) => calls)).toEqual([
      [{ index: 0, id: "a", name: "f", arguments: "" }],
      [
        { index: 1, id: "b", name: "g", arguments: '{"x":1}' },
        { index: 0, id: "a", name: "f", arguments: "{" },
      ],
      [],
    ]);
  });

  it("are absent if a server sends empty fields", () => {
    const zero = {
      name: null,
      function_call: { name: "", arguments: "" },
      audio: { id: "", data: "", expires_at: 0 },
      tool_calls: [],
    };
    const { message, fold: made } = fold(
      ...["a", "b"].map((content) => ({ choices: [{ index: 0, delta: { ...zero, content }, finish_reason: "" }] })),
      chunk({ ...zero, content: "" }, "stop"),
    );
    expect([message, made.ending()]).toEqual([{ role: "assistant", content: "ab" }, "complete"]);
    expect(step({ ...zero, content: "ab" })).toMatchObject({
      message: { role: "assistant", content: "ab" },
      ending: "complete",
    });
  });
});

describe("Content that is no text", () => {
  it.each([
    [{ city: "Oslo" }, '{"city":"Oslo"}'],
    [42, "42"],
    [false, "false"],
    [[1, 2], "[1,2]"],
  ])("becomes JSON text: %j", (content, text) => {
    const { chunks, message } = fold(...deltas({ content }), chunk({}, "stop"));
    expect([chunks[0]?.content, message.content, step({ content }).message.content]).toEqual([text, text, text]);
  });
});

describe("An answer without a finish reason", () => {
  const text = event(chunk({ content: "Hi" }));
  const calls = (args: string): string => event(chunk(call("f", args, { id: "a" })));

  it.each<[string, string[], string]>([
    ["usage, then [DONE]", [text, USAGE, DONE], "complete"],
    ["whole calls, usage, then [DONE]", [calls("{}"), USAGE, DONE], "tool_calls"],
    ["cut calls, usage, then [DONE]", [calls("{"), USAGE, DONE], "truncated"],
    ["[DONE] without usage", [text, DONE], "truncated"],
    ["usage without [DONE]", [text, USAGE], "truncated"],
    ["usage of zero tokens", [text, event({ choices: [], usage: { total_tokens: 0 } }), DONE], "truncated"],
    [
      "usage beside the last text",
      [event(chunk({ content: "Hi" }, null, { usage: { total_tokens: 1 } })), DONE],
      "truncated",
    ],
    [
      "audio with its expiry",
      [event(chunk({ audio: { id: "a", transcript: "Hi" } })), event(chunk({ audio: { expires_at: 9 } })), DONE],
      "complete",
    ],
    ["audio that was cut", [event(chunk({ audio: { id: "a", transcript: "Hi" } })), DONE], "truncated"],
  ])("ends with %s", async (_name, parts, ending) => {
    const stream = await streamOf(...parts);
    const { error } = await readAll(stream);
    expect([stream.ending, error?.ending]).toEqual([ending, ending === "truncated" ? ending : undefined]);
  });
});

describe("Fields beside a delta", () => {
  it("ignore a message, merge reports and keep all lists of log probabilities", () => {
    const { fold: made } = fold(
      {
        choices: [
          {
            index: 0,
            delta: { content: "a" },
            content_filter_results: { hate: { filtered: false } },
            logprobs: { content: [1], reasoning: [2] },
          },
        ],
      },
      {
        choices: [
          {
            index: 0,
            delta: { content: "b" },
            message: { content: "other" },
            logprobs: { content: [3], reasoning: [4] },
          },
        ],
      },
      { choices: [{ index: 0, delta: {}, content_filter_results: {}, finish_reason: "stop" }] },
    );
    expect(made.result().choices[0]).toEqual({
      index: 0,
      message: { role: "assistant", content: "ab" },
      finish_reason: "stop",
      content_filter_results: { hate: { filtered: false } },
      logprobs: { content: [1, 3], reasoning: [2, 4] },
    });
  });

  it("give the transcript of audio as text", () => {
    const {
      chunks,
      fold: made,
      message,
    } = fold(
      ...deltas({ audio: { id: "x", transcript: "He", data: "AA" } }, { audio: { transcript: "y", expires_at: 5 } }),
    );
    expect([chunks.map(({ content }) => content), made.partial().text, message.audio]).toEqual([
      ["He", "y"],
      "Hey",
      { id: "x", transcript: "Hey", data: "AA", expires_at: 5 },
    ]);
  });
});

describe("Reasoning between tags", () => {
  const split = async (tags: boolean | "opened", ...pieces: string[]): Promise<unknown> => {
    const events = pieces.map((content) => event(chunk({ content })));
    const stream = await clientOf([body(...events, finish(), DONE)]).streamChat(HELLO, {}, { thinkTags: tags });
    const { chunks } = await readAll(stream);
    const whole = await clientOf([json({ choices: [{ message: { content: pieces.join("") } }] })]).chat(
      HELLO,
      {},
      { thinkTags: tags },
    );
    const { message } = (await stream.final()).choices[0] as Loose;
    const all = [
      [chunks.map((one) => one.content).join(""), chunks.map((one) => one.reasoning).join("")],
      [message.content, message.reasoning_content ?? ""],
      [whole.choices[0]?.message.content, whole.choices[0]?.message.reasoning_content ?? ""],
    ];
    expect(all[1]).toEqual(all[0]);
    expect(all[2]).toEqual(all[0]);
    return all[0];
  };

  it.each<[boolean | "opened", string, [string, string]]>([
    [true, "<think>\nHm.</think>\n\nHi", ["Hi", "Hm."]],
    ["opened", " <think>Hm.</think>Hi", ["Hi", "Hm."]],
    [true, "Hm.</think>\n\nHi", ["Hi", "Hm."]],
    ["opened", "Hm.</think>Hi", ["Hm.</think>Hi", ""]],
    [true, "Use <think> and </think>.", ["Use <think> and </think>.", ""]],
    [true, "<think>a < b </thin</think>x</think>", ["x</think>", "a < b </thin"]],
    [true, "Hi", ["Hi", ""]],
    [true, "<thi", ["<thi", ""]],
    [true, "<think>Hm", ["", "Hm"]],
    [false, "<think>Hm.</think>Hi", ["<think>Hm.</think>Hi", ""]],
  ])("(thinkTags: %s) is separated from the text in %j, however it is cut", async (tags, text, expected) => {
    expect(await split(tags, text)).toEqual(expected);
    expect(await split(tags, ...text.split(""))).toEqual(expected);
  });

  it("is separated in a session's turn with thinkTags, and kept in the history as reasoning", async () => {
    const answer = json({ choices: [{ message: { role: "assistant", content: "<think>Hm.</think>Hi" } }] });
    const chat = clientOf([answer]).newChatSession();
    expect(await chat.send("Hello", {}, { thinkTags: "opened" })).toBe("Hi");
    expect(chat.lastMessage()).toEqual({ role: "assistant", content: "Hi", reasoning_content: "Hm." });
  });

  it("is separated for providers with thinkTags", async () => {
    const provider = {
      name: "P",
      baseURL: "https://p.example/v1",
      model: "m",
      variables: {},
      cors: "any",
      thinkTags: true,
    } as const;
    const client = clientOf([json({ choices: [{ message: { content: "Hm.</think>Hi" } }] })], { provider });
    expect((await client.chat(HELLO)).choices[0]?.message).toEqual({ content: "Hi", reasoning_content: "Hm." });
  });
});

describe("Messages beside deltas or instead of them", () => {
  const said = (message: object, more: object = {}): object => ({ choices: [{ index: 0, message, ...more }] });
  const whole = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };
  const end = { finish_reason: "stop" };

  it.each<[string, object[], object]>([
    [
      "add the calls that no delta brought",
      [chunk({ content: "a" }), said({ content: "a", tool_calls: [whole] }, { delta: {}, ...end })],
      { content: "a", tool_calls: [whole] },
    ],
    ["fill empty deltas", [said({ content: "a" }, { delta: { content: "" }, ...end })], { content: "a" }],
    [
      "repeat no reasoning",
      [chunk({ reasoning_content: "x" }), said({ content: "a", reasoning_content: "x" }, end)],
      { content: "a", reasoning_content: "x" },
    ],
    [
      "repeat no calls, even without ids",
      [
        ...deltas(call("f", '{"x":1}')),
        said({ content: null, tool_calls: [{ function: { name: "f", arguments: '{"x":1}' } }] }, end),
      ],
      {
        content: null,
        tool_calls: [{ id: "call_0", type: "function", function: { name: "f", arguments: '{"x":1}' } }],
      },
    ],
    ["come in pieces", [said({ content: "a" }), said({ content: "b" }), said({ content: "" }, end)], { content: "ab" }],
    ["grow", [said({ content: "a" }), said({ content: "ab" }), said({ content: "ab" }, end)], { content: "ab" }],
  ])("%s", (_name, events, expected) => {
    const { message, chunks } = fold(...events);
    expect(message).toEqual({ role: "assistant", ...expected });
    expect(chunks.map((one) => one.content).join("")).toBe(message.content ?? "");
  });
});

describe("Reasoning details with an index that is a string", () => {
  it("are merged like those with a number", () => {
    const piece = (text: string): object => ({ reasoning_details: [{ type: "reasoning.text", index: "0", text }] });
    expect(fold(...deltas(piece("a"), piece("b"))).message.reasoning_details).toEqual([
      { type: "reasoning.text", index: "0", text: "ab" },
    ]);
  });
});

describe("Usage", () => {
  const real = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

  it.each<[string, object[]]>([
    ["beside the delta (Moonshot)", [{ choices: [{ index: 0, delta: {}, finish_reason: "stop", usage: real }] }]],
    ["in x_groq", [{ ...chunk({}, "stop"), x_groq: { id: "r", usage: real } }]],
    ["before an empty one", [chunk({}, "stop"), { choices: [], usage: real }, { choices: [], usage: {} }]],
    [
      "before zeros",
      [
        { ...chunk({}, "stop"), usage: real },
        { choices: [], usage: { prompt_tokens: 0, total_tokens: 0 } },
      ],
    ],
    [
      "after zeros",
      [
        { ...chunk({}), usage: { total_tokens: 0 } },
        { ...chunk({}, "stop"), usage: real },
      ],
    ],
  ])("is read %s", (_name, events) => {
    expect(fold(chunk({ content: "a" }), ...events).fold.result().usage).toEqual(real);
  });
});

describe("Events", () => {
  it("with a field named error end the stream with the server's message", async () => {
    const line = 'error: {"code":500,"message":"out of slots","type":"server_error"}\n\n';
    expect((await readAll(await streamOf(event(chunk({ content: "a" })), line))).error).toMatchObject({
      ending: "provider_error",
      code: 500,
      message: "out of slots",
    });
  });

  const words = "out of credit";
  const failures: [string, object][] = [
    ["a detail", { detail: words }],
    ["errors", { success: false, errors: [{ code: 1, message: words }], result: null }],
    ["errors that are texts", { errors: [words] }],
    ["a message and a code", { code: "InvalidParameter", message: words }],
    ["error_code and error_msg", { error_code: 17, error_msg: words }],
    ["a status of base_resp", { choices: null, base_resp: { status_code: 1008, status_msg: words } }],
    ["an error that is true", { error: true, message: words }],
    ["an error in an error", { error: { error: { message: words } } }],
    [
      "an error in its choice",
      { choices: [{ delta: { content: "" }, error: { code: 502, message: words }, finish_reason: "error" }] },
    ],
    ["an error in its choice alone", { choices: [{ message: { content: "" }, error: { message: words } }] }],
  ];

  it.each(failures)("with %s and status 200 fail with the server's message", async (_name, failed) => {
    const { error } = await readAll(await streamOf(event(chunk({ content: "a" })), event(failed), DONE));
    expect(error).toMatchObject({ ending: "provider_error", message: words, partial: { text: "a" } });
  });

  it.each(failures)("are not needed to fail with the server's message for %s and status 200", async (_name, failed) => {
    await expect(clientOf([json(failed)]).chat(HELLO)).rejects.toMatchObject({ kind: "APIError", message: words });
  });

  it("that only inform do not break a complete answer", async () => {
    const stream = await streamOf(event({ message: "queued" }), event(chunk({ content: "a" })), finish(), DONE);
    expect((await stream.final()).choices[0]?.message.content).toBe("a");
  });

  it.each(["[DONE]xyz", "5", '"x"', "[1]", "null", "ping", "[DONE", "{broken"])(
    "of %s end the stream with an error",
    async (data) => {
      const { error } = await readAll(
        await streamOf(event(chunk({ content: "a" })), `data: ${data}\n\n`, finish(), DONE),
      );
      expect(error).toMatchObject({ ending: "provider_error", code: "malformed_event", partial: { text: "a" } });
      expect(error.message).toMatch(/^Event 2 of the stream is no JSON object \(\d+ characters\)$/);
    },
  );
});

describe("A text completion", () => {
  it.each(["null", "5", '"x"', "{}", "[]", '{"choices":[]}', '{"choices":[{"text":5}]}'])(
    "is rejected if it is %s",
    async (answer) => {
      expect(await failure(clientOf([json(answer)]).completion("Once", { model: "m" }))).toMatchObject({
        kind: "APIError",
        code: "no_choices",
      });
    },
  );

  it("keeps all lists of its log probabilities, even one named text", async () => {
    const stream = await streamCompletion(
      clientOf([
        body(
          event({ choices: [{ index: 0, text: "a", logprobs: { tokens: ["a"], content: [1] } }] }),
          event({
            choices: [{ index: 0, text: "b", logprobs: { tokens: ["b"], content: [2] }, finish_reason: "stop" }],
          }),
          DONE,
        ),
      ]),
      "Once",
      { model: "m" },
    );
    expect((await stream.final()).choices).toEqual([
      { index: 0, text: "ab", finish_reason: "stop", logprobs: { tokens: ["a", "b"], content: [1, 2] } },
    ]);
  });
});
