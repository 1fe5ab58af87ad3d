import type { Message, ToolCall } from "../wire/index.ts";

/** A call that needs approval before it runs. */
export interface ApprovalRequest {
  /** The call, as the model made it. */
  readonly call: ToolCall;
  /** The tool's name. */
  readonly name: string;
  /** The call's arguments, parsed and checked; those of a hosted tool are only parsed. */
  readonly args: unknown;
  /** The conversation up to the call. */
  readonly messages: readonly Message[];
  /** Aborted with the turn. */
  readonly signal: AbortSignal;
}

/** `true` lets the call run; `false`, or a text with the reason for the model, does not; `undefined` lets it wait, and the turn pauses. */
export type Approval = boolean | string | undefined;

/** The state of a call that has no result yet. */
export interface CallNote {
  /** The call's id. */
  id: string;
  /** `ready`: not begun. `waiting`: it waits for approval. `approved`, `rejected`: decided on, and not begun. `begun`: of unknown outcome. */
  state: "ready" | "waiting" | "approved" | "rejected" | "begun";
  /** The reason for a rejection, for the model to read. */
  reason?: string | undefined;
}

/** The states of the last answer's calls, by id. */
export type CallNotes = Map<string, CallNote>;

/** Notes a call's state. */
export function note(notes: CallNotes, id: string, state: CallNote["state"], reason?: string): void {
  notes.set(id, reason === undefined ? { id, state } : { id, state, reason });
}
