import { type Message, parseMessages } from "fetchat/browser";

/** A conversation as it is kept: the messages, and which answers (by their place) were stopped by the reader. */
export interface Kept {
  readonly messages: Message[];
  readonly stopped: number[];
}

const CONVERSATION = "fetchat.conversation";
const TOKEN = "fetchat.token";

/** What was kept; an empty conversation where there is none, or none that can be read. */
export function loadConversation(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(CONVERSATION) ?? "{}") as { messages?: unknown; stopped?: unknown };
    const stopped = Array.isArray(kept.stopped) ? (kept.stopped.filter((at) => Number.isInteger(at)) as number[]) : [];
    return { messages: kept.messages === undefined ? [] : parseMessages(kept.messages), stopped };
  } catch {
    return { messages: [], stopped: [] };
  }
}

/** Keeps a conversation in this browser, over reloads. */
export function saveConversation(kept: Kept): void {
  quietly(() => localStorage.setItem(CONVERSATION, JSON.stringify(kept)));
}

/** The relay's token, kept until the tab is closed. */
export function loadToken(): string | undefined {
  return quietly(() => sessionStorage.getItem(TOKEN)) ?? undefined;
}

export function saveToken(token: string): void {
  quietly(() => sessionStorage.setItem(TOKEN, token));
}

/** Storage may be full or forbidden; the chat goes on without it. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
