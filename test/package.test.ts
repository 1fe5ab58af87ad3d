import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { weigh } from "../scripts/lib/budgets.ts";
import { bundle } from "../scripts/lib/bundle.ts";
import { bin, INSTALLED, ROOT } from "../scripts/lib/paths.ts";
import { run } from "../scripts/lib/run.ts";
import { importsOf, readSources } from "./support/sources.ts";

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

interface Manifest {
  readonly types: string;
  readonly typesVersions: { readonly "*": Readonly<Record<string, readonly string[]>> };
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}

/** Returns the built files that these lead to by imports, themselves among them. A declaration imports declarations. */
function reachable(files: readonly string[]): Set<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const text = readFileSync(`${installed}/dist/${file}`, "utf8");
    for (const [, name = ""] of text.matchAll(/\b(?:from|import)\s*\(?\s*["']\.\/([^"'\n]+)\.js["']/g))
      visit(file.endsWith(".d.ts") ? `${name}.d.ts` : `${name}.js`);
  };
  files.forEach(visit);
  return found;
}

/** Returns the sources that these lead to by imports, themselves among them. */
function sourcesFrom(paths: readonly string[]): string[] {
  const sources = new Map(readSources().map((source) => [source.path, source]));
  const found = new Set<string>();
  const visit = (path: string): void => {
    const source = sources.get(path);
    if (source === undefined || found.has(path)) return;
    found.add(path);
    for (const { target } of importsOf(source)) visit(target);
  };
  paths.forEach(visit);
  return [...found];
}

/** Returns the names that each declaration file exports as values, as the compiler sees them. */
function declaredValues(paths: readonly string[]): Map<string, string[]> {
  const program = ts.createProgram([...paths], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  });
  const checker = program.getTypeChecker();
  const isValue = (symbol: ts.Symbol): boolean => {
    const declared = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (declared.flags & ts.SymbolFlags.Value) !== 0;
  };
  return new Map(
    paths.map((path) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
      const values = checker.getExportsOfModule(module).filter(isValue);
      return [path, values.map(({ name }) => name)];
    }),
  );
}

