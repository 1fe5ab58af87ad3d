import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { columnsOf } from "../../scripts/lib/columns.ts";
import { INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import { cases } from "../conformance/index.ts";
import { runsOf } from "../conformance/run.ts";
import { runners } from "./index.ts";
import { readResults, type Runner } from "./runner.ts";
import { inWorkers } from "./scopes.ts";

it("the suite has a column for every runtime, and in a browser for its page, a worker and a service worker", () => {
  const browsers = ["chromium", "firefox", "webkit"].flatMap((name) => [name, `${name}/worker`, `${name}/service`]);
  expect(runners.flatMap(({ columns }) => columns)).toEqual(["node", "node22", "workerd", "deno", "bun", ...browsers]);
});

it("the columns of Node are the newest two that are supported for long", () => {
  const { devDependencies } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as {
    devDependencies: Record<string, string>;
  };
  expect([devDependencies["node"], devDependencies["node22"]]).toEqual([
    expect.stringMatching(/^\^24\./),
    expect.stringMatching(/^npm:node@22\./),
  ]);
});

it("no case is left out in a browser's workers, though none is cut byte by byte there", () => {
  const runs = runsOf(cases, inWorkers({}));
  expect(new Set(runs.map(({ test }) => test.name))).toEqual(new Set(cases.map(({ name }) => name)));
  expect(runs.filter(({ pieces }) => pieces === 1)).toEqual([]);
});

it("a runtime that does not start fails in every column that it should have filled", async () => {
  const broken: Runner = {
    name: "broken",
    columns: ["broken", "broken/worker"],
    missing: async () => undefined,
    version: async () => "1",
    run: () => Promise.reject(new Error("no such thing")),
  };
  const columns = await columnsOf(broken, { folder: INSTALLED, selection: {} });
  expect(
    columns.map(({ name, results }) => [name, results.map(({ ok, error }) => [ok, error?.split("\n")[0]])]),
  ).toEqual([
    ["broken", [[false, "Error: no such thing"]]],
    ["broken/worker", [[false, "Error: no such thing"]]],
  ]);
});

it("a runtime that says nothing of one of its columns fails there", async () => {
  const silent: Runner = {
    name: "silent",
    columns: ["silent", "silent/worker"],
    missing: async () => undefined,
    version: async () => "1",
    run: async () => ({ silent: [{ case: "a", pieces: "whole", ok: true, ms: 1 }] }),
  };
  const columns = await columnsOf(silent, { folder: INSTALLED, selection: {} });
  expect(columns.map(({ results }) => results.map(({ ok }) => ok))).toEqual([[true], [false]]);
});

it("a runtime that dies in the middle has failed, whatever it had said", () => {
  const said = '{"case":"a","pieces":"whole","ok":true,"ms":1}\n';
  expect(readResults(`${said}END\n`, "", 0).map(({ ok }) => ok)).toEqual([true]);
  expect(readResults(said, "Segmentation fault", 139).map(({ ok }) => ok)).toEqual([true, false]);
  expect(readResults(`${said}END\n`, "", 1).map(({ ok }) => ok)).toEqual([true, false]);
});
