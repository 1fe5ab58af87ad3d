import { answerTo, askedAs, isAsking, isCall } from "../decode/output.ts";
import type { Message, ToolCall } from "../wire/index.ts";
import { fieldOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { note } from "./approval.ts";
import type { Approval, CallNotes } from "./approval.ts";
import { argumentsOf, reasonOf } from "./tools.ts";
import type { RunningTurn } from "./turn.ts";
import { unlessAborted } from "./unlessAborted.ts";

const REQUEST = "mcp_approval_request";

/** Returns the Responses items that a message keeps. */
function itemsOf(message: Message | undefined): Fields[] {
  return objectsIn(fieldOf(fieldOf(message, "responses"), "items"));
}

/** Returns the items of the last answer that somebody has to answer and that have no answer yet; calls in chat's form are not among them. */
function unanswered(messages: readonly Message[]): Fields[] {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  const asking = itemsOf(messages[at]).filter((item) => isAsking(item) && !isCall(item));
  if (asking.length === 0) return asking;
  const answers = new Set(messages.slice(at).flatMap(itemsOf).map(answerTo));
  return asking.filter((item) => !answers.has(askedAs(item) ?? ""));
}

/** Returns the items of the last answer that the program has to answer, such as a computer's call. */
export function openItems(messages: readonly Message[]): Fields[] {
  return unanswered(messages).filter(({ type }) => type !== REQUEST);
}

/** Returns the calls of hosted MCP tools in the last answer that wait for approval, in chat's form. */
export function openApprovals(messages: readonly Message[]): ToolCall[] {
  return unanswered(messages)
    .filter(({ type }) => type === REQUEST)
    .map((item) => {
      const namespace = stringOf(item, "server_label");
      const name = stringOf(item, "name") ?? "";
      const call = { name, arguments: stringOf(item, "arguments") ?? "{}" };
      const id = stringOf(item, "id") ?? "";
      return { id, type: "function", function: call, ...(namespace === undefined ? undefined : { namespace }) };
    });
}

/** Returns whether a message answers what the model asked for and says nothing new: a tool result, or items such as an approval. */
export function isAnswerToModel(message: Message): boolean {
  const items = itemsOf(message);
  return message.role === "tool" || (items.length > 0 && items.every((item) => answerTo(item) !== undefined));
}

/**
 * Decides on the calls of hosted MCP tools in the last answer. Once all are decided on, the history gets their answers.
 *
 * @returns the calls that wait for approval
 */
export async function decideApprovals(run: RunningTurn): Promise<ToolCall[]> {
  const { messages, notes } = run;
  const open = openApprovals(messages);
  for (const call of open) if (!isDecided(notes, call)) await decide(run, call);
  const waiting = open.filter((call) => !isDecided(notes, call));
  if (open.length === 0 || waiting.length > 0) return waiting;
  const items = open.map(({ id }) => {
    const { state, reason } = notes.get(id) ?? {};
    notes.delete(id);
    const said = reason === undefined ? undefined : { reason };
    const approve = state === "approved";
    return { type: "mcp_approval_response" as const, approval_request_id: id, approve, ...said };
  });
  const from = messages.findLastIndex(({ role }) => role === "assistant") + 1;
  const behind = messages.slice(from).findIndex(({ role }) => role !== "tool");
  const answer = { role: "user" as const, content: "", responses: { items } };
  messages.splice(behind === -1 ? messages.length : from + behind, 0, answer);
  return [];
}

/** Returns whether a call that needed approval was approved or rejected. */
export function isDecided(notes: CallNotes, { id }: ToolCall): boolean {
  const state = notes.get(id)?.state;
  return state === "approved" || state === "rejected";
}

async function decide({ messages, notes, onApproval, state }: RunningTurn, call: ToolCall): Promise<void> {
  const { signal } = state.stopper;
  const { name, arguments: text } = call.type === "custom" ? { name: "", arguments: "" } : call.function;
  const args = argumentsOf(text)?.value;
  const request = { call, name, args, messages: [...messages], signal };
  const ask = async (): Promise<Approval> => onApproval?.(request);
  // As with the session's own tools, a callback that throws lets nothing run.
  const approval = await unlessAborted(
    ask().catch((cause: unknown) => `Error: ${reasonOf(cause)}`),
    signal,
  );
  if (approval === undefined) note(notes, call.id, "waiting");
  else if (approval === true) note(notes, call.id, "approved");
  else note(notes, call.id, "rejected", approval || undefined);
}
