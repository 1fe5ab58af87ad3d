import ts from "typescript";

/** A name as the file has it that declares it. */
interface Origin {
  readonly file: string;
  readonly name: string;
}

/** What a statement declares. */
interface Declared {
  readonly name: string;
  /** The comments before it. */
  readonly comments: string;
  /** Its text without `declare`. */
  readonly text: string;
  readonly isValue: boolean;
}

/** A declaration file as the builder writes it: imports, exports, and between them what is declared. */
interface Module {
  readonly file: string;
  /** By the name here: what another file exports. */
  readonly imports: ReadonlyMap<string, Origin>;
  /** By the name outside: what another file exports, or a name here. */
  readonly exports: ReadonlyMap<string, Origin>;
  readonly declared: readonly Declared[];
}

/** What a file exports, by the name outside. */
type Exported = ReadonlyMap<string, Origin>;

/**
 * Makes the lists of names in a builder's declaration files short. An entry exports what it did: a name where it is declared, and by a star
 * what another file exports whole. A file that entries share exports each name as it is declared.
 *
 * @param files texts by name, all in one folder
 * @param entries the files among them whose exports are public
 */
export function shortenExports(files: ReadonlyMap<string, string>, entries: ReadonlySet<string>): Map<string, string> {
  const modules = new Map([...files].map(([file, text]) => [file, moduleOf(file, text)]));
  const exported = new Map<string, Exported>();
  for (const [file, { exports }] of modules) {
    const origins = [...exports].map(([name, from]) => [name, originOf(file, from, modules)] as const);
    exported.set(file, new Map(entries.has(file) ? origins : origins.map(([, origin]) => [origin.name, origin])));
  }
  return new Map([...modules].map(([file, module]) => [file, textOf(module, modules, exported)]));
}

function moduleOf(file: string, text: string): Module {
  const imports = new Map<string, Origin>();
  const exports = new Map<string, Origin>();
  const declared: Declared[] = [];
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true).statements) {
    if (ts.isImportDeclaration(statement))
      for (const { name, from } of listed(statement.importClause?.namedBindings, statement, file))
        imports.set(name, from);
    else if (ts.isExportDeclaration(statement))
      for (const { name, from } of listed(statement.exportClause, statement, file)) exports.set(name, from);
    else declared.push(declaredBy(statement));
  }
  return { file, imports, exports, declared };
}

