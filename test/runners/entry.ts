import { mkdir, writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { INSTALLED, ROOT } from "../../scripts/lib/paths.ts";
import type { Job, ServerAddress } from "./runner.ts";

/**
 * Writes a program beside the installed package of a folder, so that its imports of `fetchat` resolve as a user's do.
 * Returns its path.
 */
export async function writeEntry(name: string, lines: readonly string[], folder: string = INSTALLED): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = `${folder}/${name}`;
  await writeFile(path, `${lines.join("\n")}\n`);
  return path;
}

/** Returns a path of the repository as an import of a program in the folder. */
export function fromEntry(path: string, folder: string = INSTALLED): string {
  return relative(folder, `${ROOT}/${path}`);
}

/** Entries whose exports the suite gets in one object. */
const ENTRIES = ["fetchat", "fetchat/media", "fetchat/responses", "fetchat/vector-stores", "fetchat/webhooks"];

/** The lines of a program that make this object. */
export const FETCHAT: readonly string[] = [
  ...ENTRIES.map((entry, at) => `import * as entry${at} from "${entry}";`),
  `const fetchat = { ${ENTRIES.map((_, at) => `...entry${at}`).join(", ")} };`,
];

/** Writes the program for Node, Deno and Bun. */
export async function writeAgent(name: string, server: ServerAddress, job: Job): Promise<string> {
  return writeEntry(
    `agent-${name}.mjs`,
    [
      ...FETCHAT,
      `import * as testing from "fetchat/testing";`,
      `import { runAll } from ${JSON.stringify(fromEntry("test/runners/agent.ts", job.folder))};`,
      `await runAll(fetchat, testing, ${JSON.stringify(server.url)}, ${JSON.stringify(job.selection)});`,
    ],
    job.folder,
  );
}
