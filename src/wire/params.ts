// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

/** A JSON Schema, passed on as it is. */
export type JSONSchema = Record<string, unknown>;

/** A function that the model may call, as declared on the wire. */
export interface FunctionDeclaration {
  /** What the model calls it by: letters, digits, `_` and `-`, 64 at the most. */
  name: string;
  /** Tells the model what it does and when to use it. */
  description?: string | undefined;
  /** What its arguments look like; without it there are none. */
  parameters?: JSONSchema | undefined;
  /** Whether the arguments must keep to the schema to the letter. The API's default is false. */
  strict?: boolean | null | undefined;
}

/** A tool that the model may call, as declared on the wire. */
export interface FunctionTool {
  /** Tells a function from a custom tool. */
  type: "function";
  /** The function. */
  function: FunctionDeclaration;
}

/** A tool with free text as its input, as declared on the wire. */
export interface CustomTool {
  /** Tells a custom tool from a function. */
  type: "custom";
  /** The tool: `format` may bind its input to a grammar. */
  custom: { name: string; description?: string | undefined; format?: unknown };
}

/** A tool as declared on the wire. */
export type ToolDeclaration = FunctionTool | CustomTool;

/** Which tool the model is to use. */
export type ToolChoice = "none" | "auto" | "required" | { type: string; [field: string]: unknown };

/** What shape the answer is to have. */
export type ResponseFormat =
  | { type: "text" }
  | { type: "json_object" }
  | {
      type: "json_schema";
      json_schema: {
        name: string;
        description?: string | undefined;
        schema?: JSONSchema | undefined;
        strict?: boolean | null | undefined;
      };
    };

/** Names of this package's options: they belong in the third argument, never among the API's fields. */
export interface NotParams {
  /** Not here: an option. */
  signal?: never;
  /** Not here: an option. */
  timeout?: never;
  /** Not here: an option. */
  maxRetries?: never;
  /** Not here: an option. */
  headers?: never;
  /** Not here: an option. */
  onChunk?: never;
}

/** The API's own fields of a chat request, sent as they are; any other field of the API may be given too. */
export interface ChatParams extends NotParams {
  /** The model; the client's where it is left out. */
  model?: string | undefined;
  /** Sampling temperature, 0 to 2. The API's default is 1. */
  temperature?: number | null | undefined;
  /** Samples among the likeliest tokens of this total probability, 0 to 1. The API's default is 1. */
  top_p?: number | null | undefined;
  /** How many answers, 1 to 128. The API's default is 1. */
  n?: number | null | undefined;
  /** Up to four texts at which the model stops; they are not part of the answer. */
  stop?: string | string[] | null | undefined;
  /** Asks for the same answer to the same request, as far as the model can. */
  seed?: number | null | undefined;
  /** The most tokens of an answer, in the older manner that other providers still want; not for OpenAI's reasoning models. */
  max_tokens?: number | null | undefined;
  /** The most tokens of an answer, those of its reasoning among them. */
  max_completion_tokens?: number | null | undefined;
  /** -2 to 2: above 0, less of what has been said at all. The API's default is 0. */
  presence_penalty?: number | null | undefined;
  /** -2 to 2: above 0, less of what has been said often. The API's default is 0. */
  frequency_penalty?: number | null | undefined;
  /** Token ids, each made likelier or less so by -100 to 100. */
  logit_bias?: Record<string, number> | null | undefined;
  /** Whether to send the log probabilities of the answer's tokens. The API's default is false. */
  logprobs?: boolean | null | undefined;
  /** How many of the likeliest tokens to tell at each place, 0 to 20; needs `logprobs`. */
  top_logprobs?: number | null | undefined;
  /** What the model may call. */
  tools?: readonly ToolDeclaration[] | undefined;
  /** Which of the tools it must or may call. The API's default is `"auto"` where there are tools. */
  tool_choice?: ToolChoice | undefined;
  /** Whether one answer may hold several calls. The API's default is true. */
  parallel_tool_calls?: boolean | undefined;
  /** What the model may call, in the manner before `tools`. */
  functions?: readonly FunctionDeclaration[] | undefined;
  /** Which of the `functions` it must or may call. */
  function_call?: "none" | "auto" | { name: string } | undefined;
  /** What shape the answer is to have; see `outputFormat()`. */
  response_format?: ResponseFormat | undefined;
  /** How long to think: `"none"`, `"minimal"`, `"low"`, `"medium"`, `"high"`, …, as far as the model knows them. */
  reasoning_effort?: string | null | undefined;
  /** How much to say: `"low"`, `"medium"` or `"high"`. The API's default is `"medium"`. */
  verbosity?: string | null | undefined;
  /** What to answer in: `["text"]`, the API's default, or `["text", "audio"]`. */
  modalities?: string[] | null | undefined;
  /** Voice and format of an answer in sound. */
  audio?: { voice: unknown; format: string } | null | undefined;
  /** What most of the answer is expected to be, to have it sooner. */
  prediction?: unknown;
  /** How the request is processed and paid for: `"auto"`, the API's default, `"default"`, `"flex"`, `"priority"`, …. */
  service_tier?: string | null | undefined;
  /** Whether OpenAI keeps the completion. The API's default is false. */
  store?: boolean | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** Who is asking, in the manner before `safety_identifier` and `prompt_cache_key`. */
  user?: string | undefined;
  /** Who is asking, for abuse to be told apart: up to 64 characters, best a hash. */
  safety_identifier?: string | undefined;
  /** What requests with the same beginning have in common, for the provider's cache. */
  prompt_cache_key?: string | undefined;
  /** Lets models that search the web do so. */
  web_search_options?: unknown;
  /** What a stream tells besides; unless it is given, `include_usage` is sent where the provider takes it. */
  stream_options?:
    { include_usage?: boolean | undefined; include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not here: `streamChat()` streams, and `onChunk` streams underneath. */
  stream?: never;
}
