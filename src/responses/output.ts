import type { CustomToolCallItem, FunctionCallItem, ResponseObject } from "../types/responses.ts";

type Fields = Record<string, unknown>;

/** What a response says, or what there is of it: the answer of a call, a stream's `final()` or `partial.response`. */
export type HasOutput = Pick<ResponseObject, "output" | "status">;

/** A call that the model asks for, whole, and so fit to be run. */
export type OutputCall = FunctionCallItem | CustomToolCallItem;

/** The items of an output, whatever it is: providers that are nearly OpenAI leave it out, or send null. */
export function itemsOf({ output }: HasOutput): Fields[] {
  return listOf(output);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "object" && one !== null) as Fields[] : [];
}

/** The texts in a list of parts, under a name. */
function textsOf(parts: unknown, name: "text" | "refusal", type?: string): string[] {
  return listOf(parts).filter((part) => type === undefined || part["type"] === type).map((part) => part[name]).filter((text) => typeof text === "string");
}

function partsOf(response: HasOutput, name: "text" | "refusal", type: string): string {
  return itemsOf(response).filter((item) => item["type"] === "message").flatMap(({ content }) => textsOf(content, name, type)).join("");
}

/** The text of a response: that of all its messages. `""` where there is none. */
export function outputText(response: HasOutput): string {
  return partsOf(response, "text", "output_text");
}

/** The model's refusal; `""` where it did not refuse. */
export function outputRefusal(response: HasOutput): string {
  return partsOf(response, "refusal", "refusal");
}

/** The images that the model made, base64. */
export function outputImages(response: HasOutput): string[] {
  return itemsOf(response).filter(({ type }) => type === "image_generation_call").map(({ result }) => result).filter((image) => typeof image === "string" && image !== "") as string[];
}

/** The model's reasoning, as far as it is told: its text, else its summary; paragraphs apart. */
export function outputReasoning(response: HasOutput): string {
  const told = itemsOf(response).filter(({ type }) => type === "reasoning");
  return told.flatMap(({ content, summary }) => {
    const texts = textsOf(content, "text");
    return texts.length > 0 ? texts.join("") : textsOf(summary, "text");
  }).join("\n\n");
}

/** The calls of functions and custom tools that the model asks for. Calls whose arguments were cut are not among them. */
export function outputCalls(response: HasOutput): OutputCall[] {
  const ended = response.status === "completed";
  return itemsOf(response).filter((item) => isCall(item) && isWholeCall(item, ended)) as unknown as OutputCall[];
}

/** Items that wait for an answer of the program's. */
const ASKING = /^(function_call|custom_tool_call|computer_call|local_shell_call|shell_call|apply_patch_call|mcp_approval_request)$/;

/** The items of an output that wait for an answer of the program's: calls, and what else a provider asks for. */
export function openItems(response: HasOutput): object[] {
  const items = itemsOf(response);
  const answered = new Set(items.filter(({ type }) => String(type).endsWith("_output")).map((item) => item["call_id"]));
  return items.filter(({ type, call_id }) => ASKING.test(String(type)) && !(call_id !== undefined && answered.has(call_id)));
}

/** Whether an item is a call of a function or custom tool, whole or not. */
export function isCall(item: object): boolean {
  const { type } = item as Fields;
  return type === "function_call" || type === "custom_tool_call";
}

/**
 * Whether a call can be run: it came to its end, and has a name.
 *
 * @param ended whether the response that it stands in is complete: what the model wrote there is all that it meant to write
 */
export function isWholeCall(item: object, ended: boolean): boolean {
  const { status, type, name, arguments: text } = item as Fields;
  if (typeof name !== "string" || name === "" || status === "incomplete" || status === "in_progress") return false;
  return ended || (type === "function_call" ? isJSON(text) : status === "completed");
}

function isJSON(text: unknown): boolean {
  try {
    return typeof text === "string" && JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}
