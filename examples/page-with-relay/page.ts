/** A chat without a key, through the relay on its own origin. */
import { createClient } from "fetchat/browser";

const chat = createClient({ baseURL: "/v1" }).newChatSession({ model: "gpt-6-luna" });
const form = document.querySelector("form") as HTMLFormElement;
const status = document.getElementById("status") as HTMLElement;
const left = new AbortController();
addEventListener("pagehide", () => left.abort());

async function say(text: string): Promise<void> {
  add(text);
  const answer = add("");
  try {
    await chat.send(text, {}, { signal: left.signal, onChunk: (chunk) => answer.append(chunk.content) });
    status.textContent = "";
  } catch (error) {
    status.textContent = error instanceof Error ? error.message : String(error);
  }
}

function add(text: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  document.getElementById("log")?.append(paragraph);
  return paragraph;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const message = String(new FormData(form).get("message"));
  form.reset();
  void say(message);
});
