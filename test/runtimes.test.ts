import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";

const read = (path: string): string => readFileSync(`${ROOT}/${path}`, "utf8");

it("docs/runtimes.md names the versions of the tests", () => {
  const { devDependencies } = JSON.parse(read("package.json")) as { devDependencies: Record<string, string> };
  const page = read("docs/runtimes.md");
  const row = (name: string): string => page.split("\n").find((line) => line.startsWith(`| ${name} |`)) ?? "";
  const version = (name: string): string => (devDependencies[name] ?? "").replace(/^\D+/, "");
  expect(row("Cloudflare Workers")).toContain(
    `Miniflare ${version("miniflare")}, compatibility date ${/^compatibility_date = "(.+)"/m.exec(read("wrangler.toml"))?.[1] ?? ""}`,
  );
  expect(row("Deno")).toContain(`| ${version("deno")} |`);
  expect(row("Bun")).toContain(`| ${version("bun")} |`);
  expect(row("Node")).toContain(`| ${version("node")}, `);
});

it("every Worker example has the date and the flag of the docs", () => {
  for (const name of ["worker", "hono", "durable-object"]) {
    const settings = /^compatibility_date.*$|^compatibility_flags.*$/gm;
    expect(read(`examples/${name}/wrangler.toml`).match(settings)).toEqual(read("wrangler.toml").match(settings));
  }
});
