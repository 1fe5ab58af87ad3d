import { build } from "esbuild";
import { FETCHAT, fromEntry, writeEntry } from "./entry.ts";

/**
 * Bundles a program with the suite and the folder's package; `body` can use `fetchat` and `suite`. Returns the code.
 */
export async function bundleSuite(folder: string, name: string, format: "esm" | "iife", body: string): Promise<string> {
  const entry = await writeEntry(
    `${name}.mjs`,
    [
      ...FETCHAT,
      `import * as testing from "fetchat/testing";`,
      `import { remote } from ${JSON.stringify(fromEntry("test/runners/remote.ts", folder))};`,
      `const suite = remote(fetchat, testing);`,
      body,
    ],
    folder,
  );
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format,
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    logLevel: "silent",
  });
  return built.outputFiles[0]?.text ?? "";
}
