// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

import type { AnswerMessage, AssistantMessage, ToolCall } from "./messages.ts";
import type { ResponseEvent } from "./responseEvents.ts";

/** Tokens used. */
export interface Usage {
  /** Tokens of the request. */
  prompt_tokens: number;
  /** Tokens of the answer, including its reasoning. */
  completion_tokens: number;
  /** Tokens in total. */
  total_tokens: number;
  /** Set by a session if a part is estimated, because an answer broke off before the provider reported its usage. */
  estimated?: boolean | undefined;
  /** Tokens of the request that came from the cache or were audio. */
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number } | undefined;
  /** Tokens of the answer that were reasoning, audio, or a part of `prediction` that was accepted or rejected. */
  completion_tokens_details?:
    | {
        reasoning_tokens?: number;
        audio_tokens?: number;
        accepted_prediction_tokens?: number;
        rejected_prediction_tokens?: number;
      }
    | undefined;
}

/** Log probabilities of one token. */
export interface TokenLogprob {
  /** The token's text. */
  token: string;
  /** Its log probability; -9999 if it was very unlikely. */
  logprob: number;
  /** Its UTF-8 bytes, or null. One character may span several tokens. */
  bytes: number[] | null;
  /** The likeliest tokens at this place, as many as `top_logprobs` requested. */
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

/** Log probabilities of an answer. */
export interface Logprobs {
  /** Log probabilities of the text, token by token. */
  content: TokenLogprob[] | null;
  /** Log probabilities of the refusal, token by token. */
  refusal?: TokenLogprob[] | null;
}

/** The reason why the model stopped. Other providers send other words too. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls" | "function_call" | (string & {});

/** One of the answers to a request. */
export interface Choice {
  /** The answer's index, from 0. */
  index: number;
  /** The model's message. */
  message: AnswerMessage;
  /** The reason why the model stopped. */
  finish_reason: FinishReason | null;
  /** Log probabilities, if `logprobs` requested them. */
  logprobs?: Logprobs | null | undefined;
}

/** A whole answer, as the API sends it (or as assembled from its stream, in the same shape). */
export interface ChatCompletion {
  /** The completion's id. */
  id: string;
  /** The object's kind. */
  object: "chat.completion";
  /** Creation time, in seconds since 1970. */
  created: number;
  /** The model that answered. */
  model: string;
  /** The answers, as many as `n` requested. */
  choices: Choice[];
  /** Tokens used, if the provider reports them. */
  usage?: Usage | null | undefined;
  /** The provider's configuration. If it changes, the same `seed` may give another answer. */
  system_fingerprint?: string | null | undefined;
  /** The tier that processed the request. */
  service_tier?: string | null | undefined;
}

/** A fragment of a tool call. Some providers leave out `index`, or send null for fields that they do not repeat. */
export interface ToolCallDelta {
  /** The index of the call in its message, from 0. */
  index?: number | null | undefined;
  /** The call's id, in its first fragment. */
  id?: string | null | undefined;
  /** The call's kind, in its first fragment. */
  type?: string | null | undefined;
  /** The function's name, in the first fragment, and the next piece of its arguments. */
  function?: { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined;
  /** The tool's name, in the first fragment, and the next piece of its input. */
  custom?: { name?: string | null | undefined; input?: string | null | undefined } | null | undefined;
}

/** An event's addition to a message. */
export interface Delta {
  /** The speaker's role, in the first event. */
  role?: string | null | undefined;
  /** The next piece of the text. */
  content?: string | null | undefined;
  /** The next piece of a refusal. */
  refusal?: string | null | undefined;
  /** Fragments of tool calls. */
  tool_calls?: ToolCallDelta[] | null | undefined;
  /** A fragment of a call in the legacy form. */
  function_call?: { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined;
  /** The next piece of the model's reasoning, as DeepSeek and others name it. */
  reasoning_content?: string | null | undefined;
  /** The next piece of the model's reasoning, as OpenRouter, Groq and others name it. */
  reasoning?: string | null | undefined;
}

/** One event of a streamed answer, as the API sends it. */
export interface ChatCompletionChunk {
  /** The completion's id, the same in every event. */
  id?: string | undefined;
  /** The object's kind: `"chat.completion.chunk"`. */
  object?: string | undefined;
  /** The time when the completion began, in seconds since 1970. */
  created?: number | undefined;
  /** The model that answers. */
  model?: string | undefined;
  /** The addition to each answer; empty in the event that brings `usage`. */
  choices: { index: number; delta: Delta; finish_reason?: FinishReason | null; logprobs?: Logprobs | null }[];
  /** Tokens used, near the end, if `stream_options.include_usage` requested them. */
  usage?: Usage | null | undefined;
}

/** A fragment of a tool call, whatever form the provider sent it in. */
export interface CallDelta {
  /** The call's place among the calls of its message, from 0. */
  readonly index: number;
  /** The call's id, as far as it is known; generated if the provider sends none. */
  readonly id: string;
  /** The tool's name so far. */
  readonly name: string;
  /** The next piece of the arguments, or of a custom tool's input. Do not rely on it before the answer is complete. */
  readonly arguments: string;
}

/** An event's addition to an answer, over either API. */
export interface Chunk<Raw = ChatCompletionChunk | ResponseEvent> {
  /** The new text; `""` if there is none. */
  readonly content: string;
  /** New reasoning text, whatever the provider calls it; `""` if there is none. */
  readonly reasoning: string;
  /** Fragments of tool calls; empty if there are none. */
  readonly calls: readonly CallDelta[];
  /** The index of the choice; always 0 over the Responses API. */
  readonly index: number;
  /** The reason why the model stopped, in the choice's last chunk. Over both APIs in the words of chat completions. */
  readonly finishReason?: FinishReason | undefined;
  /** `true` in the first chunk after a restart, which replaces all earlier ones. Only with `resume: "restart"`. */
  readonly restarted: boolean;
  /** The event as sent. One event with two choices gives two chunks with the same `raw`. */
  readonly raw: Raw;
}

/** An event's addition to one choice. */
export type ChatChunk = Chunk<ChatCompletionChunk>;

/** The good endings of a stream. */
export type GoodEnding = "complete" | "length" | "content_filter" | "tool_calls";

/** The part of an answer that has arrived. */
export interface HeldAnswer {
  /** The first choice's text so far. */
  readonly text: string;
  /** The first choice's reasoning so far. */
  readonly reasoning: string;
  /** The first choice as a message that can be appended to a history; `undefined` if it would be empty. */
  readonly message: AssistantMessage | undefined;
  /** The tool calls whose arguments arrived completely. */
  readonly toolCalls: readonly ToolCall[];
  /** Tokens used, if the API has reported them. */
  readonly usage: Usage | undefined;
}
