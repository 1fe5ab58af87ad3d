import { createClient, isAbortError, isAPIError, isConnectionError, isStreamError } from "fetchat/browser";
import { loadConversation, loadToken, saveConversation, saveToken } from "./store.ts";
import { $, addBubble, announce, askToken, type Bubble, follow, showTrouble, watchScrolling } from "./view.ts";

const { answers, model } = document.documentElement.dataset;
const kept = loadConversation();
let token = loadToken();

const client = createClient({ baseURL: "/v1", apiKey: () => token, model });
const chat = client.newChatSession({ messages: kept.messages });
let stopped = kept.stopped;

/** A running answer: its text so far, its bubble, and the means to stop it. */
interface Running {
  text: string;
  readonly bubble: Bubble;
  readonly stopper: AbortController;
}
let running: Running | undefined;
/** The part of a failed answer, shown until the next attempt. */
let half: Bubble | undefined;

/** Requests an answer to the conversation, or to a new message of the user. */
async function answer(message?: string): Promise<void> {
  begin(message);
  const run = running as Running;
  try {
    const stream = await chat.stream(message, {}, { signal: run.stopper.signal });
    for await (const event of stream) {
      run.text += event.content;
      if (event.content !== "") run.bubble.show(run.text);
    }
    const { ending, text } = await stream.final();
    finish(
      run,
      text,
      ending === "length"
        ? "Cut off: the model's limit was reached."
        : ending === "content_filter"
          ? "Withheld by the provider's filter."
          : undefined,
    );
  } catch (error) {
    // The page has moved on: the user pressed New chat or left the page.
    if (running !== run) return;
    if (isAbortError(error)) stopRunning();
    else await fail(run, error);
  }
}

function begin(message: string | undefined): void {
  half?.remove();
  half = undefined;
  showTrouble(undefined);
  if (message !== undefined) addBubble("user", message);
  const bubble = addBubble("assistant");
  bubble.running(true);
  running = { text: "", bubble, stopper: new AbortController() };
  announce("Waiting for the answer.");
  refresh();
  follow(true);
}

function finish({ bubble }: Running, text: string, note: string | undefined): void {
  bubble.show(text);
  if (note !== undefined) bubble.note(note);
  settle(bubble, "The answer is complete.");
}

function settle(bubble: Bubble, text: string): void {
  bubble.running(false);
  running = undefined;
  announce(text);
  refresh();
  save();
}

/** Stops the running answer and keeps the part that has arrived. */
function stopRunning(): void {
  if (running === undefined) return;
  const { bubble, text, stopper } = running;
  stopper.abort();
  keepPart(text);
  bubble.show(text);
  bubble.note(text === "" ? "Stopped before the answer began." : "Stopped.");
  settle(bubble, "Stopped.");
}

function keepPart(text: string): void {
  if (text === "") return;
  stopped.push(chat.messages.length);
  chat.appendMessage({ role: "assistant", content: text });
}

async function fail(run: Running, error: unknown): Promise<void> {
  if (run.text === "") run.bubble.remove();
  else half = run.bubble;
  settle(run.bubble, "");
  if (!needsToken(error)) return showTrouble(explain(error));
  const given = await askToken(
    token === undefined ? undefined : "That was not the relay's token. It is what its owner gave as RELAY_TOKEN.",
  );
  if (given === undefined) return showTrouble("Without the relay's token there is no answer.");
  saveToken((token = given));
  await answer();
}

function needsToken(error: unknown): boolean {
  return isAPIError(error) && error.code === "relay_token";
}

function explain(error: unknown): string {
  if (isAPIError(error))
    return error.status === 429 ? `Too many requests at the moment. ${error.message}` : error.message;
  if (isConnectionError(error))
    return "The server cannot be reached. Is the connection up, and the Worker still running?";
  if (isStreamError(error) && error.ending === "truncated")
    return "The connection broke before the answer was complete.";
  if (isStreamError(error) && error.ending === "stalled") return "The answer came to a standstill.";
  return error instanceof Error ? error.message : String(error);
}

function save(): void {
  saveConversation({ messages: chat.messages, stopped });
}

function refresh(): void {
  const isEmpty = chat.messages.length === 0 && running === undefined;
  $("empty").hidden = !isEmpty;
  $<HTMLButtonElement>("new").disabled = isEmpty;
  $("send").hidden = running !== undefined;
  $("stop").hidden = running === undefined;
  $<HTMLButtonElement>("send").disabled = $<HTMLTextAreaElement>("input").value.trim() === "";
}

function showConversation(): void {
  $("log").replaceChildren();
  chat.messages.forEach(({ role, content }, at) => {
    if ((role !== "user" && role !== "assistant") || typeof content !== "string") return;
    const bubble = addBubble(role, content);
    if (stopped.includes(at)) bubble.note("Stopped.");
  });
  showTrouble(chat.lastMessage()?.role === "user" ? "There is no answer to this yet." : undefined);
  refresh();
  follow(true);
}

function newChat(): void {
  running?.stopper.abort();
  running = undefined;
  half = undefined;
  stopped = [];
  chat.messages = [];
  save();
  showConversation();
  announce("A new chat.");
  $("input").focus();
}

function sendInput(): void {
  const input = $<HTMLTextAreaElement>("input");
  const text = input.value.trim();
  if (text === "" || running !== undefined) return;
  input.value = "";
  void answer(text);
}

function retry(): void {
  $("input").focus();
  if (running === undefined) void answer();
}

const IDEAS = ["Name three rivers", "Write a haiku about waiting", "Show me some TypeScript that reads a stream"];

function introduce(): void {
  const isMock = answers === "mock";
  $("source").textContent = isMock ? "mock" : (model ?? "the API");
  $("intro").textContent = isMock
    ? "A mock API answers here, so that you can try the page. Set OPENAI_API_KEY to talk to a model."
    : "Your messages go to this site's own server, which asks the model. The conversation stays in this browser.";
  $("ideas").append(
    ...IDEAS.map((idea) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = idea;
      button.addEventListener("click", () => {
        $("input").focus();
        void answer(idea);
      });
      item.append(button);
      return item;
    }),
  );
}

/** The browser's back/forward cache keeps a page and its requests, so leaving the page has to abort them. */
function leave(): void {
  stopRunning();
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  sendInput();
});
$("input").addEventListener("keydown", (event) => {
  // While an input method composes, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  sendInput();
});
$("input").addEventListener("input", refresh);
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !$<HTMLDialogElement>("token-dialog").open) stopRunning();
});
$("stop").addEventListener("click", () => {
  stopRunning();
  $("input").focus();
});
$("retry").addEventListener("click", retry);
$("new").addEventListener("click", newChat);
addEventListener("pagehide", leave);

watchScrolling();
introduce();
showConversation();
