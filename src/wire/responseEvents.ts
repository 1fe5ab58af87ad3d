import type { Chunk, HeldAnswer } from "./index.ts";
import type { OutputItem, ResponseObject } from "./responses.ts";

/** The fields that all events of a response have. */
export interface OrderedEvent {
  /** The event's position in the stream. */
  sequence_number?: number | undefined;
}

/** The fields that all events of an item have. */
export interface ItemEvent extends OrderedEvent {
  /** The item's id. */
  item_id: string;
  /** The item's index in the output, from 0. */
  output_index: number;
}

/** An event with the whole response, at its beginning and at its end. */
export interface ResponseStateEvent extends OrderedEvent {
  /** The event's kind. */
  type:
    | "response.created"
    | "response.queued"
    | "response.in_progress"
    | "response.completed"
    | "response.incomplete"
    | "response.failed"
    | "response.cancelled";
  /** The response so far. */
  response: ResponseObject;
}

/** An event at the beginning or the end of an output item. */
export interface OutputItemEvent extends OrderedEvent {
  /** The event's kind. */
  type: "response.output_item.added" | "response.output_item.done";
  /** The item's index in the output, from 0. */
  output_index: number;
  /** The item. */
  item: OutputItem;
}

/** An event at the beginning or the end of a part of an item's content. */
export interface ContentPartEvent extends ItemEvent {
  /** The event's kind. */
  type: "response.content_part.added" | "response.content_part.done";
  /** The part's index in the item's content, from 0. */
  content_index: number;
  /** The part. */
  part: { type: string; text?: string | undefined; refusal?: string | undefined };
}

/** A piece of text, of a refusal or of reasoning. */
export interface TextDeltaEvent extends ItemEvent {
  /** The event's kind. */
  type: "response.output_text.delta" | "response.refusal.delta" | "response.reasoning_text.delta";
  /** The part's index in the item's content, from 0. */
  content_index: number;
  /** The next piece. */
  delta: string;
}

/** A piece of a summary of the reasoning. */
export interface ReasoningSummaryDeltaEvent extends ItemEvent {
  /** The event's kind. */
  type: "response.reasoning_summary_text.delta";
  /** The index in the item's summary, from 0. */
  summary_index: number;
  /** The next piece. */
  delta: string;
}

/** A piece of a call's arguments or input. */
export interface ArgumentsDeltaEvent extends ItemEvent {
  /** The event's kind. */
  type:
    | "response.function_call_arguments.delta"
    | "response.mcp_call_arguments.delta"
    | "response.custom_tool_call_input.delta";
  /** The next piece. */
  delta: string;
}

/** The complete arguments of a call. */
export interface ArgumentsDoneEvent extends ItemEvent {
  /** The event's kind. */
  type: "response.function_call_arguments.done";
  /** JSON text as the model wrote it. */
  arguments: string;
}

/** A partial image. */
export interface PartialImageEvent extends ItemEvent {
  /** The event's kind. */
  type: "response.image_generation_call.partial_image";
  /** The index of the partial image, from 0. */
  partial_image_index: number;
  /** The image so far, in base64. */
  partial_image_b64: string;
}

/** An error that ends the stream. Streams throw it; it is never a chunk. */
export interface ResponseErrorEvent extends OrderedEvent {
  /** The event's kind. */
  type: "error";
  /** The API's error code. */
  code?: string | null | undefined;
  /** The error's description. */
  message?: string | undefined;
  /** The field of the request that caused the error. */
  param?: string | null | undefined;
}

/** An event of another known kind. Unknown kinds pass too. */
export interface OtherResponseEvent {
  /** The event's kind. */
  type:
    | "response.output_text.done"
    | "response.output_text.annotation.added"
    | "response.refusal.done"
    | "response.reasoning_text.done"
    | `response.reasoning_summary_part.${"added" | "done"}`
    | "response.reasoning_summary_text.done"
    | `response.mcp_call_arguments.done`
    | "response.custom_tool_call_input.done"
    | `response.mcp_call.${string}`
    | `response.mcp_list_tools.${string}`
    | `response.image_generation_call.${"in_progress" | "generating" | "completed"}`
    | `response.web_search_call.${string}`
    | `response.file_search_call.${string}`
    | `response.code_interpreter_call.${string}`
    | `response.code_interpreter_call_code.${string}`
    | `response.audio.${string}`
    | `response.shell_call${string}`
    | `response.apply_patch_call${string}`
    | `response.compaction.${string}`
    | `response.steer.${"accepted" | "pending" | "failed"}`
    | "keepalive";
  /** The fields of its kind. */
  [field: string]: unknown;
}

/** One event of a streamed response, as the API sends it. `type` distinguishes the known ones. */
export type ResponseEvent =
  | ResponseStateEvent
  | OutputItemEvent
  | ContentPartEvent
  | TextDeltaEvent
  | ReasoningSummaryDeltaEvent
  | ArgumentsDeltaEvent
  | ArgumentsDoneEvent
  | PartialImageEvent
  | ResponseErrorEvent
  | OtherResponseEvent;

/** An event's addition to a response. */
export type ResponseChunk = Chunk<ResponseEvent>;

/** The part of a response that has arrived. */
export interface HeldResponse extends HeldAnswer {
  /** The response so far. Its output has calls only once their arguments are complete. */
  readonly response: ResponseObject;
}
