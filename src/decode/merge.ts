import { fieldOf, fieldsOf, indexOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** An object that is being assembled. */
export type Assembled = Record<string, unknown>;

/** Texts of an indexed item that arrive in pieces. */
const PIECES: ReadonlySet<string> = new Set(["text", "summary", "data"]);
/** Texts of an indexed item that some servers send in pieces and others as a whole, again and again. */
const MAYBE_PIECES: ReadonlySet<string> = new Set(["arguments", "input", "output", "code", "content", "thinking"]);
/** Levels of lists and objects that are copied and merged. Deeper values are replaced, so that no nesting exhausts the stack. */
const DEEPEST = 3;
/** Items that are searched for one with the same index, so that a long list takes linear time. */
const MOST_SEARCHED = 1_024;

/** Settings of {@link mergeField}. */
export interface MergeOptions {
  /** `true` if the value belongs to a whole answer, in which no item of a list continues another. Default false. */
  whole?: boolean | undefined;
}

/**
 * Merges a field that this package does not interpret into what has arrived of it.
 *
 * Objects gain fields. Items of a list with the same `index` and `type` are pieces of one item; other items are appended. Anything else is
 * replaced. `null` and `""` remove nothing, and `__proto__` is ignored. `value` itself is neither changed nor kept.
 *
 * @param target the object that is being assembled
 * @param key the field's name
 * @param value what arrived
 */
export function mergeField(target: Assembled, key: string, value: unknown, options: MergeOptions = {}): void {
  merge(target, key, value, options.whole === true, 0);
}

function merge(target: Assembled, key: string, value: unknown, whole: boolean, depth: number): void {
  if (value === undefined || key === "__proto__") return;
  const had = fieldOf(target, key);
  const fields = fieldsOf(value);
  if (value === null || value === "") target[key] = had ?? value;
  else if (depth >= DEEPEST) target[key] = value;
  else if (Array.isArray(value)) {
    const list: unknown[] = Array.isArray(had) ? had : [];
    for (const item of value) addItem(list, item, whole, depth + 1);
    target[key] = list;
  } else if (fields) {
    const known: Assembled = fieldsOf(had) ?? {};
    for (const inner of Object.keys(fields)) merge(known, inner, fields[inner], whole, depth + 1);
    target[key] = known;
  } else target[key] = value;
}

function addItem(list: unknown[], item: unknown, whole: boolean, depth: number): void {
  const fields = fieldsOf(item);
  if (!fields || depth >= DEEPEST) {
    list.push(item);
    return;
  }
  let known = whole ? undefined : findItem(list, fields);
  if (!known) list.push((known = {}));
  mergeItem(known, fields, whole, depth);
}

/** Finds the item that a piece continues: it has the same index, and the same type if both have one. */
function findItem(list: readonly unknown[], piece: Fields): Assembled | undefined {
  const index = indexOf(piece);
  if (index === undefined) return undefined;
  const type = fieldOf(piece, "type");
  const last = Math.max(0, list.length - MOST_SEARCHED);
  for (let at = list.length - 1; at >= last; at--) {
    const item = fieldsOf(list[at]);
    if (!item || indexOf(item) !== index) continue;
    const known = fieldOf(item, "type");
    if (type == null || known == null || type === known) return item;
  }
  return undefined;
}

/** Merges a piece into its item. Texts grow; the last signature, id, format and the like counts. */
function mergeItem(item: Assembled, piece: Fields, whole: boolean, depth: number): void {
  for (const key of Object.keys(piece)) {
    const value = piece[key];
    const had = item[key];
    if (typeof value !== "string" || typeof had !== "string") merge(item, key, value, whole, depth);
    else if (PIECES.has(key) || (MAYBE_PIECES.has(key) && !value.startsWith(had))) item[key] = had + value;
    else if (value !== "") item[key] = value;
  }
}

/** Pieces that are collected before they are joined. */
const MOST_PIECES = 256;

/** A text that grows. Engines store concatenations as ropes; joining in batches keeps memory flat. */
export class GrowingText {
  #text = "";
  #pieces: string[] = [];

  /** Appends a piece. */
  add(piece: string): void {
    if (this.#pieces.push(piece) < MOST_PIECES) return;
    this.#text += this.#pieces.join("");
    this.#pieces = [];
  }

  /** Returns the whole text. */
  toString(): string {
    return this.#text + this.#pieces.join("");
  }
}
