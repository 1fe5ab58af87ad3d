import { cp, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { prepare } from "./install.ts";
import { ROOT } from "./paths.ts";

/**
 * Builds the package with a fault and lays it into the folder's `node_modules`.
 *
 * @param fault a name from test/conformance/faultyBuilds.ts; left out, the build is sound
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
  // One module holds all entries: a client is a connection only to the functions of its own copy.
  for (const name of ["media", "responses"]) await writeFile(`${place}/dist/${name}.js`, 'export * from "./index.js";');
  await build({ ...common, entryPoints: [`${ROOT}/src/testing/index.ts`], outfile: `${place}/dist/testing.js` });
  await cp(`${ROOT}/package.json`, `${place}/package.json`);
}

const ALL = `
  export * from "./src/index.ts";
  export * from "./src/media/index.ts";
  export * from "./src/responses/index.ts";
`;

/** Two exports that make something faulty, in place of those of the same names. */
function faultsOf(fault: string): string {
  const name = JSON.stringify(fault);
  return `
    import * as sound from "./src/index.ts";
    import { faultyClient, faultyOptions } from "./test/conformance/faultyBuilds.ts";
    export const createClient = (options) => faultyClient(${name}, sound.createClient(faultyOptions(${name}, options)));
    export const createConnection = (options) => sound.createConnection(faultyOptions(${name}, options));
  `;
}
