import { describe, expect, it } from "vitest";
import { ask, CHAT, instant, post, type ReadObject, user } from "./support.ts";

async function refusal(response: Response): Promise<[number, ReadObject["error"]]> {
  expect(response.headers.get("content-type")).toContain("application/json");
  expect(response.headers.get("x-request-id")).toMatch(/^req_/);
  return [response.status, ((await response.json()) as ReadObject).error];
}

const ENVELOPE = { type: "invalid_request_error", param: null, code: null };

describe("keys", () => {
  it("are required", async () => {
    const [status, error] = await refusal(
      await instant().fetch(CHAT, post({}, { headers: { "content-type": "application/json" } })),
    );
    expect(status).toBe(401);
    expect(error).toMatchObject({
      ...ENVELOPE,
      message: expect.stringMatching(
        /^You didn't provide an API key\. You need to provide your API key in an Authorization header/,
      ),
    });
  });

  it("are all accepted by default, in either header", async () => {
    expect((await ask(instant(), {})).status).toBe(200);
    const azure = await ask(instant(), {}, { headers: { "api-key": "k", "content-type": "application/json" } });
    expect(azure.status).toBe(200);
  });

  it("are refused if wrong, and only their ends are shown", async () => {
    const mock = instant({ apiKeys: ["sk-right"] });
    const headers = { authorization: "Bearer sk-abcdefghijklmnopqrstuvwxyz", "content-type": "application/json" };
    const [status, error] = await refusal(await ask(mock, {}, { headers }));
    expect(status).toBe(401);
    expect(error).toEqual({
      ...ENVELOPE,
      message:
        "Incorrect API key provided: sk-ab**********************yz. You can find your API key at https://platform.openai.com/account/api-keys.",
      code: "invalid_api_key",
    });
    const [, short] = await refusal(await ask(mock, {}, { headers: { ...headers, authorization: "Bearer secret" } }));
    expect(short?.message).toContain("provided: ******. ");
    expect((await ask(mock, {}, { headers: { ...headers, authorization: "Bearer sk-right" } })).status).toBe(200);
  });

  it("are not required if the list of keys is empty", async () => {
    expect((await ask(instant({ apiKeys: [] }), {}, { headers: {} })).status).toBe(400);
    expect((await ask(instant({ apiKeys: [] }), {}, { headers: { "content-type": "application/json" } })).status).toBe(
      200,
    );
  });
});

describe("paths, methods and models", () => {
  it("refuses an unknown path", async () => {
    const [status, error] = await refusal(await instant().fetch("https://x/v1/chat/nothing", post({})));
    expect([status, error]).toEqual([404, { ...ENVELOPE, message: "Invalid URL (POST /v1/chat/nothing)" }]);
  });

  it("refuses a wrong method", async () => {
    const [status, error] = await refusal(await instant().fetch(CHAT, { headers: { authorization: "Bearer k" } }));
    expect(status).toBe(405);
    expect(error).toEqual({
      ...ENVELOPE,
      message: "Not allowed to GET on /v1/chat/completions. (HINT: Perhaps you meant to use a different HTTP method?)",
      code: "method_not_supported",
    });
  });

  it("refuses an unlisted model with strictModels", async () => {
    const [status, error] = await refusal(await ask(instant({ strictModels: true }), { model: "gpt-9" }));
    expect(status).toBe(404);
    expect(error).toEqual({
      ...ENVELOPE,
      message: "The model `gpt-9` does not exist or you do not have access to it.",
      code: "model_not_found",
    });
    expect((await ask(instant(), { model: "gpt-9" })).status).toBe(200);
    const [missing] = await refusal(await instant({ apiKeys: [] }).fetch("https://x/v1/models/gpt-9"));
    expect(missing).toBe(404);
  });
});

