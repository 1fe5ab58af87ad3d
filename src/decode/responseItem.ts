import { fieldOf, numberOf, objectOf, stringOf } from "../wire/read.ts";
import { isCall, isWholeCall } from "./output.ts";

/** What grows while its events arrive. */
type Fields = Record<string, unknown>;

/** Where deltas go, by the event's type: those of text into a part of this type, those of calls into this field. */
export const PLACES: ReadonlyMap<string, string> = new Map([
  ["response.output_text.delta", "output_text"],
  ["response.refusal.delta", "refusal"],
  ["response.reasoning_text.delta", "reasoning_text"],
  ["response.reasoning_summary_text.delta", "summary_text"],
  ["response.function_call_arguments.delta", "arguments"],
  ["response.mcp_call_arguments.delta", "arguments"],
  ["response.custom_tool_call_input.delta", "input"],
]);

/** Events that hold the whole of what deltas bring, and the field that it stands in: some providers send no deltas. */
const WHOLES: ReadonlyMap<string, readonly [place: string, field: string]> = new Map([
  ["response.output_text.done", ["output_text", "text"]],
  ["response.refusal.done", ["refusal", "refusal"]],
  ["response.reasoning_text.done", ["reasoning_text", "text"]],
  ["response.reasoning_summary_text.done", ["summary_text", "text"]],
  ["response.function_call_arguments.done", ["arguments", "arguments"]],
  ["response.custom_tool_call_input.done", ["input", "input"]],
]);

/** What a part weighs besides its text, in characters: so that no flood of small ones escapes the limit. */
const PART_SIZE = 64;

/** An item of the output as it grows. */
export interface Growing {
  /** The item's place in the output. */
  readonly place: number;
  item: Fields;
  done: boolean;
  /** Whether deltas have come for it. */
  grown: boolean;
  /** How many characters it holds. */
  size: number;
  readonly parts: Map<string, Fields>;
}

/** The effect of one event on the output. */
export interface Change {
  /** The item that the event belongs to. */
  readonly growing: Growing;
  /** The text that the event appended; `undefined` if the event replaced the item. */
  readonly text: string | undefined;
  /** How many characters more are kept. */
  readonly size: number;
}

/** Puts the items of an output together from the events of a stream. */
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

  /** The items in order. Calls are among them only once they are whole. */
  list(): Fields[] {
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

  /** Adds what no delta has brought. A call is whole then. */
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

  /** The item that an event is of. @param begins whether it begins one where there is none */
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

  /** By its place in the output; some providers send only the item's id, or neither. */
  #find(at: number | undefined, id: string | undefined, orLast: boolean): Growing | undefined {
    if (at !== undefined) return this.#items.get(at);
    if (id !== undefined) return this.#byId.get(id);
    return orLast ? this.#last : undefined;
  }
}

/** The part of an item that an event is of. */
function partOf({ item, parts }: Growing, event: object, type: string): Fields {
  const list = type === "summary_text" ? "summary" : "content";
  item["type"] ??= type === "reasoning_text" || type === "summary_text" ? "reasoning" : "message";
  const key = `${list} ${numberOf(event, "content_index") ?? numberOf(event, "summary_index") ?? ""}`;
  const had = parts.get(key);
  if (had) return had;
  const part = { type, ...(type === "output_text" && { annotations: [] }) };
  parts.set(key, part);
  const given = fieldOf(item, list);
  // The list that the provider sent is the event's own.
  const own =
    parts.size === 1 || !Array.isArray(given) ? [...(Array.isArray(given) ? (given as unknown[]) : [])] : given;
  item[list] = own;
  own.push(part);
  return part;
}

function grow(holder: Fields, field: string, delta: string): void {
  const had = holder[field];
  holder[field] = (typeof had === "string" ? had : "") + delta;
}
