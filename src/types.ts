// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

/** A piece of text in a message's content. */
export interface TextPart {
  type: "text";
  text: string;
}

/** An image, by URL or data URL. */
export interface ImagePart {
  type: "image_url";
  image_url: { url: string; detail?: "auto" | "low" | "high" | undefined };
}

/** Sound, base64. */
export interface AudioPart {
  type: "input_audio";
  input_audio: { data: string; format: string };
}

/** A file, by id or as a data URL with its name. */
export interface FilePart {
  type: "file";
  file: { file_id?: string | undefined; file_data?: string | undefined; filename?: string | undefined };
}

/** A refusal, in an assistant's content. */
export interface RefusalPart {
  type: "refusal";
  refusal: string;
}

/** What a user's message may consist of. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart;

/** Instructions to the model that rank above the user's. */
export interface DeveloperMessage {
  role: "developer";
  content: string | TextPart[];
  name?: string | undefined;
}

/** Instructions to the model, as older models and other providers call them. */
export interface SystemMessage {
  role: "system";
  content: string | TextPart[];
  name?: string | undefined;
}

/** What the user says. */
export interface UserMessage {
  role: "user";
  content: string | ContentPart[];
  name?: string | undefined;
}

/** A call of a function that the model asks for. `arguments` is JSON text, as the model wrote it. */
export interface FunctionToolCall {
  id: string;
  type: "function";
  function: { name: string; arguments: string };
}

/** A call of a custom tool, whose input is free text. */
export interface CustomToolCall {
  id: string;
  type: "custom";
  custom: { name: string; input: string };
}

/** A call that the model asks for. */
export type ToolCall = FunctionToolCall | CustomToolCall;

/** A call in the legacy `functions` manner. */
export interface FunctionCall {
  name: string;
  arguments: string;
}

/** What the model said. Fields that a provider adds (`reasoning_content`, `extra_content`, …) stay. */
export interface AssistantMessage {
  role: "assistant";
  content?: string | (TextPart | RefusalPart)[] | null | undefined;
  refusal?: string | null | undefined;
  name?: string | undefined;
  tool_calls?: ToolCall[] | undefined;
  function_call?: FunctionCall | null | undefined;
  audio?: { id: string; data?: string; transcript?: string; expires_at?: number } | null | undefined;
  /** The model's reasoning, as DeepSeek and others name it. */
  reasoning_content?: string | null | undefined;
  /** The model's reasoning, as OpenRouter, Groq and others name it. */
  reasoning?: string | null | undefined;
}

/** The result of a tool call. */
export interface ToolMessage {
  role: "tool";
  tool_call_id: string;
  content: string | ContentPart[];
}

/** The result of a legacy function call. */
export interface FunctionMessage {
  role: "function";
  name: string;
  content: string | null;
}

/** One message of a conversation. */
export type Message =
  | DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;

/** A JSON Schema, passed on as it is. */
export type JSONSchema = Record<string, unknown>;

/** A function that the model may call, as declared on the wire. */
export interface FunctionDeclaration {
  name: string;
  description?: string | undefined;
  parameters?: JSONSchema | undefined;
  strict?: boolean | null | undefined;
}

/** A tool that the model may call, as declared on the wire. */
export interface FunctionTool {
  type: "function";
  function: FunctionDeclaration;
}

/** A tool with free text as its input, as declared on the wire. */
export interface CustomTool {
  type: "custom";
  custom: { name: string; description?: string | undefined; format?: unknown };
}

/** A tool as declared on the wire. */
export type ToolDeclaration = FunctionTool | CustomTool;

/** Which tool the model is to use. */
export type ToolChoice =
  | "none" | "auto" | "required" | { type: string; [field: string]: unknown };

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
  signal?: never;
  timeout?: never;
  maxRetries?: never;
  headers?: never;
  onChunk?: never;
}

