import type { Message } from "../types.ts";

const MESSAGE = ["role", "content", "name", "tool_calls"];
const CALL = ["id", "type", "function", "custom"];

/**
 * Messages as a provider takes them: answers that came from another one, or that it does not want back whole, lose the fields that it
 * would refuse the request for.
 *
 * @param takes what it takes in an assistant's message besides the usual; without it everything stays
 */
export function forProvider(messages: readonly Message[], takes: readonly string[] | undefined): readonly Message[] {
  if (!takes) return messages;
  const names = [...MESSAGE, ...takes];
  return messages.map((message) => {
    if (message.role !== "assistant") return message;
    const kept = pick(message, names) as typeof message;
    return kept.tool_calls
      ? { ...kept, tool_calls: kept.tool_calls.map((call) => pick(call, CALL) as typeof call) }
      : kept;
  });
}

function pick(value: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)));
}
