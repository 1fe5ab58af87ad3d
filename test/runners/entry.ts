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

/** Writes the program for Node, Deno and Bun. */
export async function writeAgent(name: string, server: ServerAddress, job: Job): Promise<string> {
  return writeEntry(
    `agent-${name}.mjs`,
    [
      `import * as core from "fetchat";`,
      `import * as media from "fetchat/media";`,
      `import * as responses from "fetchat/responses";`,
      `const fetchat = { ...core, ...media, ...responses };`,
      `import * as testing from "fetchat/testing";`,
      `import { runAll } from ${JSON.stringify(fromEntry("test/runners/agent.ts", job.folder))};`,
      `await runAll(fetchat, testing, ${JSON.stringify(server.url)}, ${JSON.stringify(job.selection)});`,
    ],
    job.folder,
  );
}
