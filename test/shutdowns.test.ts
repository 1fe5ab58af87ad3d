import { describe, expect, it } from "vitest";
import { defaultModels, endingModels, REFUSE_DAYS, shutdownDates, WARN_DAYS } from "../scripts/lib/shutdowns.ts";

const dates = { a: "2026-12-11", b: null };
const ending = (today: string, within: number): string[] =>
  endingModels(["a", "b"], dates, new Date(`${today}T23:59:59Z`), within);

describe("a default model with a shutdown date", () => {
  it("gives a warning 60 days before, and not earlier", () => {
    expect(ending("2026-10-11", WARN_DAYS)).toEqual([]);
    expect(ending("2026-10-12", WARN_DAYS)).toEqual([
      "The default model a will be shut down on 2026-12-11, in 60 days.",
    ]);
  });

  it("blocks a release 14 days before, and not earlier", () => {
    expect(ending("2026-11-26", REFUSE_DAYS)).toEqual([]);
    expect(ending("2026-11-27", REFUSE_DAYS)).toEqual([
      "The default model a will be shut down on 2026-12-11, in 14 days.",
    ]);
    expect(ending("2027-03-01", REFUSE_DAYS)).toEqual(["The default model a was shut down on 2026-12-11."]);
  });

  it("is reported if its date is missing", () => {
    expect(endingModels(["new"], dates, new Date("2026-01-01"), REFUSE_DAYS)).toEqual([
      "scripts/lib/shutdowns.json does not say when the default model new is shut down.",
    ]);
  });

  it("has a date or null for each of today's defaults", () => {
    const known = shutdownDates();
    expect(defaultModels().filter((model) => known[model] === undefined)).toEqual([]);
    for (const date of Object.values(known)) if (date !== null) expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
