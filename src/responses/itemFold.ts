import { isCall, isWholeCall } from "./output.ts";

type Fields = Record<string, unknown>;

/** Where the deltas of text go: the type of the part. */
export const PARTS: ReadonlyMap<string, string> = new Map([
  ["response.output_text.delta", "output_text"],
  ["response.refusal.delta", "refusal"],
  ["response.reasoning_text.delta", "reasoning_text"],
  ["response.reasoning_summary_text.delta", "summary_text"],
]);

/** Where the deltas of calls go. */
const FIELDS: Readonly<Record<string, string>> = {
  "response.function_call_arguments.delta": "arguments",
  "response.mcp_call_arguments.delta": "arguments",
  "response.custom_tool_call_input.delta": "input",
};

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
      return typeof item === "object" && item !== null ? this.#set(event, item as Fields, type.endsWith("done"), size) : 0;
    }
    if (typeof delta !== "string") return 0;
    const part = PARTS.get(type);
    if (part) return delta.length + this.#addText(event, delta, part);
    this.#addField(event, delta, FIELDS[type]);
    return delta.length;
  }

  /** The items in order. Calls are among them only once they are whole. */
  list(): Fields[] {
    const items = [...this.#items.values()].toSorted((a, b) => a.place - b.place);
    return items.filter(({ item, done }) => !isCall(item) || (done && isWholeCall(item, false))).map(({ item }) => item);
  }

  #set(event: Fields, item: Fields, done: boolean, size: number): number {
    const growing = this.#find(event) ?? this.#begin(event, item["id"]);
    growing.item = done ? item : { ...item };
    growing.done = done;
    const more = Math.max(0, size - growing.size);
    growing.size += more;
    return more;
  }

  #addText(event: Fields, delta: string, type: string): number {
    const list = type === "summary_text" ? "summary" : "content";
    const field = type === "refusal" ? type : "text";
    const growing = this.#find(event) ?? this.#begin(event, event["item_id"]);
    if (growing.done) return 0;
    const { item, parts } = growing;
    item["type"] ??= /^(reasoning|summary)_/.test(type) ? "reasoning" : "message";
    growing.size += delta.length;
    const key = `${list} ${String(event["content_index"] ?? event["summary_index"])}`;
    let part = parts.get(key);
    if (part) {
      part[field] = (part[field] as string) + delta;
      return 0;
    }
    parts.set(key, part = { type, [field]: delta, ...(type === "output_text" && { annotations: [] }) });
    // The list that the provider sent is the event's own.
    if (parts.size === 1 || !Array.isArray(item[list])) item[list] = Array.isArray(item[list]) ? [...item[list] as unknown[]] : [];
    (item[list] as unknown[]).push(part);
    return PART_SIZE;
  }

  #addField(event: Fields, delta: string, field: string | undefined): void {
    const growing = this.#find(event);
    if (!growing || growing.done || field === undefined) return;
    growing.size += delta.length;
    const had = growing.item[field];
    growing.item[field] = (typeof had === "string" ? had : "") + delta;
  }

  /** By its place in the output; some providers send only the item's id, or neither. */
  #find({ output_index: place, item_id, item }: Fields): Growing | undefined {
    if (typeof place === "number") return this.#items.get(place);
    const id = item_id ?? (item as Fields | undefined)?.["id"];
    return id === undefined ? (item === undefined ? this.#last : undefined) : [...this.#items.values()].find((one) => one.id === id);
  }

  #begin({ output_index: place }: Fields, id: unknown): Growing {
    const growing: Growing = { place: typeof place === "number" ? place : (this.#last?.place ?? -1) + 1, id, item: {}, done: false, size: 0, parts: new Map() };
    if (id !== undefined) growing.item["id"] = id;
    this.#items.set(growing.place, growing);
    this.#last = growing;
    return growing;
  }
}
