/** The service worker of an extension: it has the key, asks the API, and streams the answer to a page of the extension by a port. */
import { createClient, isAbortError, parseMessages } from "fetchat/browser";

/** What a page is told over its port. */
export type Told = { readonly text: string } | { readonly done: true } | { readonly error: string };

// Content scripts run inside foreign pages: they shall not read the key.
void chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });
chrome.action.onClicked.addListener(() => void chrome.tabs.create({ url: "page.html" }));

chrome.runtime.onConnect.addListener((port) => {
  if (port.sender?.origin !== location.origin) return port.disconnect();
  const left = new AbortController();
  port.onDisconnect.addListener(() => left.abort());
  port.onMessage.addListener((messages) => void answer(messages, left.signal, (told) => port.postMessage(told)));
});

async function answer(asked: unknown, signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
  try {
    const { apiKey, baseURL } = await chrome.storage.local.get(["apiKey", "baseURL"]);
    if (!apiKey) throw new Error("There is no key yet.");
    const client = createClient({ apiKey, baseURL });
    const stream = await client.streamChat(parseMessages(asked), {}, { signal });
    // Every message that is sent keeps the worker alive; see docs/runtimes.md for how long it lives without.
    for await (const chunk of stream) tell({ text: chunk.content });
    tell({ done: true });
  } catch (error) {
    if (!isAbortError(error)) tell({ error: error instanceof Error ? error.message : String(error) });
  }
}
