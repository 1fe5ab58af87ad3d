import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InputError } from "../../src/errors.ts";
import {
  checkDeclarations,
  checkMessage,
  checkRequestMessages,
  isContentParts,
  parseMessages,
} from "../../src/check/messages.ts";
import { checkMessages } from "../../src/testing/index.ts";

const text = { type: "text", text: "x" };
const image = { type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } };
const sound = { type: "input_audio", input_audio: { data: "AA==", format: "wav" } };
const file = { type: "file", file: { file_id: "f" } };
const fn = { id: "a", type: "function", function: { name: "f", arguments: "{}" } };

const good = [
  { role: "developer", content: "x" },
  { role: "system", content: [text] },
  { role: "user", content: "" },
  { role: "user", content: [text, image, sound, file], name: "ann" },
  { role: "assistant", content: "x" },
  { role: "assistant", content: [text, { type: "refusal", refusal: "no" }] },
  { role: "assistant", content: null, tool_calls: [fn] },
  {
    role: "assistant",
    tool_calls: [
      { id: "a", function: { name: "f", arguments: "" } },
      { id: "b", type: "custom", custom: { name: "c", input: "x" } },
    ],
  },
  { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
  { role: "assistant", content: null, refusal: "no" },
  { role: "assistant", audio: { id: "a" } },
  { role: "tool", tool_call_id: "a", content: "x" },
  { role: "tool", tool_call_id: "a", content: [text, image] },
  { role: "function", name: "f", content: null },
  { role: "function", name: "f", content: "1" },
];

/** Messages of Mistral, llama.cpp, OpenRouter, vLLM and servers that write every field. */
const foreign = [
  { role: "assistant", content: [{ type: "thinking", thinking: [text] }, text], name: null },
  { role: "assistant", content: null, tool_calls: [{ id: "a", type: null, function: { name: "f" } }] },
  { role: "assistant", content: null, tool_calls: [{ ...fn, function: { name: "f", arguments: null } }] },
  { role: "assistant", content: null, images: [image] },
  { role: "user", content: [{ type: "image_url", image_url: "https://x/y.png" }] },
  {
    role: "user",
    content: [
      { type: "video_url", video_url: { url: "x" } },
      { type: "document_url", document_url: "x" },
    ],
  },
  { role: "assistant", content: "x", refusal: null, tool_calls: null, function_call: null, audio: null },
];

const bad: [unknown, string][] = [
  [null, 'message: expected a message, such as { role: "user", content: "…" }, received null'],
  ["hi", 'message: expected a message, such as { role: "user", content: "…" }, received "hi"'],
  [[], "message: expected one message (spread a list: ...messages), received a list"],
  [{}, "message.role: expected"],
  [
    { role: "bot", content: "x" },
    'message.role: expected "developer" or "system" or "user" or "assistant" or "tool" or "function", received "bot"',
  ],
  [{ role: "user" }, "message.content: expected a string or a list of parts, received undefined"],
  [{ role: "user", content: null }, "message.content: expected a string or a list of parts, received null"],
  [{ role: "user", content: [] }, "message.content: expected at least one, received an empty list"],
  [{ role: "user", content: [{ type: "text" }] }, "message.content[0].text: expected a value"],
  [{ role: "user", content: [text, { type: 5 }] }, "message.content[1].type: expected the name of a type, received 5"],
  [{ role: "user", content: [text, {}] }, "message.content[1].type: expected a value"],
  [
    { role: "user", content: [{ type: "image_url", image_url: 5 }] },
    "message.content[0].image_url: expected an object",
  ],
  [{ role: "system", content: [image] }, "message.content[0].type"],
  [{ role: "assistant" }, "message: expected content, tool_calls, function_call, refusal or audio"],
  [{ role: "assistant", content: null, tool_calls: [] }, "message: expected content"],
  [{ role: "assistant", content: [] }, "message.content: expected at least one"],
  [{ role: "assistant", content: 5 }, "message.content: expected a string or a list of parts"],
  [{ role: "assistant", tool_calls: [{ ...fn, id: 1 }] }, "message.tool_calls[0].id: expected string, received 1"],
  [
    { role: "assistant", tool_calls: [{ ...fn, function: { name: "f", arguments: {} } }] },
    "message.tool_calls[0].function.arguments: expected string",
  ],
  [{ role: "assistant", tool_calls: [{ id: "a", type: "custom" }] }, "message.tool_calls[0].custom: expected a value"],
  [{ role: "tool", content: "x" }, "message.tool_call_id: expected a value"],
  [{ role: "function", name: "f" }, "message.content: expected a value"],
];

describe("A message", () => {
  it.each([...good, ...foreign].map((message) => [JSON.stringify(message), message]))("may be %s", (_name, message) => {
    expect(checkMessage(message)).toBe(message);
  });

  it.each(bad.map(([message, why]) => [JSON.stringify(message), message, why] as const))(
    "may not be %s",
    (_name, message, why) => {
      expect(() => checkMessage(message)).toThrow(InputError);
      expect(() => checkMessage(message)).toThrow(why);
    },
  );

  it("may have unknown fields at every level", () => {
    const message = { role: "user", content: [{ ...text, cache_control: { type: "ephemeral" } }], extra: 1 };
    expect(checkMessage(message)).toBe(message);
    expect(message).toHaveProperty("extra");
  });

  it("is accepted if and only if the API's rules accept it", () => {
    const one = fc.constantFrom(...good.filter(({ role }) => role !== "tool"));
    const change = fc.record({
      key: fc.constantFrom("role", "content", "tool_calls", "function_call", "refusal", "name", "audio"),
      value: fc.constantFrom<unknown>(undefined, null, 5, "", [], {}, [{}], [text]),
    });
    fc.assert(
      fc.property(one, change, (message, { key, value }) => {
        const fields = Object.entries({ ...message, [key]: value }).filter((field) => field[1] !== undefined);
        const changed: unknown = Object.fromEntries(fields);
        let passed = true;
        try {
          checkMessage(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          passed = false;
        }
        // The session repairs calls without results and missing types; the API judges mixed parts.
        const fault = checkMessages([changed]);
        if (passed && fault !== undefined)
          expect(fault).toMatch(/tool_call_ids|tool_calls\[0\]\.type|empty array|exactly one part|\.name/);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("parseMessages", () => {
  it("accepts a list, or an object that holds one", () => {
    const messages = [{ role: "user", content: "x" }];
    expect(parseMessages(messages)).toBe(messages);
    expect(parseMessages({ messages, model: "m" })).toBe(messages);
    expect(parseMessages([])).toEqual([]);
  });

  it("uses the given name of the list", () => {
    expect(() => parseMessages([{ role: "user" }], "body.messages")).toThrow("body.messages[0].content");
  });

  it.each(
    [
      undefined,
      null,
      5,
      "x",
      {},
      { messages: 5 },
      [null],
      [[]],
      JSON.parse('[{"__proto__":{"role":"user","content":"x"}}]'),
    ].map((value) => [JSON.stringify(value), value]),
  )("refuses %s", (_name, value) => {
    expect(() => parseMessages(value)).toThrow(InputError);
  });

  it("rejects hostile input fast and briefly", () => {
    const start = performance.now();
    const long = "x".repeat(1_000_000);
    for (const value of [
      Array(300_000).fill(0),
      [{ role: long }],
      [{ role: "user", content: Array(100_000).fill({ type: long }) }],
    ]) {
      expect(() => parseMessages(value)).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/^.{1,260}$/) }),
      );
    }
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe("The messages of a request", () => {
  it("are at least one", () => {
    expect(() => checkRequestMessages([])).toThrow("messages: expected at least one message, received an empty list");
    expect(() => checkRequestMessages([{ role: "user", content: "x" }])).not.toThrow();
  });
});

describe("Declarations", () => {
  it("may be functions, custom tools and unknown kinds", () => {
    const tools = [
      { type: "function", function: { name: "f", description: null, parameters: {} } },
      { type: "custom", custom: { name: "c" } },
      { type: "web_search", user_location: {} },
    ];
    expect(() =>
      checkDeclarations({ tools, functions: [{ name: "f", parameters: { type: "object" } }] }),
    ).not.toThrow();
    expect(() => checkDeclarations({ tools: undefined, functions: undefined })).not.toThrow();
  });

  it.each<[object, string]>([
    [{ tools: {} }, "tools: expected a list"],
    [{ tools: [{}] }, "tools[0].type"],
    [{ tools: [{ name: "f" }] }, "tools[0].type"],
    [{ tools: [{ type: "function" }] }, "tools[0].function: expected an object { name, description, parameters }"],
    [{ tools: [{ type: "function", function: {} }] }, "tools[0].function.name: expected a value"],
    [{ tools: [{ type: "custom" }] }, "tools[0].custom: expected a value"],
    [{ functions: [{}] }, "functions[0].name: expected a value"],
    [{ functions: [{ name: "f", parameters: "x" }] }, "functions[0].parameters: expected an object"],
  ])("may not be %j", (declarations, why) => {
    expect(() => checkDeclarations(declarations)).toThrow(why);
  });
});

describe("isContentParts", () => {
  it("accepts lists of content parts only", () => {
    expect([[text], [text, image, sound, file]].every(isContentParts)).toBe(true);
    expect([[], [1], "x", null, { ...text }, [text, 1], [{ type: "text" }]].some(isContentParts)).toBe(false);
  });
});
