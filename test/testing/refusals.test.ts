import { describe, expect, it } from "vitest";
import { createClient } from "../../src/index.ts";
import type { MockAPI, MockAPIOptions } from "../../src/testing/index.ts";
import { CHAT, instant, post, type ReadObject, user } from "./support.ts";

const BASE = "https://api.openai.com/v1";

async function answer(mock: MockAPI, path: string, body: unknown): Promise<[number, ReadObject["error"]]> {
  const response = await mock.fetch(BASE + path, post(body));
  const text = await response.text();
  return [response.status, response.ok ? undefined : (JSON.parse(text) as ReadObject).error];
}

/** Sends a chat completion request to the mock API. */
async function chat(body: object, options: MockAPIOptions = {}): Promise<[number, ReadObject["error"]]> {
  return await answer(instant(options), "/chat/completions", { messages: user("Hi"), ...body });
}

async function respond(body: object, mock = instant()): Promise<[number, ReadObject["error"]]> {
  return await answer(mock, "/responses", { model: "test-model", input: "Hi", ...body });
}

const FUNCTION = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };

describe("an unknown field is refused", () => {
  it.each<[path: string, body: object]>([
    ["/chat/completions", { model: "m", messages: user("Hi") }],
    ["/completions", { model: "m", prompt: "Hi" }],
    ["/responses", { model: "m", input: "Hi" }],
    ["/embeddings", { model: "m", input: "Hi" }],
    ["/moderations", { input: "Hi" }],
    ["/images/generations", { model: "m", prompt: "A heron" }],
    ["/images/edits", { model: "m", prompt: "A heron", images: [{ file_id: "file-1" }] }],
    ["/audio/speech", { model: "m", input: "Hi", voice: "alloy" }],
  ])("on %s", async (path, body) => {
    for (const name of ["top_k", "abortSignal", "maxTokens", "__proto__x", "constructor"]) {
      const [status, error] = await answer(instant(), path, { ...body, [name]: 1 });
      expect([name, status, error?.type]).toEqual([name, 400, "invalid_request_error"]);
      expect(error?.message).toContain(name);
    }
    expect((await answer(instant(), path, body))[0]).toBe(200);
    expect((await answer(instant({ provider: "other" }), path, { ...body, top_k: 1 }))[0]).toBe(200);
  });

  it.each<[path: string, extra: Record<string, string>]>([
    ["/audio/transcriptions", { model: "m" }],
    ["/audio/translations", { model: "m" }],
    ["/files", { purpose: "user_data" }],
    ["/images/edits", { prompt: "A heron" }],
  ])("in the form of %s", async (path, extra) => {
    const send = async (more: Record<string, string>): Promise<Response> => {
      const form = new FormData();
      const name = path === "/images/edits" ? "image" : "file";
      form.append(name, new File(["x"], path === "/images/edits" ? "a.png" : "a.wav"));
      for (const [field, value] of Object.entries({ ...extra, ...more })) form.append(field, value);
      return await instant({ apiKeys: [] }).fetch(BASE + path, { method: "POST", body: form });
    };
    expect((await send({})).status).toBe(200);
    const refused = await send({ speaker: "Ada" });
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as ReadObject).error).toMatchObject({ param: "speaker", code: "unknown_parameter" });
  });

  it("inside objects too", async () => {
    expect(await chat({ model: "m", stream: true, stream_options: { usage: true } })).toMatchObject([
      400,
      { message: "Unknown parameter: 'stream_options.usage'.", code: "unknown_parameter" },
    ]);
    expect(await respond({ input: [{ role: "user", content: "Hi", name: "Ada" }] })).toMatchObject([
      400,
      { param: "input[0].name" },
    ]);
  });
});

