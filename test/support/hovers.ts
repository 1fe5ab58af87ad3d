import ts from "typescript";

/** What an editor shows of a name: how it is declared, its documentation, its tags. */
export type Hover = readonly [exported: string, declaration: string, documentation: string, tags: string];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts"],
  types: [],
};

/**
 * What an editor shows for each name that entries export, and for each name that its declaration declares in turn: members, parameters,
 * type parameters.
 *
 * @param files declaration files by name
 * @returns by entry, in the order of the exported names
 */
export function hoversOf(files: ReadonlyMap<string, string>, entries: readonly string[]): Record<string, Hover[]> {
  const service = serviceOf(files);
  const known = new Map<ts.Node, Hover[]>();
  const shown = (symbol: ts.Symbol, checker: ts.TypeChecker): Hover[] => {
    const declared = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return (declared.declarations ?? []).flatMap((declaration) => {
      const hovers = known.get(declaration) ?? namesIn(declaration).map((name) => hover(symbol.name, name, service));
      known.set(declaration, hovers);
      return hovers;
    });
  };
  return Object.fromEntries(
    entries.map((entry) => {
      const program = service.getProgram()!;
      const checker = program.getTypeChecker();
      const exported = checker.getExportsOfModule(
        checker.getSymbolAtLocation(program.getSourceFile(`/${entry}.d.ts`)!)!,
      );
      return [
        entry,
        exported.sort((one, other) => (one.name < other.name ? -1 : 1)).flatMap((symbol) => shown(symbol, checker)),
      ];
    }),
  );
}

function namesIn(declaration: ts.Node): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    const { name } = node as ts.NamedDeclaration;
    if (name !== undefined && !ts.isPrivateIdentifier(name)) found.push(name);
    else if (ts.isConstructorDeclaration(node) || ts.isCallSignatureDeclaration(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

/** More than any declaration is long: how much of a long one is shown depends on how long its text is. */
const WHOLE = 1_000_000;

function hover(exported: string, name: ts.Node, service: ts.LanguageService): Hover {
  const info = service.getQuickInfoAtPosition(name.getSourceFile().fileName, name.getStart(), WHOLE);
  return [
    exported,
    ts.displayPartsToString(info?.displayParts),
    ts.displayPartsToString(info?.documentation),
    JSON.stringify(info?.tags ?? [], (key, value: unknown) => (key === "target" ? undefined : value)),
  ];
}

function serviceOf(files: ReadonlyMap<string, string>): ts.LanguageService {
  const library = (path: string): string | undefined => files.get(path.slice(1)) ?? ts.sys.readFile(path);
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [...files.keys()].map((name) => `/${name}`),
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = library(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => "/",
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => files.has(path.slice(1)) || ts.sys.fileExists(path),
    readFile: library,
  };
  return ts.createLanguageService(host);
}
