import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMessages } from "../../src/testing/index.ts";
import { findMessageFault } from "../../src/testing/messageRules.ts";

const user = { role: "user", content: "Hi" };
const call = (id: string, name = "f"): object => ({ id, type: "function", function: { name, arguments: "{}" } });
const calls = (...ids: string[]): object => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => call(id)),
});
const result = (id: string, content: unknown = "ok"): object => ({ role: "tool", tool_call_id: id, content });

describe("checkMessages()", () => {
  const accepted: Record<string, unknown[]> = {
    "a user's message": [user],
    "every role": [
      { role: "system", content: "s" },
      { role: "developer", content: [{ type: "text", text: "d" }] },
      { ...user, name: "ada" },
      { role: "assistant", content: "a" },
      { role: "function", name: "f", content: "1" },
    ],
    "every part": [
      {
        role: "user",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } },
          { type: "input_audio", input_audio: { data: "AA==", format: "wav" } },
          { type: "file", file: { file_id: "file-1" } },
          { type: "file", file: { file_data: "data:", filename: "a.pdf" } },
        ],
      },
    ],
    "an assistant's parts": [user, { role: "assistant", content: [{ type: "text", text: "a" }] }, user],
    "a refusal as the only part": [user, { role: "assistant", content: [{ type: "refusal", refusal: "no" }] }],
    "a refusal without content": [user, { role: "assistant", content: null, refusal: "no" }],
    "a message as the API gave it": [user, { role: "assistant", content: "a", refusal: null, annotations: [] }, user],
    "an earlier sound": [user, { role: "assistant", content: null, audio: { id: "audio_1" } }],
    "an empty answer": [user, { role: "assistant", content: "" }],
    "a call and its result": [user, calls("a"), result("a")],
    "results in another order": [user, calls("a", "b"), result("b"), result("a"), user],
    "an empty result": [user, calls("a"), result("a", "")],
    "a result in parts": [user, calls("a"), result("a", [{ type: "text", text: "1" }])],
    "the same id in another turn": [user, calls("a"), result("a"), calls("a"), result("a")],
    "no content beside calls": [user, { role: "assistant", tool_calls: [call("a")] }, result("a")],
    "calls that are null": [user, { role: "assistant", content: "a", tool_calls: null, function_call: null }],
    "a custom tool's call": [
      user,
      { role: "assistant", tool_calls: [{ id: "a", type: "custom", custom: { name: "c", input: "x" } }] },
      result("a"),
    ],
    "a legacy call": [
      user,
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: null },
    ],
    "arguments that are no JSON": [
      user,
      { role: "assistant", tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{" } }] },
      result("a"),
    ],
  };
  it.each(Object.entries(accepted))("accepts %s", (_name, messages) => {
    expect(checkMessages(messages)).toBeUndefined();
  });
});

