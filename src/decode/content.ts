import type { AssistantMessage } from "../wire/index.ts";
import { fieldOf, itemsIn, stringOf } from "../wire/read.ts";
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
