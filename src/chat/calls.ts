import type { FunctionToolCall, ToolCall, ToolCallDelta } from "../types.ts";
import { GrowingText, mergeField } from "./merge.ts";

/** How many calls one message may hold. OpenAI allows 128. */
const MOST_CALLS = 1_024;

interface GrowingCall {
  index: number;
  id: string;
  type: string;
  name: string;
  /** Arguments of a function, input of a custom tool. */
  text: GrowingText;
  extra: Record<string, unknown>;
}

/** Puts tool calls together from the fragments that providers send: see {@link CallFold.add} for the shapes. */
export class CallFold {
  readonly #calls: GrowingCall[] = [];
  readonly #byIndex = new Map<number, GrowingCall>();

  /** Whether the last fragment brought something to keep besides a name, an id and arguments. */
  grown = false;

  /** How many calls there are. */
  get size(): number {
    return this.#calls.length;
  }

  /**
   * Takes one fragment. It belongs to the call of its index; without an index to the call of its id; with neither to the last
   * one. A new id together with a name, or a name where the last call is whole, begins another call.
   *
   * @returns how many characters it brought
   * @throws RangeError beyond 1,024 calls
   */
  add(delta: ToolCallDelta): number {
    const call = this.#find(delta) ?? this.#begin(delta);
    const { id, index: _index, type, function: fn, custom, ...extra } = delta;
    if (id) call.id = id;
    if (type) call.type = type;
    else if (custom) call.type = "custom";
    const name = fn?.name ?? custom?.name;
    // Fragments add up; some providers repeat what they have said.
    if (name) call.name = name.startsWith(call.name) ? name : call.name + name;
    const text = textOf(fn?.arguments ?? custom?.input);
    call.text.add(text);
    const more = Object.keys(extra);
    this.grown = more.length > 0;
    for (const key of more) mergeField(call.extra, key, (extra as Record<string, unknown>)[key]);
    return text.length + (name?.length ?? 0);
  }

  /** The calls in order: all of them, or, where the answer was cut, only those that surely are whole. */
  list(wholeOnly: boolean): ToolCall[] {
    const calls = this.#calls.toSorted((a, b) => a.index - b.index);
    return calls.map(toCall).filter((call) => !wholeOnly || isSurelyWhole(call));
  }

  #find(delta: ToolCallDelta): GrowingCall | undefined {
    const { id, function: fn, custom } = delta;
    const name = fn?.name ?? custom?.name;
    const last = this.#calls.at(-1);
    const index = indexOf(delta);
    if (index !== undefined) {
      const call = this.#byIndex.get(index);
      return call && id && call.id && id !== call.id && name ? undefined : call;
    }
    if (id) {
      const call = this.#calls.findLast((one) => one.id === id);
      // A later fragment may carry an id where the first had none, but a name with it begins a call.
      return call ?? (name || last?.id ? undefined : last);
    }
    if (name && last && (name !== last.name || isWholeJSON(String(last.text)))) return undefined;
    return last;
  }

  #begin(delta: ToolCallDelta): GrowingCall {
    const index = indexOf(delta);
    if (this.#calls.length >= MOST_CALLS) throw new RangeError(`more than ${MOST_CALLS} tool calls in one message`);
    const place = index ?? (this.#calls.at(-1)?.index ?? -1) + 1;
    const call: GrowingCall = { index: place, id: "", type: "function", name: "", text: new GrowingText(), extra: {} };
    this.#calls.push(call);
    if (index !== undefined) this.#byIndex.set(index, call);
    return call;
  }
}

/** Some servers send the index as a text. */
function indexOf({ index }: { readonly index?: unknown }): number | undefined {
  return typeof index === "number"
    ? index
    : typeof index === "string" && /^\d+$/.test(index)
      ? Number(index)
      : undefined;
}

/** Arguments as text: some servers send them as an object. */
export function textOf(given: unknown): string {
  return typeof given === "string" ? given : given == null ? "" : JSON.stringify(given);
}

/** Some servers send no id, or an empty one; results could not be told apart then. */
function toCall(call: GrowingCall, place: number): ToolCall {
  const id = call.id || `call_${place}`;
  return call.type === "custom"
    ? { ...call.extra, id, type: "custom", custom: { name: call.name, input: String(call.text) } }
    : {
        ...call.extra,
        id,
        type: call.type as FunctionToolCall["type"],
        function: { name: call.name, arguments: String(call.text) },
      };
}

/** Whether a call can be run: it has a name and its arguments are whole JSON, or none at all. */
export function isWhole(call: ToolCall): boolean {
  return call.type === "custom"
    ? call.custom.name !== ""
    : call.function.name !== "" && (call.function.arguments.trim() === "" || isWholeJSON(call.function.arguments));
}

/** Whether a call is whole even if nothing says that its answer is: free text and no arguments at all may have been cut. */
export function isSurelyWhole(call: ToolCall): boolean {
  return call.type !== "custom" && call.function.name !== "" && isWholeJSON(call.function.arguments);
}

function isWholeJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
