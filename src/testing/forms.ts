import { fieldOf, objectOf, stringOf } from "../wire/read.ts";

/** A file in a `multipart/form-data` body, as the mock API records it. */
export interface UploadedFile {
  /** The file's name. */
  readonly filename: string;
  /** Its content type. */
  readonly type: string;
  /** Its size in bytes. */
  readonly size: number;
  /** The SHA-256 of its content in hexadecimal digits; empty where the platform has no `crypto.subtle`, as on a page without HTTPS. */
  readonly sha256: string;
  /** Its content. Not enumerable, so that comparing and printing a record stays cheap. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a `multipart/form-data` body. A name that ends in `[]` becomes a list, `name[key]` an object.
 *
 * @param bytes the whole body
 * @param contentType the request's content type, which names the boundary
 * @returns text fields as strings, files as {@link UploadedFile}
 * @throws TypeError if the body is not such a form
 */
export async function readForm(bytes: BodyInit, contentType: string): Promise<Record<string, unknown>> {
  const form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  const fields: Record<string, unknown> = {};
  for (const [name, value] of formEntries(form))
    setField(fields, name, typeof value === "string" ? value : await readFile(value));
  return fields;
}

/** Lists the fields of a form in order. `FormData.entries()` is missing from some libraries' types. */
export function formEntries(form: FormData): [name: string, value: string | File][] {
  const entries: [string, string | File][] = [];
  form.forEach((value, name) => entries.push([name, value]));
  return entries;
}

/** Returns the file that a recorded form has under a name; an empty one if it has none. */
export function fileOf(body: unknown, name: string): UploadedFile {
  const file = [fieldOf(body, name)].flat()[0];
  return isFile(file) ? file : withBytes({ filename: "", type: "text/plain", size: 0, sha256: "" }, new Uint8Array());
}

/** Returns true for an uploaded file, unlike other values of a recorded form. */
export function isFile(value: unknown): value is UploadedFile {
  return stringOf(value, "filename") !== undefined && stringOf(value, "sha256") !== undefined;
}

async function readFile(file: File): Promise<UploadedFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return withBytes({ filename: file.name, type: file.type, size: file.size, sha256: await hashOf(bytes) }, bytes);
}

function withBytes(file: Omit<UploadedFile, "bytes">, bytes: Uint8Array<ArrayBuffer>): UploadedFile {
  const whole = { ...file, bytes };
  return Object.defineProperty(whole, "bytes", { enumerable: false });
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined) return "";
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function setField(fields: Record<string, unknown>, name: string, value: unknown): void {
  const [, base = name, key] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
  if (key === undefined) fields[base] = value;
  else if (key === "") fields[base] = [fields[base] ?? [], value].flat();
  else fields[base] = { ...objectOf(fields, base), [key]: value };
}
