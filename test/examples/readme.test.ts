import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";

const page = readFileSync(`${ROOT}/examples/README.md`, "utf8");
const folders = readdirSync(`${ROOT}/examples`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

it("the page of examples names every example", () => {
  expect(folders.filter((folder) => !page.includes(`](${folder}`))).toEqual([]);
});

it("the page of examples names files that exist", () => {
  const named = [...page.matchAll(/\]\(([^)]+)\)/g)].map((found) => found[1] ?? "");
  for (const path of named.filter((one) => one.includes(".")))
    expect(() => readFileSync(`${ROOT}/examples/${path}`)).not.toThrow();
});

it("every example is about a page long", () => {
  const files = folders
    .filter((folder) => folder !== "cloudflare-worker")
    .flatMap((folder) =>
      readdirSync(`${ROOT}/examples/${folder}`)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => `${folder}/${file}`),
    );
  const long = files.filter((file) => readFileSync(`${ROOT}/examples/${file}`, "utf8").split("\n").length > 90);
  expect(files.length).toBeGreaterThan(8);
  expect(long).toEqual([]);
});
