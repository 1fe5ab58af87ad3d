import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import { type Ran, run } from "../../scripts/lib/run.ts";

/** A folder far from the repository, with only what `npm install` of the packed package put there. */
export interface Packed {
  readonly folder: string;
  /** npm's output. */
  readonly output: string;
  /** Writes a file and returns its path. */
  write(name: string, text: string): Promise<string>;
  /** Runs a program in the folder. */
  run(program: string, ...args: string[]): Promise<Ran>;
  remove(): Promise<void>;
}

/**
 * Packs the built package as npm publishes it, and installs the tarball in an empty folder. The dependencies are packed
 * from the local installation, so that no registry is needed.
 */
export async function installPacked(): Promise<Packed> {
  const root = await mkdtemp(`${tmpdir()}/fetchat-packed-`);
  const [folder, tarballs] = [`${root}/app`, `${root}/tarballs`];
  await Promise.all([mkdir(folder), mkdir(tarballs)]);
  const at = { cwd: folder, timeout: 60_000 };
  const sources = [
    `${INSTALLED}/node_modules/fetchat`,
    `${ROOT}/node_modules/eventsource-parser`,
    `${ROOT}/node_modules/valibot`,
  ];
  succeeded(await run("npm", ["pack", "--ignore-scripts", "--pack-destination", tarballs, ...sources], at));
  const files = (await readdir(tarballs)).map((file) => `../tarballs/${file}`);
  await writeFile(`${folder}/package.json`, '{ "private": true, "type": "module" }\n');
  const { stdout, stderr } = succeeded(
    await run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...files], at),
  );
  return {
    folder,
    output: `${stdout}${stderr}`,
    async write(name, text) {
      await writeFile(`${folder}/${name}`, text);
      return `${folder}/${name}`;
    },
    run: (program, ...args) => run(program, args, at),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Returns a program's result, or throws its output if it failed. */
export function succeeded(ran: Ran): Ran {
  if (ran.code !== 0) throw new Error(`exit code ${ran.code}\n${ran.stdout}${ran.stderr}`);
  return ran;
}
