import { parseMaybe } from "../http/errorBody.ts";
import type { CustomToolCallItem, FunctionCallItem, ResponseObject } from "../wire/responses.ts";
import { fieldOf, idOf, listOf, objectOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { isDeep } from "./depth.ts";

/** The longest id of a call that the API accepts, in characters. */
export const LONGEST_ID = 64;

/** A response, whole or in part: the answer of a call, a stream's `final()`, or `partial.response`. */
export type HasOutput = Pick<ResponseObject, "output" | "status">;

/** A whole call of a function or custom tool. */
export type OutputCall = FunctionCallItem | CustomToolCallItem;

/** Returns the items of an output. Some providers leave it out, or send null. */
export function itemsOf(response: HasOutput): Fields[] {
  return objectsIn(fieldOf(response, "output"));
}

/** Returns the strings among values. */
export function textsIn(values: readonly unknown[]): string[] {
  return values.filter((one) => typeof one === "string");
}

/** Returns the gap between a text and the next message or paragraph of the same answer: a blank line. */
export function gapAfter(text: string): string {
  return text === "" ? "" : "\n\n";
}

/** Joins the messages of one answer. */
function joined(texts: readonly string[]): string {
  return texts.reduce((all, text) => (text === "" ? all : all + gapAfter(all) + text), "");
}

function textOfMessages(response: HasOutput, type: string, name: "text" | "refusal"): string {
  const messages = itemsOf(response).filter((item) => item["type"] === "message");
  return joined(
    messages.map((item) =>
      textsIn(partsOf(item["content"]).map((part) => (part["type"] === type ? part[name] : undefined))).join(""),
    ),
  );
}

/** Returns the parts of a message's content. Some providers send a text instead of a list, or leave out the type of a text. */
export function partsOf(content: unknown): Fields[] {
  if (typeof content === "string") return [{ type: "output_text", text: content }];
  return objectsIn(content).map((part) =>
    typeof part["type"] !== "string" && typeof part["text"] === "string" ? { ...part, type: "output_text" } : part,
  );
}

/**
 * Returns the text of a response: its messages, joined by a blank line.
 *
 * @param response the answer of a call, a stream's `final()`, or `partial.response`
 * @returns `""` if it has no text
 * @example
 * ```ts
 * const response = await createResponse(client, "Name three rivers.");
 * console.log(outputText(response));
 * ```
 */
export function outputText(response: HasOutput): string {
  return textOfMessages(response, "output_text", "text");
}

/** Returns the model's refusal; `""` if it did not refuse. */
export function outputRefusal(response: HasOutput): string {
  return textOfMessages(response, "refusal", "refusal");
}

/** Returns the images that the model made, in base64. */
export function outputImages(response: HasOutput): string[] {
  const made = itemsOf(response).filter(({ type }) => type === "image_generation_call");
  return textsIn(made.map(({ result }) => result)).filter((image) => image !== "");
}

/** Returns the model's reasoning: its text, or else its summary, with a blank line between paragraphs. */
export function outputReasoning(response: HasOutput): string {
  const textsOf = (item: Fields, field: string): string[] =>
    textsIn(objectsIn(listOf(item, field)).map((part) => fieldOf(part, "text")));
  const reasoning = itemsOf(response).filter(({ type }) => type === "reasoning");
  return joined(reasoning.map((item) => textsOf(item, "content").join("") || joined(textsOf(item, "summary"))));
}

/**
 * Returns the model's calls of functions and custom tools, each with a `call_id` of its own and with its arguments as text, whatever the
 * provider sent. Calls whose arguments were cut are left out.
 */
export function outputCalls(response: HasOutput): OutputCall[] {
  const ended = fieldOf(response, "status") === "completed";
  const items: readonly unknown[] = withCalls(itemsOf(response));
  return items.filter(isCall).filter((item) => isWholeCall(item, ended));
}

/** Types of items that wait for an answer of the program. */
const ASKING = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "mcp_approval_request",
]);

/** Returns `true` for an item that waits for an answer of the program, such as a call or a request for approval. */
export function isAsking(item: unknown): boolean {
  const type = stringOf(item, "type") ?? "";
  // A search by the provider itself has no id to answer.
  return ASKING.has(type) || (type === "tool_search_call" && fieldOf(item, "execution") === "client");
}

