import type { Message, ToolCall } from "../wire/index.ts";

/** A call that needs a yes before it runs. */
export interface ApprovalRequest {
  /** The call, as the model made it. */
  readonly call: ToolCall;
  /** The tool's name. */
  readonly name: string;
  /** Its arguments, parsed and checked. */
  readonly args: unknown;
  /** The conversation up to the call. */
  readonly messages: readonly Message[];
  /** Aborted when the turn is. */
  readonly signal: AbortSignal;
}

/** `true` lets the call run; `false`, or a text that tells the model why, does not; `undefined` leaves it to wait, and the turn pauses. */
export type Approval = boolean | string | undefined;

/** What became of a call that has no result yet. */
export interface CallNote {
  /** The call's id. */
  id: string;
  /** It has not been looked at; it waits for a decision; it was decided on and has not begun; it has begun, and nobody knows how it ended. */
  state: "ready" | "waiting" | "approved" | "rejected" | "begun";
  /** What the model is told of a call that was rejected. */
  reason?: string | undefined;
}

/** What is known of the last answer's calls, by id. */
export type CallNotes = Map<string, CallNote>;

/** Notes a call's state. */
export function note(notes: CallNotes, id: string, state: CallNote["state"], reason?: string): void {
  notes.set(id, reason === undefined ? { id, state } : { id, state, reason });
}
