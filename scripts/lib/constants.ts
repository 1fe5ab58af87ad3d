import ts from "typescript";

/**
 * Gives the constants at a script's top short names. Functions and classes keep theirs, which stack traces and consoles show; a constant's
 * name shows nowhere. A short name is filled up with spaces, so that all else stays in its column and a source map fits as before.
 *
 * @param kept names that stay, since other files know them
 */
export function shortenConstants(script: string, kept: ReadonlySet<string>): string {
  const file = ts.createSourceFile("script.js", script, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const identifiers = identifiersOf(file);
  const names = shortNames(new Set(identifiers.map(({ text }) => text)));
  const edits: Edit[] = [];
  for (const places of constantsOf(file, identifiers)) {
    const [{ text }] = places;
    if (kept.has(text) || places.some(isShorthand)) continue;
    const name = names.next().value;
    if (name.length < text.length) edits.push(...places.map((place) => ({ at: place.getStart(file), name, length: text.length })));
  }
  return applied(edits.sort((one, other) => one.at - other.at), script);
}

/** A name that comes in the place of so many characters. */
interface Edit {
  readonly at: number;
  readonly name: string;
  readonly length: number;
}

function identifiersOf(file: ts.SourceFile): ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

type Places = [first: ts.Identifier, ...others: ts.Identifier[]];

/** Where each constant at the top is named, the most used first. */
function constantsOf(file: ts.SourceFile, identifiers: readonly ts.Identifier[]): Places[] {
  const checker = checkerOf(file);
  const places = new Map<ts.Symbol, ts.Identifier[]>();
  for (const statement of file.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const symbol = checker.getSymbolAtLocation(name);
      if (symbol !== undefined && ts.isIdentifier(name) && !isNamed(initializer)) places.set(symbol, []);
    }
  }
  for (const identifier of identifiers) {
    const symbol = isShorthand(identifier) ? checker.getShorthandAssignmentValueSymbol(identifier.parent) : checker.getSymbolAtLocation(identifier);
    if (symbol !== undefined) places.get(symbol)?.push(identifier);
  }
  return ([...places.values()] as Places[]).sort((one, other) => other.length - one.length);
}

/** Functions and classes are called as the variable is. */
function isNamed(value: ts.Expression | undefined): boolean {
  return value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value) || ts.isClassExpression(value));
}

/** `{ name }` names a property, too. */
function isShorthand({ parent }: ts.Identifier): boolean {
  return ts.isShorthandPropertyAssignment(parent);
}

function checkerOf(file: ts.SourceFile): ts.TypeChecker {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    getDefaultLibFileName: () => "",
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    getNewLine: () => "\n",
    useCaseSensitiveFileNames: () => true,
    fileExists: (name) => name === file.fileName,
    readFile: () => undefined,
    writeFile: () => undefined,
  };
  return ts.createProgram([file.fileName], { allowJs: true, noLib: true, noResolve: true, types: [] }, host).getTypeChecker();
}

/** Capital letters, one and then two, but for those that are taken. */
function* shortNames(taken: ReadonlySet<string>): Generator<string, never> {
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  const names = [...letters, ...letters.flatMap((first) => letters.map((second) => first + second))];
  yield* names.filter((name) => !taken.has(name));
  throw new Error("There are more constants than names");
}

function applied(edits: readonly Edit[], script: string): string {
  let text = "";
  let done = 0;
  for (const { at, name, length } of edits) {
    text += script.slice(done, at) + name.padEnd(length);
    done = at + length;
  }
  return text + script.slice(done);
}
