import { type Message, parseMessages } from "fetchat/browser";

/** A saved conversation: the messages, and the positions of answers that the user stopped. */
export interface Kept {
  readonly messages: Message[];
  readonly stopped: number[];
}

const CONVERSATION = "fetchat.conversation";
const TOKEN = "fetchat.token";

/** Loads the conversation; returns an empty one if there is none or it cannot be read. */
export function loadConversation(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(CONVERSATION) ?? "{}") as { messages?: unknown; stopped?: unknown };
    const stopped = Array.isArray(kept.stopped) ? (kept.stopped.filter((at) => Number.isInteger(at)) as number[]) : [];
    return { messages: kept.messages === undefined ? [] : parseMessages(kept.messages), stopped };
  } catch {
    return { messages: [], stopped: [] };
  }
}

/** Saves the conversation in this browser. */
export function saveConversation(kept: Kept): void {
  quietly(() => localStorage.setItem(CONVERSATION, JSON.stringify(kept)));
}

/** Returns the relay's token, which is kept until the tab is closed. */
export function loadToken(): string | undefined {
  return quietly(() => sessionStorage.getItem(TOKEN)) ?? undefined;
}

export function saveToken(token: string): void {
  quietly(() => sessionStorage.setItem(TOKEN, token));
}

/** Storage may be full or blocked; the chat works without it. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
