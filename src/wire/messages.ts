// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

import type { InputItem } from "./responseItems.ts";

/**
 * The items that a session's message keeps for the Responses API: those that it came from, or that replace it there. They are never sent to
 * chat completions.
 */
export interface KeptItems {
  /** The items, in order. */
  items: InputItem[];
  /** The service that made them; they go back unchanged to this one alone. */
  from?: string | undefined;
  /** The response's id, if the service can continue from it. */
  id?: string | undefined;
  /** A fingerprint of the messages that the response answered, or the id of the conversation that the service keeps it in. */
  of?: string | undefined;
}

/** A piece of text in a message's content. */
export interface TextPart {
  /** The part's kind. */
  type: "text";
  /** The text. */
  text: string;
}

/** An image, by URL or data URL. */
export interface ImagePart {
  /** The part's kind. */
  type: "image_url";
  /** The image's URL or data URL, and the detail at which the model looks at it (the API's default is `"auto"`). */
  image_url: { url: string; detail?: "auto" | "low" | "high" | undefined };
}

/** Audio, in base64. */
export interface AudioPart {
  /** The part's kind. */
  type: "input_audio";
  /** The audio and its format: `"wav"` or `"mp3"`. */
  input_audio: { data: string; format: string };
}

/** A file, by id or as a data URL with its name. */
export interface FilePart {
  /** The part's kind. */
  type: "file";
  /** The file. */
  file: { file_id?: string | undefined; file_data?: string | undefined; filename?: string | undefined };
}

/** A refusal, in an assistant's content. */
export interface RefusalPart {
  /** The part's kind. */
  type: "refusal";
  /** The model's explanation. */
  refusal: string;
}

/**
 * Kinds of parts that OpenAI's API does not have and other providers do. Add one by module augmentation:
 *
 * ```ts
 * declare module "fetchat" {
 *   interface OtherPartTypes {
 *     point_cloud: true;
 *   }
 * }
 * ```
 */
export interface OtherPartTypes {
  /** A video by its URL: Gemini, OpenRouter, vLLM. */
  video_url: true;
  /** A document: Bedrock and others. */
  document: true;
  /** The model's thinking, to be sent back: Mistral, Anthropic. */
  thinking: true;
}

/** A part of another provider's kind. It is sent as it is. */
export interface OtherPart {
  /** Kind of the part. */
  type: keyof OtherPartTypes;
  /** The fields of its kind. */
  [field: string]: unknown;
}

/** A part of a user's message. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart | OtherPart;

/** A source that an answer refers to. */
export interface UrlCitation {
  /** Kind of the annotation. */
  type: "url_citation";
  /** The web page, and the characters of the text that refer to it. */
  url_citation: { url: string; title: string; start_index: number; end_index: number };
}

/** Instructions to the model that rank above the user's. */
export interface DeveloperMessage {
  /** The message's role. */
  role: "developer";
  /** The instructions. */
  content: string | TextPart[];
  /** A name that distinguishes speakers of the same role. */
  name?: string | undefined;
  /** Items of the Responses API that replace the message there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** Instructions to the model, in the form of older models and other providers. */
export interface SystemMessage {
  /** The message's role. */
  role: "system";
  /** The instructions. */
  content: string | TextPart[];
  /** A name that distinguishes speakers of the same role. */
  name?: string | undefined;
  /** Items of the Responses API that replace the message there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** A user's message. */
export interface UserMessage {
  /** The message's role. */
  role: "user";
  /** Text or parts. */
  content: string | ContentPart[];
  /** A name that distinguishes speakers of the same role. */
  name?: string | undefined;
  /** Items of the Responses API that replace the message there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** A function call by the model. `arguments` is JSON text as the model wrote it. */
export interface FunctionToolCall {
  /** The call's id, which the result repeats as `tool_call_id`. */
  id: string;
  /** The call's kind. */
  type: "function";
  /** The function's name, and its arguments. */
  function: { name: string; arguments: string };
  /** The namespace of the function, if the call came over the Responses API. */
  namespace?: string | undefined;
}

/** A call of a custom tool, with free text as its input. */
export interface CustomToolCall {
  /** The call's id, which the result repeats as `tool_call_id`. */
  id: string;
  /** The call's kind. */
  type: "custom";
  /** The tool's name, and its input. */
  custom: { name: string; input: string };
  /** The namespace of the tool, if the call came over the Responses API. */
  namespace?: string | undefined;
}

/** A tool call by the model. */
export type ToolCall = FunctionToolCall | CustomToolCall;

/** The model's message. Fields that a provider adds (`reasoning_content`, `extra_content`, …) are kept. */
export interface AssistantMessage {
  /** The message's role. */
  role: "assistant";
  /** The text; null or missing if there are only calls. */
  content?: string | (TextPart | RefusalPart)[] | null | undefined;
  /** The model's explanation, if it refused. */
  refusal?: string | null | undefined;
  /** A name that distinguishes speakers of the same role. */
  name?: string | undefined;
  /** The model's tool calls. Each needs one {@link ToolMessage} before the next request. */
  tool_calls?: ToolCall[] | undefined;
  /** A call in the legacy form. */
  function_call?: { name: string; arguments: string } | null | undefined;
  /**
   * The answer as audio, in base64. A session's history keeps it without `data`: requests refer to it by `id` until `expires_at`
   * (seconds since 1970), and by `transcript` from then on.
   */
  audio?: { id: string; data?: string; transcript?: string; expires_at?: number } | null | undefined;
  /** The model's reasoning, as DeepSeek and others name it. */
  reasoning_content?: string | null | undefined;
  /** The model's reasoning, as OpenRouter, Groq and others name it. */
  reasoning?: string | null | undefined;
  /** Sources and parsed files that the text refers to. */
  annotations?:
    (UrlCitation | { type: "file" | "file_citation" | "file_path"; [field: string]: unknown })[] | null | undefined;
  /** Images that the model generated, as OpenRouter sends them. */
  images?: unknown[] | null | undefined;
  /**
   * Content that came in parts, such as Mistral's thinking: the parts, and the service and model that sent them. They go back to that model in place
   * of `content`, unless you have changed the text. No other service sees them.
   */
  content_parts?: { parts: unknown[]; from: string; model: string } | undefined;
  /** The output items of the response that the message came from. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** The model's message in an answer. */
export interface AnswerMessage extends AssistantMessage {
  /** The text; null if there is none. */
  content: string | null;
}

/** The result of a tool call. */
export interface ToolMessage {
  /** The message's role. */
  role: "tool";
  /** The call's id. */
  tool_call_id: string;
  /** The result, for the model to read. */
  content: string | ContentPart[];
  /** Items of the Responses API that replace the message there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** The result of a legacy function call. */
export interface FunctionMessage {
  /** The message's role. */
  role: "function";
  /** The function's name. */
  name: string;
  /** The result, for the model to read. */
  content: string | null;
  /** Items of the Responses API that replace the message there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** One message of a conversation. */
export type Message = DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;
