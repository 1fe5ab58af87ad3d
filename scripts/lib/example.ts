import { mkdir, readFile, writeFile } from "node:fs/promises";
import { build, type BuildOptions } from "esbuild";
import { ROOT } from "./paths.ts";

/** The folder of the example. */
export const EXAMPLE: string = `${ROOT}/examples/cloudflare-worker`;

/** The page's bundled script, which the Worker imports as text. */
const PAGE_SCRIPT = `${EXAMPLE}/dist/chat.js.txt`;

/** Bundles the page's script for the Worker to import. */
export async function bundlePage(): Promise<void> {
  const script = await bundled({ entryPoints: [`${EXAMPLE}/page/chat.ts`], minify: true, target: "es2022" });
  const before = await readFile(PAGE_SCRIPT, "utf8").catch(() => undefined);
  // Rewriting the file with the same content would restart a watching wrangler.
  if (before === script) return;
  await mkdir(`${EXAMPLE}/dist`, { recursive: true });
  await writeFile(PAGE_SCRIPT, script);
}

/** Bundles the example's Worker and its page as one module. */
export async function bundleExample(): Promise<string> {
  await bundlePage();
  return bundled({
    entryPoints: [`${EXAMPLE}/src/worker.ts`],
    loader: { ".html": "text", ".css": "text", ".txt": "text" },
  });
}

/** Bundles a program as one ES module, with `fetchat` resolved to this repository's source. */
export async function bundled(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    logLevel: "silent",
    alias: SOURCES,
    ...options,
  });
  const [file] = outputFiles ?? [];
  if (file === undefined) throw new Error("esbuild made nothing.");
  return file.text;
}

/** The same aliases as in wrangler.toml. */
const SOURCES = {
  "fetchat/cloudflare": "./src/adapters/cloudflare.ts",
  "fetchat/browser": "./src/adapters/browser.ts",
  "fetchat/responses": "./src/responses/index.ts",
  "fetchat/media": "./src/media/index.ts",
  "fetchat/relay": "./src/relay/index.ts",
  "fetchat/testing": "./src/testing/index.ts",
};
