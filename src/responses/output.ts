import { parseMaybe } from "../http/errorBody.ts";
import type { CustomToolCallItem, FunctionCallItem, ResponseObject } from "../types/responses.ts";

type Fields = Record<string, unknown>;

/** What a response says, or what there is of it: the answer of a call, a stream's `final()` or `partial.response`. */
export type HasOutput = Pick<ResponseObject, "output" | "status">;

/** A call that the model asks for, whole, and so fit to be run. */
export type OutputCall = FunctionCallItem | CustomToolCallItem;

/** The items of an output, whatever it is: providers that are nearly OpenAI leave it out, or send null. */
export function itemsOf({ output }: HasOutput): Fields[] {
  return objectsIn(output);
}

/** The objects in what should be a list of them. */
export function objectsIn(value: unknown): Fields[] {
  return Array.isArray(value) ? (value.filter((one) => typeof one === "object" && one !== null) as Fields[]) : [];
}

/** The texts among values. */
export function textsIn(values: readonly unknown[]): string[] {
  return values.filter((one) => typeof one === "string");
}

function textOfParts(response: HasOutput, type: string, name: "text" | "refusal"): string {
  const parts = itemsOf(response).flatMap((item) => (item["type"] === "message" ? objectsIn(item["content"]) : []));
  return textsIn(parts.map((part) => (part["type"] === type ? part[name] : undefined))).join("");
}

/** The text of a response: that of all its messages. `""` where there is none. */
export function outputText(response: HasOutput): string {
  return textOfParts(response, "output_text", "text");
}

/** The model's refusal; `""` where it did not refuse. */
export function outputRefusal(response: HasOutput): string {
  return textOfParts(response, "refusal", "refusal");
}

/** The images that the model made, base64. */
export function outputImages(response: HasOutput): string[] {
  const made = itemsOf(response).filter(({ type }) => type === "image_generation_call");
  return textsIn(made.map(({ result }) => result)).filter((image) => image !== "");
}

/** The model's reasoning, as far as it is told: its text, else its summary; paragraphs apart. */
export function outputReasoning(response: HasOutput): string {
  const told = itemsOf(response).filter(({ type }) => type === "reasoning");
  return told
    .flatMap(({ content, summary }) => {
      const [texts = [], summed = []] = [content, summary].map((parts) =>
        textsIn(objectsIn(parts).map(({ text }) => text)),
      );
      return texts.length > 0 ? texts.join("") : summed;
    })
    .join("\n\n");
}

/** The calls of functions and custom tools that the model asks for. Calls whose arguments were cut are not among them. */
export function outputCalls(response: HasOutput): OutputCall[] {
  const ended = response.status === "completed";
  return (itemsOf(response) as unknown[]).filter(isCall).filter((item) => isWholeCall(item, ended));
}

/** Items that wait for an answer of the program's. */
const ASKING =
  /^(function_call|custom_tool_call|computer_call|local_shell_call|shell_call|apply_patch_call|mcp_approval_request)$/;

/** The items of an output that wait for an answer of the program's: calls, and what else a provider asks for. */
export function openItems(response: HasOutput): object[] {
  const items = itemsOf(response);
  const answered = new Set(items.map(({ type, call_id }) => (String(type).endsWith("_output") ? call_id : undefined)));
  answered.delete(undefined);
  return items.filter(({ type, call_id }) => ASKING.test(String(type)) && !answered.has(call_id));
}

/** Whether an item is a call of a function or custom tool, whole or not. */
export function isCall(item: unknown): item is OutputCall {
  return /^(function|custom_tool)_call$/.test(String((item as Fields | null | undefined)?.["type"]));
}

/**
 * Whether a call can be run: it came to its end, and has a name.
 *
 * @param ended whether the response that it stands in is complete: what the model wrote there is all that it meant to write
 */
export function isWholeCall(item: object, ended: boolean): boolean {
  const { status, type, name, arguments: text } = item as Fields;
  if (typeof name !== "string" || name === "" || status === "incomplete" || status === "in_progress") return false;
  return (
    ended || (type === "function_call" ? typeof text === "string" && parseMaybe(text) !== text : status === "completed")
  );
}
