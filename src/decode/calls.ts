import { APIError } from "../errors.ts";
import type { CallDelta, FunctionToolCall, ToolCall } from "../wire/index.ts";
import { fieldOf, indexOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { jsonText, malformed, partOf } from "./malformed.ts";
import { GrowingText, mergeField } from "./merge.ts";

/** How many calls one message may hold. OpenAI allows 128. */
const MOST_CALLS = 1_024;
const OWN: ReadonlySet<string> = new Set(["index", "id", "type", "function", "custom"]);

/** One fragment of a call, read from the wire. */
interface Fragment {
  readonly index: number | undefined;
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** The next piece of a function's arguments, or of a custom tool's input. */
  readonly text: string;
  /** Whether the arguments were given as null. */
  readonly isNull: boolean;
  readonly fields: Fields;
}

/** One call as it grows. */
class GrowingCall {
  id = "";
  type = "function";
  name = "";
  readonly place: number;
  readonly extra: Record<string, unknown> = {};
  readonly #text = new GrowingText();
  readonly #end = new ArgumentsEnd();
  /** The last text, as long as each one begins with the one before; and how many there were. */
  #snapshot: string | undefined;
  #snapshots = 0;
  #isNull = false;

  constructor(place: number) {
    this.place = place;
  }

  get text(): string {
    return String(this.#text);
  }

  /** Takes a fragment. @returns what it adds to the arguments or the input */
  add(fragment: Fragment): string {
    const { id, type, name, isNull } = fragment;
    const text = this.#isToldAgain(fragment) ? "" : fragment.text;
    // Some servers make up another id for each fragment.
    if (this.id === "") this.id = id;
    if (type !== "") this.type = type;
    // A name may come in pieces; some providers repeat it instead.
    if (name !== "") this.name = name.startsWith(this.name) ? name : this.name + name;
    if (isNull) this.#isNull = true;
    this.#text.add(text);
    if (this.type !== "custom") {
      this.#end.read(text);
      if (text !== "") this.#watchSnapshots(text);
    }
    return text;
  }

  /** Returns whether a fragment repeats a whole call: by its id, or with nothing that would name another call. */
  #isToldAgain({ id, name, text }: Fragment): boolean {
    const isSame = id === "" ? name === "" || this.#snapshots > 1 : id === this.id;
    return isSame && text !== "" && (this.#end.reached ? text === this.text : text === this.#wholeSnapshot());
  }

  #watchSnapshots(text: string): void {
    this.#snapshot = this.#snapshots === 0 || this.#isNextSnapshot(text) ? text : undefined;
    this.#snapshots++;
  }

  #isNextSnapshot(text: string): boolean {
    return !this.#end.reached && this.#snapshot !== undefined && text.startsWith(this.#snapshot);
  }

  /** Returns the last text where the server sends all of the arguments again and again, as far as they have come. */
  #wholeSnapshot(): string | undefined {
    const text = this.#snapshot;
    return this.#snapshots > 1 && text !== undefined && /[}\]]\s*$/.test(text) && isWholeJSON(text) ? text : undefined;
  }

  /** Returns whether a fragment that would belong to this call by its place or id begins another one. */
  isBeforeNew(fragment: Fragment): boolean {
    const { id, name, text } = fragment;
    const isOther = id !== "" && this.id !== "" && id !== this.id && name !== "";
    // With the same name in the midst of arguments it is the same call, of a server that makes up another id for each fragment.
    if (isOther && (this.type === "custom" || name !== this.name || (this.text === "" && text === ""))) return true;
    if (this.type === "custom" || !this.hasWholeArguments()) return false;
    if (isOther) return true;
    if (name !== "" && name !== this.name) return true;
    // Nothing can follow whole JSON, so this text is another call's, unless the same call is told again.
    const begins = this.#end.reached ? text.trim() !== "" : /^\s*[{[]/.test(text);
    return begins && !this.#isToldAgain(fragment) && !this.#isNextSnapshot(text);
  }

  /** Returns whether the arguments are a whole JSON object or list, or null. */
  hasWholeArguments(): boolean {
    if (this.#end.reached && isWholeJSON(this.text)) return true;
    return this.#wholeSnapshot() !== undefined || (this.#end.isShort && this.text.trim() === "null");
  }

  /** Returns whether its arguments have begun and miss their end, which this text may be. */
  isCut(text: string): boolean {
    return this.type !== "custom" && text !== "" && this.text !== "" && !this.hasWholeArguments();
  }

  /** Returns the arguments or the input. Where the pieces together are no JSON, but the last one is all of it, that counts. */
  wholeText(): string {
    const { text } = this;
    const snapshot = this.#wholeSnapshot();
    return snapshot === undefined || isWholeJSON(text) ? text : snapshot;
  }

  toCall(at: number): ToolCall {
    // Some servers send no id, or an empty one; results could not be told apart then.
    const id = this.id || `call_${at}`;
    const { extra, name, type } = this;
    const text = this.wholeText();
    if (type === "custom") return { ...extra, id, type, custom: { name, input: text } };
    const isNull = text.trim() === "null" || (text === "" && this.#isNull);
    const called = { name, arguments: isNull ? "{}" : text };
    return { ...extra, id, type: type as FunctionToolCall["type"], function: called };
  }
}

/** Finds the end of a JSON object or list that comes in pieces, and reads each character once. */
class ArgumentsEnd {
  /** Whether everything that was opened has been closed. */
  reached = false;
  #size = 0;
  #depth = 0;
  #inText = false;
  #escaped = false;

  /** Returns whether so little has come that it costs nothing to look at it as a whole. */
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

/** Puts tool calls together from the fragments that providers send: see {@link CallBuilder.add} for the shapes. */
export class CallBuilder {
  /** Whether the last fragment brought something to keep besides a name, an id and arguments. */
  grown = false;
  /** In the order of their places. */
  readonly #calls: GrowingCall[] = [];
  readonly #byIndex = new Map<number, GrowingCall>();
  #last: GrowingCall | undefined;

  /** How many calls there are. */
  get size(): number {
    return this.#calls.length;
  }

  /**
   * Takes one fragment. It belongs to the call of its index; without an index to the call of its id; with neither to the last
   * one. A new id together with a name begins another call, and so does a new name or more text where the arguments are whole.
   *
   * @param given a fragment as sent
   * @param index the fragment's index, instead of its own
   * @returns what the fragment adds, and to which call; `undefined` where it adds nothing
   * @throws APIError beyond 1,024 calls, and where the fragment, its function or its name has the wrong type
   */
  add(given: unknown, index?: number): CallDelta | undefined {
    this.grown = false;
    const fields = partOf(given, "a tool call");
    if (!fields) return undefined;
    const fragment = readFragment(fields, index);
    const { size } = this;
    const call = (this.#last = this.#find(fragment) ?? this.#begin(fragment));
    const added = call.add(fragment);
    for (const key of Object.keys(fields)) {
      if (OWN.has(key)) continue;
      this.grown = true;
      mergeField(call.extra, key, fields[key]);
    }
    if (size === this.size && fragment.name === "" && added === "") return undefined;
    const at = this.#calls.indexOf(call);
    return { index: at, id: call.id || `call_${at}`, name: call.name, arguments: added };
  }

  /** Returns the calls in order: all of them, or, where the answer was cut, only those that surely are whole. */
  list(wholeOnly: boolean): ToolCall[] {
    const calls: ToolCall[] = [];
    this.#calls.forEach((call, at) => {
      if (!wholeOnly || isSurelyWhole(call.type, call.name, call.wholeText())) calls.push(call.toCall(at));
    });
    return calls;
  }

  #find(fragment: Fragment): GrowingCall | undefined {
    const found = this.#candidate(fragment);
    return found?.isBeforeNew(fragment) ? undefined : found;
  }

  #candidate({ index, id, name, text }: Fragment): GrowingCall | undefined {
    const known = id === "" ? undefined : this.#calls.findLast((one) => one.id === id);
    if (index !== undefined) {
      // LocalAI sends one call at several places.
      const found = this.#byIndex.get(index) ?? (known && (name === "" || name === known.name) ? known : undefined);
      if (found) this.#byIndex.set(index, found);
      return found;
    }
    const last = this.#last;
    if (id !== "") {
      // A later fragment may carry an id where the first had none, but a name with it begins a call.
      return known ?? (name !== "" || (last && last.id !== "" && !last.isCut(text)) ? undefined : last);
    }
    return name !== "" && last && name !== last.name ? undefined : last;
  }

  #begin({ index, name }: Fragment): GrowingCall {
    if (this.size >= MOST_CALLS)
      throw new APIError(`More than ${MOST_CALLS} tool calls in one message`, { status: 200, code: "too_large" });
    const next = (this.#calls.at(-1)?.place ?? -1) + 1;
    const same = index === undefined ? undefined : this.#byIndex.get(index);
    const call = new GrowingCall(same || index === undefined ? next : index);
    // Of parallel calls at one place only the first may say which function it is.
    if (same && name === "") call.name = same.name;
    const at = this.#calls.findLastIndex(({ place }) => place <= call.place) + 1;
    this.#calls.splice(at, 0, call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

function readFragment(fields: Fields, index = indexOf(fields)): Fragment {
  const fn = partOf(fieldOf(fields, "function"), "a tool call's function");
  const custom = partOf(fieldOf(fields, "custom"), "a tool call's custom tool");
  const given = fieldOf(fn, "arguments") ?? fieldOf(custom, "input");
  return {
    index,
    id: idOf(fields),
    type: stringOf(fields, "type") || (custom ? "custom" : ""),
    name: nameOf(fn) || nameOf(custom),
    text: textOf(given),
    isNull: fieldOf(fn, "arguments") === null,
    fields,
  };
}

/** Returns a function's name; `""` where there is none. @throws APIError where it is no string */
export function nameOf(fn: Fields | undefined): string {
  const name = fieldOf(fn, "name") ?? "";
  if (typeof name !== "string") throw malformed("a tool call's name is no string");
  return name;
}

/** Some servers number their calls' ids. */
function idOf(fields: Fields): string {
  const id = fieldOf(fields, "id");
  return typeof id === "string" ? id : typeof id === "number" ? String(id) : "";
}

/** Returns arguments as text: some servers send them as an object. @throws APIError where it is nested too deep to be written */
export function textOf(given: unknown): string {
  return typeof given === "string" ? given : given == null ? "" : jsonText(given, "a tool call's arguments");
}

/** Returns whether a call can be run: it has a name and its arguments are whole JSON, or none at all. */
export function isWhole(call: ToolCall): boolean {
  return call.type === "custom"
    ? call.custom.name !== ""
    : call.function.name !== "" && (call.function.arguments.trim() === "" || isWholeJSON(call.function.arguments));
}

/** Returns whether a call is whole even if nothing says that its answer is: free text and no arguments at all may have been cut. */
export function isSurelyWhole(type: string, name: string, text: string): boolean {
  return type !== "custom" && name !== "" && isWholeJSON(text);
}

function isWholeJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
