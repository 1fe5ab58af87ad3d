import { defined } from "../wire/read.ts";
import type { AssistantMessage, FunctionCall, ToolCall } from "../wire/index.ts";
import { fieldOf, fieldsOf, numberOf, objectOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** The deepest nesting of a field that is kept. Engines cannot write JSON of any depth, and servers do not read it. */
const DEEPEST = 100;
/** Fields that only hide how long an answer is, and what this package or an SDK may have added. */
const NOT_KEPT: ReadonlySet<string> = new Set(["p", "padding", "obfuscation", "parsed", "__proto__"]);
/** The names that the API takes for a speaker. */
const SPEAKER = /^[^\s<|\\/>]{1,64}$/;

/**
 * Returns an answer in the API's form, whatever its provider sent: a copy in which every field has a type that our own checks and the API
 * accept. Fields that a provider adds stay, unless they are nested so deep that they could not be written as JSON.
 *
 * @param answer the message of an answer
 */
export function normalizeAnswer(answer: unknown): AssistantMessage {
  const { tool_calls, ...own } = fieldsOf(answer) ?? {};
  const calls = Array.isArray(tool_calls)
    ? tool_calls.flatMap((call) => (fieldsOf(call) ? [cleanFields(call as Fields)] : []))
    : undefined;
  return typedAnswer({ ...cleanFields(own), tool_calls: calls });
}

/**
 * Returns an answer as it goes into the history: without what the API refuses in a request, with everything that a provider wants back.
 *
 * @returns `undefined` where nothing would be left: the API refuses empty messages
 */
export function toHistory(answer: AssistantMessage): AssistantMessage | undefined {
  const message = typedAnswer(answer);
  const { audio, content } = message;
  if (!saysSomething(message)) return undefined;
  // The sound itself is large, and the API takes its id alone.
  if (audio) message.audio = defined({ ...audio, data: undefined }) as typeof audio;
  // Beside images alone the API wants a text.
  if (content == null && !isCalling(message) && !message.refusal && !audio) message.content = "";
  return message;
}

/** Whether an assistant's message says anything: the API refuses empty ones. */
export function saysSomething(message: AssistantMessage): boolean {
  const { content, refusal, audio, images } = message;
  return !!(content?.length || refusal || audio || images?.length || isCalling(message));
}

function isCalling({ tool_calls, function_call }: AssistantMessage): boolean {
  return !!tool_calls?.length || !!function_call;
}

type Reader = (fields: Fields) => unknown;
type Readers = ReadonlyMap<string, Reader>;

/** Reads the fields of an assistant's message that have a type. `undefined` leaves a field out. */
const READERS: Readers = new Map<string, Reader>([
  ["role", () => "assistant"],
  ["content", (message) => typedContent(message["content"])],
  ["refusal", (message) => stringOf(message, "refusal") || undefined],
  ["name", (message) => speakerOf(message)],
  ["tool_calls", (message) => filled(distinct(typedCalls(message["tool_calls"])))],
  ["function_call", (message) => typedFunction(message["function_call"])],
  ["audio", (message) => typedAudio(message["audio"])],
  ["annotations", (message) => filled(message["annotations"])],
  ["images", (message) => filled(message["images"])],
  ["reasoning_content", (message) => stringOf(message, "reasoning_content")],
  ["reasoning", (message) => stringOf(message, "reasoning")],
]);

/** Gives each field of an assistant's message its type; what has none that can be read is left out. */
function typedAnswer(message: object): AssistantMessage {
  const typed = typedFields(message, READERS);
  const { content, audio } = typed;
  // Sound that has no id cannot be referred to.
  const transcript = audio ? undefined : stringOf(objectOf(message, "audio"), "transcript");
  if (transcript && !(content as AssistantMessage["content"])?.length) typed["content"] = transcript;
  return { ...typed, role: "assistant" };
}

function typedFields(value: object, readers?: Readers): Record<string, unknown> {
  const fields = value as Fields;
  const typed: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    if (NOT_KEPT.has(name)) continue;
    const reader = readers?.get(name);
    const field = reader ? reader(fields) : (fields[name] ?? undefined);
    if (field !== undefined) typed[name] = field;
  }
  return typed;
}

/** The API takes no other names. */
function speakerOf(message: Fields): string | undefined {
  const name = stringOf(message, "name");
  return name !== undefined && SPEAKER.test(name) ? name : undefined;
}

