import { build } from "esbuild";

/** Optional dependencies that other packages load only if a program has them. */
const OPTIONAL = ["effect", "sury", "zod", "zod/*", "zod-to-json-schema", "@valibot/to-json-schema", "arktype"];

/**
 * Bundles a program for browsers, minified.
 *
 * @param folder the folder with its packages
 */
export async function bundle(code: string, folder: string): Promise<Uint8Array> {
  const stdin = { contents: code, resolveDir: folder, loader: "js" as const };
  const { outputFiles } = await build({
    stdin,
    external: OPTIONAL,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
