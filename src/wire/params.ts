import type { TextPart } from "./messages.ts";
import type { ModelId, ReasoningEffort, ServiceTier, Verbosity } from "./vocabulary.ts";

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

/** Which tool the model uses. The last form is for those of other providers. */
export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { type: "function"; function: { name: string } }
  | { type: "custom"; custom: { name: string } }
  | { type: "allowed_tools"; allowed_tools: { mode: "auto" | "required"; tools: readonly object[] } }
  | { type: string; [field: string]: unknown };

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

/**
 * Fields of a chat completions request, sent as they are. Pass fields that are not listed here through {@link extra}, or add them to this interface by
 * module augmentation.
 */
export interface ChatParams extends NotParams {
  /** The model. @default the client's model */
  model?: ModelId | undefined;
  /** Sampling temperature, from 0 to 2. Reasoning models take it only with `reasoning_effort: "none"`. @default 1 */
  temperature?: number | null | undefined;
  /** Samples among the likeliest tokens of this total probability, from 0 to 1. @default 1 */
  top_p?: number | null | undefined;
  /** Number of answers, from 1 to 128. @default 1 */
  n?: number | null | undefined;
  /** Up to four texts at which the model stops. They are not part of the answer. */
  stop?: string | string[] | null | undefined;
  /** Requests the same answer to the same request, as far as the model can repeat it. */
  seed?: number | null | undefined;
  /** Limit on the tokens of an answer, in the older form that other providers still want. OpenAI's reasoning models refuse it. */
  max_tokens?: number | null | undefined;
  /** Limit on the tokens of an answer, including its reasoning. */
  max_completion_tokens?: number | null | undefined;
  /** Penalty for words that the text has already, from -2 to 2. @default 0 */
  presence_penalty?: number | null | undefined;
  /** Penalty for words by how often the text has them, from -2 to 2. @default 0 */
  frequency_penalty?: number | null | undefined;
  /** Token ids, each made likelier or less likely by -100 to 100. */
  logit_bias?: Record<string, number> | null | undefined;
  /** Returns the log probabilities of the answer's tokens. @default false */
  logprobs?: boolean | null | undefined;
  /** Number of likeliest tokens to return at each place, from 0 to 20. Needs `logprobs`. */
  top_logprobs?: number | null | undefined;
  /** Tools that the model may call. */
  tools?: readonly ToolDeclaration[] | undefined;
  /** Which of the tools the model may or must call. @default "auto" if there are tools */
  tool_choice?: ToolChoice | undefined;
  /** Allows several calls in one answer. @default true */
  parallel_tool_calls?: boolean | undefined;
  /** Functions that the model may call, in the form before `tools`. */
  functions?: readonly FunctionDeclaration[] | undefined;
  /** Which of the `functions` the model may or must call. */
  function_call?: "none" | "auto" | { name: string } | undefined;
  /** Format of the answer. See `outputFormat()`. */
  response_format?: ResponseFormat | undefined;
  /** How long the model thinks before it answers. Models differ in the values that they accept. */
  reasoning_effort?: ReasoningEffort | null | undefined;
  /** How much the model says. @default "medium" */
  verbosity?: Verbosity | null | undefined;
  /** Forms of the answer: text, or text and sound. @default ["text"] */
  modalities?: ("text" | "audio" | (string & {}))[] | null | undefined;
  /** Voice and format of an answer in sound. */
  audio?: { voice: string | { id: string }; format: string } | null | undefined;
  /** Text that most of the answer is expected to repeat, to have it sooner. */
  prediction?: { type: "content"; content: string | TextPart[] } | null | undefined;
  /** How the request is processed and paid for. @default "auto" */
  service_tier?: ServiceTier | null | undefined;
  /** Keeps the completion at OpenAI. @default false */
  store?: boolean | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** Your user's id, in the form before `safety_identifier` and `prompt_cache_key`. */
  user?: string | undefined;
  /** Stable id of your user, to trace abuse: up to 64 characters, best a hash. */
  safety_identifier?: string | undefined;
  /** Key that requests with the same beginning share, for the provider's cache. */
  prompt_cache_key?: string | undefined;
  /** How long the provider's cache keeps the beginning of the request. */
  prompt_cache_retention?: "in_memory" | "24h" | (string & {}) | null | undefined;
  /** Lets models that search the web do so. */
  web_search_options?: object | undefined;
  /** What a stream brings besides. @default { include_usage: true } if the provider takes it */
  stream_options?:
    { include_usage?: boolean | undefined; include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not accepted: use `streamChat()`, or the option `onChunk`. */
  stream?: never;
}
