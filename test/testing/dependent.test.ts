/** Refusals of fields that depend on each other, and of deeply nested values. */
import { describe, expect, it } from "vitest";
import { instant, post, type ReadObject } from "./support.ts";

const hello = [{ role: "user", content: "Hi" }];

async function send(path: string, body: object): Promise<[number, ReadObject["error"]]> {
  const response = await instant().fetch(`https://api.openai.com/v1${path}`, post(body));
  const text = await response.text();
  return [response.status, response.ok ? undefined : (JSON.parse(text) as ReadObject).error];
}

const chat = (body: object): Promise<[number, ReadObject["error"]]> =>
  send("/chat/completions", { model: "m", messages: hello, ...body });
const respond = (body: object): Promise<[number, ReadObject["error"]]> =>
  send("/responses", { model: "m", input: "Hi", ...body });

/** A function with one parameter of a schema. */
const taking = (schema: object, more: object = {}): object => ({
  name: "f",
  parameters: { type: "object", properties: { a: schema }, ...more },
});
const image = (url: string): object => ({
  messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
});
const picture = (part: object): object => ({ input: [{ role: "user", content: [{ type: "input_image", ...part }] }] });
const f = { type: "function", function: { name: "f" } };
const flat = { type: "function", name: "f", parameters: null, strict: false };
const pixel = "data:image/png;base64,iVBORw0KGgo=";

describe("on chat completions the API refuses", () => {
  it.each<[words: string, body: object]>([
    ["Tool choice 'g' not found", { tools: [f], tool_choice: { type: "function", function: { name: "g" } } }],
    ["Tool choice 'g' not found", { tools: [f], tool_choice: { type: "custom", custom: { name: "g" } } }],
    [
      "Tool choice 'g' not found",
      {
        tools: [f],
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "g" } }] },
        },
      },
    ],
    ["'g' not found in 'functions'", { functions: [{ name: "f" }], function_call: { name: "g" } }],
    [
      "'functions' and 'tools' cannot both be provided. 'functions' are deprecated; use the 'tools' parameter instead.",
      { tools: [f], functions: [{ name: "g" }] },
    ],
    [
      "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 129 instead.",
      { tools: Array.from({ length: 129 }, (_, at) => ({ type: "function", function: { name: `f${at}` } })) },
    ],
    ["only allowed when 'logprobs' is enabled", { top_logprobs: 2 }],
    ["Missing required parameter: 'audio'", { modalities: ["text", "audio"] }],
    ["too many properties", { metadata: Object.fromEntries(Array.from({ length: 17 }, (_, at) => [`k${at}`, "v"])) }],
    ["string too long", { metadata: { k: "v".repeat(513) } }],
    ["above maximum", { logit_bias: { 5: 101 } }],
    ["below minimum", { logit_bias: { 5: -101 } }],
    ["grammar", { tools: [{ type: "custom", custom: { name: "g", format: { type: "grammar" } } }] }],
    ["array schema missing items", { tools: [{ type: "function", function: taking({ type: "array" }) }] }],
    [
      "In context=('properties', 'a', 'items'), array schema missing items",
      { tools: [{ type: "function", function: taking({ type: "array", items: { type: "array" } }) }] },
    ],
    ["'text' is not valid under any", { tools: [{ type: "function", function: taking({ type: "text" }) }] }],
    ["True is not of type 'array'", { tools: [{ type: "function", function: taking({ required: true }) }] }],
    ["Expected a valid URL", image("cat.png")],
    ["Expected a valid URL", image("ftp://example.com/cat.png")],
    ["Expected a valid URL", image("file:///cat.png")],
    ["image MIME type", image("data:image/png;base64,@@@")],
    ["image MIME type", image("data:text/plain;base64,aGk=")],
  ])("%s: %o", async (words, body) => {
    const [status, error] = await chat(body);
    expect([status, error?.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it.each<[body: object]>([
    [{ tools: [f], tool_choice: { type: "function", function: { name: "f" } } }],
    [{ functions: [{ name: "f" }], function_call: { name: "f" } }],
    [{ logprobs: true, top_logprobs: 2 }],
    [{ modalities: ["text", "audio"], audio: { voice: "alloy", format: "wav" } }],
    [{ logit_bias: { 5: -100 }, metadata: { k: "v".repeat(512) } }],
    [{ tools: [{ type: "function", function: taking({ type: ["array", "null"], items: {} }) }] }],
    [{ tools: [{ type: "function", function: taking({ anyOf: [{ $ref: "#/$defs/x" }, { type: "null" }] }) }] }],
    [image("https://example.com/cat.png")],
    [image(pixel)],
  ])("but not %o", async (body) => {
    expect(await chat(body)).toEqual([200, undefined]);
  });
});

describe("on Responses the API refuses", () => {
  const said = { role: "user", content: "Hi" };
  const call = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
  const result = { type: "function_call_output", call_id: "c", output: "x" };

  it.each<[words: string, body: object]>([
    ["Tool choice 'g' not found", { tools: [flat], tool_choice: { type: "function", name: "g" } }],
    ["Tool choice 'web_search' not found", { tools: [flat], tool_choice: { type: "web_search" } }],
    ["tool_choice.name", { tools: [flat], tool_choice: { type: "function", function: { name: "f" } } }],
    [
      "Tool choice 'g' not found",
      { tools: [flat], tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "g" }] } },
    ],
    ["requires 'store'", { background: true, store: false }],
    ["'stream_options' parameter is only allowed", { stream_options: { include_obfuscation: false } }],
    ["array schema missing items", { tools: [{ ...flat, ...taking({ type: "array" }) }] }],
    ["Expected a valid URL", picture({ image_url: "cat.png" })],
    ["image MIME type", picture({ image_url: "data:text/plain;base64,aGk=" })],
    ["image_url", picture({})],
    ["Expected an ID that begins with 'fc'", { input: [said, { ...call, id: "call_1" }, result] }],
    [
      "Expected an ID that begins with 'msg'",
      { input: [said, { type: "message", id: "x", role: "assistant", content: "Hello" }] },
    ],
    ["input[1].id", { input: [said, { type: "reasoning", summary: [] }, { role: "assistant", content: "Hello" }] }],
  ])("%s: %o", async (words, body) => {
    const [status, error] = await respond(body);
    expect([status, error?.message]).toEqual([400, expect.stringContaining(words)]);
  });

  it.each<[body: object]>([
    [{ tools: [flat, { type: "web_search_preview" }], tool_choice: { type: "web_search" } }],
    [
      {
        tools: [{ type: "namespace", name: "n", description: "d", tools: [flat] }],
        tool_choice: { type: "function", name: "f" },
      },
    ],
    [
      {
        tools: [{ type: "mcp", server_label: "x", server_url: "https://x" }],
        tool_choice: { type: "mcp", server_label: "x" },
      },
    ],
    [
      {
        input: [
          said,
          { type: "reasoning", summary: [], encrypted_content: "gAAA" },
          { role: "assistant", content: "Hello" },
        ],
      },
    ],
    [picture({ file_id: "file-1" })],
    [picture({ image_url: pixel })],
    [{ stream: true, stream_options: { include_obfuscation: false } }],
  ])("but not %o", async (body) => {
    expect((await respond(body))[0]).toBe(200);
  });
});
