/** Who waits for a promise that is made by hand. */
export interface Settler<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** What has come and was not read yet, in order. */
export class Items<Item> {
  // Room for one: most are read before the next one comes, and an empty list would grow to seventeen.
  #list: (Item | undefined)[] = [undefined];
  #head = 0;
  #tail = 0;

  /** Whether there are none. */
  get empty(): boolean {
    return this.#head === this.#tail;
  }

  /** Puts a new one last. */
  push(item: Item): void {
    this.#list[this.#tail++] = item;
  }

  /** Takes the first one out; only where there is one. The list keeps its length: to grow it anew for each item costs more. */
  shift(): Item {
    const item = this.#list[this.#head] as Item;
    this.#list[this.#head++] = undefined;
    if (this.empty) this.#head = this.#tail = 0;
    return item;
  }

  /** Forgets all. */
  clear(): void {
    if (this.empty) return;
    this.#list = [undefined];
    this.#head = this.#tail = 0;
  }
}

/** An iterator by hand: a generator's `finally` does not run where `return()` comes before the first `next()`. */
export function iterate<Item>(
  next: () => Promise<IteratorResult<Item, undefined>>,
  leave: () => void,
): AsyncIterableIterator<Item, undefined> {
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
