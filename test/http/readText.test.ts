import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readText } from "../../src/http/readText.ts";
import { resolveTimeouts } from "../../src/http/timeouts.ts";
import { CallWatch } from "../../src/http/watch.ts";
import { body, cutAt, failure, fakeTime, pass } from "../support/streams.ts";

const watch = (): CallWatch => new CallWatch(resolveTimeouts(true), undefined);

afterEach(() => void vi.useRealTimers());

describe("a body as text", () => {
  it("is the same for every cut of its bytes", async () => {
    const bytes = new TextEncoder().encode("añ€𝄞\u{1f469}\u200d\u{1f680} done");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), async (places) => {
        expect(await readText(body(...cutAt(bytes, places)).stream, 1_000, watch())).toEqual({
          text: "añ€𝄞👩‍🚀 done",
          cut: false,
        });
      }),
      { numRuns: 200 },
    );
  });

  it("is nothing where there is none", async () => {
    expect(await readText(null, 10, watch())).toEqual({ text: "", cut: false });
    expect(await readText(body().stream, 10, watch())).toEqual({ text: "", cut: false });
  });

  it("is cut at the limit, and the rest is not waited for", async () => {
    const endless = body("1234", "5678", "9", "hang");
    expect(await readText(endless.stream, 8, watch())).toEqual({ text: "12345678", cut: true });
    expect(endless.cancels).toBe(1);
    expect(await readText(body("12345678").stream, 8, watch())).toEqual({ text: "12345678", cut: false });
  });

  it("fails as the body does", async () => {
    expect(await failure(readText(body("a", { fail: new TypeError("terminated") }).stream, 10, watch()))).toMatchObject(
      { message: "terminated" },
    );
  });

  it("is what has come, where it is waited for only so long", async () => {
    fakeTime();
    const slow = body("a", { wait: 4_000 }, "b", "hang");
    const text = readText(slow.stream, 10, watch(), 5_000);
    await pass(5_000);
    expect(await text).toEqual({ text: "ab", cut: false });
    expect(slow.cancels).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is given up where the watch says so, and let go", async () => {
    const controller = new AbortController();
    const silent = body("a", "hang");
    const text = failure(readText(silent.stream, 10, new CallWatch(resolveTimeouts(true), controller.signal)));
    await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort();
    expect(await text).toMatchObject({ name: "AbortError" });
    expect(silent.cancels).toBe(1);
  });
});
