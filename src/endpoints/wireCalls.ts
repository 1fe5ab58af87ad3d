import { InputError } from "../errors.ts";
import { Fingerprint } from "../http/fingerprint.ts";
import type { CallIds, Provider } from "../http/provider.ts";
import type { Message, ToolCall } from "../wire/index.ts";

/**
 * Returns messages with ids of calls that a provider takes, the same every time. Ids that it takes stay as they are.
 *
 * @param rule the form of its ids. Default: it takes any
 */
export function withWireIds(messages: readonly Message[], rule: CallIds | undefined): readonly Message[] {
  if (!rule) return messages;
  const taken = new Set(
    messages.flatMap((message) => callsOf(message).map(({ id }) => id)).filter((id) => fits(id, rule)),
  );
  let ids = new Map<string, string>();
  return messages.map((message) => {
    if (message.role === "tool") {
      const id = ids.get(message.tool_call_id);
      return id === undefined ? message : { ...message, tool_call_id: id };
    }
    if (message.role !== "assistant" || !message.tool_calls) return message;
    ids = new Map(
      message.tool_calls.filter(({ id }) => !fits(id, rule)).map(({ id }) => [id, wireId(id, rule, taken)]),
    );
    if (ids.size === 0) return message;
    return { ...message, tool_calls: message.tool_calls.map((call) => ({ ...call, id: ids.get(call.id) ?? call.id })) };
  });
}

function callsOf(message: Message): readonly ToolCall[] {
  return (message.role === "assistant" && message.tool_calls) || [];
}

function fits(id: string, { length, exact }: CallIds): boolean {
  return exact ? id.length === length && /^[a-z\d]*$/i.test(id) : id.length <= length;
}

function wireId(id: string, { length, exact }: CallIds, taken: Set<string>): string {
  const fingerprint = new Fingerprint();
  for (let text = id; ; text = "+") {
    const hash = fingerprint.add(text).padStart(length, "0");
    const wire = exact ? hash.slice(-length) : `${id.slice(0, length - 9)}_${hash.slice(-8)}`;
    if (taken.has(wire)) continue;
    taken.add(wire);
    return wire;
  }
}

/**
 * Returns messages in which the calls of the present turn have what a service wants of calls that it made itself: another one made them.
 *
 * @param model the model that is asked
 */
export function withSignatures(
  messages: readonly Message[],
  unsigned: Provider["unsignedCalls"],
  model: string,
): readonly Message[] {
  if (!unsigned || !new RegExp(unsigned.models).test(model)) return messages;
  const from = messages.findLastIndex(({ role }, at) => role === "user" && messages[at - 1]?.role !== "tool");
  const isSigned = (call: ToolCall): boolean => Object.keys(unsigned.fields).some((name) => Object.hasOwn(call, name));
  return messages.map((message, at): Message => {
    const calls = callsOf(message);
    // Of parallel calls the service signs the first alone.
    if (message.role !== "assistant" || at < from || calls.length === 0 || calls.some(isSigned)) return message;
    return { ...message, tool_calls: calls.map((call) => ({ ...call, ...unsigned.fields })) };
  });
}

/** Throws if messages hold nothing that chat completions can carry. @throws InputError */
export function checkSomeLeft(left: readonly Message[], given: readonly Message[]): void {
  if (left.length === 0 && given.length > 0)
    throw new InputError("messages", "a message that chat completions can carry", "items of the Responses API alone");
}
