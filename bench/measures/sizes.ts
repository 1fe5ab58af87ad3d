import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { bundle } from "../../scripts/lib/bundle.ts";
import { type AdapterName, TITLES } from "../lib/adapter.ts";
import { table } from "../lib/markdown.ts";
import { PACKAGES, type Program, STREAMED, TOOLS } from "../lib/programs.ts";
import { BENCH } from "../lib/spawn.ts";

/** The bytes of a program. */
export interface Weight {
  readonly title: string;
  readonly minified: number;
  readonly gzip: number;
  readonly brotli: number;
}

/** Bundles a program for browsers and measures it. */
export async function weigh({ title, code }: Program): Promise<Weight> {
  const bytes = await bundle(code, BENCH);
  return {
    title,
    minified: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes).length,
  };
}

const weighAll = (programs: Readonly<Partial<Record<string, Program>>>): Promise<Weight[]> =>
  Promise.all(Object.values(programs).map((program) => weigh(program!)));

const count = (bytes: number): string => bytes.toLocaleString("en");

function weights(rows: readonly Weight[]): string {
  return table(
    ["", "minified", "gzip", "brotli"],
    rows.map(({ title, minified, gzip, brotli }) => [title, count(minified), count(gzip), count(brotli)]),
  );
}

/** Measures the size of every bundle in bytes. */
export async function sizes(): Promise<string> {
  const manifest = JSON.parse(await readFile(`${BENCH}/node_modules/fetchat/package.json`, "utf8")) as {
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(manifest.exports).map((path) => `fetchat${path.slice(1)}`);
  const whole = await Promise.all(
    entries.map((path) => weigh({ title: `\`${path}\``, code: `export * from "${path}";` })),
  );
  return [
    "### One streamed chat",
    weights(await weighAll(STREAMED)),
    "### A client, a conversation and a tool that it runs",
    weights(await weighAll(TOOLS)),
    "### Each entry of fetchat, whole",
    weights(whole),
  ].join("\n\n");
}

/** Measures the disk space of an installation. */
export async function install(): Promise<string> {
  const rows = await Promise.all(
    Object.entries(PACKAGES).map(async ([name, packages]) => {
      const found = new Map<string, string>();
      for (const one of packages) await collect(await realpath(`${BENCH}/node_modules/${one}`), found);
      const sums = await Promise.all([...found.values()].map(folderSize));
      return [
        TITLES[name as AdapterName],
        String(found.size),
        count(Math.round(sums.reduce((a, b) => a + b, 0) / 1024)),
      ];
    }),
  );
  return `### Installed\n\n${table(["", "packages", "KiB on disk"], rows)}`;
}

/** Collects a package and its dependencies, with peers that are not optional. */
async function collect(folder: string, found: Map<string, string>): Promise<void> {
  const manifest = JSON.parse(await readFile(`${folder}/package.json`, "utf8")) as {
    name: string;
    dependencies?: Record<string, string>;
    peerDependencies?: Record<string, string>;
    peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  };
  if (found.has(manifest.name)) return;
  found.set(manifest.name, folder);
  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    (name) => !manifest.peerDependenciesMeta?.[name]?.optional,
  );
  for (const name of [...Object.keys(manifest.dependencies ?? {}), ...peers]) {
    const place = await locate(folder, name);
    if (place) await collect(place, found);
  }
}

async function locate(from: string, name: string): Promise<string | undefined> {
  for (let folder = from; folder !== ""; folder = folder.slice(0, folder.lastIndexOf("/"))) {
    const place = `${folder}/node_modules/${name}`;
    if (await stat(place).catch(() => undefined)) return realpath(place);
  }
  return undefined;
}

async function folderSize(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const own = files.filter(
    (file) => file.isFile() && !`${file.parentPath}/`.slice(folder.length).includes("/node_modules/"),
  );
  const sums = await Promise.all(own.map(async (file) => (await stat(`${file.parentPath}/${file.name}`)).size));
  return sums.reduce((a, b) => a + b, 0);
}
