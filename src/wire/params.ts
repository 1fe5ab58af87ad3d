import type { TextPart } from "./messages.ts";
import type { ModelId, ReasoningEffort, ServiceTier, Verbosity } from "./vocabulary.ts";

// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

/** A JSON Schema, passed on as it is. */
export type JSONSchema = Record<string, unknown>;

/** A function that the model may call, as declared on the wire. */
export interface FunctionDeclaration {
  /** The name: at most 64 letters, digits, `_` and `-`. */
  name: string;
  /** The description from which the model knows when to call the function. */
  description?: string | undefined;
  /** JSON Schema of the arguments. Without it there are none. */
  parameters?: JSONSchema | undefined;
  /** `true` makes the arguments follow the schema exactly. @default false */
  strict?: boolean | null | undefined;
}

/** A tool that the model may call, as declared on the wire. */
export interface FunctionTool {
  /** The tool's kind. */
  type: "function";
  /** The function. */
  function: FunctionDeclaration;
}

/** A tool with free text as its input, as declared on the wire. */
export interface CustomTool {
  /** The tool's kind. */
  type: "custom";
  /** The tool. `format` can restrict its input to a grammar. */
  custom: { name: string; description?: string | undefined; format?: unknown };
}

/** A tool as declared on the wire. */
export type ToolDeclaration = FunctionTool | CustomTool;

/** The choice of tools. The last form is for other providers. */
export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { type: "function"; function: { name: string } }
  | { type: "custom"; custom: { name: string } }
  | { type: "allowed_tools"; allowed_tools: { mode: "auto" | "required"; tools: readonly object[] } }
  | { type: string; [field: string]: unknown };

/** The format of an answer. */
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

/**
 * Fields of a chat completions request, sent as they are. Pass fields that are not listed here through {@link extra}, or add them to this interface by
 * module augmentation.
 */
export interface ChatParams {
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
  /** Limit on the tokens of an answer, under the older name that other providers use. OpenAI's reasoning models refuse it. */
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
  /** The tools that the model may or must call. @default "auto" if there are tools */
  tool_choice?: ToolChoice | undefined;
  /** Allows several calls in one answer. @default true */
  parallel_tool_calls?: boolean | undefined;
  /** Functions that the model may call, in the legacy form. */
  functions?: readonly FunctionDeclaration[] | undefined;
  /** The function that the model may or must call. */
  function_call?: "none" | "auto" | { name: string } | undefined;
  /** Format of the answer. See `outputFormat()`. */
  response_format?: ResponseFormat | undefined;
  /** The effort of the model's reasoning. Models differ in the values that they accept. */
  reasoning_effort?: ReasoningEffort | null | undefined;
  /** The length of the answer. @default "medium" */
  verbosity?: Verbosity | null | undefined;
  /** Forms of the answer: text, or text and audio. @default ["text"] */
  modalities?: ("text" | "audio" | (string & {}))[] | null | undefined;
  /** Voice and format of an audio answer. */
  audio?: { voice: string | { id: string }; format: string } | null | undefined;
  /** Text that most of the answer is expected to repeat, which makes the answer faster. */
  prediction?: { type: "content"; content: string | TextPart[] } | null | undefined;
  /** The tier that processes the request and sets its price. @default "auto" */
  service_tier?: ServiceTier | null | undefined;
  /** Keeps the completion at OpenAI. @default false */
  store?: boolean | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** Id of your user. `safety_identifier` and `prompt_cache_key` replace it. */
  user?: string | undefined;
  /** Stable id of your user, to trace abuse: up to 64 characters, best a hash. */
  safety_identifier?: string | undefined;
  /** Key that requests with the same beginning share, for the provider's cache. */
  prompt_cache_key?: string | undefined;
  /** The time for which the provider caches the beginning of the request. */
  prompt_cache_retention?: "in_memory" | "24h" | (string & {}) | null | undefined;
  /** Lets models that search the web do so. */
  web_search_options?: object | undefined;
  /** Additional contents of a stream. @default { include_usage: true } if the provider takes it */
  stream_options?:
    { include_usage?: boolean | undefined; include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not accepted: use `streamChat()`, or the option `onChunk`. */
  stream?: "call streamChat(), or give onChunk" | undefined;
}
