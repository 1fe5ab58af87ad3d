/** A value of JSON. */
export type JSONValue = string | number | boolean | null | JSONValue[] | { [name: string]: JSONValue };

/** A realistic answer: whole, or as the events of a stream. */
export interface Answer {
  readonly name: string;
  readonly whole: JSONValue;
  readonly events?: JSONValue | undefined;
}

const usage = { prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 };
const args = '{"city":"Oslo"}';

function whole(
  name: string,
  message: JSONValue,
  finish_reason: JSONValue,
  more: Record<string, JSONValue> = {},
): Answer {
  const choices = [{ index: 0, message, finish_reason }];
  return {
    name,
    whole: { id: "chatcmpl-1", object: "chat.completion", created: 1, model: "m", choices, usage, ...more },
  };
}

function streamed(name: string, deltas: readonly JSONValue[], finish_reason: JSONValue, last: JSONValue = {}): Answer {
  const event = (delta: JSONValue, reason: JSONValue): JSONValue => ({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const events = [
    ...deltas.map((delta) => event(delta, null)),
    event(last, finish_reason),
    { id: "chatcmpl-1", choices: [], usage },
  ];
  return { name, whole: null, events };
}

const call = { id: "call_1", type: "function", function: { name: "look", arguments: args } };

/** Answers as services send them. */
export const ANSWERS: readonly Answer[] = [
  whole("OpenAI, text", { role: "assistant", content: "Hello", refusal: null, annotations: [] }, "stop", {
    service_tier: "default",
    system_fingerprint: "fp",
  }),
  whole(
    "OpenAI, calls",
    { role: "assistant", content: null, tool_calls: [call, { ...call, id: "call_2" }] },
    "tool_calls",
  ),
  whole(
    "OpenAI, a custom call",
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "custom", custom: { name: "look", input: "north" } }],
    },
    "tool_calls",
  ),
  whole(
    "OpenAI, a function in the legacy manner",
    {
      role: "assistant",
      content: null,
      function_call: { name: "look", arguments: args },
    },
    "function_call",
  ),
  whole(
    "OpenAI, sound",
    {
      role: "assistant",
      content: null,
      audio: { id: "audio_1", data: "AAAA", transcript: "Hello", expires_at: 4_000_000_000 },
    },
    "stop",
  ),
  whole("OpenAI, a refusal", { role: "assistant", content: null, refusal: "No." }, "stop"),
  whole(
    "Mistral, thinking",
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
        { type: "text", text: "Hello" },
      ],
      tool_calls: null,
      prefix: false,
    },
    "stop",
  ),
  whole(
    "OpenRouter, signed reasoning",
    {
      role: "assistant",
      content: "",
      reasoning: "hm",
      reasoning_details: [
        { type: "reasoning.text", index: 0, text: "hm", signature: "s", format: "anthropic-claude-v1" },
      ],
      tool_calls: [{ ...call, index: 0 }],
    },
    "tool_calls",
    { provider: "Anthropic" },
  ),
  whole(
    "OpenRouter, an image",
    {
      role: "assistant",
      content: "",
      images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==" } }],
    },
    "stop",
  ),
  whole(
    "DeepSeek, reasoning and calls",
    { role: "assistant", content: "", reasoning_content: "hm", tool_calls: [call] },
    "tool_calls",
  ),
  whole(
    "Gemini, a call with a signature",
    {
      role: "assistant",
      tool_calls: [{ ...call, id: "", extra_content: { google: { thought_signature: "s" } } }],
    },
    "stop",
  ),
  whole(
    "Kimi, a built-in function",
    {
      role: "assistant",
      content: "",
      tool_calls: [{ ...call, index: 0, type: "builtin_function" }],
    },
    "tool_calls",
  ),
  whole("Workers AI, JSON mode", { role: "assistant", content: { answer: 5 } }, "stop"),
  whole(
    "a server that writes every field",
    {
      role: "assistant",
      content: "Hello",
      name: null,
      refusal: "",
      function_call: { name: "", arguments: "" },
      audio: { id: "" },
      tool_calls: [],
    },
    "",
  ),
  whole(
    "Ollama, arguments as an object",
    {
      role: "assistant",
      content: "",
      tool_calls: [{ function: { name: "look", arguments: { city: "Oslo" } } }],
    },
    "stop",
  ),
  streamed("OpenAI, text", [{ role: "assistant", content: "" }, { content: "Hel" }, { content: "lo" }], "stop"),
  streamed(
    "OpenAI, calls",
    [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "look", arguments: "" } }],
      },
      { tool_calls: [{ index: 0, function: { arguments: args } }] },
      { tool_calls: [{ index: 1, id: "call_2", type: "function", function: { name: "look", arguments: "{}" } }] },
    ],
    "tool_calls",
  ),
  streamed(
    "OpenAI, sound",
    [
      { role: "assistant", audio: { id: "audio_1", transcript: "Hel" } },
      { audio: { transcript: "lo", data: "AAAA" } },
      { audio: { expires_at: 4_000_000_000 } },
    ],
    "stop",
  ),
  streamed(
    "Mistral, thinking",
    [
      { role: "assistant", content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }], p: "abc" },
      { content: [{ type: "text", text: "Hello" }] },
    ],
    "stop",
  ),
  streamed(
    "OpenRouter, reasoning in pieces",
    [
      {
        role: "assistant",
        content: "",
        reasoning: "h",
        reasoning_details: [{ type: "reasoning.text", text: "h", index: 0 }],
      },
      { content: "", reasoning: "m", reasoning_details: [{ type: "reasoning.text", text: "m", index: 0 }] },
      { content: "", reasoning_details: [{ type: "reasoning.text", signature: "s", index: 0 }] },
      { content: "Hello" },
    ],
    "stop",
  ),
  streamed(
    "DeepSeek, reasoning and a call",
    [
      { role: "assistant", content: null, reasoning_content: "hm" },
      { tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "look", arguments: args } }] },
    ],
    "tool_calls",
    { content: "" },
  ),
  streamed(
    "Gemini, parallel calls of one index",
    [
      { role: "assistant", tool_calls: [{ index: 0, function: { name: "look", arguments: args } }] },
      { tool_calls: [{ index: 0, function: { name: "look", arguments: "{}" } }] },
    ],
    "stop",
  ),
  streamed(
    "Groq, executed tools",
    [
      { role: "assistant", reasoning: "hm", executed_tools: [{ index: 0, type: "search", arguments: "{}" }] },
      { content: "Hello", executed_tools: [{ index: 0, output: "found" }] },
    ],
    "stop",
  ),
];
