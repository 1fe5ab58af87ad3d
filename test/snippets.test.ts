import { readFileSync } from "node:fs";
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";
import { CHROMIUM } from "./runners/chromium.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";
import { runSnippet, unknownCommands } from "./support/snippet-run.ts";
import { typeErrors, writeSnippet } from "./support/snippet-types.ts";
import { type Platform, type Snippet, snippetsOf } from "./support/snippets.ts";

const snippets = snippetsOf(readFileSync(`${ROOT}/test/fixtures/snippets.md`, "utf8"));

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

/** A block of the fixture, its code changed. */
function block(platform: Platform, change: (code: string) => string = (code) => code): Snippet {
  const found = snippets.find((one) => one.platform === platform && one.code.includes("createClient"));
  if (found === undefined) throw new Error(`the fixture has no block for ${platform}`);
  return { ...found, code: change(found.code) };
}

const errorsOf = async (one: Snippet): Promise<string> =>
  (await typeErrors(one.platform, [await writeSnippet("fixture", one)])).join("\n");
const runOf = async (one: Snippet): Promise<string> => runSnippet(await writeSnippet("fixture", one), server);

describe("a page's blocks", () => {
  it("are read with their line, language and platform", () => {
    expect(snippets.map((one) => `${one.line} ${one.language} ${one.platform}`)).toEqual([
      "3 ts node",
      "9 ts node",
      "18 ts worker",
      "31 ts deno",
      "39 ts deno",
      "51 ts browser",
      "59 ts node",
      "63 sh node",
    ]);
    expect(snippets.filter((one) => one.typesOnly).map((one) => one.line)).toEqual([59]);
    expect(snippets.filter((one) => one.serves).map((one) => one.line)).toEqual([39]);
  });

  it("follow the hidden context and the blocks that they continue", () => {
    expect(snippets[2]?.given).toBe('type Given = "seen by nobody";');
    expect(snippets[1]?.given).toBe(snippets[0]?.code);
  });

  it("are marked if they print what the block before them prints", () => {
    const page = "```ts\n```\n<!-- runs: node, same output -->\n```ts\n```";
    expect(snippetsOf(page).map((one) => one.sameOutput)).toEqual([false, true]);
  });

  it("are an error without an end or with an unknown platform", () => {
    expect(() => snippetsOf("```ts\nconst a = 1;")).toThrow("line 1");
    expect(() => snippetsOf("<!-- runs: nowhere -->\n```ts\n```")).toThrow("nowhere");
  });

  it("of a shell contain only commands that exist", () => {
    const shell = snippets.at(-1)?.code ?? "";
    expect(unknownCommands(shell, ["test"], new Set(["npm", "wrangler"]))).toEqual(["npm run no-such-script"]);
    expect(unknownCommands("npx nothing\nnothing", [], new Set(["npx"]))).toEqual(["npx nothing", "nothing"]);
  });
});

describe.each(["node", "worker", "deno", "browser"] as const)("a block for %s", (platform) => {
  it("passes the type check when it is right", async () => {
    expect(await errorsOf(block(platform))).toBe("");
  });

  it("fails the type check if it uses a missing name", async () => {
    expect(await errorsOf(block(platform, (code) => `${code}\nnoSuchName();`))).toMatch("noSuchName");
    expect(await errorsOf(block(platform, (code) => code.replace("createClient", "createNothing")))).toMatch(
      "createNothing",
    );
  });
});

describe("a block", () => {
  it("runs on Node", async () => {
    const whole =
      'import { createClient } from "fetchat";\nconst { choices } = await createClient({ apiKey: process.env["OPENAI_API_KEY"] }).chat([{ role: "user", content: "Hello" }], { model: "gpt-6-luna" });\nconsole.log(choices[0]?.message.content);';
    expect(await runOf({ ...block("node"), given: "", code: whole })).toMatch(/\w/);
  });

  it("runs in a Worker", async () => {
    expect(await runOf(block("worker"))).toContain("data: [DONE]");
  });

  it("runs on Deno, as a server too", async () => {
    expect(await runOf(block("deno"))).toMatch(/\w/);
    expect(await runOf(snippets.find((one) => one.serves)!)).toContain("data: [DONE]");
  });

  it("runs in a page", async ({ skip }) => {
    if (!existsSync(CHROMIUM)) skip("Chromium is not there");
    expect(await runOf(block("browser"))).toMatch(/\w/);
  });

  it.each(["node", "worker", "deno"] as const)("that throws fails on %s", async (platform) => {
    await expect(runOf(block(platform, (code) => `${code}\nthrow new Error("on purpose");`))).rejects.toThrow();
  });

  it("that throws fails in a page", async ({ skip }) => {
    if (!existsSync(CHROMIUM)) skip("Chromium is not there");
    await expect(runOf(block("browser", (code) => `${code}\nthrow new Error("on purpose");`))).rejects.toThrow(
      "on purpose",
    );
  });
});
