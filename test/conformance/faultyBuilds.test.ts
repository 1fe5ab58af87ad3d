import { describe, expect, it } from "vitest";
import { faults } from "./faultyBuilds.ts";
import { cases } from "./index.ts";

describe("the suite's cases", () => {
  it("have names of their own", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it("include those that must fail for a faulty build", () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(
      Object.values(faults)
        .flatMap((fault) => fault.cases)
        .filter((name) => !names.has(name)),
    ).toEqual([]);
  });
});
