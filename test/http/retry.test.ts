import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRetry, isRetryable } from "../../src/http/retry.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const decide = (headers: Record<string, string> = {}, more: object = {}): ReturnType<typeof decideRetry> =>
  decideRetry({
    attempts: 1,
    maxRetries: 2,
    status: 429,
    headers: new Headers(headers),
    now: NOW,
    random: 0.5,
    ...more,
  });

describe("The server's wait", () => {
  it.each([
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": " 1.5 " }, 1_500],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after-ms": "250" }, 250],
    [{ "retry-after-ms": "250", "retry-after": "9" }, 250],
    [{ "retry-after-ms": "-5", "retry-after": "9" }, 9_000],
    [{ "retry-after": "Sun, 22 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sunday, 22-Nov-26 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Sun Nov 22 12:00:30 2026 GMT" }, 30_000],
    [{ "retry-after": "Sun, 22 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "60" }, 60_000],
  ])("%j is the delay", (headers, wait) => {
    const { delay, retryAt } = decide(headers);
    expect(delay).toBe(wait);
    expect(retryAt?.getTime()).toBe(NOW + wait);
  });

  it.each([
    { "retry-after": "61" },
    { "retry-after": "259200" },
    { "retry-after": "Sun, 22 Nov 2026 13:00:00 GMT" },
    { "retry-after-ms": "60001" },
  ])("%j prevents a retry and is reported as retryAt", (headers) => {
    const { delay, retryAt } = decide(headers);
    expect(delay).toBeUndefined();
    expect(retryAt?.getTime()).toBeGreaterThan(NOW + 60_000);
  });

  it.each(["99999999999999999999", "Infinity", "1e400"])("%s gives no invalid date", (value) => {
    for (const name of ["retry-after", "retry-after-ms"]) {
      const { retryAt } = decide({ [name]: value });
      if (retryAt) expect(retryAt.getTime()).not.toBeNaN();
    }
  });

  it.each(["-5", "5 seconds", "soon", "120, 120", "1e3", "[object Object]"])(
    "%s is ignored in favour of the back-off",
    (value) => {
      expect(decide({ "retry-after": value })).toEqual({ delay: 250, retryAt: undefined });
    },
  );

  it("is reported as retryAt even if no retry is left", () => {
    expect(decide({ "retry-after": "7" }, { attempts: 3 })).toEqual({
      delay: undefined,
      retryAt: new Date(NOW + 7_000),
    });
  });
});

describe("A retry", () => {
  it("follows no answer, 408, 409, 429 and 5xx only", () => {
    for (const status of [0, 408, 409, 429, 500, 502, 503, 529, 599])
      expect([status, isRetryable(status)]).toEqual([status, true]);
    for (const status of [200, 301, 400, 401, 403, 404, 413, 422, 451])
      expect([status, isRetryable(status)]).toEqual([status, false]);
  });

  it("obeys x-should-retry and ignores other values of it", () => {
    expect(isRetryable(400, new Headers({ "x-should-retry": "true" }))).toBe(true);
    expect(isRetryable(500, new Headers({ "x-should-retry": "false" }))).toBe(false);
    expect(isRetryable(500, new Headers({ "x-should-retry": "maybe" }))).toBe(true);
    expect(isRetryable(400, new Headers({ "x-should-retry": "1" }))).toBe(false);
  });

  it("never follows maxRetries attempts", () => {
    expect(decide({ "x-should-retry": "true", "retry-after": "1" }, { attempts: 3 }).delay).toBeUndefined();
    expect(decide({}, { maxRetries: 0 }).delay).toBeUndefined();
  });
});

describe("The back-off", () => {
  it("is random up to 0.5 s, 1 s, 2 s, 4 s and then 8 s", () => {
    const longest = [1, 2, 3, 4, 5, 6, 60, 2_000].map(
      (attempts) => decide({}, { attempts, maxRetries: Infinity, random: 1 }).delay,
    );
    expect(longest).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
    expect(decide({}, { random: 0 }).delay).toBe(0);
  });

  it("is a valid delay for any header value", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme-ascii" }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (text, attempts, random) => {
          const headers = new Headers();
          try {
            headers.set("retry-after", text);
            headers.set("retry-after-ms", text);
          } catch {
            return;
          }
          const { delay, retryAt } = decideRetry({
            attempts,
            maxRetries: Infinity,
            status: 503,
            headers,
            now: NOW,
            random,
          });
          if (delay !== undefined) expect(delay >= 0 && delay <= 60_000).toBe(true);
          if (retryAt) expect(retryAt.getTime()).toBeGreaterThanOrEqual(NOW);
        },
      ),
    );
  });
});
