import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { runners } from "./index.ts";

it("the suite has a column for every runtime that the package is made for", () => {
  expect(runners.map(({ name }) => name)).toEqual(["node", "node22", "workerd", "deno", "bun", "chromium", "firefox", "webkit"]);
});

it("the columns of Node are the newest two that are supported for long", () => {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { devDependencies: Record<string, string> };
  expect([devDependencies["node"], devDependencies["node22"]]).toEqual([expect.stringMatching(/^\^24\./), expect.stringMatching(/^npm:node@22\./)]);
});
