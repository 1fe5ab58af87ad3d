import { defined } from "../wire/read.ts";
import type { AssistantMessage, FunctionToolCall, ToolCall } from "../wire/index.ts";
import { fieldOf, fieldsOf, idOf, itemsIn, numberOf, objectOf, objectsIn, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { isDeep } from "./depth.ts";
import { argumentsText } from "./malformed.ts";
import type { Assembled } from "./merge.ts";

/** Fields that only pad an answer, and fields that this package or an SDK may have added. */
const NOT_KEPT: ReadonlySet<string> = new Set(["p", "padding", "obfuscation", "parsed", "__proto__"]);
/** Names that the API accepts for a speaker. */
const SPEAKER = /^[^\s<|\\/>]{1,64}$/;

/**
 * Returns an answer in the API's form: a copy in which every field has a type that our own checks and the API accept.
 *
 * Fields that a provider adds are kept unless they are nested too deep to be written as JSON.
 *
 * @param answer the message of an answer, in whatever form its provider sent it
 */
export function normalizeAnswer(answer: unknown): AssistantMessage {
  const { tool_calls, ...own } = fieldsOf(answer) ?? {};
  const calls = Array.isArray(tool_calls) ? objectsIn(tool_calls).map(cleanFields) : undefined;
  return typedAnswer({ ...cleanFields(own), tool_calls: calls });
}

/**
 * Returns an answer as it goes into the history: without what the API refuses in a request, but with all that a provider wants back.
 *
 * @returns `undefined` if nothing would be left: the API refuses empty messages
 */
export function toHistory(answer: AssistantMessage): AssistantMessage | undefined {
  const message = typedAnswer({ ...answer });
  if (!saysSomething(message)) return undefined;
  if (message.audio) {
    // The audio itself is large, and the API accepts its id alone.
    const { data: _data, ...audio } = message.audio;
    message.audio = audio;
  }
  // The API wants a text beside images.
  if (message.content == null && !hasCalls(message) && !message.refusal && !message.audio) message.content = "";
  return message;
}

/** Returns `true` for an assistant's message with anything in it: the API refuses empty ones. */
export function saysSomething(message: AssistantMessage): boolean {
  const { content, refusal, audio, images, responses } = message;
  return !!(content?.length || refusal || audio || images?.length || responses?.items.length || hasCalls(message));
}

function hasCalls({ tool_calls, function_call }: AssistantMessage): boolean {
  return !!tool_calls?.length || !!function_call;
}

/** A function for each field that has a type. It returns `undefined` to leave the field out. */
type Readers = ReadonlyMap<string, (fields: Fields) => unknown>;

const READERS: Readers = new Map<string, (message: Fields) => unknown>([
  ["role", () => "assistant"],
  ["content", (message) => typedContent(message["content"])],
  ["refusal", (message) => stringOf(message, "refusal") || undefined],
  ["name", (message) => typedName(message)],
  ["tool_calls", (message) => filled(distinct(typedCalls(message["tool_calls"])))],
  ["function_call", (message) => typedFunction(message["function_call"])],
  ["audio", (message) => typedAudio(message["audio"])],
  ["annotations", (message) => filled(message["annotations"])],
  ["images", (message) => filled(message["images"])],
  ["reasoning_content", (message) => stringOf(message, "reasoning_content")],
  ["reasoning", (message) => stringOf(message, "reasoning")],
]);

/** Gives each field of an assistant's message its type, and leaves out what cannot be read. */
function typedAnswer(message: Fields): AssistantMessage {
  const typed = keptFields(message, READERS);
  // Audio without an id cannot be referred to: its transcript is the content.
  const transcript = typed["audio"] ? undefined : stringOf(objectOf(message, "audio"), "transcript");
  if (transcript && !typed["content"]) typed["content"] = transcript;
  return { ...typed, role: "assistant" };
}

function keptFields(fields: Fields, readers?: Readers): Assembled {
  const kept: Assembled = {};
  for (const name of Object.keys(fields)) {
    const read = readers?.get(name);
    const field = read ? read(fields) : (fields[name] ?? undefined);
    if (field !== undefined && !NOT_KEPT.has(name)) kept[name] = field;
  }
  return kept;
}

function typedName(message: Fields): string | undefined {
  const name = stringOf(message, "name");
  return name !== undefined && SPEAKER.test(name) ? name : undefined;
}

/** Returns a text, or a list of parts. Some servers send an object for JSON mode. */
function typedContent(content: unknown): unknown {
  if (content == null || typeof content === "string") return content;
  if (!Array.isArray(content)) return JSON.stringify(content);
  const parts = content.filter(isPart);
  return parts.length > 0 ? parts : null;
}

function isPart(part: unknown): boolean {
  const type = stringOf(part, "type");
  return type === "text" || type === "refusal" ? stringOf(part, type) !== undefined : type !== undefined;
}

function typedAudio(audio: unknown): unknown {
  const id = stringOf(audio, "id");
  if (!id) return undefined;
  const [data, transcript] = [stringOf(audio, "data"), stringOf(audio, "transcript")];
  return defined({ id, data, transcript, expires_at: numberOf(audio, "expires_at") });
}

function typedFunction(call: unknown): FunctionToolCall["function"] | undefined {
  const name = stringOf(call, "name");
  return name ? { name, arguments: argumentsText(fieldOf(call, "arguments")) } : undefined;
}

/** Returns calls in the API's form. An id that is missing is `""`. */
export function typedCalls(calls: unknown): ToolCall[] {
  return itemsIn(calls).flatMap((call) => typedCall(call) ?? []);
}

/** Returns a call in the API's form. Providers have types of their own, such as `builtin_function`, and some leave the type out. */
function typedCall(call: unknown): ToolCall | undefined {
  const custom = objectOf(call, "custom");
  const fn = objectOf(call, "function");
  const id = idOf(call);
  const { index: _index, custom: _custom, function: _function, ...rest } = keptFields(fieldsOf(call) ?? {});
  if (custom && (!fn || stringOf(call, "type") === "custom")) {
    const input = argumentsText(fieldOf(custom, "input"));
    return { ...rest, id, type: "custom", custom: { ...custom, name: stringOf(custom, "name") ?? "", input } };
  }
  if (!fn) return undefined;
  const text = argumentsText(fieldOf(fn, "arguments"));
  return { ...rest, id, type: "function", function: { ...fn, name: stringOf(fn, "name") ?? "", arguments: text } };
}

function filled(list: unknown): readonly unknown[] | undefined {
  const items = itemsIn(list);
  return items.length > 0 ? items : undefined;
}

/** Returns the calls with an id each and no id twice, so that each result belongs to one call. */
export function distinct(calls: readonly ToolCall[]): ToolCall[] {
  const ids = new Set<string>();
  /** The number from which to search for a free id, by the id that was sent. Starting over each time would take quadratic time. */
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
    if (call.id === id && call.type) return call;
    return call.type === "custom" ? { ...call, id } : { ...call, id, type: call.type ?? "function" };
  });
}

/** Copies the fields of an object, without those that are nested too deep. */
export function cleanFields(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(([, value]) => !isDeep(value));
  return fieldsOf(clean(Object.fromEntries(kept))) ?? {};
}

/** Copies a value so that JSON gives the same again and every server can read it. */
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

/**
 * Returns JSON in whose texts lone surrogates are replaced, or the same value if there are none.
 *
 * @param value JSON of few levels
 */
export function wholeTexts(value: unknown): unknown {
  return isWhole(value) ? value : clean(value);
}

function isWhole(value: unknown): boolean {
  if (typeof value === "string") return !/\p{Cs}/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, inner]) => isWhole(name) && isWhole(inner));
}

/** Replaces lone surrogates: UTF-8 has none, and servers refuse their escapes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\uFFFD");
}
