import type { FieldRules, Kinds, Rule } from "./fieldRules.ts";

// The fields of each request by OpenAI's description of its API: https://github.com/openai/openai-openapi. A test
// compares these lists with the extract in test/data/openapi-requests.json.

/** Notes of the caller. */
export const METADATA: Rule = ["object|null ..16", "string ..512"];
const EFFORT = "string|null none,minimal,low,medium,high,xhigh,max";
const VERBOSITY = "string|null low,medium,high";
const LOCATION: FieldRules = { country: "string", region: "string", city: "string", timezone: "string" };
const MODERATION: Rule = ["object|null", { model: "string!", policy: "object|null" }];

const SAMPLING: FieldRules = { temperature: "number|null 0..2", top_p: "number|null 0..1" };
const PENALTIES: FieldRules = { presence_penalty: "number|null -2..2", frequency_penalty: "number|null -2..2" };

/** Options of the provider's cache. */
export const CACHE_OPTIONS: FieldRules = { ttl: "string 30m", mode: "string implicit,explicit" };

/** Fields that chat completions and responses share. */
const COMMON: FieldRules = {
  ...SAMPLING,
  metadata: METADATA,
  user: "string",
  safety_identifier: "string|null ..64",
  prompt_cache_key: "string|null",
  prompt_cache_retention: "string|null in_memory,24h",
  prompt_cache_options: ["object", CACHE_OPTIONS],
  store: "boolean|null",
  stream: "boolean|null",
  moderation: MODERATION,
};

const STOP: Rule = ["string|array|null 1..4", "string"];
const STREAM_OPTIONS: Rule = ["object|null", { include_usage: "boolean", include_obfuscation: "boolean" }];

const SCHEMA: FieldRules = { name: "string!", description: "string", schema: "object", strict: "boolean|null" };

/** A function in `tools` or `functions`. */
const FUNCTION: FieldRules = {
  name: "string!",
  description: "string",
  parameters: "object",
  strict: "boolean|null",
};

const GRAMMAR: FieldRules = { definition: "string!", syntax: "string! lark,regex" };
/** The input format of a custom tool in chat completions. */
const CHAT_GRAMMAR: Kinds = { kinds: { text: {}, grammar: { grammar: ["object!", GRAMMAR] } } };
/** The input format of a custom tool in the Responses API, which is flat. */
export const FLAT_GRAMMAR: Kinds = { kinds: { text: {}, grammar: GRAMMAR } };

/** `POST /chat/completions`. messageRules.ts checks its messages. */
export const CHAT_FIELDS: FieldRules = {
  ...COMMON,
  ...PENALTIES,
  model: "string!",
  messages: "array!",
  n: "integer|null 1..128",
  max_tokens: "integer|null 1..",
  max_completion_tokens: "integer|null 1..",
  stop: STOP,
  seed: "integer|null -9223372036854776000..9223372036854776000",
  logit_bias: ["object|null", "integer -100..100"],
  logprobs: "boolean|null",
  top_logprobs: "integer|null 0..20",
  stream_options: STREAM_OPTIONS,
  service_tier: "string|null auto,default,flex,scale,priority,fast",
  reasoning_effort: EFFORT,
  verbosity: VERBOSITY,
  modalities: ["array|null", "string text,audio"],
  audio: ["object|null", { voice: "string|object!", format: "string! wav,aac,mp3,flac,opus,pcm16" }],
  prediction: ["object|null", { type: "string! content", content: "string|array!" }],
  web_search_options: [
    "object",
    {
      user_location: ["object|null", { type: "string! approximate", approximate: ["object!", LOCATION] }],
      search_context_size: "string low,medium,high",
    },
  ],
  response_format: [
    "object",
    { kinds: { json_object: {}, json_schema: { json_schema: ["object!", SCHEMA] }, text: {} } },
  ],
  // OpenAI's description has no limit here, but the API refuses more than 128 tools.
  tools: [
    "array 1..128",
    {
      kinds: {
        function: { function: ["object!", FUNCTION] },
        custom: { custom: ["object!", { name: "string!", description: "string", format: ["object", CHAT_GRAMMAR] }] },
      },
    },
  ],
  tool_choice: [
    "string|object none,auto,required",
    {
      kinds: {
        allowed_tools: { allowed_tools: "object!" },
        function: { function: ["object!", { name: "string!" }] },
        custom: { custom: ["object!", { name: "string!" }] },
      },
    },
  ],
  parallel_tool_calls: "boolean",
  functions: ["array 1..128", { name: "string!", description: "string", parameters: "object" }],
  function_call: ["string|object none,auto", { name: "string!" }],
};

/** `POST /completions`. */
export const COMPLETION_FIELDS: FieldRules = {
  ...SAMPLING,
  ...PENALTIES,
  model: "string!",
  prompt: ["string|array|null!", "string|integer|array"],
  best_of: "integer|null 0..20",
  echo: "boolean|null",
  logit_bias: ["object|null", "integer"],
  logprobs: "integer|null 0..5",
  max_tokens: "integer|null 0..",
  n: "integer|null 1..128",
  seed: "integer|null",
  stop: STOP,
  stream: "boolean|null",
  stream_options: STREAM_OPTIONS,
  suffix: "string|null",
  user: "string",
};

/** `POST /embeddings`. */
export const EMBEDDING_FIELDS: FieldRules = {
  input: ["string|array! 1..2048", "string|integer|array"],
  model: "string!",
  encoding_format: "string float,base64",
  dimensions: "integer 1..",
  user: "string",
};

