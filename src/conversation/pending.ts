import { InputError } from "../errors.ts";
import { readable, shown } from "../options.ts";
import type { Message, ToolCall } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";
import { note } from "./approval.ts";
import type { CallNote, CallNotes } from "./approval.ts";
import { openCalls } from "./history.ts";
import { openApprovals } from "./hostedApprovals.ts";

/** Returns the calls that wait for approval: the session's own, and those of hosted MCP tools. */
export function pendingCalls(messages: readonly Message[], notes: CallNotes): ToolCall[] {
  return callsIn(messages, notes, ["waiting"], [undefined, "waiting"]);
}

/**
 * Decides on calls that wait for approval.
 *
 * @param calls calls or their ids; none means all that wait
 * @throws InputError if one does not wait; nothing is decided then
 */
export function decideOn(
  messages: readonly Message[],
  notes: CallNotes,
  calls: readonly (string | { readonly id: string })[],
  state: "approved" | "rejected",
  reason?: string,
): void {
  const decided = ["waiting", "approved", "rejected"];
  const open = new Set(callsIn(messages, notes, decided, [undefined, ...decided]).map(({ id }) => id));
  const ids = (calls.length > 0 ? calls : pendingCalls(messages, notes)).map(idOf);
  const wrong = ids.length > 0 ? ids.find((id) => !open.has(id)) : "none that does";
  const expected =
    open.size > 0 ? `the id of a call that waits: ${[...open].join(", ")}` : "a call that waits for approval";
  if (wrong !== undefined) throw new InputError("call", expected, wrong);
  if (reason !== undefined && typeof reason !== "string") throw new InputError("reason", "a text", shown(reason));
  for (const id of ids) note(notes, id, state, reason);
}

/** Returns the notes on the open calls of the last answer, as they are saved. */
export function savedNotes(messages: readonly Message[], notes: CallNotes): CallNote[] {
  return allOpen(messages).flatMap(({ id }) => {
    const known = notes.get(id);
    return known ? [{ ...known }] : [];
  });
}

/**
 * Restores notes that were saved. A call of the last answer without a note is of unknown outcome.
 *
 * @throws InputError if a note is on no open call of the last answer, or on one that has a note already
 */
export function restoreNotes(messages: readonly Message[], notes: CallNotes, saved: readonly CallNote[]): void {
  const open = new Set(allOpen(messages).map(({ id }) => id));
  for (const [at, { id, state, reason }] of saved.entries()) {
    if (!open.delete(id))
      throw new InputError(`saved.calls[${at}].id`, "an open call of the last answer, once", shown(id));
    note(notes, id, state, reason);
  }
}

function allOpen(messages: readonly Message[]): ToolCall[] {
  return [...openCalls(messages), ...openApprovals(messages)];
}

/** Returns the open calls of the last answer whose notes are in one of these states. */
function callsIn(
  messages: readonly Message[],
  notes: CallNotes,
  own: readonly (string | undefined)[],
  hosted: readonly (string | undefined)[],
): ToolCall[] {
  const stateOf = ({ id }: ToolCall): string | undefined => notes.get(id)?.state;
  return [
    ...openCalls(messages).filter((call) => own.includes(stateOf(call))),
    ...openApprovals(messages).filter((call) => hosted.includes(stateOf(call))),
  ];
}

function idOf(call: unknown): string {
  const id = typeof call === "string" ? call : readable("call", () => stringOf(call, "id"));
  if (id === undefined) throw new InputError("call", "a call or its id", shown(call));
  return id;
}
