import type { CallDelta, FunctionToolCall, ToolCall } from "../wire/index.ts";
import { fieldOf, idOf, indexOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { argumentsText, expectObject, malformed, tooMany } from "./malformed.ts";
import { GrowingText, mergeField } from "./merge.ts";
import type { Assembled } from "./merge.ts";

/** The most calls of one message. OpenAI allows 128. */
const MOST_CALLS = 1_024;
/** Fields of a call that have a meaning here; all others are kept as they are. */
const OWN: ReadonlySet<string> = new Set(["index", "id", "type", "function", "custom"]);

/** One fragment of a call, read from the wire. */
interface Fragment {
  readonly index: number | undefined;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** The next piece of a function's arguments, or of a custom tool's input. */
  readonly text: string;
  /** `true` if the arguments were sent as null. */
  readonly isNull: boolean;
}

/**
 * Assembles tool calls from the fragments of a stream, in every form that providers send.
 *
 * A fragment belongs to the call of its index; without an index to the call of its id; with neither to the last call. A new id with a name
 * begins another call, and so does a new name or more text if the arguments are already whole.
 */
export class CallBuilder {
  /** `true` if the last fragment brought a field besides a name, an id and arguments. */
  grown = false;
  /** In the order of their places. */
  readonly #calls: GrowingCall[] = [];
  readonly #byIndex = new Map<number, GrowingCall>();
  #last: GrowingCall | undefined;

  /** The number of calls so far. */
  get size(): number {
    return this.#calls.length;
  }

  /**
   * Adds one fragment.
   *
   * @param given the fragment as sent
   * @param index the fragment's index, instead of its own
   * @returns the call that the fragment belongs to and what it adds; `undefined` if it adds nothing
   * @throws APIError beyond 1,024 calls, or if the fragment, its function or its name has the wrong type
   */
  add(given: unknown, index?: number): CallDelta | undefined {
    this.grown = false;
    const fields = expectObject(given, "a tool call");
    if (!fields) return undefined;
    const fragment = readFragment(fields, index);
    const { size } = this;
    const call = (this.#last = this.#find(fragment) ?? this.#begin(fragment));
    const added = call.add(fragment);
    for (const key in fields) {
      if (OWN.has(key)) continue;
      this.grown = true;
      mergeField(call.extra, key, fields[key]);
    }
    if (size === this.size && fragment.name === "" && added === "") return undefined;
    const at = this.#calls.indexOf(call);
    return { index: at, id: call.id || `call_${at}`, name: call.name, arguments: added };
  }

  /**
   * Returns the calls in order.
   *
   * @param wholeOnly `true` for an answer that was cut: only calls that are certainly whole
   */
  list(wholeOnly: boolean): ToolCall[] {
    return this.#calls.flatMap((call, at) =>
      wholeOnly && !isSurelyWhole(call.type, call.name, call.wholeText()) ? [] : call.toCall(at),
    );
  }

  #find(fragment: Fragment): GrowingCall | undefined {
    const found = this.#candidate(fragment);
    return found?.precedes(fragment) ? undefined : found;
  }

  #candidate({ index, id, name, text }: Fragment): GrowingCall | undefined {
    const known = id === "" ? undefined : this.#calls.findLast((call) => call.id === id);
    if (index !== undefined) {
      // LocalAI sends one call at several indices.
      const found = this.#byIndex.get(index) ?? (known && (name === "" || name === known.name) ? known : undefined);
      if (found) this.#byIndex.set(index, found);
      return found;
    }
    const last = this.#last;
    if (id === "") return name !== "" && name !== last?.name ? undefined : last;
    // An id may come later than its call, unless a name comes with it.
    const isLate = name === "" && (last?.id === "" || last?.lacks(text));
    return known ?? (isLate ? last : undefined);
  }

  #begin({ index, name }: Fragment): GrowingCall {
    if (this.size >= MOST_CALLS) throw tooMany(`${MOST_CALLS} tool calls in one message`);
    const next = (this.#calls.at(-1)?.place ?? -1) + 1;
    const same = index === undefined ? undefined : this.#byIndex.get(index);
    const call = new GrowingCall(same || index === undefined ? next : index);
    // Of parallel calls at one index only the first may carry the function's name.
    if (same && name === "") call.name = same.name;
    const at = this.#calls.findLastIndex(({ place }) => place <= call.place) + 1;
    this.#calls.splice(at, 0, call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

/**
 * One call while it arrives.
 *
 * Most servers send its arguments in pieces. Some send snapshots instead: all arguments so far in each fragment. Some repeat the whole call
 * at its end.
 */
class GrowingCall {
  id = "";
  type = "function";
  name = "";
  readonly place: number;
  readonly extra: Assembled = {};
  readonly #text = new GrowingText();
  readonly #end = new JSONEnd();
  /** The last text, as long as each text begins with the one before. */
  #snapshot: string | undefined;
  /** The number of texts so far. */
  #texts = 0;
  #isNull = false;

  constructor(place: number) {
    this.place = place;
  }

  get text(): string {
    return String(this.#text);
  }

  /** Adds a fragment. @returns the text that it adds to the arguments or the input */
  add(fragment: Fragment): string {
    const { id, type, name, isNull } = fragment;
    const text = this.#isRepeated(fragment) ? "" : fragment.text;
    // Some servers send another id with each fragment: the first one counts.
    if (this.id === "") this.id = id;
    if (type !== "") this.type = type;
    // A name may come in pieces; some providers repeat it instead.
    if (name !== "") this.name = name.startsWith(this.name) ? name : this.name + name;
    if (isNull) this.#isNull = true;
    this.#text.add(text);
    if (this.type !== "custom" && text !== "") {
      this.#end.read(text);
      this.#snapshot = this.#texts === 0 || this.#isNextSnapshot(text) ? text : undefined;
      this.#texts++;
    }
    return text;
  }

  /** Returns `true` if a fragment that matches this call by its index or id begins another call. */
  precedes(fragment: Fragment): boolean {
    const { id, name, text } = fragment;
    const isOther = id !== "" && this.id !== "" && id !== this.id && name !== "";
    // The same name amid arguments is the same call, of a server that sends another id with each fragment.
    if (isOther && (this.type === "custom" || name !== this.name || (this.text === "" && text === ""))) return true;
    if (this.type === "custom" || !this.#hasWholeArguments()) return false;
    if (isOther || (name !== "" && name !== this.name)) return true;
    // Nothing can follow whole JSON: the text belongs to another call unless it repeats this one.
    const begins = this.#end.reached ? text.trim() !== "" : /^\s*[{[]/.test(text);
    return begins && !this.#isRepeated(fragment) && !this.#isNextSnapshot(text);
  }

  /** Returns `true` if the arguments have begun and lack their end, which this text may be. */
  lacks(text: string): boolean {
    return this.type !== "custom" && text !== "" && this.text !== "" && !this.#hasWholeArguments();
  }

  /** Returns the arguments or the input; of snapshots the last one. */
  wholeText(): string {
    const { text } = this;
    const snapshot = this.#wholeSnapshot();
    return snapshot === undefined || isJSON(text) ? text : snapshot;
  }

  toCall(at: number): ToolCall {
    // Some servers send no id, or an empty one. Results need one.
    const id = this.id || `call_${at}`;
    const { extra, name, type } = this;
    const text = this.wholeText();
    if (type === "custom") return { ...extra, id, type, custom: { name, input: text } };
    const isNull = text.trim() === "null" || (text === "" && this.#isNull);
    const called = { name, arguments: isNull ? "{}" : text };
    // Providers have types of their own, such as `builtin_function`.
    return { ...extra, id, type: type as FunctionToolCall["type"], function: called };
  }

  /** Returns `true` if a fragment repeats the whole call: with its id, or without anything that would identify another call. */
  #isRepeated({ id, name, text }: Fragment): boolean {
    const isSame = id === "" ? name === "" || this.#texts > 1 : id === this.id;
    return isSame && text !== "" && text === (this.#end.reached ? this.text : this.#wholeSnapshot());
  }

  #isNextSnapshot(text: string): boolean {
    return !this.#end.reached && this.#snapshot !== undefined && text.startsWith(this.#snapshot);
  }

  /** Returns the last snapshot if it is whole. */
  #wholeSnapshot(): string | undefined {
    const text = this.#snapshot;
    return this.#texts > 1 && text !== undefined && /[}\]]\s*$/.test(text) && isJSON(text) ? text : undefined;
  }

  #hasWholeArguments(): boolean {
    if (this.#end.reached && isJSON(this.text)) return true;
    return this.#wholeSnapshot() !== undefined || (this.#end.isShort && this.text.trim() === "null");
  }
}

/** Finds the end of a JSON object or list that arrives in pieces. Reads each character once. */
class JSONEnd {
  /** `true` once everything that was opened has been closed. */
  reached = false;
  #size = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  /** `true` if so little has come that parsing it costs nothing. */
  get isShort(): boolean {
    return this.#size < 16;
  }

  read(piece: string): void {
    this.#size += piece.length;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (this.#escaped) this.#escaped = false;
      else if (code === 34) this.#inText = !this.#inText;
      else if (this.#inText) this.#escaped = code === 92;
      else if (code === 123 || code === 91) this.#depth++;
      else if (code === 125 || code === 93) this.reached = --this.#depth === 0;
    }
  }
}

function readFragment(fields: Fields, index = indexOf(fields)): Fragment {
  const fn = expectObject(fieldOf(fields, "function"), "a tool call's function");
  const custom = expectObject(fieldOf(fields, "custom"), "a tool call's custom tool");
  return {
    index,
    id: idOf(fields),
    type: stringOf(fields, "type") || (custom ? "custom" : ""),
    name: nameOf(fn) || nameOf(custom),
    text: argumentsText(fieldOf(fn, "arguments") ?? fieldOf(custom, "input")),
    isNull: fieldOf(fn, "arguments") === null,
  };
}

/** Returns a function's name; `""` if there is none. @throws APIError if it is no string */
export function nameOf(fn: Fields | undefined): string {
  const name = fieldOf(fn, "name") ?? "";
  if (typeof name !== "string") throw malformed("a tool call's name is no string");
  return name;
}

/** Returns `true` if a call can be run: it has a name, and its arguments are whole JSON or empty. */
export function isWhole(call: ToolCall): boolean {
  if (call.type === "custom") return call.custom.name !== "";
  const { name, arguments: text } = call.function;
  return name !== "" && (text.trim() === "" || isJSON(text));
}

/** Returns `true` for a call that is whole even if its answer was cut. Free text and empty arguments may have lost their end. */
export function isSurelyWhole(type: string, name: string, text: string): boolean {
  return type !== "custom" && name !== "" && isJSON(text);
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
