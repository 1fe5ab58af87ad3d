import { writeFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import ts from "typescript";
import { bin } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import type { SnippetFolder, Written } from "./snippet-folder.ts";
import type { Platform } from "./snippets.ts";

/** The types that a program is compiled with. */
interface Setting {
  readonly name: string;
  readonly platforms: readonly Platform[];
  readonly lib: readonly string[];
  readonly types: readonly string[];
}

/** Blocks are compiled with DOM types and without, where a reader may have either. */
const SETTINGS: readonly Setting[] = [
  { name: "Node and DOM", platforms: ["node", "bun"], lib: ["es2022", "dom"], types: ["node"] },
  { name: "Node", platforms: ["node", "bun"], lib: ["es2022"], types: ["node"] },
  { name: "Workers", platforms: ["worker"], lib: ["es2022"], types: ["@cloudflare/workers-types"] },
  { name: "DOM", platforms: ["browser"], lib: ["es2022", "dom"], types: [] },
];

/** The compiler's errors of many blocks. Each program is compiled when it is first asked about. */
export interface SnippetTypes {
  /** Returns the errors of a page's blocks, one line each: page, line, types, message, code. */
  errorsOf(page: string): Promise<string[]>;
  /** Returns the errors in the package's own declarations that the blocks use. */
  errorsOfPackage(): string[];
}

/** Prepares the compiler for all blocks: one program for each of the settings, and one run of Deno. */
export function createSnippetTypes(folder: SnippetFolder, files: readonly Written[]): SnippetTypes {
  const parsed = new Map<string, ts.SourceFile>();
  const settings = SETTINGS.map((setting) => {
    const mine = files.filter(({ snippet }) => setting.platforms.includes(snippet.platform));
    let made: ts.Program | undefined;
    return { setting, mine, program: () => (made ??= programOf(folder.path, setting, mine, parsed)) };
  });
  const deno = files.filter(({ snippet }) => snippet.platform === "deno");
  let denoOutput: Promise<string> | undefined;
  return {
    async errorsOf(page) {
      const errors = settings.flatMap(({ setting, mine, program }) =>
        mine
          .filter((file) => file.page === page)
          .flatMap((file) => diagnosticsOf(program(), file.path).map((one) => textOf(one, setting, file))),
      );
      if (!deno.some((file) => file.page === page)) return errors;
      denoOutput ??= denoCheck(folder, deno);
      return [...errors, ...denoErrorsOf(await denoOutput, page, deno)];
    },
    errorsOfPackage: () =>
      settings.flatMap(({ setting, program }) =>
        [
          ...program().getOptionsDiagnostics(),
          ...program().getGlobalDiagnostics(),
          ...program()
            .getSourceFiles()
            .filter(({ fileName }) => fileName.startsWith(`${folder.path}/node_modules/fetchat/`))
            .flatMap(({ fileName }) => diagnosticsOf(program(), fileName)),
        ].map((one) => textOf(one, setting)),
      ),
  };
}

function programOf(
  folder: string,
  { lib, types }: Setting,
  files: readonly Written[],
  parsed: Map<string, ts.SourceFile>,
): ts.Program {
  const options: ts.CompilerOptions = {
    lib: lib.map((name) => `lib.${name}.d.ts`),
    types: [...types],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    allowImportingTsExtensions: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => folder;
  const read = host.getSourceFile.bind(host);
  // The programs share the parsed files.
  host.getSourceFile = (name, ...rest) => {
    const file = parsed.get(name) ?? read(name, ...rest);
    if (file !== undefined) parsed.set(name, file);
    return file;
  };
  return ts.createProgram(
    files.map((file) => file.path),
    options,
    host,
  );
}

/** The errors of one file. Those of other packages' declarations are not ours, and cost time. */
function diagnosticsOf(program: ts.Program, path: string): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(path);
  if (file === undefined) throw new Error(`${path} is not in the program`);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

function textOf(one: ts.Diagnostic, { name }: Setting, written?: Written): string {
  const text = ts.flattenDiagnosticMessageText(one.messageText, " ");
  if (one.file === undefined || one.start === undefined) return `${name}: ${text}`;
  const { line } = one.file.getLineAndCharacterOfPosition(one.start);
  const place = written === undefined ? `${one.file.fileName}:${line + 1}` : placeOf(written, line);
  return `${place} (${name}) ${text} — ${one.file.text.split("\n")[line]?.trim() ?? ""}`;
}

/** Returns the page's line for a line of the file, counted from 0. */
function placeOf({ page, snippet, linesBefore }: Written, line: number): string {
  if (line < linesBefore) return `${page}:${snippet.line} before the block`;
  return `${page}:${snippet.line + 1 + line - linesBefore}`;
}

/** Writes Deno's configuration, and returns its path. */
export async function denoConfig(folder: SnippetFolder): Promise<string> {
  const path = `${folder.path}/deno.json`;
  await writeFile(path, JSON.stringify({ nodeModulesDir: "manual", unstable: ["kv"] }));
  return path;
}

async function denoCheck(folder: SnippetFolder, files: readonly Written[]): Promise<string> {
  const config = await denoConfig(folder);
  const paths = files.map((file) => file.path);
  const { code, stdout, stderr } = await run(bin("deno"), ["check", "--config", config, ...paths]);
  return code === 0 ? "" : stripVTControlCharacters(`${stdout}${stderr}`);
}

/** Splits Deno's output by page. Output that names no page's file belongs to every page. */
function denoErrorsOf(output: string, page: string, files: readonly Written[]): string[] {
  if (output === "") return [];
  const mine = files.filter((file) => file.page === page);
  const errors = output.split(/\n\n(?=\S)/).filter((text) => text.includes("file://"));
  if (errors.length === 0) return [output];
  return errors.flatMap((text) => {
    const [, path, line] = /at file:\/\/(\S+?):(\d+):\d+/.exec(text) ?? [];
    const file = files.find((one) => one.path === path);
    if (file === undefined) return [text];
    return mine.includes(file) ? [`${placeOf(file, Number(line) - 1)} (Deno) ${text}`] : [];
  });
}