describe("the npm package", () => {
  it("resolves each entry without `exports` too, as `moduleResolution: node` does", () => {
    const { exports, typesVersions, types } = manifest as unknown as Manifest;
    const { ".": main, ...others } = exports;
    const mapped = Object.entries(others).map(([path, entry]) => [path.slice(2), [entry.types]]);
    expect([types, typesVersions["*"]]).toEqual([main?.types, Object.fromEntries(mapped)]);
  });

  it("tells content delivery networks which file a page takes", () => {
    expect(manifest).toMatchObject({ unpkg: "./dist/fetchat.js", jsdelivr: "./dist/fetchat.js" });
  });

  it("holds what its entries lead to, and nothing else", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"]);
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const { exports } = manifest as unknown as Manifest;
    const entries = Object.values(exports).flatMap((entry) => [entry.types, entry.default]);
    const dist = reachable(entries.map((path) => path.replace("./dist/", "")));
    const papers = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];
    const wanted = [...papers, ...[...dist].map((file) => `dist/${file}`)];
    expect(files.map((file) => file.path).sort()).toEqual(wanted.sort());
  });

  it("is ESM, free of side effects, with two dependencies and no install script", () => {
    expect(manifest).toMatchObject({ type: "module", sideEffects: false });
    expect(Object.keys(manifest["dependencies"] as object)).toEqual(["eventsource-parser", "valibot"]);
    for (const kind of ["peerDependencies", "optionalDependencies", "bundledDependencies"])
      expect(manifest).not.toHaveProperty(kind);
    for (const script of ["preinstall", "install", "postinstall", "prepare"])
      expect(manifest["scripts"]).not.toHaveProperty(script);
  });

  it("uses neither valibot nor eventsource-parser in a declaration", () => {
    expect(built(".d.ts").length).toBeGreaterThan(5);
    expect(
      built(".d.ts")
        .filter(([, text]) => /valibot|eventsource-parser/.test(text.replace(/\/\*[\s\S]*?\*\//g, "")))
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

  it("is within every budget of test/budgets.json", async () => {
    const weighed = await weigh();
    expect(weighed.length).toBeGreaterThan(0);
    expect(weighed.filter(({ value, limit }) => value > limit)).toEqual([]);
  });

  it("ships a program only what it imports: no schema rewriting to plain tools, no media, no Responses API to a chat", async () => {
    const ships = async (code: string): Promise<boolean[]> => {
      const text = new TextDecoder().decode(await bundle(code, INSTALLED));
      return ["a schema that strict mode can express", "/images/edits", "response.output_item.done"].map((word) =>
        text.includes(word),
      );
    };
    const head = 'import { createClient, extra, outputFormat, strict, tool } from "fetchat";';
    const schema = '{ type: "object", properties: { city: { type: "string" } }, required: ["city"] }';
    const plain = `tool({ name: "t", parameters: ${schema}, execute: () => 1 })`;
    const chat = `console.log(createClient({ apiKey: "k" }).newChatSession({ tools: [${plain}] }), outputFormat("f", ${schema}), extra);`;
    expect(await ships(head + chat)).toEqual([false, false, false]);
    expect(await ships(head + chat.replace(`parameters: ${schema}`, `parameters: strict(${schema})`))).toEqual([
      true,
      false,
      false,
    ]);
    expect(await ships(`import { imageEdit } from "fetchat/media"; console.log(imageEdit);`)).toEqual([
      false,
      true,
      false,
    ]);
  });

  it("declares as values exactly what its entries export at run time", async () => {
    const entries = Object.values((manifest as unknown as Manifest).exports).map(
      (entry) => `${installed}/${entry.types}`,
    );
    const declared = declaredValues(entries);
    expect(declared.size).toBeGreaterThan(5);
    for (const [path, names] of declared) {
      const loaded = (await import(path.replace(/\.d\.ts$/, ".js"))) as object;
      expect(names.sort(), path).toEqual(Object.keys(loaded).sort());
    }
  });

  it("keeps the names of its classes, and has each class once for all entries", async () => {
    const load = (name: string): Promise<Record<string, unknown>> =>
      import(`${installed}/dist/${name}.js`) as Promise<Record<string, unknown>>;
    const [index, ...adapters] = await Promise.all(["index", "cloudflare", "deno", "browser"].map(load));
    const classes = Object.entries(index!).filter(
      ([, value]) => typeof value === "function" && /^class\b/.test(String(value)),
    ) as [string, { name: string }][];
    expect(classes.map(([name]) => name)).toEqual(
      expect.arrayContaining(["OpenAI", "ChatSession", "Stream", "APIError", "StreamError"]),
    );
    expect(classes.map(([, one]) => one.name)).toEqual(classes.map(([name]) => name));
    for (const adapter of adapters) for (const [name, one] of classes) expect(adapter[name], name).toBe(one);
  });

  it("holds the names of every entry that a page uses in the one file for pages", async () => {
    const load = (name: string): Promise<object> => import(`${installed}/dist/${name}.js`) as Promise<object>;
    const [whole, ...entries] = await Promise.all(["fetchat", "browser", "responses", "media"].map(load));
    const names = new Set(entries.flatMap((entry) => Object.keys(entry)));
    expect(Object.keys(whole!).sort()).toEqual([...names].sort());
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

  it("holds the sources that its entries lead to, and nothing else", () => {
    const files = [...published.stderr.matchAll(/^\s+file:\/\/(\S+) \(/gm)].map((found) =>
      (found[1] ?? "").replace(`${ROOT}/`, ""),
    );
    const papers = ["CHANGELOG.md", "LICENSE", "README.md", "deno.json"];
    const entries = Object.values(jsr["exports"] as Record<string, string>).map((path) => path.replace("./", ""));
    expect(files.sort()).toEqual([...papers, ...sourcesFrom(entries)].sort());
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

  it("documents each entry with an example, and nothing internal", async () => {
    const entries = Object.values(jsr["exports"] as Record<string, string>);
    const { stdout } = await run(bin("deno"), ["doc", "--json", ...entries]);
    const { nodes } = JSON.parse(stdout) as {
      nodes: Record<string, { module_doc?: { doc?: string; tags?: object[] } }>;
    };
    const modules = Object.entries(nodes).map(([file, node]) => [file.replace(`file://${ROOT}/`, "./"), node] as const);
    expect(modules.map(([file]) => file).sort()).toEqual([...entries].sort());
    const plain = modules.filter(([, { module_doc }]) => !JSON.stringify(module_doc ?? "").includes("```ts"));
    expect(plain.map(([file]) => file)).toEqual([]);
    expect(stdout).not.toMatch(/"kind":\s*"internal"|@internal/);
    const hidden = ["Sink", "Source", "Call", "ConnectionSettings", "ApiRequest", "AnswerStream", "Access"];
    expect(hidden.filter((name) => new RegExp(`"typeName":\\s*"${name}"`).test(stdout))).toEqual([]);
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
