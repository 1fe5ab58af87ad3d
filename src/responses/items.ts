import { UNKNOWN_OUTCOME } from "../conversation/history.ts";
import { InputError } from "../errors.ts";
import type { ContentPart, Message, ToolCall } from "../wire/index.ts";
import type { CustomToolCallOutput, FunctionCallOutput, InputContent, InputItem } from "../wire/responses.ts";
import { fieldOf, stringOf } from "../wire/read.ts";
import { chatCall } from "../decode/responseCalls.ts";
import { textOf } from "./normalize.ts";
import { isCall } from "../decode/output.ts";

type Result = FunctionCallOutput | CustomToolCallOutput;

const INPUT =
  /^((function|custom_tool|computer|local_shell|shell|apply_patch)_call_output|mcp_approval_response|compaction_trigger|configuration_update)$/;

const isResult = (item: unknown): item is Result => {
  const type = fieldOf(item, "type");
  return type === "function_call_output" || type === "custom_tool_call_output";
};

/** Returns whether an item is the program's or the user's, and not the model's. */
export function isInput(item: unknown): boolean {
  return isSaid(item) || INPUT.test(stringOf(item, "type") ?? "");
}

/** Returns whether an item is a message of the user's, or of the program's. */
export function isSaid(item: unknown): boolean {
  return (
    (stringOf(item, "type") ?? "message") === "message" &&
    /^(user|system|developer)$/.test(stringOf(item, "role") ?? "")
  );
}

/** Puts a result behind what the model said last. A call that has a result, or that the program has taken out, gets none. */
export function addResult(items: InputItem[], { id, type }: ToolCall, output: Result["output"]): void {
  if (!openCalls(items).some((call) => call.id === id)) return;
  let at = modelsEnd(items);
  while (isResult(items[at])) at++;
  items.splice(at, 0, {
    type: type === "custom" ? "custom_tool_call_output" : "function_call_output",
    call_id: id,
    output,
  });
}

/** The calls that have no result yet, in the words of chat completions. */
export function openCalls(items: readonly InputItem[]): ToolCall[] {
  const open: ToolCall[] = [];
  const answered = new Set<unknown>();
  for (const item of items.toReversed()) {
    if (isResult(item)) answered.add(item.call_id);
    // An id may come again in a later answer.
    else if (isCall(item) && !answered.delete(item.call_id)) open.push(chatCall(item));
  }
  return open.toReversed();
}

/** Behind the last of the model's items. */
export function modelsEnd(items: readonly InputItem[]): number {
  return items.findLastIndex((item) => !isInput(item)) + 1;
}

/** How much of a conversation its provider knows. */
export interface KnownItems {
  /** The id under which it knows the items before `at`, and whatever was before the first of them. */
  id?: string | undefined;
  /** How many items it knows by the id. */
  at: number;
  /** How many of the items it has answered. */
  answered: number;
  /** Whether the items are the whole conversation. */
  whole: boolean;
}

/**
 * Adds what is said next. A result that is given takes the place of the word that there was none.
 *
 * @throws InputError where a result names a call that is not open; nothing is added then
 */
export function addItems(items: InputItem[], added: readonly InputItem[], { answered, whole }: KnownItems): void {
  const open = openCalls(items);
  const given = added.filter(isResult);
  const isUnknown = (one: InputItem, id: string): boolean =>
    isResult(one) && one.call_id === id && one.output === UNKNOWN_OUTCOME;
  const replaced = (item: InputItem): number =>
    isResult(item) ? items.findLastIndex((one, at) => at >= answered && isUnknown(one, item.call_id)) : -1;
  const isOpen = (item: Result): boolean => !whole || open.some(({ id }) => id === item.call_id) || replaced(item) >= 0;
  const wrong = given.find((one, at) => !isOpen(one) || given.findIndex(({ call_id }) => call_id === one.call_id) < at);
  if (wrong)
    throw new InputError("input", "results of open calls, one of each", `call_id ${JSON.stringify(wrong.call_id)}`);
  for (const item of added) {
    const at = replaced(item);
    if (at < 0) items.push(item);
    else items[at] = item;
  }
}

/** The conversation in the words of chat completions, as tools are told of it: what was said, as text. */
export function toMessages(items: readonly InputItem[]): Message[] {
  return items.flatMap((item) => {
    const role = stringOf(item, "role");
    return role === undefined ? [] : [{ role, content: textOf(fieldOf(item, "content")) } as Message];
  });
}

/** A tool's result in the Responses API's words. */
export function toOutput(content: string | readonly ContentPart[]): Result["output"] {
  return typeof content === "string"
    ? content
    : content.map((part): InputContent => {
        if (part.type === "text") return { type: "input_text", text: part.text };
        if (part.type === "image_url")
          return { type: "input_image", image_url: part.image_url.url, detail: part.image_url.detail ?? "auto" };
        return part.type === "file"
          ? { type: "input_file", ...part.file }
          : { type: "input_text", text: JSON.stringify(part) };
      });
}
