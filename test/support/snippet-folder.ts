import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import type { Snippet } from "./snippets.ts";

/** A snippet as a file beside the installed package. */
export interface Written {
  readonly page: string;
  readonly snippet: Snippet;
  readonly path: string;
  /** The number of the file's lines before the code that the page shows. */
  readonly linesBefore: number;
}

/**
 * A newcomer's folder, far from the repository: what `npm install` of the packed package puts there, the types of the
 * platforms, and the other packages that a page's code imports.
 */
export interface SnippetFolder {
  readonly path: string;
  /** Writes a page's blocks, each with its context as one module. */
  write(page: string, snippets: readonly Snippet[]): Promise<Written[]>;
  remove(): Promise<void>;
}

const TYPES = ["@types/node", "@cloudflare/workers-types"];
const DEPENDENCIES = ["eventsource-parser", "valibot"];

/** Creates the folder. */
export async function createSnippetFolder(): Promise<SnippetFolder> {
  const path = await mkdtemp(`${tmpdir()}/fetchat-snippets-`);
  const linked = new Set<string>();
  const link = async (name: string): Promise<void> => {
    if (linked.has(name)) return;
    linked.add(name);
    await mkdir(dirname(`${path}/node_modules/${name}`), { recursive: true });
    await symlink(`${ROOT}/node_modules/${name}`, `${path}/node_modules/${name}`);
  };
  await cp(`${INSTALLED}/node_modules/fetchat`, `${path}/node_modules/fetchat`, { recursive: true });
  for (const name of [...TYPES, ...DEPENDENCIES]) await link(name);
  await writeFile(`${path}/package.json`, JSON.stringify({ name: "newcomer", private: true, type: "module" }));
  return {
    path,
    async write(page, snippets) {
      const folder = `${path}/${page.replaceAll(/\W/g, "-")}`;
      await mkdir(folder, { recursive: true });
      const files = snippets.map(({ file }) => file);
      const twice = files.find((file, at) => files.indexOf(file) < at);
      if (twice !== undefined) throw new Error(`${page} has two blocks with the file name ${twice}`);
      return Promise.all(
        snippets.map(async (snippet) => {
          const { text, linesBefore } = moduleOf(snippet);
          for (const name of packagesOf(text)) await link(name);
          await writeFile(`${folder}/${snippet.file}`, text);
          return { page, snippet, path: `${folder}/${snippet.file}`, linesBefore };
        }),
      );
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** Returns the packages that a module imports, without fetchat and what runtimes have built in. */
function packagesOf(code: string): string[] {
  return [...code.matchAll(/(?:from|import)\s*\(?\s*["']((?:@[\w.-]+\/)?[\w.-]+)(?:\/[\w./-]+)?["']/g)]
    .map(([, name = ""]) => name)
    .filter((name) => /^[@\w]/.test(name) && name !== "fetchat" && !builtinModules.includes(name));
}

function moduleOf(snippet: Snippet): { text: string; linesBefore: number } {
  const before = [snippet.given, declarations(snippet)]
    .filter((text) => text !== "")
    .map((text) => `${text}\n`)
    .join("");
  return { text: `${oneImport(`${before}${snippet.code}`)}\n`, linesBefore: before.split("\n").length - 1 };
}

/** Declares what a reader has from elsewhere: `Env` of `wrangler types`, and `Bun` of `@types/bun`. */
function declarations({ platform, given, code, bindings }: Snippet): string {
  const all = `${given}\n${code}`;
  if (platform === "bun" && /\bBun\b/.test(code)) return BUN;
  if (platform !== "worker" || !/\bEnv\b/.test(code) || /interface Env\b/.test(all)) return "";
  const fields = bindings.map((binding) => {
    const [kind = "", name = "", className = ""] = binding.split(" ");
    return `${name}: ${bindingType(kind, className, all)};`;
  });
  return `interface Env { OPENAI_API_KEY: string; ${fields.join(" ")} }`;
}

function bindingType(kind: string, className: string, code: string): string {
  const object = code.includes(`class ${className}`)
    ? `DurableObjectNamespace<${className}>`
    : "DurableObjectNamespace";
  const types: Readonly<Record<string, string>> = {
    kv: "KVNamespace",
    d1: "D1Database",
    r2: "R2Bucket",
    limit: "RateLimit",
    object,
  };
  return types[kind] ?? "string";
}

/** The part of Bun that pages use. The package with its types is no dependency. */
const BUN =
  "declare const Bun: { file(path: string | URL): Blob & { readonly name?: string; exists(): Promise<boolean> }; write(path: string | URL, data: string | Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | Response): Promise<number>; serve(options: { port?: number; idleTimeout?: number; fetch(request: Request): Response | Promise<Response> }): { readonly url: URL; readonly port: number; stop(): void }; readonly env: Record<string, string | undefined> };";

/** Drops the repeated imports of a block that continues another, and keeps the number of lines. */
function oneImport(code: string): string {
  const seen = new Set<string>();
  return code.replaceAll(
    /^import (type )?\{([^}]*)\} from (["'][^"']+["']);?$/gm,
    (whole: string, type: string | undefined, names: string, from: string) => {
      const fresh = names
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "" && !seen.has(name));
      for (const name of fresh) seen.add(name);
      const kept = fresh.length === 0 ? "" : `import ${type ?? ""}{ ${fresh.join(", ")} } from ${from};`;
      return kept + "\n".repeat(whole.split("\n").length - 1);
    },
  );
}
