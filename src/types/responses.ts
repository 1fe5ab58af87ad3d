import type { FunctionDeclaration, JSONSchema, NotParams } from "../types.ts";

// The wire of the Responses API, as OpenAI's reference describes it (https://platform.openai.com/docs/api-reference/responses),
// hand-selected. Whatever is not listed passes all the same.

/** Text that is given to the model. */
export interface InputText {
  type: "input_text";
  text: string;
}

/** An image that is given to the model, by URL, data URL or file id. */
export interface InputImage {
  type: "input_image";
  image_url?: string | null | undefined;
  file_id?: string | null | undefined;
  detail?: "auto" | "low" | "high" | "original" | undefined;
}

/** A file that is given to the model, by id, by URL, or as base64 with its name. */
export interface InputFile {
  type: "input_file";
  file_id?: string | null | undefined;
  file_url?: string | undefined;
  file_data?: string | undefined;
  filename?: string | undefined;
}

/** What a message to the model may consist of. */
export type InputContent = InputText | InputImage | InputFile;

/** Text that the model gave. */
export interface OutputText {
  type: "output_text";
  text: string;
  annotations: unknown[];
  logprobs?: unknown[] | undefined;
}

/** A refusal that the model gave. */
export interface OutputRefusal {
  type: "refusal";
  refusal: string;
}

/** A message to the model, or one that it gave earlier. */
export interface InputMessage {
  type?: "message" | undefined;
  role: "user" | "assistant" | "system" | "developer";
  content: string | (InputContent | OutputText | OutputRefusal)[];
}

/** A message that the model gave. */
export interface OutputMessage {
  type: "message";
  id: string;
  role: "assistant";
  status: ItemStatus;
  content: (OutputText | OutputRefusal)[];
}

/** How far an item has come. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** A call of a function that the model asks for. `arguments` is JSON text, as the model wrote it. */
export interface FunctionCallItem {
  type: "function_call";
  id?: string | undefined;
  /** What the result is to name. */
  call_id: string;
  name: string;
  arguments: string;
  status?: ItemStatus | undefined;
}

/** The result of a function call. */
export interface FunctionCallOutput {
  type: "function_call_output";
  call_id: string;
  output: string | InputContent[];
}

/** A call of a custom tool, whose input is free text. */
export interface CustomToolCallItem {
  type: "custom_tool_call";
  id?: string | undefined;
  call_id: string;
  name: string;
  input: string;
}

/** The result of a custom tool's call. */
export interface CustomToolCallOutput {
  type: "custom_tool_call_output";
  call_id: string;
  output: string | InputContent[];
}

/** How the model thought: a summary, the text itself with some providers, or encrypted, to be given back. */
export interface ReasoningItem {
  type: "reasoning";
  id: string;
  summary: { type: "summary_text"; text: string }[];
  content?: { type: "reasoning_text"; text: string }[] | undefined;
  encrypted_content?: string | null | undefined;
  status?: ItemStatus | undefined;
}

/** An image that the model made, base64. */
export interface ImageGenerationCall {
  type: "image_generation_call";
  id: string;
  status: string;
  result: string | null;
}

/** An item of another type that the API knows. Types that are yet to come pass too. */
export interface OtherItem {
  type:
    | "web_search_call" | "file_search_call" | "code_interpreter_call" | "computer_call" | "computer_call_output" | "local_shell_call"
    | "local_shell_call_output" | "shell_call" | "shell_call_output" | "apply_patch_call" | "apply_patch_call_output" | "mcp_call"
    | "mcp_list_tools" | "mcp_approval_request" | "mcp_approval_response" | "compaction" | "item_reference";
  [field: string]: unknown;
}

/** What an answer may consist of. */
export type OutputItem = OutputMessage | FunctionCallItem | CustomToolCallItem | ReasoningItem | ImageGenerationCall | OtherItem;

/** What a request may consist of: messages, results of calls, and items of earlier answers. */
export type InputItem = InputMessage | FunctionCallOutput | CustomToolCallOutput | OutputItem;

/** What a response is asked for with: text of the user's, or items. */
export type ResponseInput = string | readonly InputItem[];

/** A function that the model may call, as the Responses API declares it. */
export interface ResponseFunctionTool extends Omit<FunctionDeclaration, "parameters"> {
  type: "function";
  parameters?: JSONSchema | null | undefined;
}

/** A tool that the provider runs by itself. */
export interface HostedTool {
  type: "web_search" | "web_search_preview" | "file_search" | "code_interpreter" | "image_generation";
  [field: string]: unknown;
}

/** A tool of another type: its calls may be the program's to answer. */
export interface OtherTool {
  type: "mcp" | "custom" | "computer" | "computer_use_preview" | "local_shell" | "shell" | "apply_patch" | "tool_search";
  [field: string]: unknown;
}

/** A tool as the Responses API declares it. */
export type ResponseTool = ResponseFunctionTool | HostedTool | OtherTool;

/** The API's own fields of a request for a response, sent as they are; any other field of the API may be given too. */
export interface ResponseParams extends NotParams {
  model?: string | undefined;
  instructions?: string | null | undefined;
  previous_response_id?: string | null | undefined;
  conversation?: string | { id: string } | null | undefined;
  tools?: readonly ResponseTool[] | undefined;
  tool_choice?: string | { type: string; [field: string]: unknown } | undefined;
  parallel_tool_calls?: boolean | null | undefined;
  max_tool_calls?: number | null | undefined;
  temperature?: number | null | undefined;
  top_p?: number | null | undefined;
  top_logprobs?: number | null | undefined;
  max_output_tokens?: number | null | undefined;
  reasoning?: { effort?: string | null | undefined; summary?: string | null | undefined; [field: string]: unknown } | null | undefined;
  text?: { format?: { type: string; [field: string]: unknown } | undefined; verbosity?: string | null | undefined } | undefined;
  include?: readonly string[] | null | undefined;
  store?: boolean | null | undefined;
  background?: boolean | null | undefined;
  truncation?: string | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  prompt?: unknown;
  service_tier?: string | null | undefined;
  user?: string | undefined;
  safety_identifier?: string | undefined;
  prompt_cache_key?: string | undefined;
  stream_options?: { include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not here: `streamResponse()` streams, and `onChunk` streams underneath. */
  stream?: never;
}

/** Tokens used, in the Responses API's words. */
export interface ResponseUsage {
  input_tokens: number;
  output_tokens: number;
  total_tokens: number;
  input_tokens_details?: { cached_tokens?: number } | undefined;
  output_tokens_details?: { reasoning_tokens?: number } | undefined;
}

/** How far a response has come. */
export type ResponseStatus = "completed" | "failed" | "in_progress" | "cancelled" | "queued" | "incomplete";

/** A response, as the API sends it. */
export interface ResponseObject {
  id: string;
  object: "response";
  created_at: number;
  status?: ResponseStatus | undefined;
  error?: { code: string; message: string } | null | undefined;
  incomplete_details?: { reason?: "max_output_tokens" | "content_filter" | (string & {}) } | null | undefined;
  model: string;
  output: OutputItem[];
  usage?: ResponseUsage | null | undefined;
  previous_response_id?: string | null | undefined;
  instructions?: unknown;
  store?: boolean | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  [field: string]: unknown;
}