/** `POST /moderations`. */
export const MODERATION_FIELDS: FieldRules = {
  input: ["string|array!", "string|object"],
  model: "string",
};

/** `POST /files`, a form. */
export const FILE_FIELDS: FieldRules = {
  file: "file!",
  purpose: "string! assistants,batch,fine-tune,vision,user_data,evals",
  expires_after: ["object", { anchor: "string! created_at", seconds: "integer! 3600..2592000" }],
};

const IMAGE: FieldRules = {
  model: "string|null",
  n: "integer|null 1..10",
  size: "string|null",
  output_format: "string|null png,jpeg,webp",
  output_compression: "integer|null",
  background: "string|null transparent,opaque,auto",
  stream: "boolean|null",
  partial_images: "integer|null 0..3",
  user: "string",
};

/** `POST /images/generations`. */
export const IMAGE_FIELDS: FieldRules = {
  ...IMAGE,
  prompt: "string!",
  quality: "string|null standard,hd,low,medium,high,auto",
  moderation: "string|null low,auto",
  response_format: "string|null url,b64_json",
  style: "string|null vivid,natural",
};

/** `POST /images/edits` as a form. */
export const IMAGE_EDIT_FORM: FieldRules = {
  ...IMAGE,
  prompt: "string!",
  image: ["file|array! ..16", "file"],
  mask: "file",
  quality: "string|null standard,low,medium,high,auto",
  input_fidelity: "string|null high,low",
  response_format: "string|null url,b64_json",
};

const IMAGE_REFERENCE: FieldRules = { image_url: "string", file_id: "string" };

/** `POST /images/edits` as JSON. */
export const IMAGE_EDIT_FIELDS: FieldRules = {
  ...IMAGE,
  prompt: "string! 1..32000",
  images: ["array! 1..16", IMAGE_REFERENCE],
  mask: ["object", IMAGE_REFERENCE],
  output_compression: "integer|null 0..100",
  quality: "string|null low,medium,high,auto",
  input_fidelity: "string|null high,low",
  moderation: "string|null low,auto",
};

/** `POST /audio/speech`. */
export const SPEECH_FIELDS: FieldRules = {
  model: "string!",
  input: "string! ..4096",
  instructions: "string ..4096",
  voice: ["string|object!", { id: "string!" }],
  response_format: "string mp3,opus,aac,flac,wav,pcm",
  speed: "number 0.25..4",
  stream_format: "string sse,audio",
};

const AUDIO: FieldRules = { file: "file!", model: "string!", prompt: "string", temperature: "number" };

/** `POST /audio/transcriptions`, a form. */
export const TRANSCRIPTION_FIELDS: FieldRules = {
  ...AUDIO,
  language: "string",
  languages: ["array 1..", "string"],
  keywords: ["array", "string"],
  response_format: "string json,text,srt,verbose_json,vtt,diarized_json",
  include: ["array", "string logprobs"],
  timestamp_granularities: ["array", "string word,segment"],
  stream: "boolean|null",
  chunking_strategy: [
    "string|object|null auto",
    {
      type: "string! server_vad",
      prefix_padding_ms: "integer",
      silence_duration_ms: "integer",
      threshold: "number",
    },
  ],
  known_speaker_names: ["array ..4", "string"],
  known_speaker_references: ["array ..4", "string"],
};

/** `POST /audio/translations`, a form. */
export const TRANSLATION_FIELDS: FieldRules = { ...AUDIO, response_format: "string json,text,srt,verbose_json,vtt" };

/** A format in `text.format`. Unlike a chat's response format it is flat. */
const TEXT_FORMAT: Kinds = {
  kinds: {
    json_object: {},
    json_schema: { name: "string!", schema: "object!", description: "string", strict: "boolean|null" },
    text: {},
  },
};

/** `POST /responses`. responses/itemFields.ts has the rules for its items and tools. */
export const RESPONSE_FIELDS: FieldRules = {
  ...COMMON,
  model: "string",
  input: ["string|array", "any"],
  instructions: "string|null",
  previous_response_id: "string|null",
  conversation: ["string|object|null", { id: "string!" }],
  prompt: ["object|null", { id: "string!", version: "string|null", variables: "object|null" }],
  background: "boolean|null",
  max_output_tokens: "integer|null 16..",
  max_tool_calls: "integer|null",
  top_logprobs: "integer 0..20",
  reasoning: [
    "object|null",
    {
      mode: "string",
      effort: EFFORT,
      summary: "string|null auto,concise,detailed",
      context: "string|null auto,current_turn,all_turns",
      generate_summary: "string|null auto,concise,detailed",
    },
  ],
  text: ["object", { format: ["object", TEXT_FORMAT], verbosity: VERBOSITY }],
  tools: "array",
  tool_choice: "string|object none,auto,required",
  parallel_tool_calls: "boolean|null",
  truncation: "string|null auto,disabled",
  service_tier: "string|null auto,default,flex,scale,priority,fast,ultrafast",
  include: [
    "array|null",
    "string file_search_call.results,web_search_call.results,web_search_call.action.sources,message.input_image.image_url,computer_call_output.output.image_url,code_interpreter_call.outputs,reasoning.encrypted_content,message.output_text.logprobs",
  ],
  stream_options: ["object|null", { include_obfuscation: "boolean" }],
  context_management: ["array|null 1..", { type: "string!", compact_threshold: "integer|null 1000.." }],
};
