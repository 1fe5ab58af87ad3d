import { checkDeclarations, checkRequestMessages } from "./check/messages.ts";
import { ChatSession } from "./conversation/session.ts";
import type { SessionOptions } from "./conversation/session.ts";
import type { RunTool, SessionTool } from "./conversation/tools.ts";
import type { Completion } from "./decode/completion.ts";
import type { ApiEvent } from "./decode/events.ts";
import { chat, streamChat } from "./endpoints/chat.ts";
import type { ChatOptions, ChatStream, StreamChatOptions } from "./endpoints/chat.ts";
import { completion } from "./endpoints/completion.ts";
import type { CompletionParams, Prompt } from "./endpoints/completion.ts";
import { embedding } from "./endpoints/embedding.ts";
import type { EmbeddingList, EmbeddingParams } from "./endpoints/embedding.ts";
import { fetchPath } from "./endpoints/fetchPath.ts";
import type { FetchInit } from "./endpoints/fetchPath.ts";
import type { Page } from "./endpoints/list.ts";
import { models } from "./endpoints/models.ts";
import type { Model } from "./endpoints/models.ts";
import { moderation } from "./endpoints/moderation.ts";
import type { Moderation, ModerationInput, ModerationParams } from "./endpoints/moderation.ts";
import { request, streamRequest } from "./endpoints/request.ts";
import type { MethodOptions } from "./endpoints/request.ts";
import { type ClientOptions, clientOptions, requireKey } from "./env.ts";
import { Connection } from "./http/connection.ts";
import type { RequestOptions } from "./http/connection.ts";
import { readable } from "./options.ts";
import type { Stream } from "./stream/stream.ts";
import type { ChatCompletion, ChatParams, FunctionDeclaration, Message } from "./wire/index.ts";
import type { HostedTool } from "./wire/responses.ts";

/**
 * A client of the OpenAI API, or of one like it: a connection with the text endpoints as methods. {@link createClient} makes one. The functions of
 * `fetchat/responses` and `fetchat/media` take it as their first argument.
 */
export class OpenAI extends Connection {
  /** Checks the options; sends nothing. @param options see {@link ClientOptions} @throws InputError for options that cannot work */
  constructor(options: ClientOptions = {}) {
    super(clientOptions(options));
  }

  /**
   * Requests a chat completion. `POST /chat/completions`
   *
   * @param messages the conversation so far
   * @param params the API's own fields, sent as they are
   * @returns what the API sent; with `onChunk` the same, assembled
   * @throws InputError for a malformed message or declaration; APIError, ConnectionError, TimeoutError, or the abort; StreamError with `onChunk`
   * @example
   * ```ts
   * const { choices } = await client.chat([{ role: "user", content: "Name three rivers." }]);
   * console.log(choices[0]?.message.content);
   * ```
   */
  async chat(messages: readonly Message[], params?: ChatParams, options?: ChatOptions): Promise<ChatCompletion> {
    checkChat(messages, params);
    return chat(this, messages, params, options);
  }

  /**
   * Requests a chat completion as a stream.
   *
   * @param messages the conversation so far
   * @param params the API's own fields, sent as they are, with `stream: true` and, unless they say otherwise, usage asked for
   * @returns the stream, once the API has accepted the request
   * @throws InputError for a malformed message or declaration; APIError, ConnectionError, TimeoutError, or the abort
   * @example
   * ```ts
   * const stream = await client.streamChat([{ role: "user", content: "Hello" }]);
   * for await (const chunk of stream) console.log(chunk.content);
   * ```
   */
  async streamChat(
    messages: readonly Message[],
    params?: ChatParams,
    options?: StreamChatOptions,
  ): Promise<ChatStream> {
    checkChat(messages, params);
    return streamChat(this, messages, params, options);
  }

  /**
   * Starts a conversation.
   *
   * @param options standing params, `messages`, `tools`, `functions` and `maxSteps`
   * @throws InputError for a malformed message or declaration
   * @example
   * ```ts
   * const chat = client.newChatSession({ messages: [{ role: "system", content: "Answer in French." }] });
   * console.log(await chat.send("Good morning!"));
   * ```
   */
  newChatSession<Kind extends SessionTool = RunTool | HostedTool, F extends FunctionDeclaration = never>(
    options?: SessionOptions<Kind, F>,
  ): ChatSession<Kind, F> {
    return new ChatSession<Kind, F>(this, options);
  }

