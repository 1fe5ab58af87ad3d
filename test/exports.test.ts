import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT } from "../scripts/lib/paths.ts";

const { config } = ts.readConfigFile(`${ROOT}/tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);

/** The code of the README and the pages: blocks, and what stands in backticks. */
function codeOfPages(): string {
  const pages = readdirSync(`${ROOT}/docs`).filter((file) => file.endsWith(".md"));
  const text = ["README.md", ...pages.map((file) => `docs/${file}`)]
    .map((path) => readFileSync(`${ROOT}/${path}`, "utf8"))
    .join("\n");
  return [...text.matchAll(/```\w*\n([\s\S]*?)```|`([^`\n]+)`/g)].map((found) => found[1] ?? found[2]).join("\n");
}

/** Returns the identifiers in the public signature of a declaration: no bodies, no private members, nothing internal. */
function identifiersOf(node: ts.Node): ts.Identifier[] {
  if (ts.isBlock(node)) return [];
  if ((ts.isClassElement(node) || ts.isTypeElement(node)) && node.name && ts.isPrivateIdentifier(node.name)) return [];
  if (ts.getJSDocTags(node).some((tag) => tag.tagName.text === "internal")) return [];
  const found = ts.isIdentifier(node) ? [node] : [];
  node.forEachChild((child) => void found.push(...identifiersOf(child)));
  return found;
}

/** Returns the names that an entry exports, each with the exported names whose signature refers to it. */
function referencesOf(path: string): Map<string, string[]> {
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const target = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  const exported = checker.getExportsOfModule(module);
  const names = new Map(exported.map((symbol) => [target(symbol), symbol.name]));
  const references = new Map(exported.map(({ name }) => [name, [] as string[]]));
  for (const symbol of exported)
    for (const identifier of (target(symbol).declarations ?? []).flatMap(identifiersOf)) {
      const used = checker.getSymbolAtLocation(identifier);
      const name = used && names.get(target(used));
      if (name !== undefined && name !== symbol.name) references.get(name)?.push(symbol.name);
    }
  return references;
}

describe("the main entry", () => {
  it("exports no name that neither a page shows nor another export's signature needs", () => {
    const code = codeOfPages();
    const references = referencesOf(`${ROOT}/src/index.ts`);
    expect(references.size).toBeGreaterThan(100);
    const unused = [...references].filter(([name, by]) => by.length === 0 && !new RegExp(`\\b${name}\\b`).test(code));
    expect(unused.map(([name]) => name)).toEqual([]);
  });
});
