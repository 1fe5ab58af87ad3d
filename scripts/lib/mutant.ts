import { cp, readFile, rm } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions } from "esbuild";
import type { Fetchat } from "../../test/conformance/case.ts";
import type { Mutation } from "../../test/conformance/mutations.ts";
import { prepare } from "./install.ts";
import { CACHE, ROOT } from "./paths.ts";

/** The package's source as one module of its own, with the mutation made in it; without one, as it stands. Rejects where it does not fit. */
export async function mutant(mutation: Mutation | undefined, name: string): Promise<Fetchat> {
  const outfile = `${CACHE}/mutants/${process.pid}-${name}.mjs`;
  await buildMutant(mutation, { entryPoints: [`${ROOT}/src/index.ts`], outfile });
  const loaded = (await import(pathToFileURL(outfile).href)) as Fetchat;
  await rm(outfile);
  return loaded;
}

/** Builds the package with the mutation made in it, and lays it into the folder's node_modules; without one, as it stands. */
export async function installMutant(mutation: Mutation | undefined, folder: string): Promise<void> {
  const place = `${folder}/node_modules/fetchat`;
  await rm(folder, { recursive: true, force: true });
  await prepare(folder);
  await buildMutant(mutation, {
    entryPoints: { index: `${ROOT}/src/index.ts`, testing: `${ROOT}/src/testing/index.ts` },
    outdir: `${place}/dist`,
    splitting: true,
  });
  await cp(`${ROOT}/package.json`, `${place}/package.json`);
}

async function buildMutant(mutation: Mutation | undefined, options: BuildOptions): Promise<void> {
  const text = mutation && (await mutated(mutation));
  await build({
    ...options,
    bundle: true,
    format: "esm",
    packages: "external",
    target: "es2022",
    logLevel: "silent",
    plugins: [
      {
        name: "mutate",
        setup: ({ onLoad }) =>
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            mutation && path === `${ROOT}/${mutation.file}` ? { contents: text!, loader: "ts" } : undefined,
          ),
      },
    ],
  });
}

/** The text of the mutation's file, changed. Rejects where what it changes does not stand there exactly once. */
export async function mutated({ name, file, find, replace }: Mutation): Promise<string> {
  const parts = (await readFile(`${ROOT}/${file}`, "utf8")).split(find);
  if (parts.length !== 2) throw new Error(`the mutation's text stands ${parts.length - 1} times in ${file}: ${name}`);
  return parts.join(replace);
}
