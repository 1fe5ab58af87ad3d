import type { Fields } from "../../wire/read.ts";
import type { Settings } from "../route.ts";

/** A response that the mock API keeps. */
export interface Stored {
  readonly response: Fields;
  /** What it was asked with, as items with ids. */
  readonly input: readonly Fields[];
  /** Everything before it, and itself: what the next one goes on from. */
  readonly history: readonly Fields[];
}

/** Each mock API has a memory of its own; it ends with the mock API. */
const memories = new WeakMap<Settings, Map<string, Stored>>();

/** What a mock API remembers of its responses, by id. */
export function memoryOf(settings: Settings): Map<string, Stored> {
  const memory = memories.get(settings) ?? new Map<string, Stored>();
  memories.set(settings, memory);
  return memory;
}
