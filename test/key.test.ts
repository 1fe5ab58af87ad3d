import { describe, expect, it, vi } from "vitest";
import { sessionKey } from "../src/key.ts";

function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as Storage;
}

describe("sessionKey", () => {
  it("asks when the key is needed, and once for calls at the same time", async () => {
    const ask = vi.fn(() => Promise.resolve(" sk-visitor \n"));
    const key = sessionKey({ ask });
    expect(ask).not.toHaveBeenCalled();
    expect(await Promise.all([key(), key()])).toEqual(["sk-visitor", "sk-visitor"]);
    expect(await key()).toBe("sk-visitor");
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("asks again after a visitor who gave none, or after ask has failed", async () => {
    const ask = vi.fn<() => Promise<string>>().mockResolvedValueOnce("").mockRejectedValueOnce(new Error("closed")).mockResolvedValue("sk-late");
    const key = sessionKey({ ask });
    expect(await key()).toBeUndefined();
    await expect(key()).rejects.toThrow("closed");
    expect(await key()).toBe("sk-late");
  });

  it("keeps the key in the storage that it was given, and nowhere else", async () => {
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

  it("shows no key where it is inspected or written as JSON", async () => {
    const key = sessionKey({ ask: () => "sk-visitor" });
    await key();
    expect(`${JSON.stringify({ key })} ${String(key)} ${Object.values(key).join(" ")}`).not.toContain("sk-visitor");
  });
});