function listed(
  names: ts.NamedImportBindings | ts.NamedExportBindings | undefined,
  statement: ts.ImportDeclaration | ts.ExportDeclaration,
  own: string,
): { name: string; from: Origin }[] {
  if (names === undefined || !(ts.isNamedImports(names) || ts.isNamedExports(names)))
    throw new Error(`No list of names: ${statement.getText()}`);
  const specifier = statement.moduleSpecifier?.getText();
  const file = specifier === undefined ? own : specifier.replace(/^["']\.\/(.+)\.js["']$/, "$1.d.ts");
  return names.elements.map(({ name, propertyName }) => ({
    name: name.text,
    from: { file, name: (propertyName ?? name).text },
  }));
}

function declaredBy(statement: ts.Statement): Declared {
  const node = ts.isVariableStatement(statement)
    ? statement.declarationList.declarations[0]
    : (statement as ts.DeclarationStatement);
  if (node?.name === undefined) throw new Error(`No name: ${statement.getText()}`);
  const isValue = !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
  const comments = statement.getFullText().slice(0, statement.getLeadingTriviaWidth());
  return { name: node.name.getText(), comments, text: statement.getText().replace(/^declare /, ""), isValue };
}

/** Where a name is declared that `file` gives out: `from` is a name of its own, or what another file exports. */
function originOf(file: string, from: Origin, modules: ReadonlyMap<string, Module>): Origin {
  const module = modules.get(from.file);
  if (module === undefined) throw new Error(`There is no ${from.file}`);
  const next = from.file === file ? module.imports.get(from.name) : module.exports.get(from.name);
  return next === undefined ? from : originOf(from.file, next, modules);
}

function textOf(module: Module, modules: ReadonlyMap<string, Module>, exported: ReadonlyMap<string, Exported>): string {
  const { file, declared } = module;
  const mine = namesOf(file, exported);
  const stars = starsOf(module, exported);
  const throughStars = new Set(stars.flatMap((star) => [...namesOf(star, exported).keys()]));
  const inPlace = new Set(
    [...mine].filter(([name, origin]) => origin.file === file && origin.name === name).map(([name]) => name),
  );
  const left = [...mine].filter(([name]) => !inPlace.has(name) && !throughStars.has(name));
  const words = new Set(declared.flatMap(({ text }) => text.match(/[\w$]+/g) ?? []));
  const used = [...module.imports]
    .filter(([name]) => words.has(name))
    .map(([name, from]) => [name, originOf(file, from, modules)] as const);
  const statements = [
    ...lists("import", file, used, exported),
    ...stars.map((star) => `export *${from(star)}`),
    ...lists("export", file, left, exported),
    ...declared.map(
      ({ name, comments, text, isValue }) =>
        `${comments}${inPlace.has(name) ? "export " : isValue ? "declare " : ""}${text}`,
    ),
  ];
  // A declaration file exports all that it declares, unless it has a list.
  if (declared.some(({ name }) => !inPlace.has(name)) && stars.length + left.length === 0)
    statements.push("export {};");
  return statements.join("\n");
}

/** The files of whose names a file exports each: its own where it declares one of the same name, else the very same. The largest first. */
function starsOf({ file, imports, exports, declared }: Module, exported: ReadonlyMap<string, Exported>): string[] {
  const mine = namesOf(file, exported);
  const own = new Set(declared.map(({ name }) => name));
  const isSame = (one: Origin, other?: Origin): boolean => one.file === other?.file && one.name === other.name;
  const others = new Set(
    [...imports.values(), ...exports.values()].map((one) => one.file).filter((one) => one !== file),
  );
  const whole = [...others].filter((other) =>
    [...namesOf(other, exported)].every(
      ([name, origin]) => isSame(origin, mine.get(name)) || (mine.has(name) && own.has(name)),
    ),
  );
  const stars: string[] = [];
  const reached = new Set<string>(own);
  for (const star of whole.sort((one, other) => namesOf(other, exported).size - namesOf(one, exported).size)) {
    const names = [...namesOf(star, exported).keys()];
    if (names.some((name) => !reached.has(name))) stars.push(star);
    names.forEach((name) => reached.add(name));
  }
  return stars;
}

/** `import` or `export` of names, one statement a file. The names that begin a pair are those of the file that has the statement. */
function lists(
  word: "import" | "export",
  file: string,
  names: readonly (readonly [string, Origin])[],
  exported: ReadonlyMap<string, Exported>,
): string[] {
  const byFile = new Map<string, string[]>();
  for (const [name, origin] of names) {
    const given = origin.file === file ? origin.name : nameOutside(origin, exported);
    byFile.set(origin.file, [...(byFile.get(origin.file) ?? []), given === name ? name : `${given} as ${name}`]);
  }
  return [...byFile].map(([other, list]) => `${word} { ${list.join(", ")} }${other === file ? ";" : from(other)}`);
}

function nameOutside(origin: Origin, exported: ReadonlyMap<string, Exported>): string {
  const found = [...namesOf(origin.file, exported)].find(
    ([, one]) => one.file === origin.file && one.name === origin.name,
  );
  if (found === undefined) throw new Error(`${origin.file} does not export ${origin.name}`);
  return found[0];
}

function namesOf(file: string, exported: ReadonlyMap<string, Exported>): Exported {
  return exported.get(file) ?? new Map<string, Origin>();
}

function from(file: string): string {
  return ` from "./${file.replace(/\.d\.ts$/, ".js")}";`;
}