/** The API's own fields of a chat request, sent as they are; any other field of the API may be given too. */
export interface ChatParams extends NotParams {
  model?: string | undefined;
  temperature?: number | null | undefined;
  top_p?: number | null | undefined;
  n?: number | null | undefined;
  stop?: string | string[] | null | undefined;
  seed?: number | null | undefined;
  max_tokens?: number | null | undefined;
  max_completion_tokens?: number | null | undefined;
  presence_penalty?: number | null | undefined;
  frequency_penalty?: number | null | undefined;
  logit_bias?: Record<string, number> | null | undefined;
  logprobs?: boolean | null | undefined;
  top_logprobs?: number | null | undefined;
  tools?: readonly ToolDeclaration[] | undefined;
  tool_choice?: ToolChoice | undefined;
  parallel_tool_calls?: boolean | undefined;
  functions?: readonly FunctionDeclaration[] | undefined;
  function_call?: "none" | "auto" | { name: string } | undefined;
  response_format?: ResponseFormat | undefined;
  reasoning_effort?: string | null | undefined;
  verbosity?: string | null | undefined;
  modalities?: string[] | null | undefined;
  audio?: { voice: unknown; format: string } | null | undefined;
  prediction?: unknown;
  service_tier?: string | null | undefined;
  store?: boolean | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  user?: string | undefined;
  safety_identifier?: string | undefined;
  prompt_cache_key?: string | undefined;
  web_search_options?: unknown;
  stream_options?: { include_usage?: boolean | undefined; include_obfuscation?: boolean | undefined } | null | undefined;
  /** Not here: `streamChat()` streams, and `onChunk` streams underneath. */
  stream?: never;
}

/** Tokens used. */
export interface Usage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number } | undefined;
  completion_tokens_details?: {
    reasoning_tokens?: number;
    audio_tokens?: number;
    accepted_prediction_tokens?: number;
    rejected_prediction_tokens?: number;
  } | undefined;
}

/** Log probabilities of one token. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

/** Log probabilities of an answer. */
export interface Logprobs {
  content: TokenLogprob[] | null;
  refusal?: TokenLogprob[] | null;
}

/** Why the model stopped. Other providers send other words too. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls" | "function_call" | (string & {});

/** One of the answers. */
export interface Choice {
  index: number;
  message: AssistantMessage;
  finish_reason: FinishReason | null;
  logprobs?: Logprobs | null | undefined;
}

/** A whole answer, as the API sends it (or as assembled from its stream, in the same shape). */
export interface ChatCompletion {
  id: string;
  object: "chat.completion";
  created: number;
  model: string;
  choices: Choice[];
  usage?: Usage | null | undefined;
  system_fingerprint?: string | null | undefined;
  service_tier?: string | null | undefined;
}

/** A fragment of a tool call. Some providers leave out `index`, or send null for what they do not repeat. */
export interface ToolCallDelta {
  index?: number | null | undefined;
  id?: string | null | undefined;
  type?: string | null | undefined;
  function?: { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined;
  custom?: { name?: string | null | undefined; input?: string | null | undefined } | null | undefined;
}

/** What one event adds to a message. */
export interface Delta {
  role?: string | null | undefined;
  content?: string | null | undefined;
  refusal?: string | null | undefined;
  tool_calls?: ToolCallDelta[] | null | undefined;
  function_call?: { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined;
  reasoning_content?: string | null | undefined;
  reasoning?: string | null | undefined;
}

/** One event of a streamed answer, as the API sends it. */
export interface ChatCompletionChunk {
  id?: string | undefined;
  object?: string | undefined;
  created?: number | undefined;
  model?: string | undefined;
  choices: { index: number; delta: Delta; finish_reason?: FinishReason | null; logprobs?: Logprobs | null }[];
  usage?: Usage | null | undefined;
}

/** What one event brought to one choice. */
export interface ChatChunk {
  /** The new text; `""` where there was none. */
  readonly content: string;
  /** New reasoning text, under whichever name the provider sends it; `""` where there was none. */
  readonly reasoning: string;
  /** Which of the choices this belongs to. */
  readonly index: number;
  /** Why the model stopped, in the choice's last chunk. */
  readonly finishReason: FinishReason | undefined;
  /** Whether this is the first chunk after a restart: what came before it is void. Only with `resume: "restart"`. */
  readonly restarted: boolean;
  /** The event as sent. One event with two choices gives two chunks with the same `raw`. */
  readonly raw: ChatCompletionChunk;
}

/** How a stream can end well. */
export type GoodEnding = "complete" | "length" | "content_filter" | "tool_calls";

/** What has arrived of an answer so far. */
export interface HeldAnswer {
  /** The first choice's text so far. */
  readonly text: string;
  /** The first choice's reasoning so far. */
  readonly reasoning: string;
  /** The first choice as a message that may be appended to a history; `undefined` where it would be empty. */
  readonly message: AssistantMessage | undefined;
  /** The tool calls whose arguments arrived whole. */
  readonly toolCalls: readonly ToolCall[];
  /** Tokens used, where the API has said. */
  readonly usage: Usage | undefined;
}
