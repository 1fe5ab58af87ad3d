import { InputError } from "./errors.ts";
import { aFunction, aString, checkOptions, readable, type Rules, wrong } from "./options.ts";

/** Storage for a key: `sessionStorage`, `localStorage`, or any object with these three methods. */
export interface KeyStorage {
  /** Returns the value under a name; null if there is none. */
  getItem(name: string): string | null;
  /** Stores a value under a name. */
  setItem(name: string, value: string): void;
  /** Removes the value under a name. */
  removeItem(name: string): void;
}

/** Options of {@link sessionKey}. */
export interface SessionKeyOptions {
  /** Asks the visitor for the key. Called when a request needs a key and none is known; several requests at a time ask once. */
  ask: () => string | undefined | null | Promise<string | undefined | null>;
  /**
   * Storage for the key. `sessionStorage` keeps it until the tab is closed. `localStorage` keeps it on this computer until `forget()`, and
   * any script of the origin can read it. If the storage is blocked or full, the key stays in memory.
   *
   * @default memory, until the visitor leaves the page
   */
  storage?: KeyStorage | undefined;
  /** Name of the key in the storage. @default "fetchat.key" */
  name?: string | undefined;
}

/** A function for the `apiKey` option that asks the visitor for the key when a request needs it. */
export interface SessionKey {
  /**
   * Returns the key. Asks for it if it is not known.
   *
   * @throws InputError if the visitor gives none. The request is not sent then
   */
  (): Promise<string>;
  /** Forgets the key, in memory and in the storage, when the visitor wants it or the API refused the key. Never throws. */
  forget(): void;
}

const OPTIONS: Rules = {
  ask: [aFunction, "getkey prompt onask"],
  storage: [aStorage, "store"],
  name: [aString, "storagekey title"],
};

function aStorage(value: unknown, at: string): void {
  const isStorage = ({ getItem, setItem, removeItem }: Partial<KeyStorage>): boolean =>
    [getItem, setItem, removeItem].every((one) => typeof one === "function");
  if (value === null || typeof value !== "object" || !readable(at, () => isStorage(value)))
    throw wrong(at, "an object with getItem, setItem and removeItem", value);
}

/**
 * Returns a function for the `apiKey` option that asks the visitor for their own key and keeps it.
 *
 * A text that no header can carry is not kept. Scripts in the page can read the key: see docs/runtimes.md.
 *
 * @param options the question, and the storage for the answer
 * @returns a function for the `apiKey` option, with a method `forget()`
 * @throws InputError for options that cannot work
 * @example
 * ```ts
 * const apiKey = sessionKey({ ask: () => prompt("Your OpenAI key?"), storage: sessionStorage });
 * const client = createClient({ apiKey });
 * ```
 */
export function sessionKey(options: SessionKeyOptions): SessionKey {
  checkOptions(options ?? null, OPTIONS, "");
  const { ask, storage, name = "fetchat.key" } = options;
  aFunction(ask, "ask");
  let inMemory: string | undefined;
  let asking: Promise<string> | undefined;
  /** A forgotten key that the storage did not remove. */
  let forgotten: string | undefined;

  function stored(): string | undefined {
    try {
      const value: unknown = storage?.getItem(name);
      return typeof value === "string" && value !== forgotten ? value : undefined;
    } catch {
      // The storage is blocked for this page.
      return undefined;
    }
  }

  function keep(given: string): void {
    forgotten = undefined;
    try {
      if (storage) return storage.setItem(name, given);
    } catch {
      // The storage is full, or blocked for this page.
    }
    inMemory = given;
  }

  function askOnce(): Promise<string> {
    const question: Promise<string> = Promise.resolve(ask())
      .then((answer: unknown) => {
        if (answer != null && typeof answer !== "string") throw wrong("ask", "a function that gives a string", answer);
        const given = answer?.trim();
        if (!given) throw new InputError("apiKey", "a key from ask()", "none");
        // `forget()` may have been called before the answer.
        if (asking === question && /^[\x21-\x7e]+$/.test(given)) keep(given);
        return given;
      })
      .finally(() => {
        if (asking === question) asking = undefined;
      });
    return (asking = question);
  }

  // The storage comes first: another tab may have forgotten or replaced the key.
  const key = async (): Promise<string> => stored() ?? inMemory ?? asking ?? askOnce();
  return Object.assign(key, {
    forget(): void {
      asking = inMemory = undefined;
      forgotten = undefined;
      const value = stored();
      try {
        storage?.removeItem(name);
      } catch {
        forgotten = value;
      }
    },
  });
}
