import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readText } from "../../src/http/readText.ts";
import { resolveTimeouts } from "../../src/http/timeouts.ts";
import { Deadline } from "../../src/http/deadline.ts";
import { body, cutAt, failure, fakeTime, pass } from "../support/streams.ts";

const deadline = (): Deadline => new Deadline(resolveTimeouts(true), undefined);

afterEach(() => void vi.useRealTimers());

describe("readText", () => {
  it("gives the same text however the bytes are cut", async () => {
    const bytes = new TextEncoder().encode("añ€𝄞\u{1f469}\u200d\u{1f680} done");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), async (places) => {
        expect(await readText(body(...cutAt(bytes, places)).stream, 1_000, deadline())).toEqual({
          text: "añ€𝄞👩‍🚀 done",
          cut: false,
        });
      }),
      { numRuns: 200 },
    );
  });

  it("gives an empty text for a missing or empty body", async () => {
    expect(await readText(null, 10, deadline())).toEqual({ text: "", cut: false });
    expect(await readText(body().stream, 10, deadline())).toEqual({ text: "", cut: false });
  });

  it("cuts the text at the limit and does not wait for the rest", async () => {
    const endless = body("1234", "5678", "9", "hang");
    expect(await readText(endless.stream, 8, deadline())).toEqual({ text: "12345678", cut: true });
    expect(endless.cancels).toBe(1);
    expect(await readText(body("12345678").stream, 8, deadline())).toEqual({ text: "12345678", cut: false });
  });

  it("rejects with the body's error", async () => {
    expect(
      await failure(readText(body("a", { fail: new TypeError("terminated") }).stream, 10, deadline())),
    ).toMatchObject({ message: "terminated" });
  });

  it("gives what has arrived after the given wait", async () => {
    fakeTime();
    const slow = body("a", { wait: 4_000 }, "b", "hang");
    const text = readText(slow.stream, 10, deadline(), 5_000);
    await pass(5_000);
    expect(await text).toEqual({ text: "ab", cut: false });
    expect(slow.cancels).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("rejects with the deadline's error and cancels the body", async () => {
    const controller = new AbortController();
    const silent = body("a", "hang");
    const text = failure(readText(silent.stream, 10, new Deadline(resolveTimeouts(true), controller.signal)));
    await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort();
    expect(await text).toMatchObject({ name: "AbortError" });
    expect(silent.cancels).toBe(1);
  });
});
