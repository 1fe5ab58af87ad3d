import { fieldOf, stringOf } from "../wire/read.ts";
import { Sha256 } from "./sha256.ts";

/** A file in a `multipart/form-data` body, as the mock API records it. */
export interface UploadedFile {
  /** Its name. */
  readonly filename: string;
  /** Its content type. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  /** What is in it, up to 1 MiB; `undefined` for a bigger one, which was not kept. Not enumerable. */
  readonly bytes: Uint8Array | undefined;
}

const KEPT = 2 ** 20;

/** The file that a form has under a name; an empty one where it has none. */
export function fileOf(body: unknown, name: string): UploadedFile {
  const file = [fieldOf(body, name)].flat()[0];
  return isFile(file)
    ? file
    : { filename: "", type: "text/plain", size: 0, sha256: new Sha256().hex(), bytes: new Uint8Array() };
}

/** Whether a value of a form is a file. */
export function isFile(value: unknown): value is UploadedFile {
  return typeof stringOf(value, "filename") === "string" && typeof stringOf(value, "sha256") === "string";
}

/** The boundary that a content type names; `undefined` where it is no multipart form. */
export function boundaryOf(type: string | null | undefined): string | undefined {
  const [, quoted, bare] = /^multipart\/form-data\b.*?;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type ?? "") ?? [];
  return quoted ?? bare;
}

/**
 * Reads a multipart form as it comes, holding no more of it than a piece and what is worth keeping: fields as strings, files as
 * {@link UploadedFile}. A name that ends in `[]` gives a list, `name[key]` an object.
 *
 * @throws TypeError where the body is no such form, or ends before its last boundary; what the body fails with
 */
export async function readMultipart(
  body: ReadableStream<Uint8Array>,
  boundary: string,
  signal?: AbortSignal,
): Promise<Record<string, unknown>> {
  const reader = body.getReader();
  const form = new FormReader(boundary);
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      signal?.throwIfAborted();
      if (done) return form.end();
      form.feed(value);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

class FormReader {
  readonly #fields: Record<string, unknown> = {};
  /** What ends a part. */
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

  end(): Record<string, unknown> {
    if (this.#state !== "end") throw new TypeError("The multipart body ends before its last boundary");
    return this.#fields;
  }

  /** Takes what can be taken; false where more bytes are needed. */
  #step(): boolean {
    if (this.#state === "end") return false;
    if (this.#state === "head") return this.#takeHead();
    const at = find(this.#rest, this.#mark);
    // What may be the beginning of a mark stays.
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
    if (this.#part) setField(this.#fields, this.#part.name, this.#part.value());
    this.#part = undefined;
  }
}

const BLANK = new TextEncoder().encode("\r\n\r\n");

class Part {
  readonly name: string;
  readonly #filename: string | undefined;
  readonly #type: string;
  readonly #hash: Sha256 = new Sha256();
  #kept: Uint8Array[] = [];
  #size = 0;

  constructor(head: string) {
    const [, name = ""] = /\bname="([^"]*)"/i.exec(head.replace(/filename="[^"]*"/i, "")) ?? [];
    this.name = unquote(name);
    this.#filename = /filename="([^"]*)"/i.exec(head)?.[1];
    this.#type = /^content-type:\s*(\S+)/im.exec(head)?.[1] ?? "text/plain";
  }

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#filename !== undefined) this.#hash.update(bytes);
    if (this.#size <= KEPT) this.#kept.push(bytes.slice());
    else this.#kept = [];
  }

  value(): string | UploadedFile {
    const bytes = this.#size <= KEPT ? this.#kept.reduce(joined, new Uint8Array()) : undefined;
    if (this.#filename === undefined) return new TextDecoder().decode(bytes);
    const file = { filename: unquote(this.#filename), type: this.#type, size: this.#size, sha256: this.#hash.hex() };
    return Object.defineProperty(file, "bytes", { value: bytes }) as UploadedFile;
  }
}

function unquote(text: string): string {
  return text.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");
}

function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  const [, base = name, key] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
  if (key === undefined) fields[base] = value;
  else if (key === "") fields[base] = [...((fields[base] as unknown[] | undefined) ?? []), value];
  else fields[base] = { ...(fields[base] as object | undefined), [key]: value };
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Where bytes occur first in others; -1 where they do not. */
function find(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] as number;
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}