describe("bodies", () => {
  const cases: [name: string, body: unknown, error: object][] = [
    [
      "what is no JSON",
      "{",
      { message: expect.stringMatching(/^We could not parse the JSON body of your request\. \(HINT: /) },
    ],
    ["no model", { messages: user("Hi") }, { message: "you must provide a model parameter" }],
    [
      "no messages",
      { model: "m" },
      { message: "Missing required parameter: 'messages'.", param: "messages", code: "missing_required_parameter" },
    ],
    [
      "another API's parameter",
      { model: "m", messages: user("Hi"), top_k: 3 },
      { message: "Unrecognized request argument supplied: top_k" },
    ],
    [
      "options among the parameters",
      { model: "m", messages: user("Hi"), signal: {}, timeout: 3 },
      { message: "Unrecognized request arguments supplied: signal, timeout" },
    ],
    [
      "heat",
      { model: "m", messages: user("Hi"), temperature: 3 },
      {
        message: "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
        param: "temperature",
        code: "decimal_above_max_value",
      },
    ],
    [
      "half a choice",
      { model: "m", messages: user("Hi"), n: 1.5 },
      {
        message: "Invalid type for 'n': expected an integer, but got a decimal instead.",
        param: "n",
        code: "invalid_type",
      },
    ],
    [
      "no tokens",
      { model: "m", messages: user("Hi"), max_tokens: 0 },
      {
        message: "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got 0 instead.",
        param: "max_tokens",
        code: "integer_below_min_value",
      },
    ],
    [
      "two limits",
      { model: "m", messages: user("Hi"), max_tokens: 1, max_completion_tokens: 1 },
      {
        message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
        param: "max_tokens",
        code: "invalid_parameter",
      },
    ],
    [
      "an empty list of tools",
      { model: "m", messages: user("Hi"), tools: [] },
      {
        message:
          "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
        param: "tools",
        code: "empty_array",
      },
    ],
    [
      "a tool without its function",
      { model: "m", messages: user("Hi"), tools: [{ type: "function" }] },
      {
        message: "Missing required parameter: 'tools[0].function'.",
        param: "tools[0].function",
        code: "missing_required_parameter",
      },
    ],
    [
      "a tool's name with a space",
      { model: "m", messages: user("Hi"), tools: [{ type: "function", function: { name: "a b" } }] },
      {
        message:
          "Invalid 'tools[0].function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
        param: "tools[0].function.name",
        code: "invalid_value",
      },
    ],
    [
      "parameters that are no object",
      {
        model: "m",
        messages: user("Hi"),
        tools: [{ type: "function", function: { name: "f", parameters: { type: "string" } } }],
      },
      {
        message: `Invalid schema for function 'f': schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`,
        param: "tools[0].function.parameters",
        code: "invalid_function_parameters",
      },
    ],
    [
      "a strict tool with a property that may be left out",
      {
        model: "m",
        messages: user("Hi"),
        tools: [
          {
            type: "function",
            function: {
              name: "f",
              strict: true,
              parameters: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
            },
          },
        ],
      },
      {
        message:
          "Invalid schema for function 'f': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
        param: "tools[0].function.parameters",
        code: "invalid_function_parameters",
      },
    ],
    [
      "a strict format that is open",
      {
        model: "m",
        messages: user("Hi"),
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "f",
            strict: true,
            schema: {
              type: "object",
              properties: { a: { type: "object" } },
              required: ["a"],
              additionalProperties: false,
            },
          },
        },
      },
      {
        message:
          "Invalid schema for response_format 'f': In context=('properties', 'a'), 'additionalProperties' is required to be supplied and to be false.",
        param: "response_format",
      },
    ],
    [
      "a strict format with words that strict mode does not know",
      {
        model: "m",
        messages: user("Hi"),
        response_format: {
          type: "json_schema",
          json_schema: {
            name: "f",
            strict: true,
            schema: {
              type: "object",
              properties: { a: { type: "string", minLength: 1 } },
              required: ["a"],
              additionalProperties: false,
            },
          },
        },
      },
      {
        message:
          "Invalid schema for response_format 'f': In context=('properties', 'a'), 'minLength' is not permitted.",
        param: "response_format",
      },
    ],
    [
      "a choice among no tools",
      { model: "m", messages: user("Hi"), tool_choice: "auto" },
      {
        message: "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
        param: "tool_choice",
      },
    ],
    [
      "JSON that nobody asked for in words",
      { model: "m", messages: user("Hi"), response_format: { type: "json_object" } },
      {
        message:
          "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        param: "messages",
      },
    ],
    [
      "options of a stream that is none",
      { model: "m", messages: user("Hi"), stream_options: { include_usage: true } },
      { message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param: "stream_options" },
    ],
    [
      "a broken history",
      { model: "m", messages: [{ role: "tool", tool_call_id: "a", content: "" }] },
      { message: expect.stringContaining("must be a response to a preceeding message"), param: "messages.[0].role" },
    ],
  ];
  it.each(cases)("refuses %s", async (_name, body, error) => {
    const mock = instant().reply("never said");
    expect(await refusal(await mock.fetch(CHAT, post(body)))).toEqual([400, { ...ENVELOPE, ...error }]);
    expect(mock.pending).toBe(1);
  });

  it("accepts the dialect and id of a strict schema, as openai-node and the AI SDK send them", async () => {
    const schema = {
      $schema: "http://json-schema.org/draft-07/schema#",
      $id: "f",
      type: "object",
      properties: {},
      required: [],
      additionalProperties: false,
    };
    const response_format = { type: "json_schema", json_schema: { name: "f", strict: true, schema } };
    expect((await ask(instant(), { response_format })).status).toBe(200);
  });

  it("accepts values at their bounds", async () => {
    expect((await ask(instant(), { temperature: 2, top_p: 0, n: 1, max_tokens: 1, presence_penalty: -2 })).status).toBe(
      200,
    );
  });

  it("refuses a body with another content type", async () => {
    const headers = { authorization: "Bearer k", "content-type": "text/plain" };
    const [status, error] = await refusal(await ask(instant(), {}, { headers }));
    expect([status, error?.code]).toEqual([400, "unsupported_content_type"]);
  });

  it("checks nothing with checkRequests: false", async () => {
    const mock = instant({ checkRequests: false });
    expect((await mock.fetch(CHAT, { method: "POST", body: "{" })).status).toBe(200);
    expect((await mock.fetch("https://x/nowhere")).status).toBe(404);
  });
});
