/**
 * The Responses API: functions that take a client or another connection.
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
export { responseTool } from "./tools.ts";
export type * from "../wire/responses.ts";
export type { ResponseInclude } from "../wire/vocabulary.ts";
export type * from "../wire/responseEvents.ts";
export { ResponsesChatSession } from "./session.ts";
export type {
  GenerateResponseOptions,
  ResponseAnswer,
  ResponsesClient,
  ResponsesSessionOptions,
  ResponseTurnInput,
  ResponseTurnParams,
  SavedResponsesChat,
  ResponsesSessionTool,
} from "./session.ts";
export type { KnownItems } from "./items.ts";
export type { ResponseStep, ResponseStepStream, ResponseTurn, ResponseTurnEvent } from "./turn.ts";
export type { Deleted } from "../endpoints/list.ts";
export type { PausedTurn as PausedResponsesTurn, SessionLimits as ResponsesSessionLimits } from "./turnRunner.ts";
export type { StreamOf, TurnEventOf } from "./turnGenerator.ts";
export type { ToolRunEvent } from "./callGenerator.ts";
export type { KeptItems } from "../wire/messages.ts";
export type { NamespaceTool } from "../conversation/tools.ts";
