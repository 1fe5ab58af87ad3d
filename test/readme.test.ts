import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";
import { hasChromium } from "./support/browsers.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { createSnippetFolder, type SnippetFolder, type Written } from "./support/snippet-folder.ts";
import { createSnippetRunner, type SnippetRunner, unknownCommands } from "./support/snippet-run.ts";
import { createSnippetTypes, type SnippetTypes } from "./support/snippet-types.ts";
import { type Snippet, snippetsOf } from "./support/snippets.ts";

/** The README, all pages of the documentation, and the examples' READMEs. */
const PAGES = ["README.md", ...pagesIn("docs"), ...pagesIn("examples", "/README.md")];
const LANGUAGES = ["ts", "sh", "json", "jsonc", "toml", "html", "sql", "lua", "diff", "text"];
const { scripts } = JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")) as { scripts: Record<string, string> };

/** Programs that a reader has, besides those of the development dependencies. */
const WELL_KNOWN = [
  "npm",
  "npx",
  "deno",
  "bun",
  "bunx",
  "pnpm",
  "yarn",
  "git",
  "cd",
  "curl",
  "cp",
  "echo",
  "export",
  "node",
];
const programs = new Set([...WELL_KNOWN, ...readdirSync(`${ROOT}/node_modules/.bin`)]);
const chromium = await hasChromium();

const pages = PAGES.map((page) => {
  const snippets = snippetsOf(readFileSync(`${ROOT}/${page}`, "utf8"));
  return { page, snippets, code: snippets.filter(isCode) };
});

let server: FaultServer;
let folder: SnippetFolder;
let files: Written[];
let types: SnippetTypes;
let runner: SnippetRunner;
beforeAll(async () => {
  [server, folder] = await Promise.all([startFaultServer(), createSnippetFolder()]);
  files = (await Promise.all(pages.map(({ page, code }) => folder.write(page, code)))).flat();
  types = createSnippetTypes(
    folder,
    files.filter(({ snippet }) => snippet.language === "ts"),
  );
  runner = createSnippetRunner(folder, files, server);
});
afterAll(async () => {
  await runner?.close();
  await folder?.remove();
  await server?.close();
});

describe.each(pages)("$page", ({ page, snippets, code }) => {
  it("has a language on each block, so that each is looked at", () => {
    expect(
      snippets.filter((one) => !LANGUAGES.includes(one.language)).map((one) => `line ${one.line}: ${one.language}`),
    ).toEqual([]);
  });

  it("type-checks beside nothing but the installed package", async () => {
    expect(await types.errorsOf(page)).toEqual([]);
  });

  const outputs: string[] = [];
  for (const { line, platform, file, sameOutput } of code.filter(isRun))
    it(`runs the block of line ${line} on ${platform}`, async ({ skip }) => {
      if (platform === "browser" && !chromium) skip("Chromium is not there");
      const output = await runner.run(files.find((one) => one.page === page && one.snippet.file === file)!);
      if (sameOutput) expect(output).toBe(outputs.at(-1));
      outputs.push(output);
    });

  it("names only commands that exist", () => {
    const unknown = snippets
      .filter((one) => one.language === "sh")
      .flatMap((one) => unknownCommands(one.code, Object.keys(scripts), programs));
    expect(unknown).toEqual([]);
  });
});

it("no page's code takes the package from a registry or CDN, which do not have it yet", () => {
  const published =
    /jsr:@fetchat|npm:fetchat|\b(install|add|i)\b(?! [./]).*\sfetchat(@|\s|$)|\/\/\S+\/fetchat(@|\/|\.js)/m;
  const found = pages.flatMap(({ page, snippets }) =>
    snippets.filter(({ code }) => published.test(code)).map(({ line }) => `${page}:${line}`),
  );
  expect(found).toEqual([]);
});

it("the README shows code within its first 30 lines", () => {
  expect(pages[0]?.code[0]?.line).toBeLessThanOrEqual(30);
});

it("the package's declarations have no error of their own with the types of each platform", () => {
  expect(types.errorsOfPackage()).toEqual([]);
});

/** True for code: TypeScript, and HTML that says that it runs. */
function isCode({ language, declared }: Snippet): boolean {
  return language === "ts" || (language === "html" && declared);
}

/** True for blocks that run by themselves, not as a module of another block. */
function isRun({ typesOnly, line, file }: Snippet): boolean {
  return !typesOnly && file === `line-${line}.ts`;
}

function pagesIn(folder: string, end = ".md"): string[] {
  const isDeep = end !== ".md";
  return readdirSync(`${ROOT}/${folder}`, { recursive: isDeep })
    .map((file) => `${folder}/${String(file)}`)
    .filter((file) => file.endsWith(end) && !file.includes("node_modules"))
    .sort();
}
