import { build, defineConfig, type Options } from "tsup";
import manifest from "./package.json" with { type: "json" };
import { writeSmallDeclarations } from "./scripts/lib/declarations.ts";
import { indexApart } from "./scripts/lib/apart.ts";
import { licences } from "./scripts/lib/licences.ts";
import { minify } from "./scripts/lib/minify.ts";
import { ownSources } from "./scripts/lib/ownSources.ts";

const COMMON: Options = { format: "esm", target: "es2022", platform: "neutral", sourcemap: true, treeshake: false };

/** The one file that holds the browser's entry and both dependencies, for a page without a bundler. */
const WHOLE = "fetchat";

const ENTRIES = {
  index: "src/index.ts",
  cloudflare: "src/adapters/cloudflare.ts",
  deno: "src/adapters/deno.ts",
  browser: "src/adapters/browser.ts",
  providers: "src/providers/index.ts",
  relay: "src/relay/index.ts",
  testing: "src/testing/index.ts",
};

export default defineConfig(async () => [
  {
    ...COMMON,
    entry: ENTRIES,
    splitting: true,
    // The other build writes at the same time.
    clean: [`!${WHOLE}.*`],
    esbuildPlugins: [indexApart],
    plugins: [{ name: "minify", renderChunk: minify }],
    onSuccess: async () => {
      await build({ ...COMMON, config: false, silent: true, entry: ENTRIES, dts: { only: true } });
      await writeSmallDeclarations("dist", Object.keys(ENTRIES));
    },
  },
  {
    ...COMMON,
    entry: { [WHOLE]: "src/adapters/browser.ts" },
    noExternal: Object.keys(manifest.dependencies),
    splitting: false,
    minify: true,
    plugins: [{ name: "own-sources", renderChunk: ownSources }],
    banner: { js: await licences(Object.keys(manifest.dependencies)) },
    esbuildOptions: (options) => void (options.charset = "utf8"),
  },
]);
