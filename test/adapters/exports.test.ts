import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/lib/paths.ts";

const ENTRIES = {
  fetchat: "index.ts",
  "fetchat/cloudflare": "adapters/cloudflare.ts",
  "fetchat/deno": "adapters/deno.ts",
  "fetchat/browser": "adapters/browser.ts",
};

const { config } = ts.readConfigFile(`${ROOT}/tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
const paths = Object.values(ENTRIES).map((file) => `${ROOT}/src/${file}`);
const program = ts.createProgram(paths, options);
const checker = program.getTypeChecker();

/** Returns the exports of an entry, values and types, by name. */
function exportsOf(path: string): Map<string, ts.Symbol> {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path)!)!;
  return new Map(
    checker
      .getExportsOfModule(module)
      .map((symbol) => [symbol.name, symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol]),
  );
}

const [core, ...adapters] = paths.map(exportsOf);

describe("a change of the runtime is a change of the import path:", () => {
  it.each(adapters.map((adapter, index) => [Object.keys(ENTRIES)[index + 1], adapter] as const))(
    "%s exports the core's names, types too, and all but createClient is the core's own",
    (_, adapter) => {
      expect([...adapter.keys()].sort()).toEqual([...core!.keys()].sort());
      expect([...adapter].filter(([name, symbol]) => symbol !== core!.get(name)).map(([name]) => name)).toEqual([
        "createClient",
      ]);
    },
  );

  it("createClient() has the same signature everywhere", () => {
    const [type, ...types] = [core!, ...adapters].map((entry) => checker.getTypeOfSymbol(entry.get("createClient")!));
    expect(checker.typeToString(type!)).toMatch(/^\(options\?: ClientOptions.*\) => OpenAI$/);
    expect(
      types.filter((one) => !checker.isTypeAssignableTo(one, type!) || !checker.isTypeAssignableTo(type!, one)),
    ).toEqual([]);
  });
});
