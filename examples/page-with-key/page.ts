/**
 * A chat with the visitor's own key, which is requested when needed, kept in memory, sent to one API only, and
 * forgotten on request.
 */
import { createClient, isAbortError, isAPIError, sessionKey, type ChatSession } from "fetchat/browser";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const [form, api, dialog, status] = [
  element<HTMLFormElement>("ask"),
  element<HTMLInputElement>("api"),
  element<HTMLDialogElement>("wanted"),
  element("status"),
];

// With `storage: sessionStorage` the key would survive a reload; with localStorage it would stay on the computer.
const key = sessionKey({ ask: askForKey });
let chat = newChat();
let running = new AbortController();

function newChat(): ChatSession {
  return createClient({ apiKey: key, baseURL: api.value }).newChatSession({ model: "gpt-6-luna" });
}

async function askForKey(): Promise<string> {
  const input = dialog.querySelector("input") as HTMLInputElement;
  element("where").textContent = new URL(api.value).origin;
  dialog.returnValue = input.value = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  const given = dialog.returnValue === "use" ? input.value : "";
  input.value = "";
  return given;
}

async function say(text: string): Promise<void> {
  running = new AbortController();
  add(text);
  const answer = add("");
  try {
    const stream = await chat.stream(text, {}, { signal: running.signal });
    for await (const event of stream) answer.append(event.content);
    status.textContent = "";
  } catch (error) {
    if (isAPIError(error) && error.status === 401) key.forget();
    status.textContent = isAbortError(error) ? "Stopped." : error instanceof Error ? error.message : String(error);
  }
}

function add(text: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  element("log").append(paragraph);
  return paragraph;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = String(new FormData(form).get("message"));
  form.reset();
  void say(message);
});
element("stop").addEventListener("click", () => running.abort());
// The back/forward cache keeps a page alive after the visitor leaves: without this its request would continue.
addEventListener("pagehide", () => running.abort());
element("forget").addEventListener("click", () => {
  key.forget();
  status.textContent = "The key is forgotten.";
});
// A key belongs to one API.
api.addEventListener("change", () => {
  running.abort();
  key.forget();
  if (api.reportValidity()) chat = newChat();
});
