import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    cloudflare: "src/adapters/cloudflare.ts",
    deno: "src/adapters/deno.ts",
    browser: "src/adapters/browser.ts",
    providers: "src/providers/index.ts",
    relay: "src/relay/index.ts",
    testing: "src/testing/index.ts",
  },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  dts: true,
  sourcemap: true,
  clean: true,
  splitting: true,
  treeshake: false,
});
