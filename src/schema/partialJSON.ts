import { aFunction, aString, checkOptions } from "../options.ts";

type Container = Record<string, unknown> | unknown[];

/** The tokens that may come next. */
type Expecting = "value" | "value or end" | "key or end" | "key" | "colon" | "comma or end" | "nothing";

/** The token that is being read. */
type Reading = "between" | "string" | "key" | "word";

/** An open object or list, and the place in it that is being read. */
interface Frame {
  readonly container: Container;
  key: string | number;
}

const ESCAPES: Record<string, string> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' };
const WORD = /[-+.\w]/;

/**
 * Reads JSON while it arrives, in linear time.
 *
 * `value` is the same live object all along. Each value in it is final, except for strings, which grow. Numbers and literals appear once they
 * are complete. Text that is no JSON ends the reading; what was read stays.
 *
 * @example
 * ```ts
 * const reader = new PartialJSON();
 * for await (const { content } of stream) {
 *   reader.feed(content);
 *   show(reader.value);
 * }
 * reader.end();
 * ```
 */
export class PartialJSON {
  /** `true` if the text so far cannot become JSON. */
  broken = false;
  #root: unknown;
  readonly #stack: Frame[] = [];
  #expecting: Expecting = "value";
  #reading: Reading = "between";
  /** The string or word that is being read. */
  #text = "";
  /** The first half of a surrogate pair at the end of the string. */
  #half = "";
  /** An incomplete escape. */
  #escape = "";
  readonly #omitNull: ((path: readonly (string | number)[]) => boolean) | undefined;

  /**
   * Makes a reader for one value.
   *
   * @param options `omitNull` returns `true`, given the keys that lead to a null, to leave the null out as if its key were missing
   * @throws InputError for options that cannot work
   */
  constructor(options: { omitNull?: ((path: readonly (string | number)[]) => boolean) | undefined } = {}) {
    checkOptions(options, { omitNull: aFunction }, "");
    this.#omitNull = options.omitNull;
  }

  /** The value so far; `undefined` until it has begun. */
  get value(): unknown {
    return this.#root;
  }

  /** `true` if the text so far is one whole JSON value. */
  get done(): boolean {
    return this.#expecting === "nothing" && !this.broken;
  }

  /**
   * Reads the next piece of the text.
   *
   * @param text the piece
   * @throws InputError if it is no string
   */
  feed(text: string): void {
    aString(text, "text");
    for (let at = 0; at < text.length && !this.broken;) {
      if (this.#reading === "between") at = this.#between(text, at);
      else if (this.#reading === "word") at = this.#word(text, at);
      else at = this.#string(text, at);
    }
    if (this.#reading === "string" && !this.broken) this.#put(this.#text);
  }

  /** Ends the text, which completes a number at the top. */
  end(): void {
    if (this.#reading === "word") this.#endWord();
  }

  #between(text: string, at: number): number {
    const char = text.charAt(at);
    if (/\s/.test(char)) return at + 1;
    const expecting = this.#expecting;
    if (char === '"' && expecting.startsWith("key")) this.#begin("key");
    else if ((char === "}" || char === "]") && expecting.endsWith(" or end")) this.#close(char);
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
    const top = this.#top;
    if (typeof top?.key === "number") top.key++;
    this.#expecting = Array.isArray(top?.container) ? "value" : "key";
  }

  #open(container: Container, expecting: Expecting): void {
    this.#put(container);
    this.#stack.push({ container, key: Array.isArray(container) ? 0 : "" });
    this.#expecting = expecting;
  }

  #close(char: "}" | "]"): void {
    const top = this.#stack.pop();
    if (!top || Array.isArray(top.container) !== (char === "]")) this.broken = true;
    else this.#endValue();
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
    else Reflect.set(top.container, top.key, value);
  }

  #word(text: string, at: number): number {
    let end = at;
    while (end < text.length && WORD.test(text.charAt(end))) end++;
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
    const char = text.charAt(at);
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

  /** Appends a piece to the string. Looks only at the piece: in most engines, to look at a string that has grown is to copy it. */
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
    if (this.#reading === "string") {
      this.#put(this.#text);
      this.#endValue();
      return;
    }
    if (this.#top) this.#top.key = this.#text;
    this.#reading = "between";
    this.#expecting = "colon";
  }
}
