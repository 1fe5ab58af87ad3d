import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { attachInfo, httpInfo } from "../../src/http/info.ts";
import type { Loose } from "../support/streams.ts";

const AT = Date.parse("2026-11-22T12:00:00Z");
const limits = (headers: Record<string, string>): Loose =>
  httpInfo(attachInfo({}, { status: 200, headers: new Headers(headers), attempts: 1, at: AT }))?.rateLimits;

describe("httpInfo", () => {
  it("returns undefined for other values", () => {
    for (const value of [undefined, null, 5, "x", {}, [], new Error("x")]) expect(httpInfo(value)).toBeUndefined();
  });

  it("returns status, headers, request id and attempts", () => {
    const headers = new Headers({ "x-request-id": "req_1" });
    expect(httpInfo(attachInfo({ a: 1 }, { status: 200, headers, attempts: 3, at: AT }))).toMatchObject({
      status: 200,
      headers,
      requestId: "req_1",
      attempts: 3,
    });
  });

  it("adds nothing visible to the value", () => {
    const value = attachInfo({ a: 1 }, { status: 200, headers: new Headers(), attempts: 1, at: AT });
    expect(JSON.stringify(value)).toBe('{"a":1}');
    expect(Object.keys(value)).toEqual(["a"]);
    expect(inspect(value)).toBe("{ a: 1 }");
    expect(value).toEqual({ a: 1 });
    expect(httpInfo({ ...value })).toBeUndefined();
  });

  it("accepts values that cannot be extended", () => {
    const info = { status: 200, headers: new Headers(), attempts: 1, at: AT };
    expect(attachInfo("text", info)).toBe("text");
    expect(attachInfo(null, info)).toBeNull();
    expect(httpInfo(attachInfo(Object.freeze({}), info))).toBeUndefined();
  });

  it("works across copies of the package", () => {
    const value = { [Symbol.for("fetchat.http")]: { status: 201, headers: new Headers(), attempts: 2, at: AT } };
    expect(httpInfo(value)).toMatchObject({ status: 201, attempts: 2 });
  });
});

describe("Rate limits", () => {
  it("are numbers and a date", () => {
    expect(
      limits({
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "6m0s",
      }),
    ).toEqual({
      requests: { limit: 60, remaining: 59, reset: new Date(AT + 1_000) },
      tokens: { limit: 150_000, remaining: 0, reset: new Date(AT + 360_000) },
    });
  });

  it("without a unit count as requests", () => {
    expect(limits({ "x-ratelimit-limit": "5", "x-ratelimit-remaining": "4", "x-ratelimit-reset": "30" })).toEqual({
      requests: { limit: 5, remaining: 4, reset: new Date(AT + 30_000) },
      tokens: { limit: undefined, remaining: undefined, reset: undefined },
    });
  });

  it.each([
    ["20ms", AT + 20],
    ["1d2h3m4.5s", AT + 93_784_500],
    ["59.7", AT + 59_700],
    ["0", AT],
    ["1795348800", 1_795_348_800_000],
    ["1795348800000", 1_795_348_800_000],
    ["2026-11-22T12:01:00Z", AT + 60_000],
  ])("have the reset %s", (text, time) => {
    expect(limits({ "x-ratelimit-reset-requests": text }).requests.reset).toEqual(new Date(time));
  });

  it.each(["", "soon", "1.2.3", "1.2.3s", "-1s", "99999999999999999999", "1s!"])("have no reset for %j", (text) => {
    expect(limits({ "x-ratelimit-reset-requests": text }).requests.reset).toBeUndefined();
  });

  it.each(["", "-1", "1e5", "many", "5.5"])("have no count for %j", (text) => {
    expect(limits({ "x-ratelimit-limit-requests": text }).requests.limit).toBeUndefined();
  });
});
