/** An event about an object that the API keeps. */
export interface ObjectEvent<Type extends string> extends EventFields {
  /** The event's type. */
  type: Type;
  /** The object's id. */
  data: { id: string; [field: string]: unknown };
}

/** An incoming phone call, for the Realtime API. */
export interface CallEvent extends EventFields {
  /** The event's type. */
  type: "realtime.call.incoming";
  /** The call's id, and the headers of its SIP invitation. */
  data: { call_id: string; sip_headers: SipHeader[]; [field: string]: unknown };
}

/** An incoming phone call, for the Live API. */
export interface LiveCallEvent extends EventFields {
  /** The event's type. */
  type: "live.call.incoming";
  /** The session's id, and the headers of its SIP invitation. */
  data: { session_id: string; sip_headers: SipHeader[]; [field: string]: unknown };
}

/** A header of a SIP invitation. */
export interface SipHeader {
  /** The name. */
  name: string;
  /** The value. */
  value: string;
}

/** Fields of all events. */
export interface EventFields {
  /** The event's id. */
  id: string;
  /** The object type. */
  object?: "event" | undefined;
  /** Unix time of what happened, in seconds. */
  created_at: number;
}

/** Types of events about an object that the API keeps. */
export type ObjectEventType =
  | `response.${"completed" | "failed" | "incomplete" | "cancelled"}`
  | `batch.${"completed" | "failed" | "expired" | "cancelled"}`
  | `fine_tuning.job.${"succeeded" | "failed" | "cancelled"}`
  | `eval.run.${"succeeded" | "failed" | "canceled"}`;

/**
 * An event that OpenAI sends to a webhook, https://platform.openai.com/docs/api-reference/webhook-events. There may be other types: let
 * a `switch` ignore them.
 */
export type WebhookEvent =
  CallEvent | LiveCallEvent | { [Type in ObjectEventType]: ObjectEvent<Type> }[ObjectEventType];
