import { checkMessage } from "../check/messages.ts";
import { InputError } from "../errors.ts";
import { readable } from "../options.ts";
import type { ContentPart, Message } from "../wire/index.ts";
import { fieldOf, stringOf } from "../wire/read.ts";
import type { InputItem } from "../wire/responses.ts";

/**
 * The input of a turn: the user's text, a message, or several, such as the results of several calls. With `responses()` also input items
 * of the Responses API, such as an approval or a computer's output.
 */
export type TurnInput = string | Message | InputItem | readonly (Message | InputItem)[];

/**
 * Returns the messages of a turn's input. An item that has no form as a message goes into a message of its own.
 *
 * @throws InputError that names what is malformed
 */
export function toMessages(input: TurnInput): Message[] {
  return readable("input", () => {
    if (typeof input === "string") return [{ role: "user", content: input }];
    if (!Array.isArray(input)) return [toMessage(input, "input")];
    if (input.length === 0) throw new InputError("input", "what to say", "an empty list");
    return Array.from(input as readonly unknown[], (one, at) => toMessage(one, `input[${at}]`));
  });
}

function toMessage(input: unknown, at: string): Message {
  const type = stringOf(input, "type");
  if (type === undefined || fieldOf(input, "role") !== undefined) return checkMessage(input, at);
  const id = stringOf(input, "call_id");
  if (id === undefined || !RESULTS.has(type))
    return { role: "user", content: "", responses: { items: [{ ...(input as InputItem) }] } };
  return checkMessage({ role: "tool", tool_call_id: id, content: toContent(fieldOf(input, "output")) }, at);
}

/** Items that are tool results in chat's form. */
const RESULTS: ReadonlySet<string> = new Set(["function_call_output", "custom_tool_call_output"]);

function toContent(output: unknown): string | ContentPart[] | unknown {
  if (!Array.isArray(output)) return output;
  return output.map((part: unknown) => {
    const text = stringOf(part, "type") === "input_text" ? stringOf(part, "text") : undefined;
    return text === undefined ? part : { type: "text", text };
  });
}
