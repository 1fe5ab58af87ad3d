import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { cases } from "./conformance/index.ts";
import { everywhere, mutations } from "./conformance/mutations.ts";

const root = new URL("../", import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, root), "utf8");

describe("the recorded mutations", () => {
  it("have names and changes of their own", () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
    expect(mutations.filter(({ find, replace }) => find === replace)).toEqual([]);
  });

  it("each fit the source: what they change stands in its file exactly once", async () => {
    const places = await Promise.all(
      mutations.map(async ({ name, file, find }) => ({ name, times: (await read(file)).split(find).length - 1 })),
    );
    expect(places.filter(({ times }) => times !== 1)).toEqual([]);
  });

  it("are three that no runtime may let live, each with the cases that show it", () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(everywhere)).toEqual([
      "drop the last event",
      "ignore the abort",
      "send the key to a redirect's target",
    ]);
    for (const [mutation, shown] of Object.entries(everywhere)) {
      expect(mutations.some(({ name }) => name === mutation)).toBe(true);
      expect(shown.filter((name) => !names.has(name))).toEqual([]);
      expect(shown.length).toBeGreaterThanOrEqual(2);
    }
  });

  it("stand behind a suite of 80 cases at the least, of which 40 are hostile", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(cases.filter(({ hostile }) => hostile).length).toBeGreaterThanOrEqual(40);
  });
});
