import type { CustomTool, FunctionDeclaration, FunctionTool, JSONSchema } from "./params.ts";
import type { InputItem, OutputItem } from "./responseItems.ts";
import type { ModelId, ReasoningEffort, ResponseInclude, ServiceTier, Verbosity } from "./vocabulary.ts";

// The wire of the Responses API, as OpenAI's reference describes it (https://platform.openai.com/docs/api-reference/responses),
// hand-selected. Whatever is not listed passes all the same.

export type * from "./responseItems.ts";

/** The input of a response: the user's text, or items. */
export type ResponseInput = string | readonly InputItem[];

/** A function that the model may call, in the form of the Responses API. */
export interface ResponseFunctionTool extends Omit<FunctionDeclaration, "parameters"> {
  /** The tool's kind. */
  type: "function";
  /** JSON Schema of the arguments. */
  parameters?: JSONSchema | null | undefined;
}

/** A tool that the provider runs. */
export interface HostedTool {
  /** The tool's kind. */
  type: "web_search" | "web_search_preview" | "file_search" | "code_interpreter" | "image_generation";
  /** The settings of its kind. */
  [field: string]: unknown;
}

/** A tool of another kind. The program may have to answer its calls. */
export interface OtherTool {
  /** The tool's kind. */
  type:
    "mcp" | "custom" | "computer" | "computer_use_preview" | "local_shell" | "shell" | "apply_patch" | "tool_search";
  /** The settings of its kind. */
  [field: string]: unknown;
}

/** Tools in a namespace. A tool of the same name outside of it is another tool. */
export interface ResponseNamespaceTool {
  /** The tool's kind. */
  type: "namespace";
  /** The name. */
  name: string;
  /** The description from which the model knows what the tools are for. */
  description: string;
  /** The tools in it: functions and custom tools. */
  tools: readonly (ResponseFunctionTool | OtherTool)[];
}

/** A tool as the Responses API declares it. */
export type ResponseTool = ResponseFunctionTool | ResponseNamespaceTool | HostedTool | OtherTool;

/** The format of an answer, in the API's form or as returned by `outputFormat()`. */
export type TextFormat =
  { type: string; [field: string]: unknown } | { readonly type: "json_schema"; readonly json_schema: object };

/** Fields of a Responses request, sent as they are. Pass fields that are not listed here through `extra()` of `fetchat`. */
export interface ResponseParams {
  /** The model. @default the client's model */
  model?: ModelId | undefined;
  /** Instructions that rank above the user's input. Those of earlier responses do not carry over. */
  instructions?: string | null | undefined;
  /** The id of the stored response to continue from. Excludes `conversation`. */
  previous_response_id?: string | null | undefined;
  /** The stored conversation to which input and output are added. */
  conversation?: string | { id: string } | null | undefined;
  /** Tools that the model may call, in the API's form or as returned by `tool()`, which does not run here. */
  tools?: readonly (ResponseTool | FunctionTool | CustomTool)[] | undefined;
  /** The tools that the model may or must call: `"none"`, `"auto"`, `"required"`, or one of them. */
  tool_choice?:
    | "none"
    | "auto"
    | "required"
    | (string & {})
    | { type: string; name?: string; [field: string]: unknown }
    | undefined;
  /** Allows several calls in one answer. @default true */
  parallel_tool_calls?: boolean | null | undefined;
  /** Limit on the calls of hosted tools, all kinds together. */
  max_tool_calls?: number | null | undefined;
  /** Sampling temperature, from 0 to 2. @default 1 */
  temperature?: number | null | undefined;
  /** Samples among the likeliest tokens of this total probability, from 0 to 1. @default 1 */
  top_p?: number | null | undefined;
  /** Number of likeliest tokens to return at each place, from 0 to 20. */
  top_logprobs?: number | null | undefined;
  /** Limit on the tokens of an answer, including its reasoning. At least 16. */
  max_output_tokens?: number | null | undefined;
  /** Effort of the reasoning, and the kind of its summary. */
  reasoning?:
    | {
        effort?: ReasoningEffort | null | undefined;
        summary?: "auto" | "concise" | "detailed" | (string & {}) | null | undefined;
        [field: string]: unknown;
      }
    | null
    | undefined;
  /** Format and verbosity of the answer. */
  text?: { format?: TextFormat | undefined; verbosity?: Verbosity | null | undefined } | undefined;
  /** Additional contents of the response. */
  include?: readonly ResponseInclude[] | null | undefined;
  /** Stores the response at the provider, so that another can continue from it. @default true */
  store?: boolean | null | undefined;
  /** Generates the response in the background, to be fetched by its id. @default false */
  background?: boolean | null | undefined;
  /** Handling of an input that is too long: `"auto"` drops the oldest items, `"disabled"` is an error. @default "disabled" */
  truncation?: "auto" | "disabled" | (string & {}) | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** A stored prompt and its variables. */
  prompt?: unknown;
  /** The tier that processes the request and sets its price. @default "auto" */
  service_tier?: ServiceTier | null | undefined;
  /** Your user's id, in the form before `safety_identifier` and `prompt_cache_key`. */
  user?: string | undefined;
  /** Stable id of your user, to trace abuse: up to 64 characters, best a hash. */
  safety_identifier?: string | undefined;
  /** Key that requests with the same beginning share, for the provider's cache. */
  prompt_cache_key?: string | undefined;
  /** Additional contents of a stream. */
  stream_options?: { include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not accepted: use `streamResponse()`, or the option `onChunk`. */
  stream?: "call streamResponse(), or give onChunk" | undefined;
}

/** Tokens used, in the form of the Responses API. */
export interface ResponseUsage {
  /** Tokens of the request. */
  input_tokens: number;
  /** Tokens of the answer, including its reasoning. */
  output_tokens: number;
  /** Tokens in total. */
  total_tokens: number;
  /** Set by a session if a part is estimated. */
  estimated?: boolean | undefined;
  /** Tokens of the request that came from the cache. */
  input_tokens_details?: { cached_tokens?: number } | undefined;
  /** Tokens of the answer that were reasoning. */
  output_tokens_details?: { reasoning_tokens?: number } | undefined;
}

/** The status of a response. */
export type ResponseStatus = "completed" | "failed" | "in_progress" | "cancelled" | "queued" | "incomplete";

/** A response, as the API sends it. */
export interface ResponseObject {
  /** The response's id, for `previous_response_id`. */
  id: string;
  /** The object's kind. */
  object: "response";
  /** The time when it began, in seconds since 1970. */
  created_at: number;
  /** The status. */
  status?: ResponseStatus | undefined;
  /** The error, if it failed. */
  error?: { code: string; message: string } | null | undefined;
  /** The reason why it is incomplete, if it is. */
  incomplete_details?: { reason?: "max_output_tokens" | "content_filter" | (string & {}) } | null | undefined;
  /** The model that answered. */
  model: string;
  /** The model's output, in order. */
  output: OutputItem[];
  /** Not sent by the API: `outputText(response)` returns the text. */
  output_text?: never;
  /** Tokens used, once it has ended. */
  usage?: ResponseUsage | null | undefined;
  /** The id of the response that it continues. */
  previous_response_id?: string | null | undefined;
  /** The instructions of the request. */
  instructions?: unknown;
  /** `true` if the provider stores it. */
  store?: boolean | null | undefined;
  /** The notes of the request. */
  metadata?: Record<string, string> | null | undefined;
  /** Other fields that the API sends. */
  [field: string]: unknown;
}
