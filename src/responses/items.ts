import { UNKNOWN_OUTCOME } from "../chat/history.ts";
import { InputError } from "../errors.ts";
import type { ContentPart, Message, ToolCall } from "../types.ts";
import type { CustomToolCallOutput, FunctionCallOutput, InputContent, InputItem } from "../types/responses.ts";
import { chatCall } from "./calls.ts";
import { isCall, objectsIn, textsIn } from "./output.ts";

type Fields = Record<string, unknown>;
type Result = FunctionCallOutput | CustomToolCallOutput;

const isResult = (item: InputItem | undefined): item is Result =>
  /^(function|custom_tool)_call_output$/.test(String(item?.type));
/** Whether an item is the program's or the user's, and not the model's. */
const isInput = (item: InputItem): boolean =>
  isResult(item) || /^(user|system|developer)$/.test(String((item as Fields)["role"]));

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
    else if (isCall(item) && !answered.delete(item.call_id)) open.unshift(chatCall(item));
  }
  return open;
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

/**
 * Items as a request may hold them. What was answered before keeps to the API's rules: results only behind their calls, and reasoning
 * only where it can be read elsewhere too (encrypted, or as text) and something follows from it. What is new goes as it was given.
 *
 * @param known the items before `at` are left out
 * @param bare whether ids are left out: they say nothing, or they would be looked for beside reasoning that is not there
 */
export function toInput(items: readonly InputItem[], { at, answered, whole }: KnownItems, bare: boolean): InputItem[] {
  const called = new Set<unknown>(items.filter(isCall).map(({ call_id }) => call_id));
  let strip = bare;
  const old = items.slice(at, answered).flatMap((item) => {
    const { type, role, content, encrypted_content } = item as Fields;
    if (type === "reasoning") {
      strip = !encrypted_content && !(Array.isArray(content) && content.length > 0);
      return strip ? [] : [item];
    }
    if (isResult(item)) return !whole || called.has(item.call_id) ? [item] : [];
    if (isCall(item)) return [strip ? withoutId(item) : item];
    return type === "message" && role === "assistant" ? said(item, strip) : [item];
  });
  return [...withoutLoose(old), ...items.slice(Math.max(at, answered))];
}

function withoutId(item: object): InputItem {
  const { id: _id, status: _status, ...rest } = item as Fields;
  return rest as unknown as InputItem;
}

/** A message of the model's; none where it says nothing. Without its id the API wants it as a plain text. */
function said(item: InputItem, strip: boolean): InputItem[] {
  const { content } = item as Fields;
  const text = textOf(content);
  if (text === "") return [];
  return [strip && Array.isArray(content) ? { role: "assistant", content: text } : item];
}

/** The API refuses reasoning that nothing follows from. */
function withoutLoose(items: readonly InputItem[]): InputItem[] {
  let followed = false;
  return items
    .toReversed()
    .filter((item) => {
      if (item.type === "reasoning") return followed;
      followed = !isInput(item);
      return true;
    })
    .toReversed();
}

function textOf(content: unknown): string {
  return typeof content === "string"
    ? content
    : textsIn(objectsIn(content).map(({ text, refusal }) => text ?? refusal)).join("");
}

/** The conversation in the words of chat completions, as tools are told of it: what was said, as text. */
export function toMessages(items: readonly InputItem[]): Message[] {
  return items.flatMap((item) => {
    const { role, content } = item as Fields;
    return typeof role === "string" ? [{ role, content: textOf(content) } as Message] : [];
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
