import { fieldOf, fieldsOf, indexOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Texts of an indexed item that come in pieces. */
const PIECES: ReadonlySet<string> = new Set(["text", "summary", "data"]);
/** Texts of an indexed item that come in pieces from some servers and as a whole, again and again, from others. */
const MAYBE_PIECES: ReadonlySet<string> = new Set(["arguments", "input", "output", "code", "content", "thinking"]);
/** Levels of lists and objects that are copied and merged; what lies deeper is replaced, so that no nesting exhausts the stack. */
const DEEPEST = 3;
/** How many items are searched for one with the same index: a list of many others stays linear. */
const MOST_SEARCHED = 1_024;

/** How fields are merged. */
export interface MergeOptions {
  /** Whether the value belongs to a whole answer, in which no item of a list goes on with another. */
  whole?: boolean | undefined;
}

/**
 * Merges one field of an answer that this package does not interpret into what has arrived of it. Objects gain fields; a list's items with
 * the same `index` and `type` are one item (see {@link mergeItem}), all others are appended; anything else is replaced. `null` and `""` take
 * nothing away, and `__proto__` is no field. Never changes or keeps `value` itself.
 */
export function mergeField(
  target: Record<string, unknown>,
  key: string,
  value: unknown,
  options: MergeOptions = {},
): void {
  merge(target, key, value, options.whole === true, 0);
}

function merge(target: Record<string, unknown>, key: string, value: unknown, whole: boolean, depth: number): void {
  if (value === undefined || key === "__proto__") return;
  const had = fieldOf(target, key);
  const fields = fieldsOf(value);
  if (value === null || value === "") target[key] = had ?? value;
  else if (depth >= DEEPEST) target[key] = value;
  else if (Array.isArray(value)) {
    const list = (Array.isArray(had) ? had : (target[key] = [])) as unknown[];
    for (const item of value as unknown[]) addItem(list, item, whole, depth + 1);
  } else if (fields) {
    const known = (fieldsOf(had) ?? (target[key] = {})) as Record<string, unknown>;
    for (const inner of Object.keys(fields)) merge(known, inner, fields[inner], whole, depth + 1);
  } else target[key] = value;
}

function addItem(list: unknown[], item: unknown, whole: boolean, depth: number): void {
  const fields = fieldsOf(item);
  if (!fields || depth >= DEEPEST) {
    list.push(item);
    return;
  }
  let same = whole ? undefined : findSame(list, fields);
  if (!same) list.push((same = {}));
  mergeItem(same, fields, whole, depth);
}

/** Finds the item that a piece goes on with: same index, and the same type unless the piece has none. */
function findSame(list: readonly unknown[], piece: Fields): Record<string, unknown> | undefined {
  const index = indexOf(piece);
  if (index === undefined) return undefined;
  const type = fieldOf(piece, "type") ?? undefined;
  const last = Math.max(0, list.length - MOST_SEARCHED);
  for (let at = list.length - 1; at >= last; at--) {
    const one = list[at];
    if (indexOf(one) !== index) continue;
    const known = fieldOf(one, "type") ?? undefined;
    if (type === undefined || known === undefined || type === known) return one as Record<string, unknown>;
  }
  return undefined;
}

/** Merges a piece into its item: text, summary and data grow; of a signature, an id, a format and the like the last one counts. */
function mergeItem(item: Record<string, unknown>, piece: Fields, whole: boolean, depth: number): void {
  for (const key of Object.keys(piece)) {
    const value = piece[key];
    const had = item[key];
    if (typeof value !== "string" || typeof had !== "string") merge(item, key, value, whole, depth);
    else if (PIECES.has(key) || (MAYBE_PIECES.has(key) && !value.startsWith(had))) item[key] = had + value;
    else if (value !== "") item[key] = value;
  }
}

/** How many pieces are gathered before they are joined. */
const MOST_PIECES = 256;

/** Text that grows. Engines store a concatenation as a tree of its pieces; joining in batches keeps memory flat. */
export class GrowingText {
  #text = "";
  #pieces: string[] = [];

  /** Takes the next piece. */
  add(piece: string): void {
    if (this.#pieces.push(piece) < MOST_PIECES) return;
    this.#text += this.#pieces.join("");
    this.#pieces = [];
  }

  /** Returns all of it. */
  toString(): string {
    return this.#text + this.#pieces.join("");
  }
}
