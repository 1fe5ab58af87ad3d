/** A page of the extension: it uses the service worker, and never reads the key. */
import type { Message } from "fetchat/browser";
import type { PortMessage } from "./background.ts";

const ask = document.getElementById("ask") as HTMLFormElement;
const settings = document.getElementById("settings") as HTMLFormElement;
const status = document.getElementById("status") as HTMLElement;
const messages: Message[] = [];

function say(text: string): void {
  messages.push({ role: "user", content: text });
  add(text);
  const answer = add("");
  const port = chrome.runtime.connect();
  const fail = (why: string): void => {
    status.textContent = why;
    messages.pop();
  };
  port.onDisconnect.addListener(() => fail("The service worker was stopped before the answer was complete."));
  port.onMessage.addListener((message) => {
    const update = message as PortMessage;
    if ("text" in update) return answer.append(update.text);
    if ("error" in update) fail(update.error);
    else messages.push({ role: "assistant", content: answer.textContent ?? "" });
    port.disconnect();
  });
  port.postMessage(messages);
}

function add(text: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  document.getElementById("log")?.append(paragraph);
  return paragraph;
}

ask.addEventListener("submit", (event) => {
  event.preventDefault();
  status.textContent = "";
  const message = String(new FormData(ask).get("message"));
  ask.reset();
  say(message);
});

settings.addEventListener("submit", (event) => {
  event.preventDefault();
  void chrome.storage.local.set(Object.fromEntries(new FormData(settings)) as Record<string, string>).then(() => {
    settings.reset();
    status.textContent = "Kept in this browser.";
  });
});
