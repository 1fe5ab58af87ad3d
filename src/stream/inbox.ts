/** The callbacks of a promise that is made by hand. */
export interface Settler<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** The two ways in which a reader reaches the other end of its {@link Inbox}. */
export interface InboxOwner {
  /** Asks for more. */
  pull(): void;
  /** Called when the reader leaves. */
  leave(): void;
}

/**
 * Items on their way to one reader, who reads them as an iterator; an error comes behind them, once.
 *
 * A generator would not do: its `finally` does not run if `return()` comes before the first `next()`.
 */
export class Inbox<Item> implements AsyncIterableIterator<Item, undefined> {
  // Room for one: most items are read before the next one comes, and an empty list would grow to seventeen.
  #items: (Item | undefined)[] = [undefined];
  #head = 0;
  #tail = 0;
  #waiting: readonly Settler<IteratorResult<Item, undefined>>[] = [];
  #isEnded = false;
  #error: Error | undefined;
  readonly #owner: InboxOwner;

  /** @param owner who is asked for items */
  constructor(owner: InboxOwner) {
    this.#owner = owner;
  }

  /** `true` while the reader waits for an item. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Takes the next item. */
  push(item: Item): void {
    const [next, ...others] = this.#waiting;
    if (next) {
      this.#waiting = others;
      next.resolve({ done: false, value: item });
    } else this.#items[this.#tail++] = item;
  }

  /** Takes the end. The items before it are still given out. @param error the error that the reader gets at the end */
  end(error: Error | undefined): void {
    this.#isEnded = true;
    this.#error = error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve, reject } of waiting) {
      const failure = this.#takeError();
      if (failure) reject(failure);
      else resolve({ done: true, value: undefined });
    }
  }

  /** Drops the items that nobody has read. */
  clear(): void {
    this.#items = [undefined];
    this.#head = this.#tail = 0;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#head < this.#tail) return Promise.resolve({ done: false, value: this.#shift() });
    if (!this.#isEnded)
      return new Promise((resolve, reject) => {
        this.#waiting = [...this.#waiting, { resolve, reject }];
        this.#owner.pull();
      });
    const failure = this.#takeError();
    return failure ? Promise.reject(failure) : Promise.resolve({ done: true, value: undefined });
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#owner.leave();
    this.clear();
    this.#error = undefined;
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The list keeps its length: to let it grow anew for each item costs more. */
  #shift(): Item {
    const item = this.#items[this.#head] as Item;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#tail) this.#head = this.#tail = 0;
    return item;
  }

  #takeError(): Error | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }
}