describe("checkMessages()", () => {
  const refused: [name: string, messages: unknown, text: string][] = [
    ["no messages", undefined, "Missing required parameter: 'messages'."],
    ["a text", "Hi", "Invalid type for 'messages': expected an array of objects, but got a string instead."],
    [
      "an empty list",
      [],
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      "a message that is a text",
      ["Hi"],
      "Invalid type for 'messages[0]': expected an object, but got a string instead.",
    ],
    ["no role", [{ content: "Hi" }], "Missing required parameter: 'messages[0].role'."],
    [
      "another role",
      [{ role: "ai", content: "Hi" }],
      "Invalid value: 'ai'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
    ],
    ["no content", [{ role: "user" }], "Missing required parameter: 'messages[0].content'."],
    [
      "content that is null",
      [{ role: "user", content: null }],
      "Invalid value for 'content': expected a string, got null.",
    ],
    [
      "content that is a number",
      [{ role: "user", content: 1 }],
      "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an integer instead.",
    ],
    [
      "no parts",
      [{ role: "user", content: [] }],
      "Invalid 'messages[0].content': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      "a user's refusal part",
      [{ role: "user", content: [{ type: "refusal", refusal: "" }] }],
      "Invalid value: 'refusal'. Supported values are: 'text', 'image_url', 'input_audio', and 'file'.",
    ],
    [
      "an assistant's image",
      [{ role: "assistant", content: [{ type: "image_url", image_url: { url: "" } }] }],
      "Invalid value: 'image_url'. Supported values are: 'text' and 'refusal'.",
    ],
    [
      "a system's image",
      [{ role: "system", content: [{ type: "image_url", image_url: { url: "" } }] }],
      "Invalid value: 'image_url'. Supported values are: 'text'.",
    ],
    [
      "a text part without text",
      [{ role: "user", content: [{ type: "text" }] }],
      "Missing required parameter: 'messages[0].content[0].text'.",
    ],
    [
      "an image that is a text",
      [{ role: "user", content: [{ type: "image_url", image_url: "x" }] }],
      "Invalid type for 'messages[0].content[0].image_url': expected an object, but got a string instead.",
    ],
    [
      "another detail",
      [{ role: "user", content: [{ type: "image_url", image_url: { url: "x", detail: "best" } }] }],
      "Invalid value: 'best'. Supported values are: 'low', 'high', 'original', and 'auto'.",
    ],
    [
      "another sound",
      [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "", format: "ogg" } }] }],
      "Invalid value: 'ogg'. Supported values are: 'wav' and 'mp3'.",
    ],
    [
      "an empty file",
      [{ role: "user", content: [{ type: "file", file: {} }] }],
      "Missing required parameter: 'messages[0].content[0].file.file_id'.",
    ],
    [
      "a name with a space",
      [{ ...user, name: "Ada L" }],
      "Invalid 'messages[0].name': string does not match pattern. Expected a string that matches the pattern '^[^\\s<|\\\\/>]+$'.",
    ],
    [
      "a silent assistant",
      [user, { role: "assistant", content: null }],
      "Invalid value for 'content': expected a string, got null.",
    ],
    [
      "an assistant with nothing at all",
      [user, { role: "assistant" }],
      "Invalid value for 'content': expected a string, got null.",
    ],
    [
      "an empty list of calls",
      [user, { role: "assistant", content: "a", tool_calls: [] }],
      "Invalid 'messages[1].tool_calls': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ],
    [
      "a call without an id",
      [user, { role: "assistant", tool_calls: [{ type: "function", function: { name: "f", arguments: "" } }] }],
      "Missing required parameter: 'messages[1].tool_calls[0].id'.",
    ],
    [
      "a call without a type",
      [user, { role: "assistant", tool_calls: [{ id: "a", function: { name: "f", arguments: "" } }] }],
      "Missing required parameter: 'messages[1].tool_calls[0].type'.",
    ],
    [
      "arguments that are an object",
      [
        user,
        { role: "assistant", tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: {} } }] },
      ],
      "Invalid type for 'messages[1].tool_calls[0].function.arguments': expected a string, but got an object instead.",
    ],
    [
      "a call's name with a space",
      [user, { role: "assistant", tool_calls: [call("a", "do it")] }, result("a")],
      "Invalid 'messages[1].tool_calls[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
    ],
    [
      "an id that is too long",
      [user, calls("a".repeat(41)), result("a".repeat(41))],
      "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 41 instead.",
    ],
    [
      "a result without an id",
      [user, calls("a"), { role: "tool", content: "" }],
      "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
    ],
    [
      "a function's result without a name",
      [user, { role: "function", content: "1" }],
      "Missing parameter 'name': messages with role 'function' must have a 'name'.",
    ],
    [
      "a result without content",
      [user, calls("a"), { role: "tool", tool_call_id: "a" }],
      "Missing required parameter: 'messages[2].content'.",
    ],
    [
      "a result that is null",
      [user, calls("a"), result("a", null)],
      "Invalid value for 'content': expected a string, got null.",
    ],
    [
      "a result at the beginning",
      [result("a")],
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [
      "a result behind words",
      [user, { role: "assistant", content: "a" }, result("a")],
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    ],
    [
      "a result of another call",
      [user, calls("a"), result("b")],
      "Invalid parameter: 'tool_call_id' of 'b' not found in 'tool_calls' of previous message.",
    ],
    [
      "a result given twice",
      [user, calls("a"), result("a"), result("a")],
      "Invalid parameter: Duplicate value for 'tool_call_id' of 'a', in messages[2] and messages[3].",
    ],
    [
      "a call without a result",
      [user, calls("a", "b"), result("a")],
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: b",
    ],
    [
      "calls at the end",
      [user, calls("a", "b")],
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: a, b",
    ],
    [
      "a message between a call and its result",
      [user, calls("a"), user, result("a")],
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: a",
    ],
    [
      "two calls of one id",
      [user, calls("a", "a"), result("a")],
      "Invalid parameter: Duplicate value for 'id' of 'a' in 'tool_calls'.",
    ],
    [
      "a refusal among texts",
      [
        user,
        {
          role: "assistant",
          content: [
            { type: "text", text: "a" },
            { type: "refusal", refusal: "b" },
          ],
        },
      ],
      "Invalid 'messages[1].content': an assistant message holds either parts of type 'text' or exactly one part of type 'refusal'.",
    ],
    [
      "a legacy call without arguments",
      [user, { role: "assistant", function_call: { name: "f" } }],
      "Missing required parameter: 'messages[1].function_call.arguments'.",
    ],
  ];
  it.each(refused)("refuses %s", (_name, messages, text) => {
    expect(checkMessages(messages)).toBe(text);
  });

  it("names the message at fault, as the API does", () => {
    expect(findMessageFault([user, calls("a"), user, result("a")])?.error).toMatchObject({
      type: "invalid_request_error",
      param: "messages.[2].role",
      code: null,
    });
    expect(findMessageFault([user, calls("a"), result("a"), result("a")])?.error.param).toBe(
      "messages.[3].tool_call_id",
    );
    expect(findMessageFault([{ role: "ai" }])?.error).toMatchObject({
      param: "messages[0].role",
      code: "invalid_value",
    });
  });
});

