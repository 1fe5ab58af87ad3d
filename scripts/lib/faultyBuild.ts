import { cp, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { prepare } from "./install.ts";
import { ROOT } from "./paths.ts";

/**
 * Builds the package with a fault into the folder's `node_modules`.
 *
 * @param fault a name from test/conformance/faultyBuilds.ts; without it the build has no fault
 */
export async function installFaulty(fault: string | undefined, folder: string): Promise<void> {
  const place = `${folder}/node_modules/fetchat`;
  await rm(folder, { recursive: true, force: true });
  await prepare(folder);
  const common = { bundle: true, format: "esm", packages: "external", target: "es2022", logLevel: "silent" } as const;
  await build({
    ...common,
    stdin: { contents: ALL + (fault === undefined ? "" : faultsOf(fault)), resolveDir: ROOT },
    outfile: `${place}/dist/index.js`,
  });
  // All entries share one module, because functions accept only clients of their own copy of the package.
  for (const name of ["media", "responses", "vector-stores", "webhooks"])
    await writeFile(`${place}/dist/${name}.js`, 'export * from "./index.js";');
  await build({ ...common, entryPoints: [`${ROOT}/src/testing/index.ts`], outfile: `${place}/dist/testing.js` });
  await cp(`${ROOT}/package.json`, `${place}/package.json`);
}

const ALL = `
  export * from "./src/index.ts";
  export * from "./src/media/index.ts";
  export * from "./src/responses/index.ts";
  export * from "./src/vector-stores/index.ts";
  export * from "./src/webhooks/index.ts";
`;

/** Returns faulty exports that replace those of the same names. */
function faultsOf(fault: string): string {
  const name = JSON.stringify(fault);
  return `
    import * as sound from "./src/index.ts";
    import { faultyClient, faultyOptions } from "./test/conformance/faultyBuilds.ts";
    export const createClient = (options) => faultyClient(${name}, sound.createClient(faultyOptions(${name}, options)));
    export const createConnection = (options) => sound.createConnection(faultyOptions(${name}, options));
  `;
}
