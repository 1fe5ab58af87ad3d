import type { Fields } from "../../wire/read.ts";

/** A stored response. */
export interface Stored {
  readonly response: Fields;
  /** The input of its request, as items with ids. */
  readonly input: readonly Fields[];
  /** All items up to and including its output, for the next response to continue from. */
  readonly history: readonly Fields[];
}
