import { readdirSync, readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { weigh } from "../scripts/lib/budgets.ts";
import { bin, INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";

const json = (path: string): Record<string, unknown> =>
  JSON.parse(readFileSync(`${ROOT}/${path}`, "utf8")) as Record<string, unknown>;
const manifest = json("package.json");
const jsr = json("deno.json");
const installed = `${INSTALLED}/node_modules/fetchat`;

/** A built file's text, by its path in the package. */
function built(ending: string): [path: string, text: string][] {
  const files = readdirSync(`${installed}/dist`).filter((file) => file.endsWith(ending));
  return files.map((file) => [file, readFileSync(`${installed}/dist/${file}`, "utf8")]);
}

/** The builder names shared chunks after their content: of those, that there are some is what is frozen. */
function listed(paths: readonly string[]): string {
  const named = paths.map((path) => path.replace(/^(dist\/)[\w.-]+-[\w-]{8}(\.(?:d\.ts|js|js\.map))$/, "$1(shared)$2"));
  return `${[...new Set(named)].sort().join("\n")}\n`;
}

describe("the npm package", () => {
  it("exports these entries and nothing else", () => {
    const entry = (name: string): object => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
    expect(manifest["exports"]).toEqual({
      ".": entry("index"),
      "./cloudflare": entry("cloudflare"),
      "./deno": entry("deno"),
      "./browser": entry("browser"),
      "./providers": entry("providers"),
      "./relay": entry("relay"),
      "./testing": entry("testing"),
      "./fetchat.js": { types: "./dist/browser.d.ts", default: "./dist/fetchat.js" },
    });
  });

  it("tells content delivery networks which file a page takes", () => {
    expect(manifest).toMatchObject({ unpkg: "./dist/fetchat.js", jsdelivr: "./dist/fetchat.js" });
  });

  it("holds these files and no others", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]);
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    await expect(listed(files.map((file) => file.path))).toMatchFileSnapshot("frozen/npm-files.txt");
  });

  it("is ESM, free of side effects, with two dependencies and no install script", () => {
    expect(manifest).toMatchObject({ type: "module", sideEffects: false });
    expect(Object.keys(manifest["dependencies"] as object)).toEqual(["eventsource-parser", "valibot"]);
    for (const kind of ["peerDependencies", "optionalDependencies", "bundledDependencies"])
      expect(manifest).not.toHaveProperty(kind);
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(manifest["scripts"]).not.toHaveProperty(script);
  });

  it("mentions neither valibot nor eventsource-parser in a declaration", () => {
    expect(built(".d.ts").length).toBeGreaterThan(5);
    expect(
      built(".d.ts")
        .filter(([, text]) => /valibot|eventsource-parser/.test(text))
        .map(([path]) => path),
    ).toEqual([]);
  });

  it("imports nothing but its own files and its dependencies", () => {
    const foreign = built(".js").flatMap(([path, text]) =>
      [...text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"'\n]+)["']/g)]
        .map((found) => `${path}: ${found[1] ?? ""}`)
        .filter((line) => !/: (\.\/|valibot$|eventsource-parser$)/.test(line)),
    );
    expect(foreign).toEqual([]);
    expect(
      built(".js")
        .filter(([, text]) => /["'](?:node|cloudflare):/.test(text))
        .map(([path]) => path),
    ).toEqual([]);
  });

  it("has a source map for each file, and names it", () => {
    const maps = new Set(readdirSync(`${installed}/dist`));
    const named = built(".js").map(([, text]) => /\n\/\/# sourceMappingURL=(\S+)\s*$/.exec(text)?.[1] ?? "");
    expect(named.filter((map) => !maps.has(map))).toEqual([]);
  });

  it.each([
    ["a shared file", "function apiError("],
    ["fetchat.js", "firstContent:"],
  ])("leads from %s to the line of the source", (file, text) => {
    const [path, code] = built(".js").find(
      ([name, one]) => (name === file || file !== "fetchat.js") && one.includes(text),
    )!;
    const lines = code.split("\n");
    const line = lines.findIndex((one) => one.includes(text));
    const payload = JSON.parse(readFileSync(`${installed}/dist/${path}.map`, "utf8")) as SourceMapPayload & {
      sourcesContent: (string | null)[];
    };
    const found = new SourceMap(payload).findEntry(line, lines[line]!.indexOf(text)) as {
      originalSource: string;
      originalLine: number;
    };
    const source = readFileSync(`${ROOT}/${found.originalSource.replace("../", "")}`, "utf8");
    expect(source.split("\n")[found.originalLine]).toContain(text);
    expect(payload.sourcesContent[payload.sources.indexOf(found.originalSource)]).toBe(source);
  });

  it("is within every budget of test/budgets.json", async () => {
    const weighed = await weigh();
    expect(weighed.length).toBeGreaterThan(12);
    expect(weighed.filter(({ value, limit }) => value > limit)).toEqual([]);
  });

  it("carries its own sources in its source maps, and nobody else's", () => {
    const maps = built(".js.map").map(
      ([, text]) => JSON.parse(text) as { sources: string[]; sourcesContent?: (string | null)[] },
    );
    const carried = maps.flatMap(({ sources, sourcesContent = [] }) =>
      sources.filter((_, at) => typeof sourcesContent[at] === "string"),
    );
    expect(carried.length).toBeGreaterThan(100);
    expect(carried.filter((path) => !path.startsWith("../src/"))).toEqual([]);
  });

  it("keeps the names of its classes, and has each class once for all entries", async () => {
    const load = (name: string): Promise<Record<string, unknown>> =>
      import(`${installed}/dist/${name}.js`) as Promise<Record<string, unknown>>;
    const [index, ...adapters] = await Promise.all(["index", "cloudflare", "deno", "browser"].map(load));
    const classes = Object.entries(index!).filter(
      ([, value]) => typeof value === "function" && /^class\b/.test(String(value)),
    ) as [string, { name: string }][];
    expect(classes.map(([name]) => name)).toEqual(
      expect.arrayContaining(["OpenAI", "ChatSession", "ChatStream", "APIError", "StreamError"]),
    );
    expect(classes.map(([, one]) => one.name)).toEqual(classes.map(([name]) => name));
    for (const adapter of adapters) for (const [name, one] of classes) expect(adapter[name], name).toBe(one);
  });

  it("has lines short enough for a terminal that shows where an error was thrown", () => {
    const files = built(".js").filter(([path]) => path !== "fetchat.js");
    const code = files.map(([path, text]) => [path, text.replace(/^(?:import|export).*$/gm, "")] as const);
    expect(code.filter(([, text]) => text.split("\n").some((line) => line.length > 500)).map(([path]) => path)).toEqual(
      [],
    );
  });

  it("has both dependencies, and their licences, in the one file for pages", () => {
    const text = readFileSync(`${installed}/dist/fetchat.js`, "utf8");
    expect(text.replace(/\/\*![\s\S]*?\*\//, "")).not.toMatch(/\bimport\b\s*["'{(*]/);
    const notice = /^\/\*![\s\S]*?\*\//.exec(text)?.[0] ?? "";
    for (const name of ["fetchat", ...Object.keys(manifest["dependencies"] as object)])
      expect(notice).toMatch(new RegExp(`${name} \\d+\\.\\d+\\.\\d+: Copyright`));
    expect(notice).toContain("The above copyright notice and this permission notice shall be included in all");
  });
});

describe("the JSR package", () => {
  let published = { code: -1, stdout: "", stderr: "" };
  beforeAll(async () => {
    published = await run(bin("deno"), ["publish", "--dry-run", "--allow-dirty"]);
  });

  it("would be published as it is, without slow types", () => {
    expect(published.code, `${published.stdout}${published.stderr}`).toBe(0);
    expect(published.stderr).not.toMatch(/warning/i);
  });

  it("holds these files and no others", async () => {
    const files = [...published.stderr.matchAll(/^\s+file:\/\/(\S+) \(/gm)].map((found) =>
      (found[1] ?? "").replace(`${ROOT}/`, ""),
    );
    await expect(listed(files)).toMatchFileSnapshot("frozen/jsr-files.txt");
  });

  it("exports what the npm package exports, from the sources that the build starts at", () => {
    const modules = Object.keys(manifest["exports"] as object).filter((name) => name !== "./fetchat.js");
    expect(Object.keys(jsr["exports"] as object)).toEqual(modules);
    const config = readFileSync(`${ROOT}/tsup.config.ts`, "utf8");
    for (const path of Object.values(jsr["exports"] as Record<string, string>))
      expect(config).toContain(`"${path.replace("./", "")}"`);
  });

  it("has what its score counts: a comment on each module, an example in the README, a licence", () => {
    const entries = Object.values(jsr["exports"] as Record<string, string>).map(
      (path) => [path, readFileSync(`${ROOT}/${path}`, "utf8")] as const,
    );
    expect(entries.filter(([, text]) => !/^\/\*\*(?:(?!\*\/)[^])*@module\b/.test(text)).map(([path]) => path)).toEqual(
      [],
    );
    expect(readFileSync(`${ROOT}/README.md`, "utf8")).toContain("\n```ts\n");
    expect([jsr["license"], manifest["license"]]).toEqual(["MIT", "MIT"]);
  });

  it("asks for the same versions of the dependencies", () => {
    const wanted = Object.entries(manifest["dependencies"] as Record<string, string>).map(([name, range]) => [
      name,
      `npm:${name}@${range}`,
    ]);
    expect(jsr["imports"]).toEqual(Object.fromEntries(wanted));
  });
});

it("the version is the same in package.json, deno.json and VERSION", async () => {
  const { VERSION } = (await import("../src/version.ts")) as { VERSION: string };
  expect([jsr["version"], VERSION]).toEqual([manifest["version"], manifest["version"]]);
});
