// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

import type { InputItem } from "./responseItems.ts";

/**
 * What a message of a session keeps for the Responses API: the items that it came from, or that stand in its place. Chat completions never
 * see it.
 */
export interface KeptItems {
  /** The items, in order. */
  items: InputItem[];
  /** The service that made them; they go back unchanged to this one alone. */
  from?: string | undefined;
  /** The response's id, if the service can continue from it. */
  id?: string | undefined;
  /** A fingerprint of the messages that the response answered. */
  of?: string | undefined;
}

/** A piece of text in a message's content. */
export interface TextPart {
  /** Tells parts apart. */
  type: "text";
  /** The text. */
  text: string;
}

/** An image, by URL or data URL. */
export interface ImagePart {
  /** Tells parts apart. */
  type: "image_url";
  /** Where it is, and how closely to look at it. The API's default is `"auto"`. */
  image_url: { url: string; detail?: "auto" | "low" | "high" | undefined };
}

/** Sound, base64. */
export interface AudioPart {
  /** Tells parts apart. */
  type: "input_audio";
  /** The sound, and what it is: `"wav"` or `"mp3"`. */
  input_audio: { data: string; format: string };
}

/** A file, by id or as a data URL with its name. */
export interface FilePart {
  /** Tells parts apart. */
  type: "file";
  /** The file. */
  file: { file_id?: string | undefined; file_data?: string | undefined; filename?: string | undefined };
}

/** A refusal, in an assistant's content. */
export interface RefusalPart {
  /** Tells parts apart. */
  type: "refusal";
  /** The model's words. */
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

/** What a user's message may consist of. */
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart | OtherPart;

/** A source that an answer refers to. */
export interface UrlCitation {
  /** Kind of the annotation. */
  type: "url_citation";
  /** The web page, and the characters of the text that refer to it. */
  url_citation: { url: string; title: string; start_index: number; end_index: number };
}

/** An annotation of another kind, as providers send them: a parsed file of OpenRouter, say. */
export interface OtherAnnotation {
  /** Kind of the annotation. */
  type: "file" | "file_citation" | "file_path";
  /** The fields of its kind. */
  [field: string]: unknown;
}

/** Instructions to the model that rank above the user's. */
export interface DeveloperMessage {
  /** Tells messages apart. */
  role: "developer";
  /** The instructions. */
  content: string | TextPart[];
  /** Tells speakers of the same role apart. */
  name?: string | undefined;
  /** Items of the Responses API that stand in the message's place there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** Instructions to the model, as older models and other providers call them. */
export interface SystemMessage {
  /** Tells messages apart. */
  role: "system";
  /** The instructions. */
  content: string | TextPart[];
  /** Tells speakers of the same role apart. */
  name?: string | undefined;
  /** Items of the Responses API that stand in the message's place there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** What the user says. */
export interface UserMessage {
  /** Tells messages apart. */
  role: "user";
  /** Text, or parts. */
  content: string | ContentPart[];
  /** Tells speakers of the same role apart. */
  name?: string | undefined;
  /** Items of the Responses API that stand in the message's place there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** A call of a function that the model asks for. `arguments` is JSON text, as the model wrote it. */
export interface FunctionToolCall {
  /** What the result is to name, as `tool_call_id`. */
  id: string;
  /** Tells calls apart. */
  type: "function";
  /** The function's name, and its arguments. */
  function: { name: string; arguments: string };
  /** The namespace of the function, where the Responses API gave the call. */
  namespace?: string | undefined;
}

/** A call of a custom tool, whose input is free text. */
export interface CustomToolCall {
  /** What the result is to name, as `tool_call_id`. */
  id: string;
  /** Tells calls apart. */
  type: "custom";
  /** The tool's name, and its input. */
  custom: { name: string; input: string };
  /** The namespace of the tool, where the Responses API gave the call. */
  namespace?: string | undefined;
}

/** A call that the model asks for. */
export type ToolCall = FunctionToolCall | CustomToolCall;

/** A call in the legacy `functions` manner. */
export interface FunctionCall {
  /** The function's name. */
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
}

/** What the model said. Fields that a provider adds (`reasoning_content`, `extra_content`, …) stay. */
export interface AssistantMessage {
  /** Tells messages apart. */
  role: "assistant";
  /** The text; null or missing where there are only calls. */
  content?: string | (TextPart | RefusalPart)[] | null | undefined;
  /** The model's words, where it refused. */
  refusal?: string | null | undefined;
  /** Tells speakers of the same role apart. */
  name?: string | undefined;
  /** The calls that the model asks for. Each wants one {@link ToolMessage} before the next request. */
  tool_calls?: ToolCall[] | undefined;
  /** A call in the legacy manner. */
  function_call?: FunctionCall | null | undefined;
  /**
   * The answer in sound, base64. A session's history keeps it without `data`: its `id` stands for it in requests until `expires_at`
   * (seconds since 1970), and its `transcript` from then on.
   */
  audio?: { id: string; data?: string; transcript?: string; expires_at?: number } | null | undefined;
  /** The model's reasoning, as DeepSeek and others name it. */
  reasoning_content?: string | null | undefined;
  /** The model's reasoning, as OpenRouter, Groq and others name it. */
  reasoning?: string | null | undefined;
  /** Sources and parsed files that the text refers to. */
  annotations?: (UrlCitation | OtherAnnotation)[] | null | undefined;
  /** Images that the model made, as OpenRouter sends them. */
  images?: unknown[] | null | undefined;
  /**
   * Content that came in parts, such as Mistral's thinking: the parts, and the service and model that sent them. They go back to that model in place
   * of `content` while that still is their text. No other service sees them.
   */
  content_parts?: { parts: unknown[]; from: string; model: string } | undefined;
  /** The output items of the response that the message came from. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** What the model said, in an answer. */
export interface AnswerMessage extends AssistantMessage {
  /** The text; null where there is none. */
  content: string | null;
}

/** The result of a tool call. */
export interface ToolMessage {
  /** Tells messages apart. */
  role: "tool";
  /** The call's id. */
  tool_call_id: string;
  /** The result, for the model to read. */
  content: string | ContentPart[];
  /** Items of the Responses API that stand in the message's place there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** The result of a legacy function call. */
export interface FunctionMessage {
  /** Tells messages apart. */
  role: "function";
  /** The function's name. */
  name: string;
  /** The result, for the model to read. */
  content: string | null;
  /** Items of the Responses API that stand in the message's place there. Not sent to chat completions. */
  responses?: KeptItems | undefined;
}

/** One message of a conversation. */
export type Message = DeveloperMessage | SystemMessage | UserMessage | AssistantMessage | ToolMessage | FunctionMessage;