/** A text, or a list of parts. Some servers answer with an object where JSON was asked for. */
function typedContent(content: unknown): AssistantMessage["content"] {
  if (content == null || typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  const parts = content.filter(isPart);
  return parts.length > 0 ? (parts as AssistantMessage["content"]) : null;
}

function isPart(part: unknown): boolean {
  const type = stringOf(part, "type");
  return type === "text" || type === "refusal" ? stringOf(part, type) !== undefined : type !== undefined;
}

function typedAudio(audio: unknown): AssistantMessage["audio"] {
  const id = stringOf(audio, "id");
  if (!id) return undefined;
  return defined({
    id,
    data: stringOf(audio, "data"),
    transcript: stringOf(audio, "transcript"),
    expires_at: numberOf(audio, "expires_at"),
  }) as AssistantMessage["audio"];
}

function typedFunction(call: unknown): FunctionCall | undefined {
  const name = stringOf(call, "name");
  return name ? { name, arguments: textOf(fieldOf(call, "arguments")) } : undefined;
}

/** Returns calls in the API's form. Ids that are missing are `""`. */
export function typedCalls(calls: unknown): ToolCall[] {
  return Array.isArray(calls) ? calls.flatMap((call) => typedCall(call) ?? []) : [];
}

/** Providers have types of their own, such as `builtin_function`, and some leave the type out. */
function typedCall(call: unknown): ToolCall | undefined {
  const custom = objectOf(call, "custom");
  const fn = objectOf(call, "function");
  if (!custom && !fn) return undefined;
  const given = fieldOf(call, "id");
  const id = typeof given === "number" ? String(given) : typeof given === "string" ? given : "";
  const { index: _index, custom: _custom, function: _function, ...rest } = typedFields(call as object);
  return custom && (!fn || stringOf(call, "type") === "custom")
    ? {
        ...rest,
        id,
        type: "custom",
        custom: { ...custom, name: stringOf(custom, "name") ?? "", input: textOf(fieldOf(custom, "input")) },
      }
    : {
        ...rest,
        id,
        type: "function",
        function: { ...fn, name: stringOf(fn, "name") ?? "", arguments: textOf(fieldOf(fn, "arguments")) },
      };
}

/** Arguments as text: some servers send them as an object. */
function textOf(given: unknown): string {
  return typeof given === "string" ? given : given == null ? "" : JSON.stringify(given);
}

function filled(list: unknown): unknown[] | undefined {
  return Array.isArray(list) && list.length > 0 ? (list as unknown[]) : undefined;
}

/** Returns the calls with an id each and no id twice: results could not be told apart otherwise. */
export function distinct(calls: readonly ToolCall[]): ToolCall[] {
  const ids = new Set<string>();
  /** Where the search for a free number begins, by the id that was there: with none or the same many times it would be quadratic. */
  const numbers = new Map<string, number>();
  return calls.map((call, place) => {
    let id = call.id || `call_${place}`;
    if (ids.has(id)) {
      const stem = (call.id || "call").slice(0, 32);
      let next = numbers.get(stem) ?? place;
      do id = `${stem}_${next++}`;
      while (ids.has(id));
      numbers.set(stem, next);
    }
    ids.add(id);
    return call.id === id && call.type ? call : ({ ...call, id, type: call.type ?? "function" } as ToolCall);
  });
}

/** Copies the fields of an object, without those that are nested too deep. */
function cleanFields(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(([, value]) => isShallow(value, DEEPEST));
  return fieldsOf(clean(Object.fromEntries(kept))) ?? {};
}

function isShallow(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return left > 0 && Object.values(value).every((inner) => isShallow(inner, left - 1));
}

/** Copies a value so that JSON gives the same again, and any server can read it. */
function clean(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value);
  // JSON has no infinity and no negative zero.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (Array.isArray(value)) return value.map(clean);
  const fields = fieldsOf(value);
  if (!fields) return value;
  const own = Object.entries(fields).filter(([name]) => name !== "__proto__");
  return Object.fromEntries(own.map(([name, inner]) => [wellFormed(name), clean(inner)]));
}

/** Replaces halves of surrogate pairs: UTF-8 has none, and servers refuse their escapes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\uFFFD");
}
