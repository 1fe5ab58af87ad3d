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
  /** Gives the key, asking for it where it is not known. */
  (): Promise<string | undefined>;
  /** Forgets the key, here and in the storage: when the visitor says so, or when the API has refused it. */
  forget(): void;
}

/**
 * Keeps a visitor's own key: asked for when it is needed, kept where the visitor said, forgotten on request. What no header can carry is
 * no key and is not kept. Script in the page can read the key; see docs/runtimes.md.
 *
 * @returns a function for the `apiKey` option, with `forget()`
 */
export function sessionKey(options: SessionKeyOptions): SessionKey {
  const { ask, storage, name = "fetchat.key" } = options;
  let inMemory: string | undefined;
  let asking: Promise<string | undefined> | undefined;

  // What is stored comes first: another tab may have forgotten the key, or been given another.
  function known(): string | undefined {
    try {
      return storage?.getItem(name) ?? inMemory;
    } catch {
      return inMemory;
    }
  }

  function keep(given: string): void {
    try {
      if (storage) return storage.setItem(name, given);
    } catch {
      // Storage that is full, or blocked for this page.
    }
    inMemory = given;
  }

  function askOnce(): Promise<string | undefined> {
    const question: Promise<string | undefined> = Promise.resolve(ask())
      .then((answer) => {
        const given = answer?.trim() || undefined;
        // Not where `forget()` came before the answer.
        if (asking === question && given !== undefined && /^[\x21-\x7e]+$/.test(given)) keep(given);
        return given;
      })
      .finally(() => {
        if (asking === question) asking = undefined;
      });
    return (asking = question);
  }

  const key = async (): Promise<string | undefined> => known() ?? asking ?? askOnce();
  return Object.assign(key, {
    forget(): void {
      asking = inMemory = undefined;
      storage?.removeItem(name);
    },
  });
}
