import { aFunction, aString, checkOptions } from "../options.ts";

type Container = Record<string, unknown> | unknown[];

/** What may come next. */
type Expecting = "value" | "value or end" | "key or end" | "key" | "colon" | "comma or end" | "nothing";

/** What is being read. */
type Reading = "between" | "string" | "key" | "word";

interface Frame {
  container: Container;
  key: string | number;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' };
const WORD = /[-+.\w]/;

/** What a reader may be told. */
export interface PartialJSONOptions {
  /** Asked of each null by the keys that lead to it: whether it is left out, as if its key were not there. Default: none is. */
  omitNull?: ((path: readonly (string | number)[]) => boolean) | undefined;
}

/**
 * Reads JSON as it grows. `value` is what is known so far: it is live, never copied, and every value in it is final, but for strings,
 * which grow. Numbers and literals appear once they are terminated; of a character that is cut in half nothing is shown. Work is linear
 * in the text's length. What is no JSON stops the reading; what was read stays.
 */
export class PartialJSON {
  /** Whether the text so far cannot become JSON. */
  broken = false;
  #root: unknown;
  readonly #stack: Frame[] = [];
  #expecting: Expecting = "value";
  #reading: Reading = "between";
  /** The string or word that is being read. */
  #text = "";
  /** The first half of a pair at the string's end: the second is still to come. */
  #half = "";
  /** An escape that is not complete. */
  #escape = "";
  readonly #omitNull: PartialJSONOptions["omitNull"];

  /** Begins a value. @param options which nulls are left out */
  constructor(options: PartialJSONOptions = {}) {
    checkOptions(options, { omitNull: aFunction }, "");
    this.#omitNull = options.omitNull;
  }

  /** What is known so far; `undefined` before the first value. */
  get value(): unknown {
    return this.#root;
  }

  /** Whether the text so far is one whole JSON value. */
  get done(): boolean {
    return this.#expecting === "nothing" && !this.broken;
  }

  /** Takes the next piece of the text. */
  feed(text: string): void {
    aString(text, "text");
    for (let at = 0; at < text.length && !this.broken;) {
      if (this.#reading === "between") at = this.#between(text, at);
      else if (this.#reading === "word") at = this.#word(text, at);
      else at = this.#string(text, at);
    }
    if (this.#reading === "string" && !this.broken) this.#put(this.#text);
  }

  /** Takes the end of the text: a number at the top is terminated by it. */
  end(): void {
    if (this.#reading === "word") this.#endWord();
  }

  #between(text: string, at: number): number {
    const char = text[at] as string;
    if (/\s/.test(char)) return at + 1;
    const expecting = this.#expecting;
    if (char === '"' && expecting.startsWith("key")) this.#begin("key");
    else if (
      char === "}" &&
      (expecting === "key or end" || expecting === "comma or end") &&
      !Array.isArray(this.#top?.container)
    )
      this.#close();
    else if (
      char === "]" &&
      (expecting === "value or end" || expecting === "comma or end") &&
      Array.isArray(this.#top?.container)
    )
      this.#close();
    else if (char === ":" && expecting === "colon") this.#expecting = "value";
    else if (char === "," && expecting === "comma or end") this.#comma();
    else if (!expecting.startsWith("value")) this.broken = true;
    else if (char === '"') this.#begin("string");
    else if (char === "{") this.#open({}, "key or end");
    else if (char === "[") this.#open([], "value or end");
    else if (WORD.test(char)) {
      this.#begin("word");
      return at;
    } else this.broken = true;
    return at + 1;
  }

  get #top(): Frame | undefined {
    return this.#stack[this.#stack.length - 1];
  }

  #begin(reading: Reading): void {
    this.#reading = reading;
    this.#text = "";
  }

  #comma(): void {
    const top = this.#top as Frame;
    if (typeof top.key === "number") top.key++;
    this.#expecting = Array.isArray(top.container) ? "value" : "key";
  }

  #open(container: Container, expecting: Expecting): void {
    this.#put(container);
    this.#stack.push({ container, key: Array.isArray(container) ? 0 : "" });
    this.#expecting = expecting;
  }

  #close(): void {
    this.#stack.pop();
    this.#endValue();
  }

  #endValue(): void {
    this.#reading = "between";
    this.#expecting = this.#stack.length === 0 ? "nothing" : "comma or end";
  }

  #put(value: unknown): void {
    const top = this.#top;
    if (!top) this.#root = value;
    else if (value === null && !Array.isArray(top.container) && this.#omitNull?.(this.#stack.map(({ key }) => key)))
      Reflect.deleteProperty(top.container, top.key);
    else if (top.key === "__proto__")
      Object.defineProperty(top.container, top.key, { value, enumerable: true, configurable: true, writable: true });
    else (top.container as Record<string | number, unknown>)[top.key] = value;
  }

  #word(text: string, at: number): number {
    let end = at;
    while (end < text.length && WORD.test(text[end] as string)) end++;
    this.#text += text.slice(at, end);
    if (end < text.length) this.#endWord();
    return end;
  }

  #endWord(): void {
    try {
      this.#put(JSON.parse(this.#text));
      this.#endValue();
    } catch {
      this.broken = true;
    }
  }

  #string(text: string, at: number): number {
    if (this.#escape !== "") return this.#escaped(text, at);
    let end = at;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 34 || code === 92 || code < 32) break;
    }
    this.#grow(text.slice(at, end));
    if (end === text.length) return end;
    if (text[end] === "\\") this.#escape = "\\";
    else if (text[end] === '"') this.#endString();
    else this.broken = true;
    return end + 1;
  }

  #escaped(text: string, at: number): number {
    const char = text[at] as string;
    if (this.#escape === "\\" && char !== "u") {
      const plain = ESCAPES[char];
      if (plain === undefined) this.broken = true;
      else this.#grow(plain);
      this.#escape = "";
      return at + 1;
    }
    if (this.#escape.length > 1 && !/[\da-f]/i.test(char)) this.broken = true;
    this.#escape += char;
    if (this.#escape.length === 6) {
      this.#grow(String.fromCharCode(parseInt(this.#escape.slice(2), 16)));
      this.#escape = "";
    }
    return at + 1;
  }

  /** Looks only at what is new: to look at a string that has grown is to copy it, in most engines. */
  #grow(piece: string): void {
    const text = this.#half + piece;
    const last = text.charCodeAt(text.length - 1);
    const end = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
    this.#text += text.slice(0, end);
    this.#half = text.slice(end);
  }

  #endString(): void {
    this.#text += this.#half;
    this.#half = "";
    if (this.#reading === "key") {
      (this.#top as Frame).key = this.#text;
      this.#reading = "between";
      this.#expecting = "colon";
      return;
    }
    this.#put(this.#text);
    this.#endValue();
  }
}
