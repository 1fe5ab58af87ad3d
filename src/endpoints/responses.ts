import { send, settingsOf } from "../http/connection.ts";
import { checkInput } from "../check/responses.ts";
import { APIError } from "../errors.ts";
import { attachInfo } from "../http/info.ts";
import type { RequestOptions, Connection, Exchange } from "../http/connection.ts";
import { endingOfResponse, isResponse } from "../decode/responseEnding.ts";
import { ResponseDecoder } from "../decode/response.ts";
import { bodyStream } from "../stream/body.ts";
import type { StreamOptions } from "../stream/restart.ts";
import type { Stream } from "../stream/stream.ts";
import type { HeldResponse, ResponseChunk } from "../wire/responseEvents.ts";
import type { InputItem, ResponseInput, ResponseObject, ResponseParams } from "../wire/responses.ts";
import { defined, fieldOf, fieldsOf, objectOf } from "../wire/read.ts";
import { CHAT_OPTIONS, checkCall, RESUME, STREAM_OPTIONS } from "./arguments.ts";

import { listPages } from "./list.ts";
import type { Deleted, Page } from "./list.ts";
import { anyCall, ask, jsonCall, pathPart, readJSON, requestObject, withMethod } from "./request.ts";
import type { ExpectedAnswer } from "./request.ts";
import { responseTool } from "./responseTool.ts";

const PATH = "/responses";

/** Options of a streamed response. */
export interface StreamResponseOptions extends RequestOptions {
  /** `"restart"` to repeat the request if the stream breaks after content. The first new chunk then has `restarted: true`. @default no restart */
  resume?: "restart" | undefined;
}

/** Options of a response. */
export interface ResponseOptions extends StreamResponseOptions {
  /** Streams underneath and is called with every chunk; `createResponse()` waits for it, and rejects with what it throws. */
  onChunk?: ((chunk: ResponseChunk) => unknown) | undefined;
}

/** Params of a request for a stored response. */
export interface RetrieveParams {
  /** Further data to send, as in {@link ResponseParams}. */
  include?: readonly string[] | undefined;
}

/** Params of a list of input items. */
export interface InputItemsParams extends RetrieveParams {
  /** Items per page, 1 to 100. @default 20 */
  limit?: number | undefined;
  /** The API's default is `"desc"`. */
  order?: "asc" | "desc" | undefined;
  /** The id of the item before the page. */
  after?: string | undefined;
}

/** The position at which the stream of a stored response continues. */
export interface ResumeParams extends RetrieveParams {
  /** The `sequence_number` of the last event that has arrived: the stream begins after it. Default: the first event. */
  starting_after?: number | undefined;
}

/** Returns the body of a request about a response: its input and params, with the connection's model. */
export function responseBody(connection: Connection, input: unknown, params: object | undefined): object {
  const body = { model: connection.model, ...defined({ input }), ...defined(params) };
  const text = objectOf(body, "text");
  const format = objectOf(text, "format");
  const nested = objectOf(format, "json_schema");
  const tools = fieldOf(body, "tools");
  // What `outputFormat()` and `tool()` return is in chat's form; here it is flat.
  return {
    ...body,
    ...(nested && { text: { ...text, format: { type: "json_schema", ...nested } } }),
    ...(Array.isArray(tools) && {
      tools: tools.map((one: unknown) => (fieldsOf(one) ? responseTool(one as object) : one)),
    }),
  };
}

/**
 * Requests a response. `POST /responses`, https://platform.openai.com/docs/api-reference/responses/create
 *
 * @param input the user's text, or a list of items, sent as they are; left out where a stored `prompt` says it all
 * @param params the API's own fields, sent as they are
 * @returns the response as the API sent it or as assembled from its stream, even if it is incomplete
 * @throws APIError, also where the response failed or was cancelled (`body` is the response then); ConnectionError, TimeoutError,
 *   InputError, or the abort; StreamError with `onChunk`
 */
export async function createResponse(
  connection: Connection,
  input: ResponseInput | undefined,
  params?: ResponseParams,
  options?: ResponseOptions,
): Promise<ResponseObject> {
  const streams = "streamResponse(), or onChunk among the options";
  checkCall(connection, params, options, { rules: CHAT_OPTIONS, input: "input", elsewhere: RESUME, streams });
  if (input !== undefined) checkInput(input);
  const { onChunk } = options ?? {};
  if (!onChunk) {
    const exchange = await send(connection, jsonCall(PATH, responseBody(connection, input, params), options, "input"));
    return checked(await readJSON(exchange, settingsOf(connection).limits.answer), exchange);
  }
  const stream = await open(connection, input, params, options);
  for await (const chunk of stream) await onChunk(chunk);
  return stream.final();
}

/** A streamed response: {@link ResponseChunk}s to loop over, a whole to wait for, or a `Response` to pass on. */
export type ResponseStream = Stream<ResponseChunk, ResponseObject> & {
  /** Everything that has arrived. Can be read at any time, also after a failure. */
  readonly partial: HeldResponse;
};

