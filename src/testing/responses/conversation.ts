import { type Fields, objectOf, stringOf } from "../../wire/read.ts";
import type { Kept } from "../objects.ts";
import type { Settings } from "../route.ts";

/** The kind of conversations in the store. */
export const CONVERSATIONS = "conversation";

/** Returns the kind of a conversation's items in the store. */
export function itemsOf(id: string): string {
  return `${CONVERSATIONS} ${id}`;
}

/** Returns the id of the conversation that a request for a response names. */
export function conversationId(body: unknown): string | undefined {
  return stringOf(body, "conversation") ?? stringOf(objectOf(body, "conversation"), "id");
}

/** Adds items to a conversation, and returns them as it keeps them. */
export function appendItems(settings: Settings, id: string, items: readonly Fields[]): Kept[] {
  return items.map((item) =>
    settings.objects.set(itemsOf(id), {
      ...item,
      ...(item["type"] === "message" && { status: item["status"] ?? "completed", content: parts(item) }),
      id: typeof item["id"] === "string" ? item["id"] : settings.objects.newId("item_"),
    }),
  );
}

function parts({ role, content }: Fields): unknown {
  const type = role === "assistant" ? "output_text" : "input_text";
  return typeof content === "string"
    ? [{ type, text: content, ...(role === "assistant" && { annotations: [] }) }]
    : content;
}
