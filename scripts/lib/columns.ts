import type { Result } from "../../test/conformance/case.ts";
import { broken, type Job, type Runner } from "../../test/runners/runner.ts";
import { startFaultServer } from "../../test/support/server.ts";
import type { Column } from "./table.ts";

/**
 * Runs all columns of a runtime, each with its own fault server. Never rejects: if a runtime does not start, all its
 * columns fail.
 */
export async function columnsOf(runner: Runner, job: Omit<Job, "servers">): Promise<Column[]> {
  const start = Date.now();
  const servers = await Promise.all(runner.columns.map(() => startFaultServer()));
  let version = "";
  let found: Readonly<Record<string, readonly Result[]>>;
  try {
    version = await runner.version();
    found = await runner.run({ ...job, servers });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    found = Object.fromEntries(
      runner.columns.map((name) => [name, [broken("the runtime starts and runs the suite", text)]]),
    );
  }
  await Promise.all(servers.map((server) => server.close()));
  const ms = Date.now() - start;
  const ranAny = (results: readonly Result[] = []): readonly Result[] =>
    results.length > 0 || job.selection.word !== undefined
      ? results
      : [broken("the column runs a case", "it ran none")];
  return runner.columns.map((name) => ({ name, version, results: ranAny(found[name]), ms }));
}
