import type { Plugin } from "esbuild";

/**
 * Leaves the package's main entry out of its adapters, which import and export it instead: `export *` stays a star, where the builder would
 * list all its names.
 */
export const indexApart: Plugin = {
  name: "index-apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.\/index\.ts$/ }, ({ importer }) =>
      /[/\\]src[/\\]adapters[/\\]/.test(importer) ? { path: "./index.js", external: true } : undefined,
    ),
};
