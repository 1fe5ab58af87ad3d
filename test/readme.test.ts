import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";
import { CHROMIUM } from "./runners/chromium.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { runSnippet, unknownCommands } from "./support/snippet-run.ts";
import { typeErrors, type Written, writeSnippet } from "./support/snippet-types.ts";
import { type Platform, type Snippet, snippetsOf } from "./support/snippets.ts";

const PLATFORMS: readonly Platform[] = ["node", "worker", "deno", "browser"];
const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { scripts: Record<string, string> };

/** Programs that a reader has, besides those of the development dependencies. */
const WELL_KNOWN = ["npm", "npx", "deno", "bun", "bunx", "pnpm", "yarn", "git", "cd", "curl", "echo", "export", "node"];
const programs = new Set([...WELL_KNOWN, ...readdirSync(`${ROOT}/node_modules/.bin`)]);

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

describe.each([
  "README.md",
  "docs/streams.md",
  "docs/tools.md",
  "docs/approval.md",
  "docs/testing.md",
  "docs/record-and-replay.md",
  "docs/structured-output.md",
  "docs/providers.md",
  "docs/recipes.md",
  "docs/runtimes.md",
  "docs/relay.md",
])("%s", (page) => {
  const snippets = snippetsOf(readFileSync(`${ROOT}/${page}`, "utf8"));
  const code = snippets.filter((one) => one.language === "ts");
  const write = (one: Snippet): Promise<Written> => writeSnippet(page, one);

  it("shows code within its first 30 lines", () => {
    if (page === "README.md") expect(snippets[0]?.line).toBeLessThanOrEqual(30);
    expect(snippets.length).toBeGreaterThan(0);
  });

  it("has a language on each block, so that each is looked at", () => {
    const known = ["ts", "sh", "json", "jsonc", "toml", "html", "text"];
    expect(
      snippets.filter((one) => !known.includes(one.language)).map((one) => `line ${one.line}: ${one.language}`),
    ).toEqual([]);
  });

  it.each(PLATFORMS)("type-checks on %s", async (platform) => {
    const files = await Promise.all(code.filter((one) => one.platform === platform).map(write));
    expect(await typeErrors(platform, files)).toEqual([]);
  });

  const runnable = code.filter((one) => !one.typesOnly);
  const outputs: string[] = [];
  for (const one of runnable) {
    it(`runs the block of line ${one.line} on ${one.platform}`, async ({ skip }) => {
      if (one.platform === "browser" && !existsSync(CHROMIUM)) skip("Chromium is not there");
      const output = await runSnippet(await write(one), server);
      if (one.sameOutput) expect(output).toBe(outputs.at(-1));
      outputs.push(output);
    });
  }

  it("names only commands that exist", () => {
    const unknown = snippets
      .filter((one) => one.language === "sh")
      .flatMap((one) => unknownCommands(one.code, Object.keys(scripts), programs));
    expect(unknown).toEqual([]);
  });
});
