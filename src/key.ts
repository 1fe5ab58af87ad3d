import { InputError } from "./errors.ts";
import { aFunction, aString, checkOptions, readable, type Rules, wrong } from "./options.ts";

/** Where a key is kept: `sessionStorage`, `localStorage`, or anything with these three methods. */
export interface KeyStorage {
  /** What is stored under a name; null where nothing is. */
  getItem(name: string): string | null;
  /** Stores under a name. */
  setItem(name: string, value: string): void;
  /** Removes what is stored under a name. */
  removeItem(name: string): void;
}

/** How a visitor's key is asked for and kept. */
export interface SessionKeyOptions {
  /** Asks the visitor; called when a request needs the key and none is known. Calls at the same time ask once. */
  ask: () => string | undefined | null | Promise<string | undefined | null>;
  /**
   * Where to keep it. Default: in memory, until the page is left. `sessionStorage` keeps it until the tab is closed; `localStorage` keeps
   * it on this computer until it is forgotten, where any script of this origin can read it. Where the storage cannot be used it is kept
   * in memory.
   */
  storage?: KeyStorage | undefined;
  /** The name under which it is stored. Default `fetchat.key`. */
  name?: string | undefined;
}

/** A key that is asked for when it is needed: fits the `apiKey` option. */
export interface SessionKey {
  /**
   * Returns the key, and asks for it where it is not known.
   *
   * @throws InputError where the visitor gives none: the request is not sent then
   */
  (): Promise<string>;
  /** Forgets the key, here and in the storage: when the visitor says so, or when the API has refused it. Never throws. */
  forget(): void;
}

const OPTIONS: Rules = {
  ask: aFunction,
  storage(value, at) {
    const isStorage = ({ getItem, setItem, removeItem }: Partial<KeyStorage>): boolean =>
      [getItem, setItem, removeItem].every((one) => typeof one === "function");
    if (value === null || typeof value !== "object" || !readable(at, () => isStorage(value)))
      throw wrong(at, "an object with getItem, setItem and removeItem", value);
  },
  name: aString,
};

/**
 * Keeps a visitor's own key: asked for when it is needed, kept where the visitor said, forgotten on request. What no header can carry is
 * no key and is not kept. Script in the page can read the key; see docs/runtimes.md.
 *
 * @returns a function for the `apiKey` option, with `forget()`
 * @throws InputError for options that cannot work
 */
export function sessionKey(options: SessionKeyOptions): SessionKey {
  checkOptions(options ?? null, OPTIONS, "");
  const { ask, storage, name = "fetchat.key" } = options;
  aFunction(ask, "ask");
  let inMemory: string | undefined;
  let asking: Promise<string> | undefined;
  /** A stored key that was forgotten, and that the storage would not remove. */
  let forgotten: string | undefined;

  function stored(): string | undefined {
    try {
      const value: unknown = storage?.getItem(name);
      return typeof value === "string" && value !== forgotten ? value : undefined;
    } catch {
      // Storage that is blocked for this page.
      return undefined;
    }
  }

  function keep(given: string): void {
    forgotten = undefined;
    try {
      if (storage) return storage.setItem(name, given);
    } catch {
      // Storage that is full, or blocked for this page.
    }
    inMemory = given;
  }

  function askOnce(): Promise<string> {
    const question: Promise<string> = Promise.resolve(ask())
      .then((answer: unknown) => {
        if (answer != null && typeof answer !== "string") throw wrong("ask", "a function that gives a string", answer);
        const given = answer?.trim();
        if (!given) throw new InputError("apiKey", "a key from whoever was asked", "none");
        // Not where `forget()` came before the answer.
        if (asking === question && /^[\x21-\x7e]+$/.test(given)) keep(given);
        return given;
      })
      .finally(() => {
        if (asking === question) asking = undefined;
      });
    return (asking = question);
  }

  // What is stored comes first: another tab may have forgotten the key, or been given another.
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
