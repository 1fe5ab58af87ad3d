/**
 * Bundles programs with one bundler, for test/bundlers.test.ts: `node bundlers.ts BUNDLER`, with jobs as JSON on
 * standard input. It is a process of its own so that bundlers run in parallel. Prints the name and the error of each
 * program that does not build.
 */
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Programs to bundle together. */
export interface Job {
  /** The folder of the programs, with the packages that they import. */
  readonly folder: string;
  readonly out: string;
  /** The programs' files, by the name of each bundle without its extension. */
  readonly programs: Readonly<Record<string, string>>;
  /** Minifies the bundles and includes fetchat's dependencies. */
  readonly whole: boolean;
}

/** The bundlers, each called as its users call it. */
export const BUNDLERS = ["esbuild", "rollup", "vite7", "vite8", "webpack"] as const;
type Bundler = (typeof BUNDLERS)[number];

const DEPENDENCIES = ["valibot", "eventsource-parser"];

// The compiler does not follow these names, so only a run of a bundler needs it installed.
const load = async <T>(name: string): Promise<T> => (await import(name)) as T;

/** Rollup's cache from the previous programs. */
let cache: unknown;

const bundle: Readonly<Record<Bundler, (job: Job) => Promise<unknown>>> = {
  async esbuild({ out, programs, whole }) {
    const { build } = await load<{ build(options: object): Promise<unknown> }>("esbuild");
    return build({
      entryPoints: programs,
      outdir: out,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: Object.keys(programs).length > 1,
      minify: whole,
      external: whole ? [] : DEPENDENCIES,
      format: "esm",
      logLevel: "silent",
    });
  },
  async rollup({ folder, out, programs, whole }) {
    type Built = { readonly cache: unknown; write(options: object): Promise<unknown> };
    const { rollup } = await load<{ rollup(options: object): Promise<Built> }>("rollup");
    const resolveId = (id: string): unknown => {
      if (id.startsWith("fetchat")) return entryFile(folder, id);
      if (!DEPENDENCIES.includes(id)) return null;
      return whole ? fileURLToPath(import.meta.resolve(id)) : { id, external: true };
    };
    const onwarn = (warning: { message: string }): never => {
      throw new Error(warning.message);
    };
    // The package's `"sideEffects": false`, which a plugin usually reads.
    const treeshake = { moduleSideEffects: (id: string) => !id.includes("/node_modules/fetchat/") };
    const built = await rollup({
      input: programs,
      plugins: [{ name: "resolve", resolveId }],
      onwarn,
      treeshake,
      cache,
    });
    cache = built.cache;
    return built.write({ dir: out, format: "es", entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" });
  },
  vite7: (job) => vite("vite7", job),
  vite8: (job) => vite("vite", job),
  async webpack({ folder, out, programs, whole }) {
    type Stats = { hasErrors(): boolean; toString(options: string): string };
    const { default: webpack } = await load<{
      default(options: object, done: (error: Error | null, stats?: Stats) => void): void;
    }>("webpack");
    const options = {
      mode: "production",
      target: "es2022",
      context: folder,
      entry: programs,
      experiments: { outputModule: true },
      output: { path: out, filename: "[name].mjs", library: { type: "module" } },
      optimization: { minimize: whole },
      performance: false,
      externalsType: "module",
      externals: whole ? [] : DEPENDENCIES,
    };
    return new Promise<void>((resolve, reject) =>
      webpack(options, (error, stats) => {
        if (error ?? stats?.hasErrors()) reject(error ?? new Error(stats?.toString("errors-only")));
        else resolve();
      }),
    );
  },
};

async function vite(name: string, { folder, out, programs, whole }: Job): Promise<unknown> {
  const { build } = await load<{ build(options: object): Promise<unknown> }>(name);
  return build({
    configFile: false,
    logLevel: "silent",
    root: folder,
    build: {
      outDir: out,
      emptyOutDir: false,
      minify: whole,
      lib: { entry: programs, formats: ["es"], fileName: (_: string, entry: string) => `${entry}.mjs` },
      rollupOptions: { external: whole ? [] : DEPENDENCIES },
    },
  });
}

function entryFile(folder: string, id: string): string {
  const root = `${folder}/node_modules/fetchat`;
  const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    exports: Record<string, { default: string }>;
  };
  return `${root}/${exports[id.replace("fetchat", ".")]?.default ?? id}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const name = process.argv[2] as Bundler;
  for (const job of JSON.parse(await text(process.stdin)) as Job[]) {
    await bundle[name](job).catch((error: unknown) =>
      console.log(`${Object.keys(job.programs).join(", ").slice(0, 200)}: ${(error as Error).message}`),
    );
  }
}
