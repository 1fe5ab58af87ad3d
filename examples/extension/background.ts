/**
 * The service worker of an extension: it has the key, calls the API, and streams the answer to a page of the extension
 * over a port.
 */
import { createClient, isAbortError, parseMessages } from "fetchat/browser";

/** A message to the page. */
export type PortMessage = { readonly text: string } | { readonly done: true } | { readonly error: string };

// Content scripts run in foreign pages and must not read the key.
void chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });
chrome.action.onClicked.addListener(() => void chrome.tabs.create({ url: "page.html" }));

chrome.runtime.onConnect.addListener((port) => {
  if (port.sender?.origin !== location.origin) return port.disconnect();
  const left = new AbortController();
  port.onDisconnect.addListener(() => left.abort());
  port.onMessage.addListener((messages) => void answer(messages, left.signal, (update) => port.postMessage(update)));
});

async function answer(asked: unknown, signal: AbortSignal, post: (update: PortMessage) => void): Promise<void> {
  try {
    const { apiKey, baseURL } = await chrome.storage.local.get(["apiKey", "baseURL"]);
    if (!apiKey) throw new Error("There is no key yet.");
    const client = createClient({ apiKey, baseURL });
    const stream = await client.streamChat(parseMessages(asked), {}, { signal });
    // Every message keeps the worker alive; docs/runtimes.md has its lifetime without messages.
    for await (const chunk of stream) post({ text: chunk.content });
    post({ done: true });
  } catch (error) {
    if (!isAbortError(error)) post({ error: error instanceof Error ? error.message : String(error) });
  }
}