describe("a wrong value is refused", () => {
  it.each<[path: string, body: object, param: string]>([
    ["/responses", { input: 5 }, "input"],
    ["/responses", { input: null }, "input"],
    ["/responses", { input: { role: "user", content: "Hi" } }, "input"],
    ["/responses", { input: ["Hi"] }, "input[0]"],
    ["/responses", { max_output_tokens: 15 }, "max_output_tokens"],
    ["/responses", { reasoning: { effort: "much" } }, "reasoning.effort"],
    ["/responses", { reasoning: "high" }, "reasoning"],
    ["/responses", { include: ["everything"] }, "include[0]"],
    ["/responses", { metadata: { a: 1 } }, "metadata.a"],
    ["/embeddings", { input: { text: "Hi" } }, "input"],
    ["/embeddings", { input: [] }, "input"],
    ["/embeddings", { input: [null] }, "input[0]"],
    ["/embeddings", { input: "Hi", dimensions: "3" }, "dimensions"],
    ["/embeddings", { input: "Hi", encoding_format: "int8" }, "encoding_format"],
    ["/completions", { prompt: { text: "Hi" } }, "prompt"],
    ["/completions", { prompt: "Hi", n: 0 }, "n"],
    ["/moderations", { input: 1 }, "input"],
    ["/images/generations", { prompt: ["A heron"] }, "prompt"],
    ["/images/generations", { prompt: "A heron", n: 11 }, "n"],
    ["/images/generations", { prompt: "A heron", background: "green" }, "background"],
    ["/audio/speech", { input: ["Hi"], voice: "alloy" }, "input"],
    ["/audio/speech", { input: "Hi", voice: "alloy", speed: 5 }, "speed"],
    ["/audio/speech", { input: "Hi", voice: 1 }, "voice"],
    ["/chat/completions", { temperature: "hot" }, "temperature"],
    ["/chat/completions", { stream: "true" }, "stream"],
    ["/chat/completions", { stop: ["a", "b", "c", "d", "e"] }, "stop"],
    ["/chat/completions", { tools: [{ type: "web_search" }] }, "tools[0].type"],
    ["/chat/completions", { tools: [FUNCTION], tool_choice: "any" }, "tool_choice"],
    ["/chat/completions", { user: null }, "user"],
    ["/chat/completions", { response_format: { type: "json" } }, "response_format.type"],
    ["/chat/completions", { response_format: "json" }, "response_format"],
    ["/chat/completions", { logit_bias: { 5: "no" } }, "logit_bias.5"],
    ["/chat/completions", { safety_identifier: "x".repeat(65) }, "safety_identifier"],
  ])("%s %j", async (path, body, param) => {
    const whole = path === "/chat/completions" ? { messages: user("Hi"), ...body } : body;
    expect(await answer(instant(), path, { model: "test-model", ...whole })).toMatchObject([
      400,
      { type: "invalid_request_error", param },
    ]);
  });

  it("with a hint for a chat's nested format on Responses", async () => {
    const schema = { type: "object", properties: {}, required: [], additionalProperties: false };
    const nested = { type: "json_schema", json_schema: { name: "n", schema, strict: true } };
    expect(await respond({ text: { format: nested } })).toMatchObject([
      400,
      { message: "Missing required parameter: 'text.format.name'.", param: "text.format.name" },
    ]);
    expect(await respond({ text: { format: { ...nested, name: "n", schema } } })).toMatchObject([
      400,
      { param: "text.format.json_schema" },
    ]);
    expect((await respond({ text: { format: { type: "json_schema", name: "n", schema, strict: true } } }))[0]).toBe(
      200,
    );
    expect(await respond({ response_format: nested })).toMatchObject([400, { param: "response_format" }]);
  });
});

describe("fields that a model does not accept are refused on chat completions", () => {
  it.each<[model: string, body: object, param: string]>([
    ["gpt-5-mini", { temperature: 0.5 }, "temperature"],
    ["gpt-6-luna", { temperature: 0 }, "temperature"],
    ["gpt-6-luna-2026-08-01", { top_p: 0.5 }, "top_p"],
    ["o3", { temperature: 0.5 }, "temperature"],
    ["gpt-6.1-terra", { presence_penalty: 1 }, "presence_penalty"],
    ["gpt-7", { logprobs: true }, "logprobs"],
    ["gpt-5.2", { temperature: 0.5, reasoning_effort: "low" }, "temperature"],
    ["gpt-6-luna", { max_tokens: 5 }, "max_tokens"],
    ["gpt-6-luna", { max_tokens: 5, reasoning_effort: "none" }, "max_tokens"],
    ["gpt-6-luna", { stop: "." }, "stop"],
    ["gpt-6-sol", { stop: ["."], reasoning_effort: "none" }, "stop"],
    ["gpt-5-mini", { reasoning_effort: "none" }, "reasoning_effort"],
    ["gpt-6-luna", { reasoning_effort: "minimal" }, "reasoning_effort"],
    ["gpt-6-astra", { reasoning_effort: "none" }, "reasoning_effort"],
    ["gpt-6.1-sol", { reasoning_effort: "none" }, "reasoning_effort"],
    ["gpt-4o", { verbosity: "low" }, "verbosity"],
  ])("%s %j", async (model, body, param) => {
    const [status, error] = await chat({ model, ...body });
    expect([status, error?.type, error?.param]).toEqual([400, "invalid_request_error", param]);
    expect((await chat({ model: "test-model", ...body }))[0]).toBe(200);
    expect((await chat({ model, ...body }, { provider: "other" }))[0]).toBe(200);
  });

  it.each<[model: string, body: object]>([
    ["gpt-6-luna", { temperature: 0.5, top_p: 0.5, reasoning_effort: "none" }],
    ["gpt-5.2", { temperature: 0.5 }],
    ["gpt-5-mini", { temperature: 1, max_completion_tokens: 5 }],
    ["gpt-4o", { temperature: 0.5, max_tokens: 5, stop: "." }],
    ["gpt-6-luna", { reasoning_effort: "max" }],
    ["gpt-6-chat-latest", { temperature: 0.5 }],
  ])("but not %s %j", async (model, body) => {
    expect(await chat({ model, ...body })).toEqual([200, undefined]);
  });

  it("with the API's own messages", async () => {
    expect(await chat({ model: "gpt-5-mini", reasoning_effort: "none" })).toEqual([
      400,
      {
        message:
          "Unsupported value: 'reasoning_effort' does not support 'none' with this model. Supported values are: 'minimal', 'low', 'medium', and 'high'.",
        type: "invalid_request_error",
        param: "reasoning_effort",
        code: "unsupported_value",
      },
    ]);
    expect(await chat({ model: "gpt-4o", reasoning_effort: "low" })).toMatchObject([
      400,
      { message: "Unrecognized request argument supplied: reasoning_effort" },
    ]);
  });
});

