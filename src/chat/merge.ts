const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Takes a field that is not ours to interpret into what has been gathered: lists grow, objects gain fields (one level deep, so that
 * no nesting can exhaust the stack), anything else is replaced. `null` takes nothing away, and `__proto__` is no field.
 */
export function mergeField(target: Record<string, unknown>, key: string, value: unknown): void {
  if (value === undefined || key === "__proto__") return;
  const had = Object.hasOwn(target, key) ? target[key] : undefined;
  if (value === null) {
    if (had === undefined) target[key] = null;
  } else if (Array.isArray(had) && Array.isArray(value)) for (const one of value as unknown[]) had.push(one);
  else if (isPlain(had) && isPlain(value)) {
    for (const inner of Object.keys(value)) {
      if (inner !== "__proto__") had[inner] = value[inner];
    }
  } else target[key] = Array.isArray(value) ? [...(value as unknown[])] : isPlain(value) ? { ...value } : value;
}

/** How many pieces are gathered before they are written out. */
const MOST_PIECES = 256;

/** Text that grows. Engines keep a sum of texts as a tree of its pieces, of which each costs more than itself; a joined one is flat. */
export class GrowingText {
  #text = "";
  #pieces: string[] = [];

  /** Takes the next piece. */
  add(piece: string): void {
    if (this.#pieces.push(piece) < MOST_PIECES) return;
    this.#text += this.#pieces.join("");
    this.#pieces = [];
  }

  /** All of it. */
  toString(): string {
    return this.#text + this.#pieces.join("");
  }
}
