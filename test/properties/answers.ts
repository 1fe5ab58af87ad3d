/** Answers in the shapes that services send, to be changed at any place. */

const usage = {
  prompt_tokens: 3,
  completion_tokens: 2,
  total_tokens: 5,
  completion_tokens_details: { reasoning_tokens: 1 },
};
const call = (name = "weather", text: unknown = '{"city":"Oslo"}'): object => ({ name, arguments: text });
const token = {
  token: "Hi",
  logprob: -0.1,
  bytes: [72, 105],
  top_logprobs: [{ token: "Hi", logprob: -0.1, bytes: null }],
};

function event(delta: object, finish_reason: string | null = null, more: object = {}): object {
  return {
    id: "c1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason, ...more }],
  };
}
const counted = { id: "c1", object: "chat.completion.chunk", choices: [], usage };

function chat(message: object, finish_reason: string | null = "stop", more: object = {}): object {
  return {
    id: "c1",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason, ...more }],
    usage,
    system_fingerprint: "fp",
  };
}

/** Whole chat completions. */
export const CHATS: readonly object[] = [
  // OpenAI: a text, calls, a custom tool's call, a refusal, a call in the legacy manner, sound, web citations, two choices.
  chat({ content: "Hi", refusal: null, annotations: [] }, "stop", { logprobs: { content: [token], refusal: null } }),
  chat({ content: null, tool_calls: [{ id: "a", type: "function", function: call() }] }, "tool_calls"),
  chat(
    { content: null, tool_calls: [{ id: "a", type: "custom", custom: { name: "sql", input: "SELECT 1" } }] },
    "tool_calls",
  ),
  chat({ content: null, refusal: "No." }),
  chat({ content: null, function_call: call() }, "function_call"),
  chat({ content: null, audio: { id: "x", data: "AA==", transcript: "Hi", expires_at: 9 } }),
  chat({
    content: "Hi",
    annotations: [{ type: "url_citation", url_citation: { url: "https://a.example", start_index: 0 } }],
  }),
  {
    ...chat({ content: "a" }),
    choices: [0, 1].map((index) => ({ index, message: { content: "a" }, finish_reason: "stop" })),
  },
  // Azure, Gemini, DeepSeek, OpenRouter, Mistral, Groq, Workers AI, llama.cpp, one that writes every field.
  chat({ content: "Hi" }, "stop", { content_filter_results: { hate: { filtered: false, severity: "safe" } } }),
  chat({ tool_calls: [{ type: "function", function: call(), extra_content: { google: { thought_signature: "s" } } }] }),
  chat({ content: "Hi", reasoning_content: "Hm." }),
  chat({
    content: "Hi",
    reasoning: "Hm.",
    reasoning_details: [{ type: "reasoning.text", index: 0, text: "Hm.", signature: "s" }],
  }),
  chat({
    content: [
      { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
      { type: "text", text: "Hi" },
    ],
  }),
  chat({ content: "Hi", executed_tools: [{ index: 0, type: "search", arguments: "{}", output: "found" }] }),
  chat({ content: { city: "Oslo" } }),
  chat({ content: "<think>Hm.</think>Hi" }, "stop", { timings: { prompt_n: 1 } }),
  chat(
    { content: "Hi", name: null, function_call: { name: "", arguments: "" }, audio: { id: "" }, tool_calls: [] },
    "",
  ),
  chat({ content: "Hi", images: [{ type: "image_url", image_url: { url: "data:," } }] }),
];

/** The events of streamed chat completions. */
export const STREAMS: readonly (readonly object[])[] = [
  // OpenAI: text with log probabilities, two calls, a refusal, the legacy manner, sound, two choices.
  [
    event({ role: "assistant", content: "", refusal: null }),
    event({ content: "Hi" }, null, { logprobs: { content: [token], refusal: null } }),
    event({}, "stop"),
    counted,
  ],
  [
    event({
      role: "assistant",
      content: null,
      tool_calls: [{ index: 0, id: "a", type: "function", function: call("weather", "") }],
    }),
    event({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
    event({ tool_calls: [{ index: 0, function: { arguments: '"Oslo"}' } }] }),
    event({ tool_calls: [{ index: 1, id: "b", type: "custom", custom: { name: "sql", input: "SELECT" } }] }),
    event({}, "tool_calls"),
    counted,
  ],
  [event({ refusal: "I " }), event({ refusal: "won't." }), event({}, "stop")],
  [
    event({ function_call: call("weather", "{") }),
    event({ function_call: { arguments: "}" } }),
    event({}, "function_call"),
  ],
  [
    event({ audio: { id: "x", transcript: "Hi" } }),
    event({ audio: { data: "AA==" } }),
    event({ audio: { expires_at: 9 } }),
  ],
  [
    { choices: [0, 1].map((index) => ({ index, delta: { content: "a" }, finish_reason: null })) },
    { choices: [0, 1].map((index) => ({ index, delta: {}, finish_reason: "stop" })) },
  ],
  // Azure
  [
    {
      choices: [],
      prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }],
    },
    event({ content: "Hi" }, null, { content_filter_results: { hate: { filtered: false, severity: "safe" } } }),
    event({}, "stop", { content_filter_results: {}, content_filter_offsets: { check_offset: 1 } }),
  ],
  // Gemini
  [
    event({ tool_calls: [{ index: 0, function: call(), extra_content: { google: { thought_signature: "s" } } }] }),
    event({ tool_calls: [{ index: 0, function: call("weather", "{}") }] }, "stop"),
  ],
  // DeepSeek
  [
    event({ content: null, reasoning_content: "Hm" }),
    event({ content: "Hi", reasoning_content: null }),
    event({ content: "" }, "stop"),
    counted,
  ],
  // OpenRouter
  [
    event({
      content: "",
      reasoning: "Hm",
      reasoning_details: [{ type: "reasoning.text", index: 0, text: "Hm", format: "f" }],
    }),
    event({
      content: "",
      reasoning_details: [
        { type: "reasoning.text", index: 0, signature: "s" },
        { type: "reasoning.encrypted", index: 1, data: "d" },
      ],
    }),
    event({ content: "Hi" }, "stop", { native_finish_reason: "completed" }),
    counted,
  ],
  // Mistral
  [
    event({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm" }] }] }),
    event({ content: [{ type: "text", text: "Hi" }] }, "stop"),
  ],
  // Groq
  [
    event({ executed_tools: [{ index: 0, type: "search", arguments: "{}", output: "" }] }),
    event({
      executed_tools: [{ index: 0, type: "search", output: "found", search_results: { results: [{ title: "t" }] } }],
    }),
    { ...event({ content: "Hi" }, "stop"), x_groq: { id: "r", usage } },
  ],
  // Workers AI
  [{ ...event({ content: { city: "Oslo" } }), p: "abcd" }, event({}, "stop"), counted],
  // llama.cpp
  [
    event({ content: "<think>Hm.</think>" }),
    event({ tool_calls: [{ index: 0, id: "", function: call("weather", "{}") }] }),
    { ...event({}, "tool_calls"), usage, timings: { predicted_n: 1 } },
  ],
  // vLLM, which counts along, and Snowflake Cortex, which gives no finish reason
  [
    { ...event({ content: "Hi" }), usage },
    { ...event({}, "stop", { stop_reason: null }), usage },
  ],
  [event({ content: "Hi" }), counted],
  // One that writes every field, and one that sends whole messages too.
  [
    event(
      { content: "Hi", name: null, function_call: { name: "", arguments: "" }, audio: { id: "" }, tool_calls: null },
      "",
    ),
    event({ content: "" }, "stop"),
  ],
  [
    event({ content: "Hi" }, null, { message: { content: "Hi" } }),
    event({}, "stop", { message: { role: "assistant", content: "Hi" } }),
  ],
];

const logprobs = { tokens: ["a"], token_logprobs: [-0.1], top_logprobs: [{ a: -0.1 }], text_offset: [0] };

/** Whole text completions. */
export const COMPLETIONS: readonly object[] = [
  {
    id: "t",
    object: "text_completion",
    created: 1,
    model: "m",
    choices: [{ text: "a", index: 0, logprobs, finish_reason: "stop" }],
    usage,
  },
];

/** The events of streamed text completions. */
export const TEXT_STREAMS: readonly (readonly object[])[] = [
  [
    { id: "t", created: 1, model: "m", choices: [{ text: "a", index: 0, logprobs, finish_reason: null }] },
    { choices: [{ text: "b", index: 0, logprobs, finish_reason: "stop" }] },
    { choices: [], usage },
  ],
];