describe("function tools on chat completions", () => {
  const legacy = { functions: [{ name: "f" }] };

  it.each(["gpt-5.6-terra", "gpt-5.10", "gpt-6-luna", "gpt-6.1-terra", "gpt-6-astra", "gpt-7-mini"])(
    "are refused by %s unless the effort is none, even without the field",
    async (model) => {
      for (const body of [{}, { reasoning_effort: "low" }, { reasoning_effort: null }, { stream: true }]) {
        expect(await chat({ model, tools: [FUNCTION], ...body })).toEqual([
          400,
          {
            message: `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.`,
            type: "invalid_request_error",
            param: "reasoning_effort",
            code: null,
          },
        ]);
      }
      expect((await chat({ model, ...legacy }))[0]).toBe(400);
      expect((await chat({ model }))[0]).toBe(200);
      const none = await chat({ model, tools: [FUNCTION], reasoning_effort: "none" });
      expect(none[0]).toBe(model === "gpt-6-astra" ? 400 : 200);
      expect((await respond({ model, tools: [{ type: "function", ...FUNCTION.function }] }))[0]).toBe(200);
    },
  );

  it.each(["gpt-4o", "gpt-5-mini", "gpt-5.2", "gpt-5.4", "o3", "test-model"])("pass with %s", async (model) => {
    expect(await chat({ model, tools: [FUNCTION] })).toEqual([200, undefined]);
  });

  it("are refused by gpt-5.4 if the request has an effort", async () => {
    expect(await chat({ model: "gpt-5.4", tools: [FUNCTION], reasoning_effort: "low" })).toMatchObject([
      400,
      { param: "reasoning_effort" },
    ]);
  });
});

describe("models that have shut down", () => {
  it.each<[path: string, body: object]>([
    ["/completions", { model: "gpt-3.5-turbo-instruct", prompt: "Hi" }],
    ["/chat/completions", { model: "gpt-4.5-preview", messages: user("Hi") }],
    ["/chat/completions", { model: "o1-preview", messages: user("Hi") }],
    ["/responses", { model: "o1-mini", input: "Hi" }],
  ])("are not found on %s", async (path, body) => {
    expect(await answer(instant(), path, body)).toMatchObject([404, { code: "model_not_found" }]);
    expect((await answer(instant({ provider: "other" }), path, body))[0]).toBe(200);
  });

  it("depend on the day of the option now", async () => {
    const on = (day: string) => chat({ model: "gpt-5-mini" }, { now: () => Date.parse(day) });
    expect((await on("2026-12-10"))[0]).toBe(200);
    expect((await on("2026-12-11"))[0]).toBe(404);
    expect((await chat({ model: "gpt-5-mini" }))[0]).toBe(200);
  });

  it("do not make chat models valid on /completions", async () => {
    const [status, error] = await answer(instant(), "/completions", { model: "gpt-6-luna", prompt: "Hi" });
    expect([status, error?.param]).toEqual([404, "model"]);
  });
});

