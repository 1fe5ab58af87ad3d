import { send, settingsOf } from "../http/connection.ts";
import { CompletionDecoder, isTextCompletion } from "../decode/completion.ts";
import type { Completion, CompletionChunk } from "../decode/completion.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import type { Stream } from "../stream/stream.ts";
import { aPrompt, checkCall } from "./arguments.ts";
import { bodyOf } from "./body.ts";
import { checked } from "./checked.ts";
import { openStream } from "./open.ts";
import { jsonCall, readJSON } from "./request.ts";

const PATH = "/completions";

/** The prompt: a text, several texts, or tokens. */
export type Prompt = string | readonly string[] | readonly number[] | readonly (readonly number[])[];

/** Fields of the API's text completion request. Other fields of the API are sent too. */
export interface CompletionParams {
  /** The model. @default the client's model for completions */
  model?: string | undefined;
  /** Number of texts to write, of which the best `n` are returned, 0 to 20. Not in a stream. The API's default is 1. */
  best_of?: number | null | undefined;
  /** `true` to return the prompt with the text. @default false */
  echo?: boolean | null | undefined;
  /** Penalty for words by how often the text has them, from -2 to 2. The API's default is 0. */
  frequency_penalty?: number | null | undefined;
  /** Token ids, each made likelier or less likely by -100 to 100. */
  logit_bias?: Record<string, number> | null | undefined;
  /** The number of most likely tokens to report at each position, 0 to 5. @default none */
  logprobs?: number | null | undefined;
  /** Limit on the tokens of a text. The API's default is 16. */
  max_tokens?: number | null | undefined;
  /** The number of texts per prompt, 1 to 128. @default 1 */
  n?: number | null | undefined;
  /** Penalty for words that the text has already, from -2 to 2. The API's default is 0. */
  presence_penalty?: number | null | undefined;
  /** Makes answers to equal requests equal if the model can. */
  seed?: number | null | undefined;
  /** Up to four texts at which the model stops; they are not part of the answer. */
  stop?: string | string[] | null | undefined;
  /** Additional contents of a stream. @default `include_usage` if the provider supports it */
  stream_options?: { include_usage?: boolean | undefined } | null | undefined;
  /** Text after the completion, for models that insert. */
  suffix?: string | null | undefined;
  /** Sampling temperature, 0 to 2. The API's default is 1. */
  temperature?: number | null | undefined;
  /** Samples among the likeliest tokens of this total probability, 0 to 1. The API's default is 1. */
  top_p?: number | null | undefined;
  /** Id of the end user, for the detection of abuse. */
  user?: string | undefined;
  /** Not accepted: use `streamCompletion()`. */
  stream?: "call streamCompletion()" | undefined;
}

/** A streamed text completion. */
export type CompletionStream = Stream<CompletionChunk, Completion>;

/**
 * Completes a text. `POST /completions`, https://platform.openai.com/docs/api-reference/completions/create
 *
 * @returns what the API sent; the text is `choices[0].text`
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function completion(
  connection: Connection,
  prompt: Prompt,
  params?: CompletionParams,
  options?: RequestOptions,
): Promise<Completion> {
  checkCall(connection, params, options, { input: "prompt", streams: "streamCompletion()" });
  aPrompt(prompt, "prompt");
  const body = bodyOf(connection, "completion", { prompt }, params);
  const exchange = await send(connection, jsonCall(PATH, body, options, "prompt"));
  const answer = checked(await readJSON(exchange, settingsOf(connection).limits.answer), exchange, isTextCompletion);
  return answer as Completion;
}

/**
 * Completes a text as a stream, which ends in the same ways as a streamed chat.
 *
 * @returns the stream, once the API has accepted the request
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamCompletion(
  connection: Connection,
  prompt: Prompt,
  params?: CompletionParams,
  options?: RequestOptions,
): Promise<CompletionStream> {
  checkCall(connection, params, options, { input: "prompt", streams: true });
  aPrompt(prompt, "prompt");
  const usage = settingsOf(connection).includeUsage ? { stream_options: { include_usage: true } } : undefined;
  const body = { ...usage, ...bodyOf(connection, "completion", { prompt }, params), stream: true };
  const texts = Array.isArray(prompt) && typeof prompt[0] !== "number" ? prompt.length : 1;
  const expected = (typeof params?.n === "number" ? params.n : 1) * texts;
  return openStream(
    connection,
    jsonCall(PATH, body, options, "prompt"),
    () => new CompletionDecoder(settingsOf(connection).limits.answer, expected),
  );
}
