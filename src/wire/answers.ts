// The wire, as OpenAI's API reference describes it (https://platform.openai.com/docs/api-reference/chat), hand-selected.

import type { AnswerMessage, AssistantMessage, ToolCall } from "./messages.ts";
import type { ResponseEvent } from "./responseEvents.ts";

/** Tokens used. */
export interface Usage {
  /** Those of the request. */
  prompt_tokens: number;
  /** Those of the answer, its reasoning among them. */
  completion_tokens: number;
  /** All of them. */
  total_tokens: number;
  /** Set by a session where some of them are estimated: of an answer that was broken off, and of which the provider told nothing. */
  estimated?: boolean | undefined;
  /** Which of the request's came from the cache, or were sound. */
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number } | undefined;
  /** Which of the answer's were reasoning, sound, or a `prediction` that held or did not. */
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
  /** Its log probability; -9999 where it was very unlikely. */
  logprob: number;
  /** Its UTF-8 bytes, where it has any: a character may be spread over several tokens. */
  bytes: number[] | null;
  /** The likeliest tokens at this place, as many as `top_logprobs` asked for. */
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

/** Log probabilities of an answer. */
export interface Logprobs {
  /** Those of the text, token by token. */
  content: TokenLogprob[] | null;
  /** Those of the refusal, token by token. */
  refusal?: TokenLogprob[] | null;
}

/** Why the model stopped. Other providers send other words too. */
export type FinishReason = "stop" | "length" | "content_filter" | "tool_calls" | "function_call" | (string & {});

/** One of the answers. */
export interface Choice {
  /** Which of the answers it is, from 0. */
  index: number;
  /** What the model said. */
  message: AnswerMessage;
  /** Why the model stopped. */
  finish_reason: FinishReason | null;
  /** Log probabilities, where `logprobs` asked for them. */
  logprobs?: Logprobs | null | undefined;
}

/** A whole answer, as the API sends it (or as assembled from its stream, in the same shape). */
export interface ChatCompletion {
  /** The completion's id. */
  id: string;
  /** What this is. */
  object: "chat.completion";
  /** When it was made, in seconds since 1970. */
  created: number;
  /** The model that answered. */
  model: string;
  /** The answers, as many as `n` asked for. */
  choices: Choice[];
  /** Tokens used, where the provider says. */
  usage?: Usage | null | undefined;
  /** Which configuration of the provider's answered: where it changes, a `seed` may give something else. */
  system_fingerprint?: string | null | undefined;
  /** How the request was processed. */
  service_tier?: string | null | undefined;
}

/** A fragment of a tool call. Some providers leave out `index`, or send null for what they do not repeat. */
export interface ToolCallDelta {
  /** Which of the message's calls it belongs to, from 0. */
  index?: number | null | undefined;
  /** The call's id, in its first fragment. */
  id?: string | null | undefined;
  /** What kind of call it is, in its first fragment. */
  type?: string | null | undefined;
  /** The function's name, in the first fragment, and the next piece of its arguments. */
  function?: { name?: string | null | undefined; arguments?: string | null | undefined } | null | undefined;
  /** The tool's name, in the first fragment, and the next piece of its input. */
  custom?: { name?: string | null | undefined; input?: string | null | undefined } | null | undefined;
}

/** What one event adds to a message. */
export interface Delta {
  /** Who speaks, in the first event. */
  role?: string | null | undefined;
  /** The next piece of the text. */
  content?: string | null | undefined;
  /** The next piece of a refusal. */
  refusal?: string | null | undefined;
  /** Fragments of tool calls. */
  tool_calls?: ToolCallDelta[] | null | undefined;
  /** A fragment of a call in the legacy manner. */
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
  /** What this is: `"chat.completion.chunk"`. */
  object?: string | undefined;
  /** When the completion was begun, in seconds since 1970. */
  created?: number | undefined;
  /** The model that answers. */
  model?: string | undefined;
  /** What is new of each answer; none in the event that brings `usage`. */
  choices: { index: number; delta: Delta; finish_reason?: FinishReason | null; logprobs?: Logprobs | null }[];
  /** Tokens used, towards the end, where `stream_options.include_usage` asked for them. */
  usage?: Usage | null | undefined;
}

/** A fragment of a tool call, whatever form the provider sent it in. */
export interface CallDelta {
  /** The call's place among the calls of its message, from 0. */
  readonly index: number;
  /** The call's id, as far as it is known; made up where the provider sends none. */
  readonly id: string;
  /** The tool's name so far. */
  readonly name: string;
  /** What is new of the arguments, or of a custom tool's input. Not to be relied on before the answer is complete. */
  readonly arguments: string;
}

/** What one event brought to an answer, over either API. */
export interface Chunk<Raw = ChatCompletionChunk | ResponseEvent> {
  /** The new text; `""` where there was none. */
  readonly content: string;
  /** New reasoning text, under whichever name the provider sends it; `""` where there was none. */
  readonly reasoning: string;
  /** Fragments of tool calls; empty where there are none. */
  readonly calls: readonly CallDelta[];
  /** Which of the choices this belongs to; always 0 over the Responses API. */
  readonly index: number;
  /** Why the model stopped, in the choice's last chunk; over both APIs in the words of chat completions. */
  readonly finishReason?: FinishReason | undefined;
  /** Whether this is the first chunk after a restart: what came before it is void. Only with `resume: "restart"`. */
  readonly restarted: boolean;
  /** The event as sent. One event with two choices gives two chunks with the same `raw`. */
  readonly raw: Raw;
}

/** What one event brought to one choice. */
export type ChatChunk = Chunk<ChatCompletionChunk>;

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
