/**
 * The Responses API: an API for chat sessions, and functions that take a client or another connection.
 *
 * @example
 * ```ts
 * import { createClient } from "fetchat";
 * import { createResponse, outputText } from "fetchat/responses";
 *
 * const client = createClient({ apiKey: process.env.OPENAI_API_KEY });
 * console.log(outputText(await createResponse(client, "Name three rivers.")));
 * ```
 *
 * @module
 */
export { responses } from "./api.ts";
export type { ResponsesOptions } from "./api.ts";
export {
  cancelResponse,
  createResponse,
  deleteResponse,
  response,
  responseInputItems,
  resumeResponse,
  streamResponse,
} from "../endpoints/responses.ts";
export {
  conversation,
  conversationItem,
  conversationItems,
  createConversation,
  createConversationItems,
  deleteConversation,
  deleteConversationItem,
  updateConversation,
} from "../endpoints/conversations.ts";
export type {
  ConversationItem,
  ConversationItemParams,
  ConversationItemsParams,
  ConversationObject,
  CreateConversationParams,
  UpdateConversationParams,
} from "../endpoints/conversations.ts";
export { compactResponse, countInputTokens } from "../endpoints/context.ts";
export type { CompactedResponse, CompactParams, CountParams, InputTokens } from "../endpoints/context.ts";
export type {
  InputItemsParams,
  ResponseOptions,
  ResponseStream,
  ResumeParams,
  RetrieveParams,
  StreamResponseOptions,
} from "../endpoints/responses.ts";
export { outputCalls, outputImages, outputReasoning, outputRefusal, outputText } from "../decode/output.ts";
export type { HasOutput, OutputCall } from "../decode/output.ts";
export type * from "../wire/responses.ts";
export type { ResponseInclude } from "../wire/vocabulary.ts";
export type * from "../wire/responseEvents.ts";
export type { Deleted, List } from "../endpoints/list.ts";
export type { KeptItems } from "../wire/messages.ts";
export type { NamespaceTool } from "../conversation/tools.ts";
export type { BackgroundPlace } from "../conversation/apis/api.ts";
