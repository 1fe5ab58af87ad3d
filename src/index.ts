/**
 * The OpenAI HTTP API, client and chat session, for every place that has `fetch`.
 *
 * @module
 */
export { createClient, OpenAI } from "./client.ts";
export type { ClientOptions } from "./client.ts";
export { chat, streamChat } from "./endpoints/chat.ts";
export type { ChatOptions, StreamChatOptions } from "./endpoints/chat.ts";
export { request, streamRequest } from "./endpoints/request.ts";
export type { MethodOptions } from "./endpoints/request.ts";
export type { FetchInit } from "./endpoints/fetchPath.ts";
export { createTransport } from "./http/transport.ts";
export type { Call, Exchange, Fetch, Limits, RequestOptions, Transport, TransportOptions } from "./http/transport.ts";
export type { HeadersInput } from "./http/headers.ts";
export { httpInfo } from "./http/info.ts";
export type { HttpInfo, RateLimit, RawHttpInfo } from "./http/info.ts";
export type { ResolvedTimeouts, Timeouts } from "./http/timeouts.ts";
export type { Watch, WatchPhase } from "./http/watch.ts";
export { ChatStream } from "./chat/stream.ts";
export { ChatSession } from "./chat/session.ts";
export type { Answer, ChatClient, GenerateOptions, SessionOptions, TurnInput, TurnOptions, TurnParams } from "./chat/session.ts";
export { TurnStream } from "./chat/turnStream.ts";
export type { Step, StepStream, Turn, TurnEnding, TurnEvent } from "./chat/turn.ts";
export { tool } from "./chat/tools.ts";
export type { CallOutcome, HandTool, RunTool, SchemaResult, StandardSchema, ToolContext, ToolOptions } from "./chat/tools.ts";
export { sessionKey } from "./key.ts";
export type { KeyStorage, SessionKey, SessionKeyOptions } from "./key.ts";
export { parseMessages } from "./schemas/messages.ts";
export { ApiStream } from "./sse/apiStream.ts";
export type { StreamOptions } from "./sse/apiStream.ts";
export type { StreamProtocol } from "./sse/protocol.ts";
export type { ApiEvent } from "./sse/eventFold.ts";
export type { ToResponseInit } from "./sse/toResponse.ts";
export {
  APIError, ConnectionError, InputError, isAbortError, isAPIError, isConnectionError, isInputError, isStreamError, isTimeoutError,
  isToolError, OpenAIError, StreamError, TimeoutError, ToolError,
} from "./errors.ts";
export type { APIErrorDetails, ErrorKind, FailedEnding, TimeoutPhase } from "./errors.ts";
export type * from "./types.ts";
export { VERSION } from "./version.ts";
