import { OpenAIError } from "../errors.ts";
import { fieldOf, fieldsOf, objectOf } from "../wire/read.ts";
import { redactHeaders, redactJSON } from "./secrets.ts";
import type { Redact } from "./secrets.ts";

/** Errors beneath an error that are looked at; deeper ones are left out of a copy. */
const DEEPEST = 8;

/** Values of an error that are looked through; an error with more of them is copied without its objects. */
const MOST_VALUES = 2_000;

/**
 * Returns an error without secrets: the error itself where it holds none. Errors of this package are changed in
 * place, so that they keep their class; any other one that holds a secret is replaced by a copy.
 */
export function redactError(error: unknown, redact: Redact, depth = 0): unknown {
  if (error instanceof OpenAIError) return redactOwn(error, redact, depth);
  const texts = textsOf(error);
  if (texts !== undefined && !texts.some((text) => redact(text) !== text)) return error;
  if (typeof error === "string") return redact(error);
  return copyOf(error, redact, depth);
}

/** Changes the fields of an error of this package. */
function redactOwn(error: OpenAIError, redact: Redact, depth: number): OpenAIError {
  if (depth > DEEPEST) return error;
  for (const name of Object.getOwnPropertyNames(error)) {
    const descriptor = Object.getOwnPropertyDescriptor(error, name);
    if (!descriptor?.writable) continue;
    const before: unknown = descriptor.value;
    const after = name === "partial" ? redactPartial(before, redact) : redactField(before, redact, depth);
    if (after !== before) Object.defineProperty(error, name, { ...descriptor, value: after });
  }
  // Where `stack` is no property of the error's own, as in V8's newer versions, or an accessor.
  const { stack } = error;
  if (stack !== undefined && redact(stack) !== stack) error.stack = redact(stack);
  return error;
}

/** Changes the error of a response that failed; the rest of `partial` is the answer itself. */
function redactPartial(partial: unknown, redact: Redact): unknown {
  const response = objectOf(partial, "response");
  const error = fieldOf(response, "error");
  const redacted = redactJSON(error, redact);
  return redacted === error ? partial : { ...fieldsOf(partial), response: { ...response, error: redacted } };
}

function redactField(value: unknown, redact: Redact, depth: number): unknown {
  if (typeof value === "string") return redact(value);
  if (value instanceof Headers) return redactHeaders(value, redact);
  if (value instanceof Date) return value;
  if (value instanceof Error) return redactError(value, redact, depth + 1);
  const texts = textsOf(value);
  if (texts !== undefined && !texts.some((text) => redact(text) !== text)) return value;
  return redactJSON(value, redact);
}

/** A copy with the name, message, stack and plain fields of an error; its objects are left out. */
function copyOf(error: unknown, redact: Redact, depth: number): Error {
  const copy = new Error(redact(textOf(error, "message") ?? "An error that holds a secret"));
  copy.name = redact(textOf(error, "name") ?? "Error");
  copy.stack = redact(textOf(error, "stack") ?? `${copy.name}: ${copy.message}`);
  if (!isObject(error)) return copy;
  for (const name of Object.keys(error)) {
    const value = read(error, name);
    if (Object.hasOwn(copy, name) || redact(name) !== name) continue;
    if (typeof value === "string") Reflect.set(copy, name, redact(value));
    else if (typeof value === "number" || typeof value === "boolean") Reflect.set(copy, name, value);
  }
  const cause = read(error, "cause");
  const errors = read(error, "errors");
  if (cause !== undefined && depth < DEEPEST) copy.cause = redactError(cause, redact, depth + 1);
  if (Array.isArray(errors) && depth < DEEPEST)
    Reflect.set(
      copy,
      "errors",
      errors.slice(0, DEEPEST).map((one: unknown) => redactError(one, redact, depth + 1)),
    );
  return copy;
}

/** All texts in a value; `undefined` where there are too many to look through, or it does not let itself be read. */
function textsOf(root: unknown): string[] | undefined {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const open = [root];
  try {
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === "string") texts.push(value);
      if (typeof value === "symbol") texts.push(String(value));
      if (!isObject(value) || seen.has(value)) continue;
      seen.add(value);
      if (seen.size > MOST_VALUES) return undefined;
      open.push(...partsOf(value));
      if (open.length > MOST_VALUES) return undefined;
    }
    return texts;
  } catch {
    return undefined;
  }
}

function partsOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [textOfBytes(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof ArrayBuffer) return [textOfBytes(value, 0, value.byteLength)];
  const names = Reflect.ownKeys(value);
  const parts: unknown[] = names.map((name) => Reflect.get(value, name) as unknown);
  parts.push(...names);
  if (typeof value === "function") parts.push(String(value));
  if (value instanceof Error) parts.push(value.message, value.name, value.stack);
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof Map || value instanceof Set)
    for (const entry of value) parts.push(entry);
  if (value instanceof Request || value instanceof Response) parts.push(value.headers, value.url);
  if (value instanceof URL) parts.push(value.href);
  return parts;
}

/** Bytes are printed as numbers, and given on as they are: a key in them is as good as in a text. */
function textOfBytes(buffer: ArrayBufferLike, start: number, length: number): string {
  return new TextDecoder("latin1").decode(new Uint8Array(buffer, start, length));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** A field that is a text; of anything but an object, what it is as text. */
export function textOf(error: unknown, name: "message" | "name" | "stack"): string | undefined {
  if (typeof error !== "object" || error === null) return name === "message" ? String(error) : undefined;
  const value = read(error, name);
  return typeof value === "string" ? value : undefined;
}

function read(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name) as unknown;
  } catch {
    return undefined;
  }
}
