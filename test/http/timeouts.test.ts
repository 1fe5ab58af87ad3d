import { describe, expect, it } from "vitest";
import { isInputError } from "../../src/errors.ts";
import { resolveTimeouts } from "../../src/http/timeouts.ts";
import type { Loose } from "../support/streams.ts";

const thrown = (act: () => unknown): Loose => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe("resolveTimeouts", () => {
  it("sets every limit by default", () => {
    expect(resolveTimeouts(true)).toEqual({
      headers: 120_000,
      firstContent: 300_000,
      idle: 120_000,
      total: 1_800_000,
      grace: 1_000,
    });
    expect(resolveTimeouts(false)).toMatchObject({ headers: Infinity, total: 600_000 });
  });

  it("prefers the request's limits over the client's, one by one", () => {
    expect(resolveTimeouts(true, { idle: 1, headers: 2 }, { idle: 3 })).toMatchObject({
      idle: 3,
      headers: 2,
      firstContent: 300_000,
    });
    expect(resolveTimeouts(true, 5, { idle: 3 })).toMatchObject({ idle: 3, total: 5 });
    expect(resolveTimeouts(true, { total: 9 }, 5)).toMatchObject({ total: 5 });
    expect(resolveTimeouts(true, { idle: 9 }, { idle: undefined })).toMatchObject({ idle: 9 });
    expect(resolveTimeouts(true, { idle: 9 }, undefined)).toMatchObject({ idle: 9 });
  });

  it("accepts Infinity for each limit", () => {
    expect(
      resolveTimeouts(true, {
        headers: Infinity,
        firstContent: Infinity,
        idle: Infinity,
        total: Infinity,
        grace: Infinity,
      }).total,
    ).toBe(Infinity);
  });

  it.each([0, -1, NaN, "5", null, true])("rejects %s", (value) => {
    const error = thrown(() => resolveTimeouts(true, { idle: value as number }));
    expect(isInputError(error) && error.path).toBe("timeout.idle");
  });

  it.each(["idel", "toString", "constructor", "hasOwnProperty"])("rejects the unknown name %s", (name) => {
    const error = thrown(() => resolveTimeouts(true, { [name]: 5 }));
    expect(error.path).toBe(`timeout.${name}`);
    expect(error.expected).toContain("firstContent");
  });

  it("does not change the defaults", () => {
    resolveTimeouts(true, { idle: 1 });
    expect(resolveTimeouts(true).idle).toBe(120_000);
  });
});
