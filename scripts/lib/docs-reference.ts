import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Application, type DeclarationReflection, LogLevel } from "typedoc";
import type { MarkdownApplication } from "typedoc-plugin-markdown";
import { ROOT } from "./paths.ts";

/** The folder of the reference, which git ignores. */
export const REFERENCE: string = `${ROOT}/docs/reference`;

/** Returns the names of the entries, as a program imports them, each with its source file. */
export function entries(): [name: string, file: string][] {
  const { exports } = JSON.parse(readFileSync(`${ROOT}/deno.json`, "utf8")) as { exports: Record<string, string> };
  return Object.entries(exports).map(([path, file]) => [`fetchat${path.slice(1)}`, file]);
}

/** Returns the path of an entry's page. */
export function referencePage(name: string): string {
  return `reference/${name.replaceAll("/", ".")}`;
}

/** Writes the reference from the doc comments, a page for each entry. Throws if a comment has a fault. */
export async function writeReference(): Promise<void> {
  await rm(REFERENCE, { recursive: true, force: true });
  const app = (await Application.bootstrapWithPlugins({
    plugin: ["typedoc-plugin-markdown"],
    tsconfig: `${ROOT}/tsconfig.json`,
    entryPoints: entries().map(([, file]) => `${ROOT}/${file}`),
    logLevel: LogLevel.Warn,
    out: REFERENCE,
    readme: "none",
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    useHTMLAnchors: true,
    anchorPrefix: "ref-",
    groupOrder: ["Functions", "Classes", "Interfaces", "Type Aliases", "Variables"],
    sortEntryPoints: false,
    disableSources: true,
    disableGit: true,
    validation: { invalidLink: true, notExported: true, notDocumented: false, rewrittenLink: false },
    ...MARKDOWN,
  } as object)) as unknown as MarkdownApplication;
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc could not read the sources.");
  const names = new Map(entries().map(([name, file]) => [file.replace(/^\.\/src\//, "").replace(/\.ts$/, ""), name]));
  for (const module of project.children ?? []) module.name = nameOf(module, names);
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("The reference has faults: see above.");
}

function nameOf(module: DeclarationReflection, names: ReadonlyMap<string, string>): string {
  const name = names.get(module.name) ?? names.get(`${module.name}/index`);
  if (name === undefined) throw new Error(`No entry is made from ${module.name}.`);
  return name;
}

const MARKDOWN = {
  outputFileStrategy: "modules",
  flattenOutputFiles: true,
  entryFileName: "index",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  typeDeclarationFormat: "table",
  enumMembersFormat: "table",
};
