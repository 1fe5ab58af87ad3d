/** Who waits for a promise that is made by hand. */
export interface Settler<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** What has come and was not read yet, in order. */
export class Items<Item> {
  /** Where new ones are put. */
  readonly list: Item[] = [];
  #head = 0;

  /** Whether there are none. */
  get empty(): boolean {
    return this.#head === this.list.length;
  }

  /** Takes the first one out; only where there is one. */
  shift(): Item {
    const item = this.list[this.#head++] as Item;
    if (this.empty) this.clear();
    return item;
  }

  /** Forgets all. */
  clear(): void {
    this.list.length = this.#head = 0;
  }
}

/** An iterator by hand: a generator's `finally` does not run where `return()` comes before the first `next()`. */
export function iterate<Item>(next: () => Promise<IteratorResult<Item, undefined>>, leave: () => void): AsyncIterableIterator<Item, undefined> {
  const iterator: AsyncIterableIterator<Item, undefined> = {
    next,
    return: () => {
      leave();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