/** Returns the key that an item shares with its answer; `undefined` if it has no answer. */
export function askedAs(item: unknown): string | undefined {
  const type = stringOf(item, "type") ?? "";
  return isAsking(item) || type === "tool_search_call" || type === "program" || type === "shell_call"
    ? keyOf(type, stringOf(item, type === "mcp_approval_request" ? "id" : "call_id"))
    : undefined;
}

/** Returns the key that an answer shares with its item; `undefined` for other items. */
export function answerTo(item: unknown): string | undefined {
  const type = stringOf(item, "type") ?? "";
  if (type === "mcp_approval_response") return keyOf("mcp_approval_request", stringOf(item, "approval_request_id"));
  if (!type.endsWith("_output")) return undefined;
  const of = type.slice(0, -"_output".length);
  // Outputs of computers and shells end alike.
  return keyOf(of === "tool_search" ? "tool_search_call" : of, stringOf(item, "call_id") ?? stringOf(item, "id"));
}

const keyOf = (type: string, id: string | undefined): string | undefined => (id ? `${type} ${id}` : undefined);

/** Returns the items of an output that wait for an answer of the program. */
export function openItems(response: HasOutput): object[] {
  const items = withCalls(itemsOf(response));
  const answered = new Set(items.map(answerTo));
  return items.filter((item) => isAsking(item) && !answered.has(askedAs(item) ?? ""));
}

/** Returns `true` for a call of a function or custom tool, whole or not. */
export function isCall(item: unknown): item is OutputCall {
  const type = fieldOf(item, "type");
  return type === "function_call" || type === "custom_tool_call";
}

/**
 * Returns `true` if a call can be run: it is whole and has a name.
 *
 * @param ended `true` if its response is complete, so that nothing in it was cut
 */
export function isWholeCall(item: unknown, ended: boolean): boolean {
  const status = stringOf(item, "status");
  if (!stringOf(item, "name") || status === "incomplete") return false;
  // The call of a program stays in progress until it is answered, also in a complete response.
  if (status === "in_progress") return ended && objectOf(item, "caller") !== undefined;
  if (ended) return true;
  if (fieldOf(item, "type") !== "function_call") return status === "completed";
  const text = fieldOf(item, "arguments");
  return typeof text === "string" ? parseMaybe(text) !== text : text != null;
}

/** Returns the items of an output with its calls in the API's form: each with a `call_id` of its own, and with arguments or input as text. */
export function withCalls(items: readonly Fields[]): Fields[] {
  const taken = new Map<string, number>();
  return items.map((item, at) => {
    if (!isCall(item)) return item;
    const { type } = item;
    const call_id = uniqueId(callIdOf(item, at), taken);
    const name = stringOf(item, "name") ?? "";
    const given = fieldOf(item, type === "function_call" ? "arguments" : "input");
    return type === "function_call"
      ? { ...item, call_id, name, arguments: textOf(given) || "{}" }
      : { ...item, call_id, name, input: textOf(given) };
  });
}

/** Returns the id of a call, or a made-up one if the provider sent none. @param at the item's place */
export function callIdOf(item: unknown, at: number): string {
  return shortened(idOf(item, "call_id") || stringOf(item, "id") || `call_${at}`);
}

/** Returns an id in the length that the API accepts, the same one for the same id. */
export function shortened(id: string): string {
  if (id.length <= LONGEST_ID) return id;
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return `${id.slice(0, 40)}_${(hash >>> 0).toString(36)}`;
}

/**
 * Returns an id that is not used yet, and marks it as used: the id itself if possible.
 *
 * @param taken used ids, and the number of requests for each
 */
export function uniqueId(id: string, taken: Map<string, number>): string {
  let unique = id;
  while (taken.has(unique)) {
    const times = (taken.get(id) ?? 1) + 1;
    taken.set(id, times);
    unique = `${id.slice(0, 52)}_${times}`;
  }
  taken.set(unique, 1);
  return unique;
}

/** Returns arguments as text: some providers send them as an object. */
export function textOf(given: unknown): string {
  return typeof given === "string" ? given : given == null || isDeep(given) ? "" : JSON.stringify(given);
}
