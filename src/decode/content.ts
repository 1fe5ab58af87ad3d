import type { AssistantMessage } from "../wire/index.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import { jsonText } from "./malformed.ts";

/** What a message's content says. */
export interface ReadContent {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string;
}

/**
 * Reads content in any form that servers send: text, a list of parts (in Mistral's, thinking stands beside text), or a JSON value, as
 * Workers AI answers where JSON was asked for; that is read as its JSON text.
 *
 * @param content a message's content, as sent
 * @returns `undefined` where it is missing or null
 * @throws APIError where it is nested too deep to be written
 */
export function readContent(content: unknown): ReadContent | undefined {
  if (content == null) return undefined;
  if (typeof content === "string") return { text: content, reasoning: "", refusal: "" };
  if (!isParts(content)) return { text: jsonText(content, "the content"), reasoning: "", refusal: "" };
  const read = { text: "", reasoning: "", refusal: "" };
  for (const part of content) {
    const text = stringOf(part, "text");
    if (text !== undefined) read.text += text;
    else {
      read.reasoning += thoughtOf(fieldOf(part, "thinking"));
      read.refusal += stringOf(part, "refusal") ?? "";
    }
  }
  return read;
}

/** A list of anything else than parts is an answer in JSON. */
function isParts(content: unknown): content is readonly unknown[] {
  return (
    Array.isArray(content) &&
    content.every((part) => part === null || ["type", "text"].some((name) => stringOf(part, name) !== undefined))
  );
}

function thoughtOf(thinking: unknown): string {
  if (!Array.isArray(thinking)) return typeof thinking === "string" ? thinking : "";
  return thinking.map((part) => stringOf(fieldsOf(part), "text") ?? "").join("");
}

/** Returns the text of a message; its refusal, or the transcript of its sound, where there is no other. */
export function textOf({ content, refusal, audio }: AssistantMessage): string {
  return readContent(content)?.text || refusal || stringOf(audio, "transcript") || "";
}
