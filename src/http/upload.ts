import { InputError } from "../errors.ts";
import { readable, wrong } from "../options.ts";
import { checkPiece } from "./requestBody.ts";
import { streamable } from "./streamable.ts";

/** An object that can be read as a stream, such as a file of a runtime or of another realm. */
export interface UploadSource {
  /** Returns the bytes. */
  stream(): ReadableStream<Uint8Array>;
  /** The file's name or path. */
  readonly name?: string | undefined;
  /** The media type. */
  readonly type?: string | undefined;
}

/** An object with a body, such as one of an R2 bucket. */
export interface StoredObject {
  /** The bytes, unread. */
  readonly body: ReadableStream<Uint8Array>;
  /** The name or path in the store. */
  readonly key?: string | undefined;
  /** The stored headers. */
  readonly httpMetadata?: { readonly contentType?: string | undefined } | undefined;
}

/**
 * A file to upload: a Blob or File, bytes, a response or request whose body nobody has read, an object with `stream()` or `body`, or a stream.
 *
 * A stream, and an async iterable such as a stream of Node, is sent as it arrives, once. Everything else but a Blob is read into memory first,
 * so that it can be sent again.
 */
export type Upload =
  | Blob
  | ArrayBuffer
  | ArrayBufferView
  | Response
  | Request
  | UploadSource
  | StoredObject
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** A file that a form can hold. */
export type FormFile = Blob | ReadableStream<Uint8Array>;

/** A body that has to be read, with what is known of the file. */
interface Unread {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly name: string | undefined;
  readonly type: string | undefined;
}

const EXPECTED =
  "a Blob or File, bytes (Uint8Array, ArrayBuffer), a ReadableStream, a Response, or an object with stream() or body";

/**
 * Returns a file in a form that `fetch` can send.
 *
 * @param name the file's name in an error
 * @param signal stops reading; what was read so far is returned
 * @throws InputError for a value that is no file or cannot be sent; the error of the caller's stream
 */
export async function formFile(name: string, value: unknown, signal?: AbortSignal): Promise<FormFile> {
  const found = readable(name, () => fileIn(name, value));
  if (found instanceof ReadableStream) return found;
  if (found instanceof Blob) return found.type === "" ? withType(found) : found;
  const { body, type = "" } = found;
  const pieces = body === null ? [] : await readAll(name, body, signal);
  return withType(named(pieces, found.name, type));
}

/** Returns the bytes of a file with its type. @throws as {@link formFile} does */
export async function wholeFile(name: string, value: unknown, signal?: AbortSignal): Promise<Blob> {
  const file = await formFile(name, value, signal);
  if (!(file instanceof ReadableStream)) return file;
  return withType(new Blob(await readAll(name, file, signal)));
}

function fileIn(name: string, value: unknown): Blob | ReadableStream<Uint8Array> | Unread {
  if (value instanceof Blob) return value;
  if (value instanceof ReadableStream) return checkStream(name, value as ReadableStream<Uint8Array>);
  const bytes = bytesOf(value);
  if (bytes) return new Blob([bytes]);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notAFile(name, value);
  const stream: unknown = Reflect.get(value, "stream");
  if (typeof stream === "function") {
    const body: unknown = (value as UploadSource).stream();
    if (!isStream(body)) throw new InputError(name, EXPECTED, "an object whose stream() returns none");
    if (fieldIn(body, "locked") === true) throw new InputError(name, "a stream that nobody reads", "a locked stream");
    return { body: body as ReadableStream<Uint8Array>, name: textIn(value, "name"), type: textIn(value, "type") };
  }
  if ("body" in value && (isStream(value.body) || (value.body === null && "headers" in value)))
    return ofBody(name, value as BodyHolder);
  if (Symbol.asyncIterator in value)
    return Object.assign(checkStream(name, streamFrom(value as AsyncIterable<Uint8Array>)), {
      name: textIn(value, "path"),
    });
  throw notAFile(name, value);
}

/** Returns bytes of any realm; a copy if they are shared, which a Blob refuses. */
function bytesOf(value: unknown): Uint8Array<ArrayBuffer> | undefined {
  const isView = ArrayBuffer.isView(value);
  if (!isView && !/ArrayBuffer$/.test(tagOf(value))) return undefined;
  const bytes = isView
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value as ArrayBuffer);
  return tagOf(bytes.buffer) === "SharedArrayBuffer" ? bytes.slice() : (bytes as Uint8Array<ArrayBuffer>);
}

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

function checkStream(name: string, stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (stream.locked) throw new InputError(name, "a stream that nobody reads", "a locked stream");
  if (!streamable().sends) throw streamRefused(name);
  return stream;
}

