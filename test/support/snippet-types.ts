import { mkdir, writeFile } from "node:fs/promises";
import ts from "typescript";
import { bin, INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import { run } from "../../scripts/lib/run.ts";
import type { Platform, Snippet } from "./snippets.ts";

/** A snippet as a file beside the installed package. */
export interface Written {
  readonly snippet: Snippet;
  readonly path: string;
}

/** Returns the folder for a page's snippets. */
export function folderOf(page: string): string {
  return `${INSTALLED}/snippets/${page.replaceAll(/\W/g, "-")}`;
}

/** Writes a snippet and its context as one module. */
export async function writeSnippet(page: string, snippet: Snippet): Promise<Written> {
  await mkdir(folderOf(page), { recursive: true });
  const path = `${folderOf(page)}/line-${snippet.line}.ts`;
  const module = /^\s*(import|export)\b/m.test(`${snippet.given}\n${snippet.code}`) ? "" : "\nexport {};";
  await writeFile(path, `${oneImport(`${snippet.given}\n${bindings(snippet)}${snippet.code}`)}${module}\n`);
  return { snippet, path };
}

/** Declares `Env`, which Worker authors have from `wrangler types`. */
function bindings({ platform, given, code }: Snippet): string {
  const needed = platform === "worker" && /\bEnv\b/.test(code) && !/interface Env\b/.test(`${given}${code}`);
  return needed ? "interface Env { OPENAI_API_KEY: string }\n" : "";
}

/** Drops the repeated imports of a block that continues another. */
function oneImport(code: string): string {
  const seen = new Set<string>();
  return code.replaceAll(
    /^import (type )?\{([^}]*)\} from (["'][^"']+["']);?$/gm,
    (_, type: string | undefined, names: string, from: string) => {
      const fresh = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !seen.has(name));
      for (const name of fresh) seen.add(name);
      return fresh.length === 0 ? "" : `import ${type ?? ""}{ ${fresh.join(", ")} } from ${from};`;
    },
  );
}

const PLATFORM_TYPES: Readonly<Record<Exclude<Platform, "deno">, { lib: string[]; types: string[] }>> = {
  node: {
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: ["node"],
  },
  worker: { lib: ["lib.es2023.d.ts"], types: ["@cloudflare/workers-types"] },
  browser: {
    lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    types: [],
  },
};

/** Returns the compiler's errors for snippets of one platform, one line each. */
export async function typeErrors(platform: Platform, files: readonly Written[]): Promise<string[]> {
  if (files.length === 0) return [];
  return platform === "deno" ? denoErrors(files) : compilerErrors(platform, files);
}

function compilerErrors(platform: Exclude<Platform, "deno">, files: readonly Written[]): string[] {
  const options: ts.CompilerOptions = {
    ...PLATFORM_TYPES[platform],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  host.getCurrentDirectory = () => ROOT;
  const program = ts.createProgram(
    files.map((file) => file.path),
    options,
    host,
  );
  return ts.getPreEmitDiagnostics(program).map((one) => {
    const text = ts.flattenDiagnosticMessageText(one.messageText, " ");
    if (one.file === undefined || one.start === undefined) return text;
    const { line } = one.file.getLineAndCharacterOfPosition(one.start);
    return `${one.file.fileName.replace(`${INSTALLED}/snippets/`, "")}:${line + 1} ${text} — ${one.file.text.split("\n")[line]?.trim() ?? ""}`;
  });
}

/** Maps `jsr:@fetchat/fetchat` to the sources, because tests reach no registry. Returns the config's path. */
export async function denoConfig(): Promise<string> {
  const path = `${INSTALLED}/deno.json`;
  const entries = {
    "": "index.ts",
    "/cloudflare": "adapters/cloudflare.ts",
    "/deno": "adapters/deno.ts",
    "/browser": "adapters/browser.ts",
    "/responses": "responses/index.ts",
    "/media": "media/index.ts",
    "/relay": "relay/index.ts",
    "/testing": "testing/index.ts",
  };
  const imports = Object.entries(entries).flatMap(([name, file]) =>
    ["jsr:", ""].map((prefix) => [`${prefix}@fetchat/fetchat${name}`, `${ROOT}/src/${file}`]),
  );
  const foreign = { "eventsource-parser": "npm:eventsource-parser@*", valibot: "npm:valibot@*" };
  await writeFile(
    path,
    JSON.stringify({ nodeModulesDir: "manual", imports: { ...Object.fromEntries(imports), ...foreign } }),
  );
  return path;
}

async function denoErrors(files: readonly Written[]): Promise<string[]> {
  const { code, stdout, stderr } = await run(bin("deno"), [
    "check",
    "--config",
    await denoConfig(),
    ...files.map((file) => file.path),
  ]);
  return code === 0 ? [] : [`${stdout}${stderr}`];
}
