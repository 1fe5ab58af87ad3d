/**
 * The OpenAI HTTP API, client and chat session, for every place that has `fetch`.
 *
 * A conversation that streams, and runs your tools:
 *
 * ```ts
 * import { createClient, tool } from "fetchat";
 *
 * const weather = tool({
 *   name: "get_weather",
 *   parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
 *   execute: ({ city }) => `Rain in ${city}, 8 degrees`,
 * });
 * const chat = createClient({ env: process.env }).newChatSession({ model: "gpt-6-luna", tools: [weather] });
 *
 * const turn = await chat.stream("Is it raining in Oslo?");
 * for await (const event of turn) process.stdout.write(event.content);
 * console.log(turn.ending, await chat.send("And in Bergen?"));
 * ```
 *
 * A server that streams an answer to its visitors, here on Deno:
 *
 * ```ts
 * import { createClient, errorResponse, readMessages } from "fetchat/deno";
 *
 * Deno.serve(async (request) => {
 *   try {
 *     const stream = await createClient().streamChat(await readMessages(request), {}, { signal: request.signal });
 *     return stream.toResponse();
 *   } catch (error) {
 *     return errorResponse(error);
 *   }
 * });
 * ```
 *
 * `fetchat/cloudflare`, `fetchat/deno` and `fetchat/browser` export the same names, with a `createClient()` for the
 * platform. The rest of the API is in entries of its own.
 *
 * @module
 */
export { createClient, OpenAI } from "./client.ts";
export type { ClientOptions } from "./env.ts";
export { chat, streamChat } from "./endpoints/chat.ts";
export type { ChatOptions, ChatStream, StreamChatOptions } from "./endpoints/chat.ts";
export { completion, streamCompletion } from "./endpoints/completion.ts";
export type { CompletionParams, CompletionStream, Prompt } from "./endpoints/completion.ts";
export type { Completion, CompletionChunk } from "./decode/completion.ts";
export { embedding } from "./endpoints/embedding.ts";
export type { EmbeddingList, EmbeddingParams } from "./endpoints/embedding.ts";
export { listPages } from "./endpoints/list.ts";
export type { Page } from "./endpoints/list.ts";
export { model, models } from "./endpoints/models.ts";
export type { Model } from "./endpoints/models.ts";
export { moderation } from "./endpoints/moderation.ts";
export type { Moderation, ModerationInput, ModerationParams, ModerationResult } from "./endpoints/moderation.ts";
export { request, streamRequest } from "./endpoints/request.ts";
export type { MethodOptions } from "./endpoints/request.ts";
export type { FetchInit } from "./endpoints/fetchPath.ts";
export { Connection, createConnection } from "./http/connection.ts";
export type { ConnectionOptions, Fetch, RequestOptions } from "./http/connection.ts";
export { httpInfo } from "./http/info.ts";
export type { HttpInfo } from "./http/info.ts";
export type { Timeouts } from "./http/timeouts.ts";
export { ChatSession } from "./conversation/session.ts";
export type {
  Answer,
  Conversation,
  GenerateOptions,
  PausedTurn,
  SavedChat,
  SessionLimits,
  SessionOptions,
  ToolsOf,
  TurnOptions,
} from "./conversation/session.ts";
export { chatCompletions } from "./conversation/apis/chat.ts";
export type { Api } from "./conversation/apis/api.ts";
export type { TurnInput } from "./conversation/input.ts";
export type { PrepareStep, StepChange, StepState } from "./conversation/prepareStep.ts";
export { trimMessages } from "./conversation/trimMessages.ts";
export type { TrimOptions } from "./conversation/trimMessages.ts";
export type { Approval, ApprovalRequest, CallNote } from "./conversation/approval.ts";
export type { Budget, Spent } from "./conversation/budget.ts";
export type { TurnStream } from "./conversation/turnSource.ts";
export type { CallEvent, Step, Turn, TurnEnding, TurnEvent, TurnParams } from "./conversation/turn.ts";
export { tool } from "./conversation/tools.ts";
export type {
  CallOutcome,
  HandTool,
  PlainSchema,
  RunTool,
  SessionTool,
  StandardSchema,
  StandardWithJSONSchema,
  ToolContext,
  ToolDeclarationOptions,
  ToolOptions,
} from "./conversation/tools.ts";
export { strict } from "./schema/strictSchema.ts";
export type { StrictSchema } from "./schema/standard.ts";
export { outputFormat } from "./schema/outputFormat.ts";
export type { DeepPartial, Outcome, OutputFormat } from "./schema/outputFormat.ts";
export { sendFor } from "./conversation/sendFor.ts";
export type { SendForOptions } from "./conversation/sendFor.ts";
export { PartialJSON } from "./schema/partialJSON.ts";
export type { FromSchema, SchemaFields, SchemaTypes } from "./schema/fromSchema.ts";
export { sessionKey } from "./key.ts";
export type { KeyStorage, SessionKey, SessionKeyOptions } from "./key.ts";
export { parseMessages } from "./check/messages.ts";
export { textOf } from "./decode/textOf.ts";
export { errorResponse } from "./serve/errorResponse.ts";
export type { ErrorResponseOptions } from "./serve/errorResponse.ts";
export { readMessages } from "./serve/readMessages.ts";
export type { ReadMessagesOptions } from "./serve/readMessages.ts";
export { Stream } from "./stream/stream.ts";
export type { EndingOf } from "./stream/source.ts";
export type { ApiEvent } from "./decode/events.ts";
export type { ToResponseInit } from "./stream/toResponse.ts";
export {
  APIError,
  ConnectionError,
  InputError,
  isAbortError,
  isAPIError,
  isConnectionError,
  isInputError,
  isStreamError,
  isTimeoutError,
  isToolError,
  OpenAIError,
  RequestError,
  StreamError,
  TimeoutError,
  ToolError,
} from "./errors.ts";
export type { APIErrorDetails, FailedEnding, RequestStatus } from "./errors.ts";
export type * from "./wire/answers.ts";
export type {
  AnswerMessage,
  AssistantMessage,
  AudioPart,
  ContentPart,
  CustomToolCall,
  DeveloperMessage,
  FilePart,
  FunctionMessage,
  FunctionToolCall,
  ImagePart,
  Message,
  OtherPart,
  OtherPartTypes,
  RefusalPart,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolMessage,
  UrlCitation,
  UserMessage,
} from "./wire/messages.ts";
export type * from "./wire/params.ts";
export type { ModelId, ReasoningEffort, ServiceTier, Verbosity } from "./wire/vocabulary.ts";
export { extra } from "./wire/extra.ts";
export { VERSION } from "./version.ts";
