import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { ROOT } from "../../scripts/lib/paths.ts";

/** A source file with what a rule about sources looks at. */
export interface Source {
  /** From the repository's folder: `src/http/retry.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly tree: ts.SourceFile;
}

/** Another module that a source names. */
export interface Import {
  /** As written, or from the repository's folder where it is relative. */
  readonly target: string;
  /** Whether only types are imported, so that nothing is left of it in the build. */
  readonly typeOnly: boolean;
}

/** Every TypeScript file under `src`. */
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

/** A source from its text. */
export function parseSource(path: string, text: string): Source {
  const lines = text.trimEnd().split("\n").length;
  return { path, lines, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS) };
}

/** The modules that a source imports or re-exports, also in `import()` and `import("…").T`. */
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

/** Names of `names` that a source refers to as values: free, or as a property of `globalThis` or `self`. */
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

/** Whether an identifier stands for a value of its own, not for a property or a member's name. */
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

/** Exported declarations of a source that have no doc comment. */
export function undocumented(source: Source): string[] {
  return source.tree.statements
    .filter((node) => exported(node) && ts.getJSDocCommentsAndTags(node).length === 0)
    .map((node) => `${source.path}:${lineOf(source, node)}`);
}

function exported(node: ts.Statement): boolean {
  if (
    !ts.canHaveModifiers(node) ||
    !ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  )
    return false;
  // The first of a function's overloads speaks for all.
  if (!ts.isFunctionDeclaration(node)) return true;
  const before = (node.parent as ts.SourceFile).statements[(node.parent as ts.SourceFile).statements.indexOf(node) - 1];
  return !(before !== undefined && ts.isFunctionDeclaration(before) && before.name?.text === node.name?.text);
}

function lineOf(source: Source, node: ts.Node): number {
  return source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1;
}
