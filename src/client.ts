import { checkDeclarations, checkRequestMessages } from "./check/messages.ts";
import { checkInput } from "./check/responses.ts";
import { ChatSession } from "./conversation/session.ts";
import { chat, streamChat } from "./endpoints/chat.ts";
import { ResponsesChatSession } from "./responses/session.ts";
import {
  cancelResponse,
  createResponse,
  deleteResponse,
  response,
  responseInputItems,
  resumeResponse,
  streamResponse,
} from "./endpoints/responses.ts";
import { BoundEndpoints } from "./endpoints/bound.ts";
import { request, streamRequest } from "./endpoints/request.ts";
import { fetchPath } from "./endpoints/fetchPath.ts";
import { type ClientOptions, clientOptions, requireKey } from "./env.ts";
import { readable } from "./options.ts";
import type { SessionOptions } from "./conversation/session.ts";
import type { ChatStream } from "./stream/chat.ts";
import type { HandTool, RunTool } from "./conversation/tools.ts";
import type { ChatOptions, StreamChatOptions } from "./endpoints/chat.ts";
import type {
  InputItemsParams,
  ResponseOptions,
  ResumeParams,
  RetrieveParams,
  StreamResponseOptions,
} from "./endpoints/responses.ts";
import type { Deleted } from "./endpoints/files.ts";
import type { Page } from "./endpoints/list.ts";
import type { MethodOptions } from "./endpoints/request.ts";
import type { FetchInit } from "./endpoints/fetchPath.ts";
import type { RequestOptions } from "./http/connection.ts";
import type { ResponsesSessionOptions, SessionTool } from "./responses/session.ts";
import type { ResponseStream } from "./stream/response.ts";
import type { ApiStream } from "./stream/apiStream.ts";
import type { ApiEvent } from "./decode/events.ts";
import type { ChatCompletion, ChatParams, FunctionDeclaration, Message } from "./wire/index.ts";
import type { InputItem, ResponseInput, ResponseObject, ResponseParams } from "./wire/responses.ts";

/** A client of the OpenAI API, or of one like it. Made by {@link createClient}. */
export class OpenAI extends BoundEndpoints {
  /** Sends nothing yet. @param options see {@link ClientOptions} @throws InputError for options that cannot work */
  constructor(options: ClientOptions = {}) {
    super(clientOptions(options));
  }

  /**
   * Asks for a chat completion. See the free function `chat`.
   *
   * @throws InputError where a message or a declaration is malformed; APIError, ConnectionError, TimeoutError, or the abort
   */
  async chat<P extends ChatParams>(
    messages: readonly Message[],
    params?: P,
    options?: ChatOptions,
  ): Promise<ChatCompletion> {
    checkChat(messages, params);
    return chat(this, messages, params, options);
  }

  /**
   * Asks for a chat completion as a stream. See the free function `streamChat`.
   *
   * @throws InputError where a message or a declaration is malformed; APIError, ConnectionError, TimeoutError, or the abort
   */
  async streamChat<P extends ChatParams>(
    messages: readonly Message[],
    params?: P,
    options?: StreamChatOptions,
  ): Promise<ChatStream> {
    checkChat(messages, params);
    return streamChat(this, messages, params, options);
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

  /**
   * Asks for a response. See the free function `createResponse`.
   *
   * @throws InputError where the input is malformed; APIError, also where the response failed; ConnectionError, TimeoutError, or the abort
   */
  async createResponse<P extends ResponseParams>(
    input: ResponseInput | undefined,
    params?: P,
    options?: ResponseOptions,
  ): Promise<ResponseObject> {
    if (input !== undefined) checkInput(input);
    return createResponse(this, input, params, options);
  }

  /**
   * Asks for a response as a stream. See the free function `streamResponse`.
   *
   * @throws InputError where the input is malformed; APIError, ConnectionError, TimeoutError, or the abort
   */
  async streamResponse<P extends ResponseParams>(
    input: ResponseInput | undefined,
    params?: P,
    options?: StreamResponseOptions,
  ): Promise<ResponseStream> {
    if (input !== undefined) checkInput(input);
    return streamResponse(this, input, params, options);
  }

  /** A stored response, whatever its status. See the free function `response`. */
  async response<P extends RetrieveParams>(id: string, params?: P, options?: RequestOptions): Promise<ResponseObject> {
    return response(this, id, params, options);
  }

  /** Streams a stored response, from where an earlier stream broke. See the free function `resumeResponse`. */
  async resumeResponse<P extends ResumeParams>(
    id: string,
    params?: P,
    options?: RequestOptions,
  ): Promise<ResponseStream> {
    return resumeResponse(this, id, params, options);
  }

  /** Deletes a stored response. See the free function `deleteResponse`. */
  async deleteResponse(id: string, options?: RequestOptions): Promise<Deleted> {
    return deleteResponse(this, id, options);
  }

  /** Stops a response in the background. See the free function `cancelResponse`. */
  async cancelResponse(id: string, options?: RequestOptions): Promise<ResponseObject> {
    return cancelResponse(this, id, options);
  }

  /** What a stored response was made from. See the free function `responseInputItems`. */
  async responseInputItems<P extends InputItemsParams>(
    id: string,
    params?: P,
    options?: RequestOptions,
  ): Promise<Page<InputItem & { id: string }>> {
    return responseInputItems(this, id, params, options);
  }

  /**
   * Starts a conversation over the Responses API.
   *
   * @param options standing params, `tools`, `state`, `items` and `maxSteps`
   * @throws InputError where an item or a declaration is malformed
   */
  newResponsesChatSession<Kind extends SessionTool = RunTool>(
    options?: ResponsesSessionOptions<Kind>,
  ): ResponsesChatSession<Kind> {
    return new ResponsesChatSession<Kind>(this, options);
  }

  /** Any call that answers with JSON. See the free function `request`. */
  async request<T = unknown>(path: string, params?: object, options?: MethodOptions): Promise<T> {
    return request<T>(this, path, params, options);
  }

  /** Any call that answers with server-sent events. See the free function `streamRequest`. */
  async streamRequest(
    path: string,
    params?: object,
    options?: MethodOptions,
  ): Promise<ApiStream<ApiEvent, ApiEvent[]>> {
    return streamRequest(this, path, params, options);
  }

  /**
   * A raw request below the base URL, with the key: any status is an answer.
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
 * Nothing is read from the environment unless it is given: `createClient({ env: process.env })` on Node and Bun.
 *
 * @param options see {@link ClientOptions}
 * @throws InputError for options that cannot work, or where OpenAI's own API is to be asked without a key
 */
export function createClient(options: ClientOptions = {}): OpenAI {
  return new OpenAI(requireKey(options, (variable) => `the environment (env: process.env, with ${variable} in it)`));
}