/**
 * Requests a response as a stream.
 *
 * @param input the user's text, or a list of items, sent as they are
 * @param params the API's own fields, sent as they are, with `stream: true`
 * @returns the stream, once the API has accepted the request
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamResponse(
  connection: Connection,
  input: ResponseInput | undefined,
  params?: ResponseParams,
  options?: StreamResponseOptions,
): Promise<ResponseStream> {
  checkCall(connection, params, options, { rules: STREAM_OPTIONS, input: "input", elsewhere: RESUME, streams: true });
  if (input !== undefined) checkInput(input);
  return open(connection, input, params, options);
}

async function open(
  connection: Connection,
  input: ResponseInput | undefined,
  params: ResponseParams | undefined,
  options: StreamResponseOptions | undefined,
  decoder?: ResponseDecoder,
): Promise<ResponseStream> {
  const body = { ...responseBody(connection, input, params), stream: true };
  const exchange = await send(connection, { ...jsonCall(PATH, body, options, "input"), streamed: true });
  const restarts = decoder ? { maxRetries: 0 } : { maxRetries: options?.maxRetries, resume: options?.resume };
  return streamOf(exchange, { connection, ...restarts }, decoder);
}

/**
 * Requests a response in the background, as a stream that is not restarted if it breaks: {@link resumeBackground} continues it.
 *
 * @param decoder reads the response over all its connections
 */
export async function openBackground(
  connection: Connection,
  input: ResponseInput | undefined,
  params: ResponseParams,
  options: RequestOptions,
  decoder: ResponseDecoder,
): Promise<ResponseStream> {
  checkCall(connection, params, options, { rules: STREAM_OPTIONS, input: "input", elsewhere: RESUME, streams: true });
  checkInput(input);
  return open(connection, input, params, options, decoder);
}

/** Continues the stream of a response in the background after an event. @param decoder has read the events up to there */
export async function resumeBackground(
  connection: Connection,
  id: string,
  starting_after: number | undefined,
  options: RequestOptions,
  decoder: ResponseDecoder,
): Promise<ResponseStream> {
  const call = anyCall(pathOf(id), { stream: true, ...defined({ starting_after }) }, withMethod("GET", options));
  const exchange = await send(connection, { ...call, streamed: true });
  return streamOf(exchange, { connection, maxRetries: 0 }, decoder);
}

/** @param decoder reads the response over several connections. Default: one for each attempt */
function streamOf(exchange: Exchange, options: StreamOptions, decoder?: ResponseDecoder): ResponseStream {
  const { answer } = settingsOf(options.connection).limits;
  const makeDecoder = (restarted: boolean): ResponseDecoder => decoder ?? new ResponseDecoder(answer, restarted);
  // The decoder gives a HeldResponse, which Stream passes on.
  return bodyStream(exchange, makeDecoder, options) as ResponseStream;
}

const pathOf = (id: unknown): string => `${PATH}/${pathPart("id", id)}`;

/**
 * A stored response, whatever its status. `GET /responses/{id}`, https://platform.openai.com/docs/api-reference/responses/get
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function response(
  connection: Connection,
  id: string,
  params?: RetrieveParams,
  options?: RequestOptions,
): Promise<ResponseObject> {
  checkCall(connection, params, options, { streams: "resumeResponse()" });
  return requestObject<ResponseObject>(connection, anyCall(pathOf(id), params, withMethod("GET", options)), RESPONSE);
}

/**
 * Streams a stored response that was created with `background: true` and `stream: true`, from its beginning or from the event at which an
 * earlier stream broke. `GET /responses/{id}?stream=true`, https://platform.openai.com/docs/api-reference/responses/get
 *
 * @param params with `starting_after`, the `sequence_number` of the last event that has arrived
 * @returns the stream, once the API has accepted the request: the events after that one; its `final()` gives the whole response
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function resumeResponse(
  connection: Connection,
  id: string,
  params?: ResumeParams,
  options?: RequestOptions,
): Promise<ResponseStream> {
  checkCall(connection, params, options, { streams: true });
  const call = anyCall(pathOf(id), { ...params, stream: true }, withMethod("GET", options));
  const exchange = await send(connection, { ...call, streamed: true });
  return streamOf(exchange, { connection, maxRetries: options?.maxRetries });
}

const RESPONSE: ExpectedAnswer = { expected: "a response", test: isResponse };

/**
 * Deletes a stored response. `DELETE /responses/{id}`, https://platform.openai.com/docs/api-reference/responses/delete
 *
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function deleteResponse(connection: Connection, id: string, options?: RequestOptions): Promise<Deleted> {
  checkCall(connection, undefined, options);
  return ask<Deleted>(connection, anyCall(pathOf(id), undefined, withMethod("DELETE", options)));
}

/**
 * Stops a response that was begun with `background: true`. `POST /responses/{id}/cancel`,
 * https://platform.openai.com/docs/api-reference/responses/cancel
 *
 * @returns the response as it stands
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function cancelResponse(
  connection: Connection,
  id: string,
  options?: RequestOptions,
): Promise<ResponseObject> {
  checkCall(connection, undefined, options);
  const call = anyCall(`${pathOf(id)}/cancel`, undefined, withMethod("POST", options));
  return requestObject<ResponseObject>(connection, call, RESPONSE);
}

/**
 * Lists the input items of a stored response. `GET /responses/{id}/input_items`,
 * https://platform.openai.com/docs/api-reference/responses/input-items
 *
 * @returns the first page; a loop over it gives the items of all pages
 * @throws APIError (404 where there is none), ConnectionError, TimeoutError, InputError, or the abort
 */
export async function responseInputItems(
  connection: Connection,
  id: string,
  params?: InputItemsParams,
  options?: RequestOptions,
): Promise<Page<InputItem & { id: string }>> {
  return listPages<InputItem & { id: string }>(connection, `${pathOf(id)}/input_items`, params, options);
}

/** Tells of a response that failed, and of an answer that is none. */
function checked(answer: unknown, { info }: { info: Parameters<typeof attachInfo>[1] }): ResponseObject {
  try {
    if (!isResponse(answer))
      throw new APIError("Expected a response, received something else", {
        status: 200,
        code: "not_json",
        body: answer,
      });
    endingOfResponse(answer);
    return answer;
  } catch (error) {
    throw attachInfo(error, info);
  }
}
