import { describe, expect, it } from "vitest";
import { globalsOf, importsOf, parseSource, readSources, type Source, undocumented } from "./support/sources.ts";

const sources = readSources();

/** A folder, or a file at the top, may import those before it; type imports count. */
const ORDER: readonly string[] = [
  "version.ts",
  "wire",
  "errors.ts",
  "options.ts",
  "key.ts",
  "http",
  "decode",
  "check",
  "schema",
  "stream",
  "serve",
  "endpoints",
  "providers",
  "conversation",
  "responses",
  "media",
  "batches",
  "vector-stores",
  "realtime",
  "env.ts",
  "client.ts",
  "index.ts",
];

/** Nobody imports these, except their own files. */
const LEAVES = ["adapters", "stores", "relay", "webhooks", "testing"];

const PLATFORM = new Set([
  "process",
  "Buffer",
  "window",
  "Deno",
  "Bun",
  "require",
  "module",
  "exports",
  "global",
  "setImmediate",
  "clearImmediate",
  "__dirname",
  "__filename",
  "document",
  "navigator",
  "localStorage",
  "sessionStorage",
  "location",
  "history",
  "XMLHttpRequest",
  "indexedDB",
  "caches",
  "importScripts",
  "WebSocketPair",
  "HTMLRewriter",
  "EdgeRuntime",
]);

const PACKAGES = ["eventsource-parser", "valibot"];

/** `src/http/retry.ts` belongs to `http`, `src/errors.ts` to itself. */
function partOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function rankOf(part: string): number {
  const rank = ORDER.indexOf(part);
  return rank === -1 && LEAVES.includes(part) ? ORDER.length : rank;
}

function forbidden(source: Source): string[] {
  const from = partOf(source.path);
  return importsOf(source)
    .filter(({ target }) => target.startsWith("src/"))
    .filter(({ target }) => {
      const to = partOf(target);
      return from !== to && (LEAVES.includes(to) || rankOf(to) > rankOf(from));
    })
    .map(({ target }) => `${source.path} imports ${target}`);
}

/** Cycles of imports that are left in the build, each by the module that closes it. */
function cycles(all: readonly Source[]): string[] {
  const edges = new Map(
    all.map((source) => [
      source.path,
      importsOf(source)
        .filter((one) => !one.typeOnly)
        .map((one) => one.target),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, above: readonly string[]): void => {
    if (above.includes(path)) found.push([...above.slice(above.indexOf(path)), path].join(" -> "));
    if (above.includes(path) || done.has(path)) return;
    for (const next of edges.get(path) ?? []) walk(next, [...above, path]);
    done.add(path);
  };
  for (const path of edges.keys()) walk(path, []);
  return found;
}

describe("the sources", () => {
  it("belong to a part that the map names", () => {
    expect(sources.map((source) => source.path).filter((path) => rankOf(partOf(path)) === -1)).toEqual([]);
  });

  it("import in one direction, types and folders included", () => {
    expect(sources.flatMap(forbidden)).toEqual([]);
  });

  it("import no module that imports them", () => {
    expect(cycles(sources)).toEqual([]);
  });

  it("import nothing from outside but the two dependencies", () => {
    const foreign = sources.flatMap((source) =>
      importsOf(source)
        .filter(({ target }) => !target.startsWith("src/") && !PACKAGES.includes(target))
        .map(({ target }) => `${source.path}: ${target}`),
    );
    expect(foreign).toEqual([]);
  });

  it("import with the file's ending, as Deno and browsers need it", () => {
    expect(
      sources
        .flatMap((source) => importsOf(source).map((one) => one.target))
        .filter((target) => target.startsWith("src/") && !target.endsWith(".ts")),
    ).toEqual([]);
  });

  it("name no platform, but for the adapters", () => {
    const core = sources.filter((source) => partOf(source.path) !== "adapters");
    expect(core.flatMap((source) => globalsOf(source, PLATFORM))).toEqual([]);
  });

  it("say what each export is", () => {
    expect(sources.flatMap(undocumented)).toEqual([]);
  });
});

describe("the rules themselves", () => {
  const source = (text: string): Source => parseSource("src/http/x.ts", text);

  it("see a platform's name wherever it stands for a value", () => {
    const texts = [
      "process.env",
      "globalThis.process",
      'globalThis["process"]',
      "(globalThis as X).process",
      "f(process)",
      "typeof process",
      "({ process })",
      "if (process) {}",
    ];
    expect(texts.filter((text) => globalsOf(source(text), PLATFORM).length !== 1)).toEqual([]);
  });

  it("do not mistake a property, a member, a parameter or a comment for a platform's name", () => {
    const texts = [
      "a.process",
      "({ process: 1 })",
      "interface A { process: 1; document(): void }",
      "const f = (document: string) => document",
      "// process",
      "class A { process = 1 }",
      "const { process: a } = b",
      "type A = [module: 1]",
    ];
    expect(texts.filter((text) => globalsOf(source(text), PLATFORM).length !== 0)).toEqual([]);
  });

  it("see imports against the direction, in every form, and of every leaf", () => {
    const texts = [
      'import { a } from "../client.ts"',
      'import type { A } from "../conversation/turn.ts"',
      'export * from "../testing/index.ts"',
      'const a = import("../relay/index.ts")',
      'type A = import("../index.ts").A',
    ];
    expect(texts.filter((text) => forbidden(source(text)).length !== 1)).toEqual([]);
  });

  it("see a cycle", () => {
    const a = parseSource("src/http/a.ts", 'import { b } from "./b.ts"');
    const b = parseSource("src/http/b.ts", 'import { a } from "./a.ts"');
    expect(cycles([a, b])).toEqual(["src/http/a.ts -> src/http/b.ts -> src/http/a.ts"]);
    expect(cycles([a, parseSource("src/http/b.ts", 'import type { a } from "./a.ts"')])).toEqual([]);
  });

  it("see an export without a doc comment", () => {
    expect(
      undocumented(source("/** A. */\nexport const a = 1;\nexport const b = 2;\n// c\nexport interface C {}")),
    ).toEqual(["src/http/x.ts:3", "src/http/x.ts:5"]);
  });

  it("see an export whose doc comment begins with a question word", () => {
    expect(
      undocumented(
        source("/** Whether it runs. */\nexport const a = 1;\n/** `true` if it runs. */\nexport const b = 2;"),
      ),
    ).toEqual(["src/http/x.ts:2"]);
  });
});
