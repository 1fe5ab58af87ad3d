import type { AssistantMessage } from "../wire/index.ts";
import { fieldOf, itemsIn, stringOf } from "../wire/read.ts";
import { isDeep } from "./depth.ts";
import { jsonText } from "./malformed.ts";

/** The texts in a message's content. */
export interface ReadContent {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
}

/**
 * Reads content in any form that servers send: a text, a list of parts (Mistral sends thinking beside text), or a JSON value as Workers AI
 * sends for JSON mode, which is read as its JSON text.
 *
 * @param content a message's content as sent
 * @returns `undefined` if it is missing or null
 * @throws APIError if it is nested too deep to be written
 */
export function readContent(content: unknown): ReadContent | undefined {
  if (content == null) return undefined;
  if (typeof content === "string") return { text: content, reasoning: "", refusal: "" };
  const parts = itemsIn(content);
  if (!Array.isArray(content) || !parts.every(isPart))
    return { text: jsonText(content, "the content"), reasoning: "", refusal: "" };
  const read = { text: "", reasoning: "", refusal: "" };
  for (const part of parts) {
    const text = stringOf(part, "text");
    if (text === undefined) {
      read.reasoning += thinkingText(fieldOf(part, "thinking"));
      read.refusal += stringOf(part, "refusal") ?? "";
    } else read.text += text;
  }
  return read;
}

/** Returns `true` for a content part. A list of anything else is an answer in JSON. */
function isPart(part: unknown): boolean {
  return part === null || (stringOf(part, "type") ?? stringOf(part, "text")) !== undefined;
}

function thinkingText(thinking: unknown): string {
  if (typeof thinking === "string") return thinking;
  return itemsIn(thinking)
    .map((part) => stringOf(part, "text") ?? "")
    .join("");
}

/** Returns the text of a message. If it has none, returns its refusal or the transcript of its audio. */
export function textOf({ content, refusal, audio }: AssistantMessage): string {
  return readContent(content)?.text || refusal || stringOf(audio, "transcript") || "";
}

/** The sender of an answer. */
export interface Sender {
  /** The service. */
  readonly from: string;
  /** The model of the request. */
  readonly model: string;
}

/**
 * Makes a whole answer's content a text or null. Reasoning and a refusal among its parts get their own fields, and `content_parts` keeps the parts.
 *
 * @param message the message of an answer. It is changed
 * @param sender the service and the model of the answer
 * @throws APIError if the content is nested too deep to be written
 */
export function toTextContent(message: Record<string, unknown>, sender: Sender): void {
  const { content } = message;
  if (typeof content === "string") return;
  const { text, reasoning, refusal } = readContent(content) ?? { text: "", reasoning: "", refusal: "" };
  message["content"] = text === "" ? null : text;
  if (reasoning !== "") message["reasoning_content"] ??= reasoning;
  if (refusal !== "") message["refusal"] ??= refusal;
  if (Array.isArray(content) && reasoning !== "" && !isDeep(content))
    message["content_parts"] = { parts: content, ...sender };
}

/**
 * Returns the original parts of an answer's content, if the message still has the same text and refusal.
 *
 * @param sender the service and the model of the next request. Only their own parts go back to them
 */
export function partsFor(
  { content_parts: kept, content, refusal }: AssistantMessage,
  sender: Sender,
): unknown[] | undefined {
  if (kept?.from !== sender.from || kept.model !== sender.model || !Array.isArray(kept.parts)) return undefined;
  const read = readContent(kept.parts);
  return read?.text === (content ?? "") && read.refusal === (refusal ?? "") ? kept.parts : undefined;
}