  /**
   * Completes a text. `POST /completions`; the free function `streamCompletion()` streams.
   *
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   * @example
   * ```ts
   * const { choices } = await client.completion("Once upon a time", { model: "base-model", max_tokens: 20 });
   * ```
   */
  async completion(prompt: Prompt, params?: CompletionParams, options?: RequestOptions): Promise<Completion> {
    return completion(this, prompt, params, options);
  }

  /**
   * Turns texts or tokens into vectors. `POST /embeddings`
   *
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   * @example
   * ```ts
   * const { data } = await client.embedding(["Hello", "Good evening"]);
   * console.log(data[0]?.embedding.length);
   * ```
   */
  embedding(
    input: Prompt,
    params: EmbeddingParams & { encoding_format: "base64" },
    options?: RequestOptions,
  ): Promise<EmbeddingList<Float32Array<ArrayBuffer>>>;
  /** Returns vectors as lists of numbers, unless base64 is asked for. */
  embedding(
    input: Prompt,
    params?: EmbeddingParams & { encoding_format?: "float" | undefined },
    options?: RequestOptions,
  ): Promise<EmbeddingList>;
  /** Returns vectors in one of both forms, for params whose `encoding_format` is not known to the compiler. */
  embedding(
    input: Prompt,
    params?: EmbeddingParams,
    options?: RequestOptions,
  ): Promise<EmbeddingList<number[] | Float32Array<ArrayBuffer>>>;
  async embedding(input: Prompt, params?: EmbeddingParams, options?: RequestOptions): Promise<unknown> {
    return embedding(this, input, params, options);
  }

  /**
   * Classifies a text or an image as harmful or not. `POST /moderations`
   *
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   * @example
   * ```ts
   * const { results } = await client.moderation("I will find you.");
   * console.log(results[0]?.flagged);
   * ```
   */
  async moderation(input: ModerationInput, params?: ModerationParams, options?: RequestOptions): Promise<Moderation> {
    return moderation(this, input, params, options);
  }

  /**
   * Lists the models. `GET /models`; the free function `model()` returns one.
   *
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   * @example
   * ```ts
   * for await (const { id } of await client.models()) console.log(id);
   * ```
   */
  async models(params?: object, options?: RequestOptions): Promise<Page<Model>> {
    return models(this, params, options);
  }

  /**
   * Sends any call that answers with JSON.
   *
   * @param path below the base URL, such as `/models`
   * @param params the body, sent as JSON; the query of a GET
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   * @example
   * ```ts
   * const batch = await client.request("/batches/batch_1");
   * ```
   */
  async request<T = unknown>(path: string, params?: object, options?: MethodOptions): Promise<T> {
    return request<T>(this, path, params, options);
  }

  /**
   * Sends any call that answers with server-sent events.
   *
   * @param path below the base URL
   * @param params the body, sent as JSON; `stream: true` is added
   * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
   */
  async streamRequest(path: string, params?: object, options?: MethodOptions): Promise<Stream<ApiEvent, ApiEvent[]>> {
    return streamRequest(this, path, params, options);
  }

  /**
   * Sends a raw request below the base URL, with the key. Returns the response, whatever its status.
   *
   * @param path such as `/models`
   * @param init as for `fetch`; `signal` too
   * @throws ConnectionError, TimeoutError until the headers, APIError for a redirect, or the abort
   */
  async fetch(path: string, init?: FetchInit): Promise<Response> {
    return fetchPath(this, path, init);
  }
}

function checkChat(messages: unknown, params: ChatParams | undefined): void {
  checkRequestMessages(messages);
  if (params) readable("params", () => checkDeclarations(params));
}

/**
 * Makes a client.
 *
 * Reads nothing from the environment unless you pass it: `createClient({ env: process.env })` on Node and Bun.
 *
 * @param options see {@link ClientOptions}
 * @throws InputError for options that cannot work, or if OpenAI's own API is asked without a key
 * @example
 * ```ts
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * ```
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  return new OpenAI(requireKey(options, (variable) => `the environment (env: process.env, with ${variable} in it)`));
}
