import { fieldOf, itemsIn, numberOf, objectOf, stringOf } from "../wire/read.ts";
import type { Assembled } from "./merge.ts";
import { isCall, isWholeCall } from "./output.ts";

/** Places of deltas by the event's type: the type of a part for text, the field of the item for calls. */
export const PLACES: ReadonlyMap<string, string> = new Map([
  ["response.output_text.delta", "output_text"],
  ["response.refusal.delta", "refusal"],
  ["response.reasoning_text.delta", "reasoning_text"],
  ["response.reasoning_summary_text.delta", "summary_text"],
  ["response.function_call_arguments.delta", "arguments"],
  ["response.mcp_call_arguments.delta", "arguments"],
  ["response.custom_tool_call_input.delta", "input"],
]);

/** Places and fields of whole texts by the event's type. Some providers send them without any deltas. */
const WHOLES: ReadonlyMap<string, readonly [place: string, field: string]> = new Map([
  ["response.output_text.done", ["output_text", "text"]],
  ["response.refusal.done", ["refusal", "refusal"]],
  ["response.reasoning_text.done", ["reasoning_text", "text"]],
  ["response.reasoning_summary_text.done", ["summary_text", "text"]],
  ["response.function_call_arguments.done", ["arguments", "arguments"]],
  ["response.custom_tool_call_input.done", ["input", "input"]],
]);

/** Characters that a part counts for besides its text, so that many small parts cannot escape the limit. */
const PART_SIZE = 64;

/** An item of the output while it arrives. */
export interface Growing {
  /** The item's place in the output. */
  readonly place: number;
  item: Assembled;
  done: boolean;
  /** `true` once deltas have come for it. */
  grown: boolean;
  /** The number of characters that it holds. */
  size: number;
  readonly parts: Map<number, Assembled>;
}

/** The effect of one event on the output. */
export interface Change {
  /** The item that the event belongs to. */
  readonly growing: Growing;
  /** The text that the event appended; `undefined` if the event replaced the item. */
  readonly text: string | undefined;
  /** The number of further characters that are kept. */
  readonly size: number;
}

/** Assembles the items of an output from the events of a stream. */
export class ItemBuilder {
  readonly #items = new Map<number, Growing>();
  readonly #byId = new Map<string, Growing>();
  #last: Growing | undefined;

  /**
   * Takes one event.
   *
   * @param size the length of the event in characters
   * @returns what the event changed; `undefined` if it belongs to no item
   */
  take(type: string, event: object, size: number): Change | undefined {
    if (type === "response.output_item.added" || type === "response.output_item.done") {
      const item = objectOf(event, "item");
      return item && this.#set(event, item, type.endsWith("done"), size);
    }
    const [place, field = ""] = WHOLES.get(type) ?? [];
    if (place !== undefined) return this.#addWhole(event, stringOf(event, field) ?? "", place);
    const delta = stringOf(event, "delta");
    return delta === undefined ? undefined : this.#add(event, delta, PLACES.get(type));
  }

  /** Returns the items in order, with calls only once they are whole. */
  list(): Assembled[] {
    const items = [...this.#items.values()].toSorted((a, b) => a.place - b.place);
    return items
      .filter(({ item, done }) => !isCall(item) || (done && isWholeCall(item, false)))
      .map(({ item }) => item);
  }

  #set(event: object, item: object, done: boolean, size: number): Change {
    const growing = this.#of(event, true);
    growing.item = { ...item };
    growing.done = done;
    const more = Math.max(0, size - growing.size);
    growing.size += more;
    return { growing, text: undefined, size: more };
  }

  /** Adds a whole text unless deltas have brought it. It completes a call. */
  #addWhole(event: object, text: string, place: string): Change | undefined {
    const ofCall = place === "arguments" || place === "input";
    const growing = this.#of(event, !ofCall);
    if (!growing || growing.done) return undefined;
    const change = growing.grown || text === "" ? undefined : this.#add(event, text, place);
    if (change) growing.grown = false;
    if (ofCall && isCall(growing.item)) {
      growing.item = { ...growing.item, status: "completed" };
      growing.done = true;
    }
    return change;
  }

  #add(event: object, delta: string, place: string | undefined): Change | undefined {
    const ofCall = place === "arguments" || place === "input";
    const growing = place === undefined ? undefined : this.#of(event, !ofCall);
    if (place === undefined || !growing) return undefined;
    if (growing.done) return { growing, text: "", size: delta.length };
    const { item, parts } = growing;
    const before = parts.size;
    growing.size += delta.length;
    growing.grown = true;
    if (ofCall) grow(item, place, delta);
    else grow(partOf(growing, event, place), place === "refusal" ? place : "text", delta);
    return { growing, text: delta, size: delta.length + (parts.size - before) * PART_SIZE };
  }

  /** Returns the item of an event. @param begins `true` to begin one if there is none */
  #of(event: object, begins: true): Growing;
  #of(event: object, begins: boolean): Growing | undefined;
  #of(event: object, begins: boolean): Growing | undefined {
    const at = numberOf(event, "output_index");
    const item = objectOf(event, "item");
    const id = stringOf(event, "item_id") ?? stringOf(item, "id");
    const found = this.#find(at, id, item === undefined);
    if (found || !begins) return found;
    const place = at ?? (this.#last?.place ?? -1) + 1;
    this.#last = { place, item: id === undefined ? {} : { id }, done: false, grown: false, size: 0, parts: new Map() };
    this.#items.set(place, this.#last);
    if (id !== undefined) this.#byId.set(id, this.#last);
    return this.#last;
  }

  /** Finds an item by its place in the output. Some providers send only its id, or neither. */
  #find(at: number | undefined, id: string | undefined, orLast: boolean): Growing | undefined {
    if (at !== undefined) return this.#items.get(at);
    if (id !== undefined) return this.#byId.get(id);
    return orLast ? this.#last : undefined;
  }
}

/** Returns the part of an item that an event belongs to. */
function partOf({ item, parts }: Growing, event: object, type: string): Assembled {
  const list = type === "summary_text" ? "summary" : "content";
  item["type"] ??= type === "reasoning_text" || type === "summary_text" ? "reasoning" : "message";
  const index = numberOf(event, "content_index") ?? numberOf(event, "summary_index") ?? -1;
  const key = list === "summary" ? 2 * index + 1 : 2 * index;
  const had = parts.get(key);
  if (had) return had;
  const part = { type, ...(type === "output_text" && { annotations: [] }) };
  parts.set(key, part);
  const given = fieldOf(item, list);
  // The first list belongs to the event, so it is copied.
  const own: unknown[] = parts.size > 1 && Array.isArray(given) ? given : [...itemsIn(given)];
  item[list] = own;
  own.push(part);
  return part;
}

function grow(holder: Assembled, field: string, delta: string): void {
  const had = holder[field];
  holder[field] = (typeof had === "string" ? had : "") + delta;
}
