import { renderText } from "./render.ts";

/** Returns the element with an id. */
export function $<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no #${id}.`);
  return found as E;
}

/** A message on the page. */
export interface Bubble {
  /** Shows this text in the next frame. */
  show(text: string): void;
  /** Shows a note below the text, such as "stopped". */
  note(text: string): void;
  /** Shows that more text follows. */
  running(yes: boolean): void;
  remove(): void;
}

const NAMES = { user: "You said:", assistant: "The answer:" };

/** Adds a message to the end of the conversation. */
export function addBubble(role: "user" | "assistant", text = ""): Bubble {
  const article = document.createElement("article");
  article.className = `message ${role}`;
  const name = line("h2", "hidden", NAMES[role]);
  const body = line("div", "text", "");
  article.append(name, body);
  $("log").append(article);
  let frame = 0;
  const draw = (text: string): void => {
    frame = 0;
    if (role === "user") body.textContent = text;
    else renderText(body, text);
    follow();
  };
  draw(text);
  return {
    show: (text) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => draw(text));
    },
    note: (text) => article.append(line("p", "note", text)),
    running: (yes) => {
      article.classList.toggle("running", yes);
      $("log").setAttribute("aria-busy", String(yes));
    },
    remove: () => {
      cancelAnimationFrame(frame);
      article.remove();
    },
  };
}

function line(name: string, className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

/** True while the reader is at the end and wants to stay there. */
let following = true;
/** The last scroll position. */
let last = 0;

/** Scrolls to the end unless the reader has scrolled away. */
export function follow(force = false): void {
  const scroller = $("scroller");
  if (force) following = true;
  // The reader may have scrolled before the scroll event arrives.
  else if (hasLeft(scroller)) following = false;
  if (following) {
    scroller.scrollTop = scroller.scrollHeight;
    last = scroller.scrollTop;
  }
  $("latest").hidden = following || isAtEnd(scroller);
}

/** Updates `following` when the reader scrolls. */
export function watchScrolling(): void {
  const scroller = $("scroller");
  scroller.addEventListener(
    "scroll",
    () => {
      if (isAtEnd(scroller)) following = true;
      else if (hasLeft(scroller)) following = false;
      last = scroller.scrollTop;
      $("latest").hidden = following;
    },
    { passive: true },
  );
  new ResizeObserver(() => follow()).observe(scroller);
  $("latest").addEventListener("click", () => follow(true));
}

/** Only a move upwards means that the reader left the end; growing text never moves the page up. */
function hasLeft(scroller: HTMLElement): boolean {
  return scroller.scrollTop < last && !isAtEnd(scroller);
}

function isAtEnd(scroller: HTMLElement): boolean {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 40;
}

/** Announces something to screen readers. */
export function announce(text: string): void {
  $("status").textContent = text;
}

/** Shows an error, or hides it for `undefined`. */
export function showTrouble(text: string | undefined): void {
  $("trouble").hidden = text === undefined;
  $("trouble-text").textContent = text ?? "";
  follow();
}

/** Asks for the relay's token; resolves to `undefined` if the user cancels. */
export function askToken(why: string | undefined): Promise<string | undefined> {
  const dialog = $<HTMLDialogElement>("token-dialog");
  const input = $<HTMLInputElement>("token");
  if (why !== undefined) $("token-why").textContent = why;
  input.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    const given = (event: Event): void => {
      event.preventDefault();
      dialog.close(input.value.trim());
    };
    const cancelled = (): void => dialog.close("");
    $("token-form").addEventListener("submit", given);
    $("token-cancel").addEventListener("click", cancelled);
    dialog.addEventListener(
      "close",
      () => {
        $("token-form").removeEventListener("submit", given);
        $("token-cancel").removeEventListener("click", cancelled);
        input.value = "";
        resolve(dialog.returnValue || undefined);
      },
      { once: true },
    );
  });
}
