import { isCall, isWholeCall } from "./output.ts";

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

/** What a part weighs besides its text, in characters: so that no flood of small ones escapes the limit. */
const PART_SIZE = 64;

interface Growing {
  readonly place: number;
  readonly id: unknown;
  item: Fields;
  done: boolean;
  /** How many characters it holds. */
  size: number;
  readonly parts: Map<string, Fields>;
}

/** Puts the items of an output together from the events of a stream. */
export class ItemFold {
  readonly #items = new Map<number, Growing>();
  #last: Growing | undefined;

  /** Takes one event. @param size how many characters it has @returns how many characters more are kept */
  take(type: string, event: Fields, size: number): number {
    const { item, delta } = event;
    if (type === "response.output_item.added" || type === "response.output_item.done") {
      return typeof item === "object" && item !== null
        ? this.#set(event, item as Fields, type.endsWith("done"), size)
        : 0;
    }
    return typeof delta === "string" ? delta.length + this.#add(event, delta, PLACES.get(type)) : 0;
  }

  /** The items in order. Calls are among them only once they are whole. */
  list(): Fields[] {
    const items = [...this.#items.values()].toSorted((a, b) => a.place - b.place);
    return items
      .filter(({ item, done }) => !isCall(item) || (done && isWholeCall(item, false)))
      .map(({ item }) => item);
  }

  #set(event: Fields, item: Fields, done: boolean, size: number): number {
    const growing = this.#of(event, true);
    growing.item = done ? item : { ...item };
    growing.done = done;
    const more = Math.max(0, size - growing.size);
    growing.size += more;
    return more;
  }

  #add(event: Fields, delta: string, place: string | undefined): number {
    const ofCall = place === "arguments" || place === "input";
    const growing = place === undefined ? undefined : this.#of(event, !ofCall);
    if (place === undefined || !growing || growing.done) return 0;
    const { item, parts } = growing;
    const before = parts.size;
    growing.size += delta.length;
    if (ofCall) grow(item, place, delta);
    else grow(partOf(growing, event, place), place === "refusal" ? place : "text", delta);
    return (parts.size - before) * PART_SIZE;
  }

  /** The item that an event is of. @param begins whether it begins one where there is none */
  #of(event: Fields, begins: true): Growing;
  #of(event: Fields, begins: boolean): Growing | undefined;
  #of({ output_index: at, item_id, item }: Fields, begins: boolean): Growing | undefined {
    const id = item_id ?? (item as Fields | null | undefined)?.["id"];
    const found = this.#find(at, id, item === undefined);
    if (found || !begins) return found;
    const place = typeof at === "number" ? at : (this.#last?.place ?? -1) + 1;
    this.#last = { place, id, item: id === undefined ? {} : { id }, done: false, size: 0, parts: new Map() };
    this.#items.set(place, this.#last);
    return this.#last;
  }

  /** By its place in the output; some providers send only the item's id, or neither. */
  #find(at: unknown, id: unknown, orLast: boolean): Growing | undefined {
    if (typeof at === "number") return this.#items.get(at);
    if (id !== undefined) return [...this.#items.values()].find((one) => one.id === id);
    return orLast ? this.#last : undefined;
  }
}

/** The part of an item that an event is of. */
function partOf({ item, parts }: Growing, { content_index, summary_index }: Fields, type: string): Fields {
  const list = type === "summary_text" ? "summary" : "content";
  item["type"] ??= /^(reasoning|summary)_/.test(type) ? "reasoning" : "message";
  const key = `${list} ${String(content_index ?? summary_index)}`;
  const had = parts.get(key);
  if (had) return had;
  const part = { type, ...(type === "output_text" && { annotations: [] }) };
  parts.set(key, part);
  // The list that the provider sent is the event's own.
  if (parts.size === 1 || !Array.isArray(item[list]))
    item[list] = Array.isArray(item[list]) ? [...(item[list] as unknown[])] : [];
  (item[list] as unknown[]).push(part);
  return part;
}

function grow(holder: Fields, field: string, delta: string): void {
  const had = holder[field];
  holder[field] = (typeof had === "string" ? had : "") + delta;
}