describe("fields that a model does not accept are refused on other endpoints", () => {
  const transcribe = async (fields: Record<string, string>): Promise<[number, ReadObject["error"]]> => {
    const form = new FormData();
    form.append("file", new File(["x"], "a.wav"));
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const response = await instant({ apiKeys: [] }).fetch(`${BASE}/audio/transcriptions`, {
      method: "POST",
      body: form,
    });
    return [response.status, response.ok ? undefined : ((await response.json()) as ReadObject).error];
  };

  it.each<[fields: Record<string, string>, param: string]>([
    [{ response_format: "srt" }, "response_format"],
    [{ response_format: "vtt" }, "response_format"],
    [{ response_format: "verbose_json" }, "response_format"],
    [{ response_format: "diarized_json" }, "response_format"],
    [{ "timestamp_granularities[]": "word" }, "timestamp_granularities"],
    [{ "known_speaker_names[]": "Ada" }, "known_speaker_names"],
  ])("gpt-transcribe %j", async (fields, param) => {
    expect(await transcribe({ model: "gpt-transcribe", ...fields })).toMatchObject([400, { param }]);
  });

  it("but accepted fields pass, and all of them with a model that supports them", async () => {
    const taken: Record<string, string>[] = [
      { model: "gpt-transcribe", "languages[]": "de", response_format: "text" },
      { model: "whisper-1", response_format: "srt" },
      { model: "whisper-1", response_format: "verbose_json", "timestamp_granularities[]": "word" },
      { model: "test-model", response_format: "vtt" },
    ];
    for (const fields of taken) expect(await transcribe(fields)).toEqual([200, undefined]);
  });

  it("old image options with gpt-image models", async () => {
    const draw = (body: object) => answer(instant(), "/images/generations", { prompt: "A heron", ...body });
    expect(await draw({ model: "gpt-image-2.6-flare", response_format: "url" })).toMatchObject([
      400,
      { param: "response_format" },
    ]);
    expect(await draw({ model: "gpt-image-2.6-flare", quality: "hd" })).toMatchObject([400, { param: "quality" }]);
    expect((await draw({ model: "gpt-image-2.6-flare", quality: "high" }))[0]).toBe(200);
  });

  it.each<[body: object, param: string]>([
    [{ model: "gpt-6-luna", temperature: 0.5 }, "temperature"],
    [{ model: "gpt-5", top_p: 0.5 }, "top_p"],
    [{ model: "gpt-4o", reasoning: { effort: "low" } }, "reasoning.effort"],
    [{ model: "gpt-4o", include: ["reasoning.encrypted_content"] }, "include"],
    [{ model: "gpt-5-mini", reasoning: { effort: "none" } }, "reasoning.effort"],
  ])("Responses %j", async (body, param) => {
    expect(await respond(body)).toMatchObject([400, { param }]);
  });

  it("but temperature passes on Responses without reasoning", async () => {
    expect((await respond({ model: "gpt-6-luna", temperature: 0.5, reasoning: { effort: "none" } }))[0]).toBe(200);
  });
});

