import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";
import { runners } from "./index.ts";

it("the suite has a column for every runtime, and in a browser for its page, a worker and a service worker", () => {
  const browsers = ["chromium", "firefox", "webkit"].flatMap((name) => [name, `${name}/worker`, `${name}/service`]);
  expect(runners.flatMap(({ columns }) => columns)).toEqual(["node", "node22", "workerd", "deno", "bun", ...browsers]);
});

it("the columns of Node are the newest two that are supported for long", () => {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { devDependencies: Record<string, string> };
  expect([devDependencies["node"], devDependencies["node22"]]).toEqual([expect.stringMatching(/^\^24\./), expect.stringMatching(/^npm:node@22\./)]);
});
