import { ChatSession } from "./chat/session.ts";
import type { SessionOptions } from "./chat/session.ts";
import type { ChatStream } from "./chat/stream.ts";
import type { HandTool, RunTool } from "./chat/tools.ts";
import { chat, streamChat } from "./endpoints/chat.ts";
import type { ChatOptions, StreamChatOptions } from "./endpoints/chat.ts";
import { request, streamRequest } from "./endpoints/request.ts";
import type { MethodOptions } from "./endpoints/request.ts";
import { fetchPath } from "./endpoints/fetchPath.ts";
import type { FetchInit } from "./endpoints/fetchPath.ts";
import { createTransport } from "./http/transport.ts";
import type { Transport, TransportOptions } from "./http/transport.ts";
import { checkDeclarations, checkRequestMessages } from "./schemas/messages.ts";
import type { ApiStream } from "./sse/apiStream.ts";
import type { ApiEvent } from "./sse/eventFold.ts";
import type { ChatCompletion, ChatParams, FunctionDeclaration, Message } from "./types.ts";
import { clientOptions } from "./env.ts";

/** How to reach the API, and where settings may come from. */
export interface ClientOptions extends TransportOptions {
  /**
   * Environment variables or bindings, for what the other options leave out: `OPENAI_API_KEY`, `OPENAI_BASE_URL`,
   * `OPENAI_MODEL`, `OPENAI_ORG_ID`, `OPENAI_PROJECT_ID`.
   */
  env?: object | undefined;
}

/** A client of the OpenAI API, or of one like it. Made by {@link createClient}. */
export class OpenAI {
  readonly #transport: Transport;

  /** @param options see {@link ClientOptions} @throws InputError for options that cannot work */
  constructor(options: ClientOptions = {}) {
    this.#transport = createTransport(clientOptions(options));
  }

  /** What the free functions take, for those that the client does not bind. */
  get transport(): Transport {
    return this.#transport;
  }

  /** The model of requests that name none. */
  get model(): string {
    return this.#transport.model;
  }

  /**
   * Asks for a chat completion. See the free function `chat`.
   *
   * @throws InputError where a message or a declaration is malformed; APIError, ConnectionError, TimeoutError, or the abort
   */
  async chat<P extends ChatParams>(messages: readonly Message[], params?: P, options?: ChatOptions): Promise<ChatCompletion> {
    checkChat(messages, params);
    return chat(this.#transport, messages, params, options);
  }

  /**
   * Asks for a chat completion as a stream. See the free function `streamChat`.
   *
   * @throws InputError where a message or a declaration is malformed; APIError, ConnectionError, TimeoutError, or the abort
   */
  async streamChat<P extends ChatParams>(messages: readonly Message[], params?: P, options?: StreamChatOptions): Promise<ChatStream> {
    checkChat(messages, params);
    return streamChat(this.#transport, messages, params, options);
  }

  /**
   * Starts a conversation.
   *
   * @param options standing params, `messages`, `tools`, `functions` and `maxSteps`
   * @throws InputError where a message or a declaration is malformed
   */
  newChatSession<Kind extends RunTool | HandTool = RunTool, F extends FunctionDeclaration = never>(
    options?: SessionOptions<Kind, F>,
  ): ChatSession<Kind, F> {
    return new ChatSession<Kind, F>(this, options);
  }

  /** Any call that answers with JSON. See the free function `request`. */
  async request<T = unknown>(path: string, params?: object, options?: MethodOptions): Promise<T> {
    return request<T>(this.#transport, path, params, options);
  }

  /** Any call that answers with server-sent events. See the free function `streamRequest`. */
  async streamRequest(path: string, params?: object, options?: MethodOptions): Promise<ApiStream<ApiEvent, ApiEvent[]>> {
    return streamRequest(this.#transport, path, params, options);
  }

  /**
   * A raw request below the base URL, with the key: any status is an answer.
   *
   * @param path such as `/models`
   * @param init as for `fetch`; `signal` too
   * @throws ConnectionError, TimeoutError until the headers, APIError for a redirect, or the abort
   */
  async fetch(path: string, init?: FetchInit): Promise<Response> {
    return fetchPath(this.#transport, path, init);
  }
}

function checkChat(messages: unknown, params: ChatParams | undefined): void {
  checkRequestMessages(messages);
  if (params) checkDeclarations(params);
}

/**
 * Makes a client.
 *
 * @param options see {@link ClientOptions}
 * @throws InputError for options that cannot work
 */
export function createClient(options?: ClientOptions): OpenAI {
  return new OpenAI(options);
}