describe("items that the Responses API refuses", () => {
  const ask = { role: "user", content: "Hi" };
  const call = { type: "function_call", call_id: "call_1", name: "f", arguments: "{}" };
  const output = { type: "function_call_output", call_id: "call_1", output: "1" };
  const search = { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } };
  const said = { type: "message", role: "assistant", content: [{ type: "output_text", text: "Yes" }] };
  const thought = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "gAAAA" };
  const image = { type: "image_generation_call", id: "ig_1", status: "completed", result: "AA==" };

  it.each<[name: string, input: object[], status: number, words: string]>([
    ["an unknown type", [{ type: "thinking" }], 400, "Invalid value: 'thinking'."],
    [
      "an output without its call",
      [ask, output],
      400,
      "No tool call found for function call output with call_id call_1.",
    ],
    ["a call without its output", [ask, call], 400, "No tool output found for function call call_1."],
    ["two outputs of a call", [ask, call, output, output], 400, "Duplicate tool output"],
    [
      "a custom call without its output",
      [ask, { type: "custom_tool_call", call_id: "c", name: "f", input: "x" }],
      400,
      "No tool output found for custom tool call c.",
    ],
    [
      "arguments that are an object",
      [ask, { ...call, arguments: {} }, output],
      400,
      "expected a string, but got an object",
    ],
    ["no call_id", [ask, { ...call, call_id: undefined }], 400, "Missing required parameter: 'input[1].call_id'."],
    [
      "a call_id of 65 characters",
      [ask, { ...call, call_id: "c".repeat(65) }, { ...output, call_id: "c".repeat(65) }],
      400,
      "Invalid 'input[1].call_id': string too long. Expected a string with maximum length 64, but got a string with length 65 instead.",
    ],
    [
      "the same id twice",
      [ask, { ...said, id: "msg_1" }, ask, { ...said, id: "msg_1" }],
      400,
      "Duplicate item found with id msg_1.",
    ],
    [
      "reasoning that is neither stored nor encrypted",
      [ask, { ...thought, encrypted_content: undefined }, said, ask],
      404,
      "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
    ],
    ["reasoning without what follows", [ask, thought, ask], 400, "without its required following item"],
    ["a hosted call without its reasoning", [ask, search, said, ask], 400, "without its required 'reasoning' item"],
    [
      "a hosted call whose reasoning is another answer's",
      [ask, thought, said, ask, search, said, ask],
      400,
      "Item 'ws_1' of type 'web_search_call' was provided without its required 'reasoning' item",
    ],
    [
      "more of an image than the API takes back",
      [ask, thought, { ...image, revised_prompt: "x" }, said, ask],
      400,
      "Unknown parameter: 'input[2].revised_prompt'.",
    ],
    ["a reference to nothing", [ask, { type: "item_reference", id: "msg_9" }], 404, "Item with id 'msg_9' not found."],
    [
      "a chat's parts",
      [{ role: "user", content: [{ type: "text", text: "x" }] }],
      400,
      "Supported values are: 'input_text'",
    ],
    [
      "a chat's image",
      [{ role: "user", content: [{ type: "input_image", image_url: { url: "x" } }] }],
      400,
      "expected a string",
    ],
    ["content that is null", [ask, { ...said, content: null }], 400, "input[1].content"],
    ["a tool's message", [{ role: "tool", content: "x" }], 400, "Invalid value: 'tool'."],
  ])("%s", async (_name, input, status, words) => {
    for (const model of ["test-model", "gpt-6-luna"]) {
      const [got, error] = await respond({ model, input });
      expect([model, got, error?.type]).toEqual([model, status, "invalid_request_error"]);
      expect(error?.message).toContain(words);
    }
  });

  it.each<[name: string, input: object[]]>([
    ["a call and its output", [ask, call, output]],
    ["a hosted call with its reasoning", [ask, thought, search, said, ask]],
    ["a hosted call without an id", [ask, { ...search, id: undefined }, said, ask]],
    ["an image as the API takes it back", [ask, thought, image, said, ask]],
    [
      "a programmatic call",
      [ask, { ...call, status: "in_progress", caller: { type: "program" } }, { ...output, caller: {} }],
    ],
    ["a compaction", [{ type: "compaction", encrypted_content: "gAAAA" }, ask]],
    ["a message's phase", [ask, { ...said, phase: "final_answer" }, ask]],
  ])("but not %s", async (_name, input) => {
    expect(await respond({ model: "gpt-6-luna", input })).toEqual([200, undefined]);
  });

  it("but accepts a hosted call of a model that does not reason", async () => {
    expect((await respond({ model: "gpt-4o", input: [ask, search, said, ask] }))[0]).toBe(200);
  });

  it("an item of a stored answer without its reasoning", async () => {
    const mock = instant().reply({ reasoning: "Hm", text: "Yes" });
    const first = await mock.fetch(`${BASE}/responses`, post({ model: "gpt-6-luna", input: "Hi" }));
    const { output: items } = (await first.json()) as { output: { id: string }[] };
    const [reasoning, message] = items;
    expect((await respond({ model: "gpt-6-luna", input: [ask, reasoning, message, ask] }, mock))[0]).toBe(200);
    const [status, error] = await respond({ model: "gpt-6-luna", input: [ask, message, ask] }, mock);
    expect([status, error?.message]).toEqual([
      400,
      `Item '${message?.id}' of type 'message' was provided without its required 'reasoning' item: '${reasoning?.id}'.`,
    ]);
  });
});

describe("the mock API", () => {
  it("refuses an unknown provider", () => {
    expect(() => instant({ provider: "skynet" as "openai" })).toThrow(
      /^provider: expected "openai" or .*received string$/,
    );
  });

  it("answers a client's chat with current models", async () => {
    const client = createClient({ apiKey: "sk-test-0123456789", model: "gpt-6-luna", fetch: instant().fetch });
    const completion = await client.chat([{ role: "user", content: "Hello" }], { reasoning_effort: "none" });
    expect(completion.model).toBe("gpt-6-luna");
    expect(CHAT).toContain("/v1/");
  });
});
