import { describe, expect, it } from "vitest";
import { InputError, outputFormat, strict, tool } from "../../src/index.ts";
import type { ChatParams } from "../../src/index.ts";
import { responseTool } from "../../src/endpoints/responseTool.ts";
import { toParams } from "../../src/responses/params.ts";
import type { ResponseParams } from "../../src/wire/responses.ts";

const params = (given: object, standing: ResponseParams = {}): unknown =>
  JSON.parse(JSON.stringify(toParams(given, standing)));
const schema = { type: "object", properties: {}, additionalProperties: false };

describe("params of chat completions", () => {
  it.each<[string, object, object]>([
    ["max_completion_tokens", { max_completion_tokens: 9 }, { max_output_tokens: 9 }],
    ["max_tokens", { max_tokens: 9 }, { max_output_tokens: 9 }],
    ["reasoning_effort", { reasoning_effort: "low" }, { reasoning: { effort: "low" } }],
    ["verbosity", { verbosity: "low" }, { text: { verbosity: "low" } }],
    ["logprobs", { logprobs: true, top_logprobs: 2 }, { include: ["message.output_text.logprobs"], top_logprobs: 2 }],
    ["stream_options", { stream_options: { include_usage: true } }, {}],
    [
      "stream_options with padding",
      { stream_options: { include_usage: true, include_obfuscation: false } },
      { stream_options: { include_obfuscation: false } },
    ],
    [
      "response_format",
      { response_format: { type: "json_schema", json_schema: { name: "a", schema, strict: true } } },
      { text: { format: { type: "json_schema", name: "a", schema, strict: true } } },
    ],
    [
      "a plain response_format",
      { response_format: { type: "json_object" } },
      { text: { format: { type: "json_object" } } },
    ],
    [
      "tools",
      { tools: [{ type: "function", function: { name: "f" } }] },
      { tools: [{ type: "function", name: "f", parameters: null, strict: false }] },
    ],
    [
      "custom tools with a grammar",
      {
        tools: [
          {
            type: "custom",
            custom: { name: "c", format: { type: "grammar", grammar: { syntax: "lark", definition: "a" } } },
          },
        ],
      },
      { tools: [{ type: "custom", name: "c", format: { type: "grammar", syntax: "lark", definition: "a" } }] },
    ],
    [
      "functions",
      { functions: [{ name: "f", parameters: schema }], function_call: { name: "f" } },
      {
        tools: [{ type: "function", name: "f", parameters: schema, strict: false }],
        tool_choice: { type: "function", name: "f" },
      },
    ],
    [
      "tool_choice",
      { tool_choice: { type: "function", function: { name: "f" } } },
      { tool_choice: { type: "function", name: "f" } },
    ],
    [
      "a custom tool_choice",
      { tool_choice: { type: "custom", custom: { name: "c" } } },
      { tool_choice: { type: "custom", name: "c" } },
    ],
    ["a plain tool_choice", { tool_choice: "required" }, { tool_choice: "required" }],
    ["a hosted tool_choice", { tool_choice: { type: "web_search" } }, { tool_choice: { type: "web_search" } }],
    [
      "allowed tools",
      {
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "required", tools: [{ type: "function", function: { name: "f" } }] },
        },
      },
      { tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "f" }] } },
    ],
    [
      "params of the same name",
      { temperature: 0, top_p: 1, metadata: { a: "b" }, user: "u", store: true },
      { temperature: 0, top_p: 1, metadata: { a: "b" }, user: "u", store: true },
    ],
    ["params without a counterpart, as they are", { stop: ["a"], seed: 1, n: 2 }, { stop: ["a"], seed: 1, n: 2 }],
    ["null, as nothing", { max_tokens: null, response_format: null, reasoning_effort: null, verbosity: null }, {}],
  ])("give those of the Responses API: %s", (_name, given, expected) => {
    expect(params(given)).toEqual(expected);
  });

  it("override those of the api value, field by field where they are objects", () => {
    const standing = {
      temperature: 1,
      reasoning: { summary: "auto", effort: "low" },
      text: { verbosity: "high" },
      include: ["web_search_call.action.sources"],
      tools: [{ type: "web_search" as const }],
      max_output_tokens: 5,
    };
    const given = {
      temperature: 0,
      reasoning_effort: "high",
      response_format: { type: "text" },
      logprobs: true,
      max_tokens: 9,
      tools: [tool({ name: "f", parameters: { type: "object" }, execute: () => 1 })],
    };
    expect(params(given, standing)).toEqual({
      temperature: 0,
      reasoning: { summary: "auto", effort: "high" },
      text: { verbosity: "high", format: { type: "text" } },
      include: ["web_search_call.action.sources", "message.output_text.logprobs"],
      tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: false }, { type: "web_search" }],
      max_output_tokens: 9,
    });
  });

  it("take what outputFormat() makes", () => {
    const response_format = outputFormat("a", strict({ type: "object", properties: { b: { type: "string" } } }));
    expect(params({ response_format })).toMatchObject({
      text: { format: { type: "json_schema", name: "a", strict: true } },
    });
  });

  it.each([
    [{ max_tokens: 1, max_output_tokens: 1 }, "params.max_output_tokens"],
    [{ max_completion_tokens: 1, max_output_tokens: 1 }, "params.max_output_tokens"],
    [{ reasoning_effort: "low", reasoning: { effort: "low" } }, "params.reasoning.effort"],
    [{ verbosity: "low", text: { verbosity: "low" } }, "params.text.verbosity"],
    [{ response_format: { type: "text" }, text: { format: { type: "text" } } }, "params.text.format"],
  ])("are refused beside the other form of the same: %o", (given, field) => {
    expect(() => toParams(given as ChatParams)).toThrow(InputError);
    expect(() => toParams(given as ChatParams)).toThrow(field);
  });

  it("go together with fields of the Responses API that say something else", () => {
    expect(params({ reasoning_effort: "low", reasoning: { summary: "auto" } })).toEqual({
      reasoning: { effort: "low", summary: "auto" },
    });
    expect(params({ reasoning: null }, { reasoning: { effort: "low" } })).toEqual({ reasoning: null });
  });
});

describe("a namespace", () => {
  it("has flat tools in it", () => {
    const inner = tool({ name: "find", parameters: { type: "object" }, execute: () => 1 });
    expect(responseTool({ type: "namespace", name: "crm", description: "Customers", tools: [inner] })).toEqual({
      type: "namespace",
      name: "crm",
      description: "Customers",
      tools: [{ type: "function", name: "find", parameters: { type: "object" }, strict: false }],
    });
  });
});
