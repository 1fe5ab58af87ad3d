import { checkMessage } from "../check/messages.ts";
import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import type { ContentPart, Message, TextPart } from "../wire/index.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
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
    if (typeof input !== "object" || input === null)
      throw wrong("input", "a string, a message or a list of messages", input);
    if (!Array.isArray(input)) return [toMessage(input, "input")];
    if (input.length === 0) throw new InputError("input", "what to say", "an empty list");
    const list = Array.from<unknown>(input);
    const start = list.findLastIndex((one) => stringOf(one, "type") === "compaction") + 1;
    const compacted = start > 1 ? [compactedMessage(list.slice(0, start))] : [];
    const rest = compacted.length > 0 ? list.slice(start) : list;
    return [...compacted, ...rest.map((one, at) => toMessage(one, `input[${list.length - rest.length + at}]`))];
  });
}

/** Returns one message for the output of `compactResponse()`: the items before its compaction belong to it, unlike earlier messages. */
function compactedMessage(output: readonly unknown[]): Message {
  const items = output.map((item, at) => {
    if (!fieldsOf(item)) throw wrong(`input[${at}]`, "an item", item);
    return { ...(item as InputItem) };
  });
  return { role: "user", content: "", responses: { items } };
}

function toMessage(input: unknown, at: string): Message {
  const type = stringOf(input, "type");
  const id = stringOf(input, "call_id");
  if (type !== undefined && RESULTS.has(type) && id !== undefined) {
    const output = fieldOf(input, "output");
    return checkMessage({ role: "tool", tool_call_id: id, content: chatContent(output) ?? output }, at);
  }
  const content = fieldOf(input, "content");
  const role = stringOf(input, "role");
  // Additional tools have a role too.
  const isItem = role === undefined || (role === "developer" && content === undefined);
  if (isItem && type !== undefined && type !== "message") return itemMessage(role ?? "user", "", input);
  const { type: _, id: _id, status: _status, ...rest } = { ...(input as Fields) };
  const message = type === "message" ? rest : (input as Fields);
  if (!Array.isArray(content) || !content.some(isInputPart)) return checkMessage(message, at);
  const plain = chatContent(content);
  return plain === undefined
    ? checkMessage(itemMessage(role, "", input), at)
    : checkMessage({ ...message, content: plain }, at);
}

/** Returns a message that an item of the Responses API stands in for. */
function itemMessage(role: string | undefined, content: string, item: unknown): Message {
  return { role, content, responses: { items: [{ ...(item as InputItem) }] } } as Message;
}

/** Items that are tool results in chat's form. */
const RESULTS: ReadonlySet<string> = new Set(["function_call_output", "custom_tool_call_output"]);

const isInputPart = (part: unknown): boolean => {
  const type = stringOf(part, "type") ?? "";
  return type === "output_text" || (type.startsWith("input_") && type !== "input_audio");
};

/** Returns content of the Responses API in chat's form; `undefined` if chat completions have no form for it. */
export function chatContent(content: unknown): string | ContentPart[] | undefined {
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content.map(chatPart) : [];
  return parts.length > 0 && parts.every((part) => part !== undefined) ? parts : undefined;
}

function chatPart(part: unknown): ContentPart | undefined {
  const url = stringOf(part, "image_url");
  switch (stringOf(part, "type") ?? "") {
    case "output_text":
      return { type: "text", text: stringOf(part, "text") ?? "" };
    case "input_text":
      return { ...(part as TextPart), type: "text" };
    case "input_image":
      return url === undefined ? undefined : { type: "image_url", image_url: { url, ...detailOf(part) } };
    case "input_file": {
      const { type: _, file_url, ...file } = part as Fields;
      return file_url === undefined ? { type: "file", file } : undefined;
    }
    default:
      return isInputPart(part) ? undefined : (part as ContentPart);
  }
}

function detailOf(part: unknown): { detail?: "auto" | "low" | "high" } {
  const detail = stringOf(part, "detail");
  return detail === "auto" || detail === "low" || detail === "high" ? { detail } : {};
}
