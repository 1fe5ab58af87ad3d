import { Fingerprint } from "../http/fingerprint.ts";
import { answerTo, askedAs, isAsking, isCall } from "../decode/output.ts";
import { objectsIn } from "../wire/read.ts";
import type { KeptItems, Message, ToolCall } from "../wire/index.ts";
import { saysItsItems } from "./message.ts";

/**
 * Returns a fingerprint of the messages before each index, and of all of them at the end. It covers role, content and
 * calls, but not kept items or fields that a provider added.
 */
export function fingerprints(messages: readonly Message[]): string[] {
  const fingerprint = new Fingerprint();
  return [fingerprint.add(""), ...messages.map((message) => fingerprint.add(wordsOf(message)))];
}

function wordsOf(message: Message): string {
  const { role, content } = message;
  if (role === "tool") return JSON.stringify([role, content, message.tool_call_id]);
  if (role === "function") return JSON.stringify([role, content, message.name]);
  if (role !== "assistant")
    return JSON.stringify([role, content, content.length === 0 ? message.responses?.items : undefined]);
  const { refusal, tool_calls, function_call } = message;
  return JSON.stringify([role, content ?? "", refusal ?? "", tool_calls?.map(callWords), function_call ?? undefined]);
}

function callWords(call: ToolCall): unknown[] {
  return call.type === "custom"
    ? [call.id, call.custom.name, call.custom.input]
    : [call.id, call.function.name, call.function.arguments];
}

/** An answer that the service knows by its id, with everything before it. */
export interface KnownAnswer {
  /** The response's id. */
  readonly id: string;
  /** The index of its message. */
  readonly at: number;
}

/**
 * Finds the last answer that a service can continue from.
 *
 * @param to the service
 * @param isLost returns `true` for an answer that the service has lost
 */
export function lastKnown(
  messages: readonly Message[],
  to: string,
  isLost: (kept: KeptItems) => boolean,
): KnownAnswer | undefined {
  let before: string[] | undefined;
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    const kept = message?.responses;
    if (message?.role !== "assistant" || kept?.id === undefined || kept.from !== to || isLost(kept)) continue;
    before ??= fingerprints(messages);
    if (kept.of === before[at] && saysItsItems(message, objectsIn(kept.items)))
      return isStuck(messages, at) ? undefined : { id: kept.id, at };
  }
  return undefined;
}

/** Returns `true` if an answer has a request that nobody has answered, such as a computer call. The API does not continue from it. */
function isStuck(messages: readonly Message[], at: number): boolean {
  const items = objectsIn(messages[at]?.responses?.items);
  const asked = items.filter((item) => isAsking(item) && !isCall(item));
  if (asked.length === 0) return false;
  const later = messages.slice(at).flatMap(({ responses }) => objectsIn(responses?.items));
  const answered = new Set(later.map(answerTo));
  return asked.some((item) => !answered.has(askedAs(item) ?? ""));
}
