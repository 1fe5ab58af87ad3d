import { defineConfig, type Options } from "tsup";
import manifest from "./package.json" with { type: "json" };
import { licences } from "./scripts/lib/licences.ts";

const COMMON: Options = { format: "esm", target: "es2022", platform: "neutral", treeshake: false };

/** The file that holds everything a page uses and both dependencies, for a page without a bundler. */
const WHOLE = { fetchat: "src/adapters/page.ts" };

const ENTRIES = {
  index: "src/index.ts",
  cloudflare: "src/adapters/cloudflare.ts",
  deno: "src/adapters/deno.ts",
  browser: "src/adapters/browser.ts",
  responses: "src/responses/index.ts",
  media: "src/media/index.ts",
  batches: "src/batches/index.ts",
  "vector-stores": "src/vector-stores/index.ts",
  realtime: "src/realtime/index.ts",
  webhooks: "src/webhooks/index.ts",
  providers: "src/providers/index.ts",
  relay: "src/relay/index.ts",
  testing: "src/testing/index.ts",
};

export default defineConfig(async () => [
  {
    ...COMMON,
    entry: ENTRIES,
    // What is marked @internal is for the package's own entries.
    dts: { entry: { ...ENTRIES, ...WHOLE }, compilerOptions: { stripInternal: true } },
    splitting: true,
    // The other build writes to the same folder at the same time.
    clean: ["!fetchat.js"],
  },
  {
    ...COMMON,
    entry: WHOLE,
    noExternal: Object.keys(manifest.dependencies),
    splitting: false,
    minify: true,
    banner: { js: await licences(Object.keys(manifest.dependencies)) },
    esbuildOptions: (options) => void (options.charset = "utf8"),
  },
]);
