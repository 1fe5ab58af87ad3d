import type { FunctionDeclaration, JSONSchema, NotParams } from "./params.ts";
import type { InputItem, OutputItem } from "./responseItems.ts";
import type { ModelId, ReasoningEffort, ResponseInclude, ServiceTier, Verbosity } from "./vocabulary.ts";

// The wire of the Responses API, as OpenAI's reference describes it (https://platform.openai.com/docs/api-reference/responses),
// hand-selected. Whatever is not listed passes all the same.

export type * from "./responseItems.ts";

/** What a response is asked for with: text of the user's, or items. */
export type ResponseInput = string | readonly InputItem[];

/** A function that the model may call, as the Responses API declares it. */
export interface ResponseFunctionTool extends Omit<FunctionDeclaration, "parameters"> {
  /** Tells tools apart. */
  type: "function";
  /** What its arguments look like. */
  parameters?: JSONSchema | null | undefined;
}

/** A tool that the provider runs by itself. */
export interface HostedTool {
  /** Tells tools apart. */
  type: "web_search" | "web_search_preview" | "file_search" | "code_interpreter" | "image_generation";
  /** The settings of its type. */
  [field: string]: unknown;
}

/** A tool of another type: its calls may be the program's to answer. */
export interface OtherTool {
  /** Tells tools apart. */
  type:
    "mcp" | "custom" | "computer" | "computer_use_preview" | "local_shell" | "shell" | "apply_patch" | "tool_search";
  /** The settings of its type. */
  [field: string]: unknown;
}

/** Tools under one name: a tool in a namespace is another than one of the same name outside. */
export interface ResponseNamespaceTool {
  /** Tells tools apart. */
  type: "namespace";
  /** What the model calls it by. */
  name: string;
  /** Tells the model what its tools are for. */
  description: string;
  /** The tools in it: functions and custom tools. */
  tools: readonly (ResponseFunctionTool | OtherTool)[];
}

/** A tool as the Responses API declares it. */
export type ResponseTool = ResponseFunctionTool | ResponseNamespaceTool | HostedTool | OtherTool;

/** The shape of an answer, as the API has it; or what `outputFormat()` gives, which is sent flat. */
export type TextFormat =
  { type: string; [field: string]: unknown } | { readonly type: "json_schema"; readonly json_schema: object };

/** The API's own fields of a request for a response, sent as they are; any other field of the API may be given too. */
export interface ResponseParams extends NotParams {
  /** The model. @default the client's model */
  model?: ModelId | undefined;
  /** What ranks above the user's words; those of earlier responses do not count on. */
  instructions?: string | null | undefined;
  /** The stored response that this one goes on from. Not together with `conversation`. */
  previous_response_id?: string | null | undefined;
  /** The stored conversation that this belongs to, and that grows by it. */
  conversation?: string | { id: string } | null | undefined;
  /** What the model may call. */
  tools?: readonly ResponseTool[] | undefined;
  /** Which of the tools it must or may call: `"none"`, `"auto"`, `"required"`, or one. */
  tool_choice?:
    | "none"
    | "auto"
    | "required"
    | (string & {})
    | { type: string; name?: string; [field: string]: unknown }
    | undefined;
  /** Whether one answer may hold several calls. The API's default is true. */
  parallel_tool_calls?: boolean | null | undefined;
  /** How many calls of the provider's own tools it may make, of all kinds together. */
  max_tool_calls?: number | null | undefined;
  /** Sampling temperature, 0 to 2. The API's default is 1. */
  temperature?: number | null | undefined;
  /** Samples among the likeliest tokens of this total probability, 0 to 1. The API's default is 1. */
  top_p?: number | null | undefined;
  /** How many of the likeliest tokens to tell at each place, 0 to 20. */
  top_logprobs?: number | null | undefined;
  /** The most tokens of an answer, those of its reasoning among them. From 16. */
  max_output_tokens?: number | null | undefined;
  /** How long to think (`effort`), and whether to sum it up (`summary`). */
  reasoning?:
    | {
        effort?: ReasoningEffort | null | undefined;
        summary?: "auto" | "concise" | "detailed" | (string & {}) | null | undefined;
        [field: string]: unknown;
      }
    | null
    | undefined;
  /** What shape the answer is to have (`format`), and how much to say (`verbosity`). */
  text?: { format?: TextFormat | undefined; verbosity?: Verbosity | null | undefined } | undefined;
  /** What the response brings besides. */
  include?: readonly ResponseInclude[] | null | undefined;
  /** Whether the provider keeps the response, so that it can be gone on from. The API's default is true. */
  store?: boolean | null | undefined;
  /** Whether it is made while nobody waits, to be asked for by its id. The API's default is false. */
  background?: boolean | null | undefined;
  /** What becomes of too long an input: `"auto"` drops the oldest items, `"disabled"` (the API's default) is an error. */
  truncation?: "auto" | "disabled" | (string & {}) | null | undefined;
  /** Up to 16 notes of your own; names of up to 64 characters, values of up to 512. */
  metadata?: Record<string, string> | null | undefined;
  /** A stored prompt, and its variables. */
  prompt?: unknown;
  /** How the request is processed and paid for. @default "auto" */
  service_tier?: ServiceTier | null | undefined;
  /** Who is asking, in the manner before `safety_identifier` and `prompt_cache_key`. */
  user?: string | undefined;
  /** Who is asking, for abuse to be told apart: up to 64 characters, best a hash. */
  safety_identifier?: string | undefined;
  /** What requests with the same beginning have in common, for the provider's cache. */
  prompt_cache_key?: string | undefined;
  /** What a stream tells besides. */
  stream_options?: { include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not here: `streamResponse()` streams, and `onChunk` streams underneath. */
  stream?: never;
}

/** Tokens used, in the Responses API's words. */
export interface ResponseUsage {
  /** Those of the request. */
  input_tokens: number;
  /** Those of the answer, its reasoning among them. */
  output_tokens: number;
  /** All of them. */
  total_tokens: number;
  /** Set by a session where some of them are estimated. */
  estimated?: boolean | undefined;
  /** Which of the request's came from the cache. */
  input_tokens_details?: { cached_tokens?: number } | undefined;
  /** Which of the answer's were reasoning. */
  output_tokens_details?: { reasoning_tokens?: number } | undefined;
}

/** How far a response has come. */
export type ResponseStatus = "completed" | "failed" | "in_progress" | "cancelled" | "queued" | "incomplete";

/** A response, as the API sends it. */
export interface ResponseObject {
  /** The response's id: what `previous_response_id` takes. */
  id: string;
  /** What this is. */
  object: "response";
  /** When it was begun, in seconds since 1970. */
  created_at: number;
  /** How far it has come. */
  status?: ResponseStatus | undefined;
  /** Why it failed, where it did. */
  error?: { code: string; message: string } | null | undefined;
  /** Why it is not whole, where it is not. */
  incomplete_details?: { reason?: "max_output_tokens" | "content_filter" | (string & {}) } | null | undefined;
  /** The model that answered. */
  model: string;
  /** What the model gave, in order. */
  output: OutputItem[];
  /** Not sent by the API: `outputText(response)` returns the text. */
  output_text?: never;
  /** Tokens used, once it is over. */
  usage?: ResponseUsage | null | undefined;
  /** The response that it goes on from. */
  previous_response_id?: string | null | undefined;
  /** The instructions that it was asked for with. */
  instructions?: unknown;
  /** Whether the provider keeps it. */
  store?: boolean | null | undefined;
  /** The notes that it was asked for with. */
  metadata?: Record<string, string> | null | undefined;
  /** Whatever else the API sends. */
  [field: string]: unknown;
}
