import type { Result } from "../../test/conformance/case.ts";
import { broken, type Job, type Runner } from "../../test/runners/runner.ts";
import { startFaultServer } from "../../test/support/server.ts";
import type { Column } from "./table.ts";

/** Runs a runtime's columns, each with a fault server of its own. Never rejects: a runtime that does not start fails in each of them. */
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
