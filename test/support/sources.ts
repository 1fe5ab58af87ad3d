import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { ROOT } from "../../scripts/lib/paths.ts";

/** A source file, as the rules about sources see it. */
export interface Source {
  /** The path from the repository's folder: `src/http/retry.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
}

/** An import of a source. */
export interface Import {
  /** The module as written, or its path from the repository's folder if it is relative. */
  readonly target: string;
  /** True if only types are imported, so that the build does not contain the import. */
  readonly typeOnly: boolean;
}

/** Reads every TypeScript file under `src`. */
export function readSources(): Source[] {
  const files = readdirSync(`${ROOT}/src`, { recursive: true }) as string[];
  return files
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => {
      const path = `src/${file}`;
      const text = readFileSync(`${ROOT}/${path}`, "utf8");
      return parseSource(path, text);
    });
}

/** Parses a source. */
export function parseSource(path: string, text: string): Source {
  const lines = text.trimEnd().split("\n").length;
  return { path, lines, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS) };
}

/** Returns the modules that a source imports or re-exports, including `import()` and `import("…").T`. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const { text } = specifier;
    found.push({ target: text.startsWith(".") ? join(dirname(source.path), text) : text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, onlyTypes(node));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return found;
}

function onlyTypes(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return (
    clause.name === undefined &&
    named !== undefined &&
    ts.isNamedImports(named) &&
    named.elements.length > 0 &&
    named.elements.every((element) => element.isTypeOnly)
  );
}

/** Returns the `names` that a source uses as values: as free names, or as properties of `globalThis` or `self`. */
export function globalsOf(source: Source, names: ReadonlySet<string>): string[] {
  const declared = new Set<string>();
  const used: { name: string; line: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      if (declares(node)) declared.add(node.text);
      else if (names.has(node.text) && refers(node)) used.push({ name: node.text, line: lineOf(source, node) });
    } else if (ts.isStringLiteralLike(node) && names.has(node.text) && reachesGlobal(node)) {
      used.push({ name: `globalThis["${node.text}"]`, line: lineOf(source, node) });
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source.tree, visit);
  return used.filter(({ name }) => !declared.has(name)).map(({ name, line }) => `${source.path}:${line} ${name}`);
}

function declares(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent)) &&
    parent.name === node
  );
}

/** Returns true if an identifier is a value, not a property or the name of a member. */
function refers(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return isGlobalObject(parent.expression);
  if (
    ts.isQualifiedName(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isTypeReferenceNode(parent)
  )
    return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  if (ts.isLabeledStatement(parent)) return false;
  return !(isMember(parent) && parent.name === node);
}

function isMember(node: ts.Node): node is ts.PropertyAssignment {
  return (
    ts.isPropertyAssignment(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isGetAccessor(node) ||
    ts.isSetAccessor(node) ||
    ts.isNamedTupleMember(node)
  );
}

function reachesGlobal(node: ts.Node): boolean {
  return ts.isElementAccessExpression(node.parent) && isGlobalObject(node.parent.expression);
}

function isGlobalObject(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return isGlobalObject(node.expression);
  return ts.isIdentifier(node) && (node.text === "globalThis" || node.text === "self");
}

/** Openings of doc comments that ask a question instead of saying what a thing is or does. */
const QUESTION = /^(What|Whether|Where|Who|Whose|How|Why|When|Those)\b/;

/** Returns the exported declarations without a doc comment, or with one that begins with a question word. */
export function undocumented(source: Source): string[] {
  return source.tree.statements
    .filter((node) => exported(node) && !isDocumented(node))
    .map((node) => `${source.path}:${lineOf(source, node)}`);
}

function isDocumented(node: ts.Statement): boolean {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  return docs.length > 0 && !docs.some(({ comment }) => QUESTION.test(ts.getTextOfJSDocComment(comment) ?? ""));
}

function exported(node: ts.Statement): boolean {
  if (
    !ts.canHaveModifiers(node) ||
    !ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  )
    return false;
  // The first overload of a function has its doc comment.
  if (!ts.isFunctionDeclaration(node)) return true;
  const before = (node.parent as ts.SourceFile).statements[(node.parent as ts.SourceFile).statements.indexOf(node) - 1];
  return !(before !== undefined && ts.isFunctionDeclaration(before) && before.name?.text === node.name?.text);
}

function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}
