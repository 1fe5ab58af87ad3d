import type { Fields } from "../../wire/read.ts";
import type { Settings } from "../route.ts";

/** A stored response. */
export interface Stored {
  readonly response: Fields;
  /** The input of its request, as items with ids. */
  readonly input: readonly Fields[];
  /** All items up to and including its output, for the next response to continue from. */
  readonly history: readonly Fields[];
}

/** One store per mock API. */
const memories = new WeakMap<Settings, Map<string, Stored>>();

/** Returns the stored responses of a mock API, by id. */
export function memoryOf(settings: Settings): Map<string, Stored> {
  const memory = memories.get(settings) ?? new Map<string, Stored>();
  memories.set(settings, memory);
  return memory;
}
