import { OpenAIError } from "../errors.ts";
import { fieldOf, fieldsOf, objectOf } from "../wire/read.ts";
import { redactHeaders, redactJSON } from "./secrets.ts";
import type { Redact } from "./secrets.ts";

/** Levels of causes that are searched. Deeper errors are left out of a copy. */
const DEEPEST = 8;

/** Values of an error that are searched. An error with more is copied without its objects. */
const MOST_VALUES = 2_000;

/**
 * Returns an error without secrets, or the error itself if it holds none.
 *
 * Errors of this package are changed in place, so that they keep their class. Any other error with a secret is replaced by a copy.
 */
export function redactError(error: unknown, redact: Redact, depth = 0): unknown {
  if (error instanceof OpenAIError) return redactOwn(error, redact, depth);
  if (isClean(error, redact)) return error;
  return typeof error === "string" ? redact(error) : copyOf(error, redact, depth);
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
  // In newer versions of V8 `stack` is an accessor, or no own property.
  const { stack } = error;
  if (stack !== undefined && redact(stack) !== stack) error.stack = redact(stack);
  return error;
}

/** Changes the error of a failed response. The rest of `partial` is the answer itself. */
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
  return isClean(value, redact) ? value : redactJSON(value, redact);
}

/** Copies the name, message, stack, causes and plain fields of an error, but not its objects. */
function copyOf(error: unknown, redact: Redact, depth: number): Error {
  const copy = new Error(redact(textOf(error, "message") ?? "An error that holds a secret"));
  copy.name = redact(textOf(error, "name") ?? "Error");
  copy.stack = redact(textOf(error, "stack") ?? `${copy.name}: ${copy.message}`);
  const source = objectFrom(error);
  if (!source) return copy;
  for (const name of Object.keys(source)) {
    const value = read(source, name);
    if (Object.hasOwn(copy, name) || redact(name) !== name) continue;
    if (typeof value === "string") Reflect.set(copy, name, redact(value));
    else if (typeof value === "number" || typeof value === "boolean") Reflect.set(copy, name, value);
  }
  if (depth >= DEEPEST) return copy;
  const redactInner = (inner: unknown): unknown => redactError(inner, redact, depth + 1);
  const cause = read(source, "cause");
  const errors = read(source, "errors");
  if (cause !== undefined) copy.cause = redactInner(cause);
  if (Array.isArray(errors)) Reflect.set(copy, "errors", errors.slice(0, DEEPEST).map(redactInner));
  return copy;
}

/** Returns `true` if no text in a value holds a secret; `false` also if it cannot be searched. */
function isClean(value: unknown, redact: Redact): boolean {
  const texts = textsOf(value);
  return texts !== undefined && texts.every((text) => redact(text) === text);
}

/** Returns all texts in a value; `undefined` if there are too many, or reading it throws. */
function textsOf(root: unknown): string[] | undefined {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const open = [root];
  try {
    while (open.length > 0) {
      const value = open.pop();
      if (typeof value === "string") texts.push(value);
      if (typeof value === "symbol") texts.push(String(value));
      const object = objectFrom(value);
      if (!object || seen.has(object)) continue;
      seen.add(object);
      open.push(...partsOf(object));
      if (seen.size > MOST_VALUES || open.length > MOST_VALUES) return undefined;
    }
    return texts;
  } catch {
    return undefined;
  }
}

/** Returns everything in an object that a log may print. */
function partsOf(value: object): unknown[] {
  if (ArrayBuffer.isView(value)) return [textOfBytes(value.buffer, value.byteOffset, value.byteLength)];
  if (value instanceof ArrayBuffer) return [textOfBytes(value, 0, value.byteLength)];
  const names = Reflect.ownKeys(value);
  const parts = names.map((name): unknown => Reflect.get(value, name));
  parts.push(...names);
  if (typeof value === "function") parts.push(String(value));
  if (value instanceof Error) parts.push(value.message, value.name, value.stack);
  if (value instanceof Headers || value instanceof URLSearchParams || value instanceof Map || value instanceof Set)
    for (const entry of value) parts.push(entry);
  if (value instanceof Request || value instanceof Response) parts.push(value.headers, value.url);
  if (value instanceof URL) parts.push(value.href);
  return parts;
}

/** Logs print bytes as numbers, from which a key can be read as well as from a text. */
function textOfBytes(buffer: ArrayBufferLike, start: number, length: number): string {
  return new TextDecoder("latin1").decode(new Uint8Array(buffer, start, length));
}

function objectFrom(value: unknown): object | undefined {
  return (typeof value === "object" && value !== null) || typeof value === "function" ? value : undefined;
}

/** Returns a field of an error if it is a string. The message of anything but an object is the value as a string. */
export function textOf(error: unknown, name: "message" | "name" | "stack"): string | undefined {
  if (typeof error !== "object" || error === null) return name === "message" ? String(error) : undefined;
  const value = read(error, name);
  return typeof value === "string" ? value : undefined;
}

function read(value: object, name: string): unknown {
  try {
    return Reflect.get(value, name);
  } catch {
    return undefined;
  }
}
