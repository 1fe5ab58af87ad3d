import { CompletionFold } from "../chat/completionFold.ts";
import type { Completion, CompletionChunk } from "../chat/completionFold.ts";
import type { RequestOptions, Transport } from "../http/transport.ts";
import type { ApiStream } from "../sse/apiStream.ts";
import type { NotParams } from "../types.ts";
import { bodyOf } from "./body.ts";
import { openStream } from "./open.ts";
import { jsonCall, request } from "./request.ts";

const PATH = "/completions";

/** What to go on from: a text, several, or tokens. */
export type Prompt = string | readonly string[] | readonly number[] | readonly (readonly number[])[];

/** The API's own fields of a text completion, sent as they are; any other field of the API may be given too. */
export interface CompletionParams extends NotParams {
  model?: string | undefined;
  best_of?: number | null | undefined;
  echo?: boolean | null | undefined;
  frequency_penalty?: number | null | undefined;
  logit_bias?: Record<string, number> | null | undefined;
  logprobs?: number | null | undefined;
  /** The API's default is 16. */
  max_tokens?: number | null | undefined;
  n?: number | null | undefined;
  presence_penalty?: number | null | undefined;
  seed?: number | null | undefined;
  stop?: string | string[] | null | undefined;
  stream_options?: { include_usage?: boolean | undefined } | null | undefined;
  suffix?: string | null | undefined;
  temperature?: number | null | undefined;
  top_p?: number | null | undefined;
  user?: string | undefined;
  /** Not here: `streamCompletion()` streams. */
  stream?: never;
}

/** A streamed text completion. */
export type CompletionStream = ApiStream<CompletionChunk, Completion>;

/**
 * Goes on from a text. `POST /completions`, https://platform.openai.com/docs/api-reference/completions/create
 *
 * @returns what the API sent; the text is `choices[0].text`
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function completion<P extends CompletionParams>(
  transport: Transport,
  prompt: Prompt,
  params?: P,
  options?: RequestOptions,
): Promise<Completion> {
  return request<Completion>(transport, PATH, bodyOf(transport, "completion", { prompt }, params), options);
}

/**
 * Goes on from a text, as a stream with the endings of a chat's.
 *
 * @returns the stream, once the API has accepted the request
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamCompletion<P extends CompletionParams>(
  transport: Transport,
  prompt: Prompt,
  params?: P,
  options?: RequestOptions,
): Promise<CompletionStream> {
  const usage = transport.includeUsage ? { stream_options: { include_usage: true } } : undefined;
  const body = { ...usage, ...bodyOf(transport, "completion", { prompt }, params), stream: true };
  const texts = Array.isArray(prompt) && typeof prompt[0] !== "number" ? prompt.length : 1;
  const fold = new CompletionFold(transport.limits.answer, (params?.n ?? 1) * texts);
  return openStream(transport, jsonCall(PATH, body, options), fold);
}
