import { mkdir, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { bin, CACHE, INSTALLED, ROOT } from "./paths.ts";
import { run } from "./run.ts";

/** The package's dependencies at run time. */
const DEPENDENCIES = ["eventsource-parser", "valibot"];

/** Builds `dist`. Throws with the builder's output. */
export async function build(): Promise<void> {
  const built = await run(bin("tsup"), ["--silent"]);
  if (built.code !== 0) throw new Error(`The build failed.\n${built.stdout}${built.stderr}`);
}

/** Packs the built package and unpacks it where programs under test import it, so that they use what users get. */
export async function install(): Promise<void> {
  const modules = `${INSTALLED}/node_modules`;
  await rm(INSTALLED, { recursive: true, force: true });
  await prepare(INSTALLED);
  const packed = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", CACHE]);
  if (packed.code !== 0) throw new Error(`npm pack failed.\n${packed.stderr}`);
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  const unpacked = await run("tar", [
    "-xzf",
    `${CACHE}/${filename}`,
    "--strip-components=1",
    "-C",
    `${modules}/fetchat`,
  ]);
  if (unpacked.code !== 0) throw new Error(`tar failed.\n${unpacked.stderr}`);
  await rm(`${CACHE}/${filename}`);
}

/**
 * Creates a folder for a program, with the package and its dependencies. Without a manifest `fetchat` would resolve to
 * the repository.
 */
export async function prepare(folder: string): Promise<void> {
  const modules = `${folder}/node_modules`;
  await mkdir(`${modules}/fetchat`, { recursive: true });
  await writeFile(`${folder}/package.json`, JSON.stringify({ name: "program", private: true, type: "module" }));
  for (const name of DEPENDENCIES) await symlink(`${ROOT}/node_modules/${name}`, `${modules}/${name}`);
}

/** Builds and installs the package unless the installed one is newer than the sources, or FETCHAT_BUILT is set. */
export async function buildIfStale(): Promise<void> {
  if (process.env["FETCHAT_BUILT"] === "1") return;
  const installed = await stat(`${INSTALLED}/node_modules/fetchat`).catch(() => undefined);
  if (installed !== undefined && installed.ctimeMs > (await newest())) return;
  await build();
  await install();
}

async function newest(): Promise<number> {
  const files = await readdir(`${ROOT}/src`, { recursive: true });
  const others = ["package.json", "tsup.config.ts", "LICENSE", "scripts/lib/licences.ts"];
  const paths = [...files.map((file) => `src/${file}`), ...others].map((path) => `${ROOT}/${path}`);
  return Math.max(...(await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))));
}
