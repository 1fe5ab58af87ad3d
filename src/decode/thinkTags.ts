import { objectOf, stringOf } from "../wire/read.ts";
import { GrowingText } from "./merge.ts";
import type { Assembled } from "./merge.ts";

/**
 * Answers whose content may begin with the model's reasoning between `<think>` and `</think>`: none (`false`), those that begin with
 * `<think>` (`"opened"`), or also those without the opening tag (`true`), of which text is held back until it is clear what it is.
 */
export type ThinkTags = boolean | "opened";

const OPEN = "<think>";
const CLOSE = "</think>";
/** Characters of white space that may precede the opening tag. */
const MOST_SPACE = 1_024;

/** The text and the reasoning in a piece of content. */
export interface SplitText {
  readonly content: string;
  readonly reasoning: string;
}

/** Splits content that arrives in pieces into the reasoning between its tags and the text after them. */
export class ThinkSplitter {
  /** `start`: only white space has come. `unopened`: text without an opening tag. `after`: the closing tag has come. */
  #state: "start" | "unopened" | "inside" | "after" | "content" = "start";
  /** Content that may be a piece of a tag, or either kind of text. */
  #held = "";
  /** Content held back before that, without a tag in it. */
  #unopened = new GrowingText();
  #hasReasoning = false;
  readonly #isOpened: boolean;

  /** @param tags the answers with reasoning in their content */
  constructor(tags: true | "opened") {
    this.#isOpened = tags === "opened";
  }

  /** The content held back so far, which counts as this unless more comes. */
  get held(): SplitText {
    if (this.#state === "inside") return { content: "", reasoning: this.#held };
    return { content: String(this.#unopened) + this.#held, reasoning: "" };
  }

  /** Adds the next piece. @returns what is certain now */
  add(piece: string): SplitText {
    if (this.#state === "content") return { content: piece, reasoning: "" };
    this.#held += piece;
    if (this.#state === "start") this.#begin();
    if (this.#state === "unopened") return this.#closeUnopened();
    if (this.#state === "inside") return this.#close();
    return { content: this.#content(), reasoning: "" };
  }

  /** Ends the content. @returns what was held back */
  end(): SplitText {
    const { held } = this;
    this.#held = "";
    this.#unopened = new GrowingText();
    this.#state = "content";
    return held;
  }

  #begin(): void {
    const text = this.#held.trimStart();
    if (text.startsWith(OPEN)) {
      this.#state = "inside";
      this.#held = text.slice(OPEN.length);
    } else if (!OPEN.startsWith(text) || this.#held.length > MOST_SPACE)
      this.#state = this.#isOpened ? "content" : "unopened";
  }

  /** Reads reasoning up to its closing tag. Holds back what may be a piece of the tag. */
  #close(before = ""): SplitText {
    const at = this.#held.indexOf(CLOSE);
    const end = at >= 0 ? at : this.#held.length - overlap(this.#held);
    const text = before + this.#held.slice(0, end);
    const reasoning = this.#hasReasoning ? text : text.trimStart();
    if (reasoning !== "") this.#hasReasoning = true;
    this.#held = at >= 0 ? this.#held.slice(at + CLOSE.length) : this.#held.slice(end);
    if (at >= 0) this.#state = "after";
    return { content: at >= 0 ? this.#content() : "", reasoning };
  }

  /** Reads text without an opening tag: a closing tag makes it reasoning, a later opening tag makes it content. */
  #closeUnopened(): SplitText {
    const at = this.#held.indexOf(CLOSE);
    const opened = this.#held.indexOf(OPEN);
    const isText = opened >= 0 && (at < 0 || opened < at);
    if (isText) return this.end();
    if (at >= 0) {
      const before = String(this.#unopened);
      this.#unopened = new GrowingText();
      return this.#close(before);
    }
    const end = Math.max(0, this.#held.length - CLOSE.length);
    this.#unopened.add(this.#held.slice(0, end));
    this.#held = this.#held.slice(end);
    return { content: "", reasoning: "" };
  }

  /** Returns the content. After the closing tag it begins with its first word. */
  #content(): string {
    if (this.#state === "start") return "";
    const content = this.#state === "after" ? this.#held.trimStart() : this.#held;
    if (content !== "") this.#state = "content";
    this.#held = "";
    return content;
  }
}

/** Returns the number of characters at the end of a text that may begin the closing tag. */
function overlap(text: string): number {
  for (let size = Math.min(text.length, CLOSE.length - 1); size > 0; size--)
    if (CLOSE.startsWith(text.slice(-size))) return size;
  return 0;
}

/**
 * Moves the reasoning in the content of a whole answer to `reasoning_content`.
 *
 * @param completion a chat completion as sent. Its messages are changed
 */
export function splitThinkTags(completion: { choices: readonly unknown[] }, tags: ThinkTags): void {
  if (tags === false) return;
  for (const choice of completion.choices) {
    const message: Assembled | undefined = objectOf(choice, "message");
    const given = stringOf(message, "content");
    if (!message || given === undefined) continue;
    const splitter = new ThinkSplitter(tags);
    const first = splitter.add(given);
    const rest = splitter.end();
    const reasoning = first.reasoning + rest.reasoning;
    if (reasoning !== "") message["reasoning_content"] = (stringOf(message, "reasoning_content") ?? "") + reasoning;
    message["content"] = first.content + rest.content;
  }
}
