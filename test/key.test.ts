import { describe, expect, it, vi } from "vitest";
import { createClient, sessionKey, type KeyStorage } from "../src/index.ts";
import { createMockAPI } from "../src/testing/index.ts";

function storage(): KeyStorage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
}

describe("sessionKey", () => {
  it("asks when the key is needed, and once for concurrent calls", async () => {
    const ask = vi.fn(() => Promise.resolve(" sk-visitor \n"));
    const key = sessionKey({ ask });
    expect(ask).not.toHaveBeenCalled();
    expect(await Promise.all([key(), key()])).toEqual(["sk-visitor", "sk-visitor"]);
    expect(await key()).toBe("sk-visitor");
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("asks again if the visitor gave no key or ask failed", async () => {
    const ask = vi
      .fn<() => Promise<string>>()
      .mockResolvedValueOnce("")
      .mockRejectedValueOnce(new Error("closed"))
      .mockResolvedValue("sk-late");
    const key = sessionKey({ ask });
    await expect(key()).rejects.toThrow("apiKey: expected a key from ask(), received none");
    await expect(key()).rejects.toThrow("closed");
    expect(await key()).toBe("sk-late");
  });

  it("keeps the key in the given storage, and nowhere else", async () => {
    const kept = storage();
    await sessionKey({ ask: () => "sk-visitor", storage: kept })();
    expect(kept.getItem("fetchat.key")).toBe("sk-visitor");
    const ask = vi.fn(() => "other");
    expect(await sessionKey({ ask, storage: kept })()).toBe("sk-visitor");
    expect(ask).not.toHaveBeenCalled();
    expect(await sessionKey({ ask, storage: kept, name: "another" })()).toBe("other");
  });

  it("forgets on request, in memory and in the storage", async () => {
    const kept = storage();
    const ask = vi.fn<() => string>().mockReturnValueOnce("sk-wrong").mockReturnValue("sk-right");
    const key = sessionKey({ ask, storage: kept });
    await key();
    key.forget();
    expect(kept.getItem("fetchat.key")).toBeNull();
    expect(await key()).toBe("sk-right");
  });

  it("discards an answer to a question from before forget()", async () => {
    const kept = storage();
    let answer = (_: string): void => undefined;
    const ask = vi
      .fn<() => string | Promise<string>>()
      .mockReturnValueOnce(new Promise((resolve) => (answer = resolve)))
      .mockReturnValue("sk-second");
    const key = sessionKey({ ask, storage: kept });
    const first = key();
    key.forget();
    const second = key();
    answer("sk-first");
    expect(await Promise.all([first, second])).toEqual(["sk-first", "sk-second"]);
    expect([kept.getItem("fetchat.key"), await key()]).toEqual(["sk-second", "sk-second"]);
  });

  it("follows other tabs that forget or store the key", async () => {
    const kept = storage();
    const ask = vi.fn<() => string>().mockReturnValueOnce("sk-visitor").mockReturnValue("sk-again");
    const key = sessionKey({ ask, storage: kept });
    await key();
    sessionKey({ ask, storage: kept }).forget();
    expect(await key()).toBe("sk-again");
    kept.setItem("fetchat.key", "sk-other-tab");
    expect(await key()).toBe("sk-other-tab");
  });

  it("keeps the key in memory if the storage is full or blocked", async () => {
    const full: KeyStorage = {
      ...storage(),
      setItem: () => {
        throw new DOMException("Full", "QuotaExceededError");
      },
    };
    const blocked: KeyStorage = {
      ...full,
      getItem: () => {
        throw new DOMException("Blocked", "SecurityError");
      },
    };
    for (const bad of [full, blocked]) {
      const ask = vi.fn(() => "sk-visitor");
      const key = sessionKey({ ask, storage: bad });
      expect([await key(), await key()]).toEqual(["sk-visitor", "sk-visitor"]);
      expect(ask).toHaveBeenCalledTimes(1);
      key.forget();
      await key();
      expect(ask).toHaveBeenCalledTimes(2);
    }
  });

  it("asks again for a key that no header can carry", async () => {
    const kept = storage();
    const ask = vi
      .fn<() => string>()
      .mockReturnValueOnce("sk-“quoted”")
      .mockReturnValueOnce("sk-two lines")
      .mockReturnValue("sk-visitor");
    const client = createClient({
      apiKey: sessionKey({ ask, storage: kept }),
      fetch: createMockAPI({ pace: "instant" }).fetch,
    });
    await expect(client.models()).rejects.toThrow(/^apiKey: expected characters that a header can carry/);
    expect(kept.getItem("fetchat.key")).toBeNull();
    await client.models().catch(() => undefined);
    await client.models();
    expect(kept.getItem("fetchat.key")).toBe("sk-visitor");
  });

  it("shows no key when it is inspected or written as JSON", async () => {
    const key = sessionKey({ ask: () => "sk-visitor" });
    await key();
    expect(`${JSON.stringify({ key })} ${String(key)} ${Object.values(key).join(" ")}`).not.toContain("sk-visitor");
  });
});