/** Returns the error for a stream on a platform that cannot send one. */
export function streamRefused(name: string): InputError {
  return new InputError(name, "a Blob, a File or bytes: this platform cannot send a stream", "a stream");
}

/** A response, a request, or a stored object. */
interface BodyHolder extends Partial<Pick<Response, "headers" | "status" | "url" | "bodyUsed">> {
  readonly body: ReadableStream<Uint8Array> | null;
}

function isStream(value: unknown): boolean {
  return typeof fieldIn(value, "getReader") === "function";
}

function ofBody(name: string, holder: BodyHolder): Unread {
  const { body, bodyUsed = false, headers, status = 200, url = "" } = holder;
  if (status < 200 || status > 299) throw new InputError(name, "a response with a file", `one with status ${status}`);
  if (bodyUsed || body?.locked) throw new InputError(name, "a body that nobody has read", "one that was read before");
  const isResponse = holder.status !== undefined;
  const known = nameInHeader(headers?.get("content-disposition")) ?? textIn(holder, "key");
  const type = headers?.get("content-type") ?? textIn(Reflect.get(holder, "httpMetadata"), "contentType");
  return { body, name: known ?? (isResponse ? nameInURL(url) : undefined), type };
}

/** Reads the file's name: https://www.rfc-editor.org/rfc/rfc6266 */
function nameInHeader(disposition: string | null | undefined): string | undefined {
  const encoded = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition ?? "")?.[1];
  const plain = /;\s*filename\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^;\s"]+))/i.exec(disposition ?? "");
  return decoded(encoded) ?? plain?.[1]?.replace(/\\(.)/g, "$1") ?? plain?.[2];
}

/** Returns the last part of a path, if it has an ending. */
function nameInURL(url: string): string | undefined {
  return decoded(/^\w+:\/\/[^/?#]*\/(?:[^?#]*\/)?([^/?#]+\.\w+)(?:[?#]|$)/.exec(url)?.[1]);
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function textIn(value: unknown, field: string): string | undefined {
  const text = fieldIn(value, field);
  return typeof text === "string" && text !== "" ? text : undefined;
}

/**
 * Returns a stream of what an iterable gives. `ReadableStream.from` is not everywhere. It asks for a first piece at once: only then does a
 * stream of Node report that its file does not exist to its reader, and not to the process.
 */
function streamFrom(iterable: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator: AsyncIterator<Uint8Array, unknown> = iterable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel(reason) {
      await iterator.return?.(reason);
    },
  });
}

async function readAll(
  name: string,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const reader = body.getReader();
  const stop = (): void => void reader.cancel(signal?.reason).catch(() => undefined);
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return pieces;
      checkPiece(name, value);
      pieces.push(value);
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

function named(pieces: BlobPart[], name: string | undefined, type: string): Blob {
  return name === undefined ? new Blob(pieces, { type }) : new File(pieces, name, { type });
}

/** The first bytes of files that the API takes, one character per byte. */
const SIGNATURES: readonly (readonly [first: RegExp, type: string])[] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8/, "image/gif"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
  [/^RIFF.{4}WAVE/s, "audio/wav"],
  [/^(?:ID3|\xff[\xf2\xf3\xfa\xfb])/, "audio/mpeg"],
  [/^fLaC/, "audio/flac"],
  [/^OggS/, "audio/ogg"],
  [/^.{4}ftypM4A/s, "audio/mp4"],
  [/^.{4}ftyp(?!avi|hei|mif)/s, "video/mp4"],
  [/^.E\xdf\xa3/s, "video/webm"],
  [/^%PDF-/, "application/pdf"],
];

/** Returns a file with the type that its first bytes tell, if it has none: the API goes by the type or the ending of the name. */
async function withType(file: Blob): Promise<Blob> {
  if (file.type !== "" && file.type !== "application/octet-stream") return file;
  const first = await file
    .slice(0, 12)
    .arrayBuffer()
    .catch(() => new ArrayBuffer());
  const text = String.fromCharCode(...new Uint8Array(first));
  const type = SIGNATURES.find(([signature]) => signature.test(text))?.[1];
  if (type === undefined) return file;
  const name = textIn(file, "name");
  return name === undefined ? file.slice(0, file.size, type) : new File([file], name, { type });
}

function notAFile(name: string, value: unknown): InputError {
  if (typeof value === "string") return new InputError(name, EXPECTED, "a string: read the file of a path first");
  if (value instanceof Promise) return new InputError(name, EXPECTED, "a promise: await it");
  if (typeof FormData !== "undefined" && value instanceof FormData)
    return new InputError(name, EXPECTED, "a FormData: pass one of its files");
  if (isStream(fieldIn(value, "readable"))) return new InputError(name, EXPECTED, "an object with readable: pass that");
  return wrong(name, EXPECTED, value);
}

function fieldIn(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
}
