import type { Chunk, HeldAnswer } from "./index.ts";
import type { OutputItem, ResponseObject } from "./responses.ts";

/** What the events of a response have in common. */
export interface OrderedEvent {
  /** The event's place in the stream. */
  sequence_number?: number | undefined;
}

/** What the events of one item have in common. */
export interface ItemEvent extends OrderedEvent {
  /** The item's id. */
  item_id: string;
  /** The item's place in the output, from 0. */
  output_index: number;
}

/** The response as it stands, at its beginning and at its end. */
export interface ResponseStateEvent extends OrderedEvent {
  /** Tells events apart. */
  type:
    | "response.created"
    | "response.queued"
    | "response.in_progress"
    | "response.completed"
    | "response.incomplete"
    | "response.failed"
    | "response.cancelled";
  /** The response, with all that it has so far. */
  response: ResponseObject;
}

/** An item of the output begins, or is whole. */
export interface OutputItemEvent extends OrderedEvent {
  /** Tells events apart. */
  type: "response.output_item.added" | "response.output_item.done";
  /** The item's place in the output, from 0. */
  output_index: number;
  /** The item. */
  item: OutputItem;
}

/** A part of an item's content begins, or is whole. */
export interface ContentPartEvent extends ItemEvent {
  /** Tells events apart. */
  type: "response.content_part.added" | "response.content_part.done";
  /** The part's place in the item's content, from 0. */
  content_index: number;
  /** The part. */
  part: { type: string; text?: string | undefined; refusal?: string | undefined };
}

/** A piece of text, of a refusal, or of the model's reasoning. */
export interface TextDeltaEvent extends ItemEvent {
  /** Tells events apart. */
  type: "response.output_text.delta" | "response.refusal.delta" | "response.reasoning_text.delta";
  /** The part's place in the item's content, from 0. */
  content_index: number;
  /** The next piece. */
  delta: string;
}

/** A piece of the summary of the model's reasoning. */
export interface ReasoningSummaryDeltaEvent extends ItemEvent {
  /** Tells events apart. */
  type: "response.reasoning_summary_text.delta";
  /** The place in the item's summary, from 0. */
  summary_index: number;
  /** The next piece. */
  delta: string;
}

/** A piece of a call's arguments or input. */
export interface ArgumentsDeltaEvent extends ItemEvent {
  /** Tells events apart. */
  type:
    | "response.function_call_arguments.delta"
    | "response.mcp_call_arguments.delta"
    | "response.custom_tool_call_input.delta";
  /** The next piece. */
  delta: string;
}

/** A call's arguments, whole. */
export interface ArgumentsDoneEvent extends ItemEvent {
  /** Tells events apart. */
  type: "response.function_call_arguments.done";
  /** JSON text, as the model wrote it. */
  arguments: string;
}

/** An image on its way. */
export interface PartialImageEvent extends ItemEvent {
  /** Tells events apart. */
  type: "response.image_generation_call.partial_image";
  /** Which of the partial images it is, from 0. */
  partial_image_index: number;
  /** The image as far as it is, in base64. */
  partial_image_b64: string;
}

/** An error that ends the stream. The stream's reader throws it: it is no chunk. */
export interface ResponseErrorEvent extends OrderedEvent {
  /** Tells events apart. */
  type: "error";
  /** The API's own code. */
  code?: string | null | undefined;
  /** What is wrong. */
  message?: string | undefined;
  /** The request field that the API objects to. */
  param?: string | null | undefined;
}

/** An event of another type that the API knows. Types that are yet to come pass too. */
export interface OtherResponseEvent {
  /** Tells events apart. */
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
  /** The fields of its type. */
  [field: string]: unknown;
}

/** One event of a streamed response, as the API sends it. The known ones can be told by `type`. */
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

/** What one event of a response brought. */
export type ResponseChunk = Chunk<ResponseEvent>;

/** What has arrived of a response so far. */
export interface HeldResponse extends HeldAnswer {
  /** The response as it stands. Calls are in its output only once their arguments are whole. */
  readonly response: ResponseObject;
}
