/**
 * `fetchat/testing`: a mock of the OpenAI API, faults for its responses, and record and replay of real responses.
 *
 * @example
 * ```ts
 * import { createClient, textOf } from "fetchat";
 * import { createMockAPI } from "fetchat/testing";
 *
 * const api = createMockAPI({ pace: "instant" });
 * api.reply("Ultramarine.");
 * const client = createClient({ apiKey: "sk-test", fetch: api.fetch });
 * console.log(textOf(await client.chat([{ role: "user", content: "A color?" }])));
 * ```
 *
 * @module
 */
export { createMockAPI } from "./mockAPI.ts";
export type {
  BodyReply,
  ChunksReply,
  Draft,
  ErrorBody,
  EventsReply,
  Fault,
  FaultyReply,
  MessageReply,
  Pace,
  Piece,
  RecordedRequest,
  Reply,
  ReplyFunction,
  ReplyOverrides,
  ReplyToolCall,
  RequestStatus,
  MockAPI,
  MockAPIOptions,
  StatusReply,
} from "./types.ts";
export type { MockProvider } from "./providers.ts";
export type { UploadedFile } from "./forms.ts";
export { checkMessages } from "./messageRules.ts";
export { createFault } from "./faults.ts";
export type { EarlyPlace, Place } from "./faults.ts";
/** Faults of a response: values for the `fault` of a reply, or functions that wrap a reply. */
export * as faults from "./faults.ts";
export { record } from "./cassette/record.ts";
export type { Recorder, RecordOptions } from "./cassette/record.ts";
export { CassetteError, replay } from "./cassette/replay.ts";
export type { ReplayOptions } from "./cassette/replay.ts";
export type { Difference } from "./cassette/diff.ts";
export type { Cassette, CassettePiece, CassetteRequest, CassetteResponse, Exchange } from "./cassette/types.ts";
