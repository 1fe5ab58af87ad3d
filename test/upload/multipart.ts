import { createHash } from "node:crypto";

/** A file of a form: everything but its content, which is not kept. */
export interface StreamedFile {
  readonly filename: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** Returns the boundary that a content type names; `undefined` if it is not a multipart form. */
export function boundaryOf(type: string | null | undefined): string | undefined {
  const [, quoted, bare] = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type ?? "") ?? [];
  return quoted ?? bare;
}

/**
 * Reads a multipart form as it arrives and holds no more than one piece of it: fields as strings, files as {@link StreamedFile}.
 *
 * @throws TypeError if the body is not such a form, or ends before its last boundary
 */
export async function readMultipart(
  body: ReadableStream<Uint8Array>,
  boundary: string,
): Promise<Record<string, string | StreamedFile>> {
  const form = new FormReader(boundary);
  for await (const bytes of body) form.feed(bytes);
  return form.end();
}

class FormReader {
  readonly #fields: Record<string, string | StreamedFile> = {};
  readonly #mark: Uint8Array;
  #rest: Uint8Array = new TextEncoder().encode("\r\n");
  #part: Part | undefined;
  #state: "preamble" | "head" | "content" | "end" = "preamble";

  constructor(boundary: string) {
    this.#mark = new TextEncoder().encode(`\r\n--${boundary}`);
  }

  feed(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    while (this.#step());
  }

  end(): Record<string, string | StreamedFile> {
    if (this.#state !== "end") throw new TypeError("The multipart body ends before its last boundary");
    return this.#fields;
  }

  /** Consumes one element of the form; returns false if more bytes are needed. */
  #step(): boolean {
    if (this.#state === "end") return false;
    if (this.#state === "head") return this.#takeHead();
    const at = find(this.#rest, this.#mark);
    // The last bytes may be the beginning of the next boundary.
    if (at === -1) return this.#pass(Math.max(0, this.#rest.length - this.#mark.length - 2));
    if (this.#rest.length < at + this.#mark.length + 2) return this.#pass(at);
    this.#pass(at);
    this.#close();
    const isEnd = this.#rest[this.#mark.length] === 0x2d;
    this.#rest = this.#rest.subarray(this.#mark.length + 2);
    this.#state = isEnd ? "end" : "head";
    return true;
  }

  #takeHead(): boolean {
    const at = find(this.#rest, BLANK);
    if (at === -1) return false;
    this.#part = new Part(new TextDecoder().decode(this.#rest.subarray(0, at)));
    this.#rest = this.#rest.subarray(at + BLANK.length);
    this.#state = "content";
    return true;
  }

  #pass(length: number): boolean {
    if (length > 0) this.#part?.add(this.#rest.subarray(0, length));
    this.#rest = this.#rest.subarray(length);
    return false;
  }

  #close(): void {
    if (this.#part) this.#fields[this.#part.name] = this.#part.value();
    this.#part = undefined;
  }
}

const BLANK = new TextEncoder().encode("\r\n\r\n");

class Part {
  readonly name: string;
  readonly #filename: string | undefined;
  readonly #type: string;
  readonly #hash = createHash("sha256");
  #text = "";
  #size = 0;

  constructor(head: string) {
    const [, name = ""] = /\bname="([^"]*)"/i.exec(head.replace(/filename="[^"]*"/i, "")) ?? [];
    this.name = unquote(name);
    this.#filename = /filename="([^"]*)"/i.exec(head)?.[1];
    this.#type = /^content-type:\s*(\S+)/im.exec(head)?.[1] ?? "text/plain";
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#filename === undefined) this.#text += new TextDecoder().decode(bytes);
    else this.#hash.update(bytes);
  }

  value(): string | StreamedFile {
    if (this.#filename === undefined) return this.#text;
    const sha256 = this.#hash.digest("hex");
    return { filename: unquote(this.#filename), type: this.#type, size: this.#size, sha256 };
  }
}

function unquote(text: string): string {
  return text.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Returns where a sequence of bytes occurs first, or -1. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