describe("every history that follows the rules", () => {
  const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,5}$/), { minLength: 1, maxLength: 4 });
  const toolTurn = ids.chain((list) =>
    fc
      .shuffledSubarray(list, { minLength: list.length, maxLength: list.length })
      .map((order) => [user, calls(...list), ...order.map((id) => result(id))]),
  );
  const wordTurn = fc.constant([user, { role: "assistant", content: "a" }]);
  const history = fc.array(fc.oneof(toolTurn, wordTurn), { minLength: 1, maxLength: 6 }).map((turns) => turns.flat());

  it("is accepted", () => {
    fc.assert(fc.property(history, (messages) => void expect(checkMessages(messages)).toBeUndefined()));
  });

  it("is refused if one tool message is removed, repeated, or moved behind a user message", () => {
    fc.assert(
      fc.property(history, fc.nat(), fc.constantFrom("drop", "double", "move"), (messages, at, change) => {
        const places = messages.flatMap((message, index) => ("tool_call_id" in message ? [index] : []));
        const place = places[at % places.length];
        if (place === undefined) return;
        const middle = { drop: [], double: [messages[place], messages[place]], move: [user, messages[place]] }[change];
        expect(checkMessages([...messages.slice(0, place), ...middle, ...messages.slice(place + 1)])).toBeTypeOf(
          "string",
        );
      }),
    );
  });

  it("never throws, whatever the input", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.anything(),
            fc.record({
              role: fc.constantFrom("assistant", "tool", "user"),
              content: fc.anything(),
              tool_calls: fc.anything(),
            }),
          ),
        ),
        (messages) => void checkMessages(messages),
      ),
    );
  });
});
