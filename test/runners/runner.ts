import type { Result, Selection } from "../conformance/case.ts";
import type { FaultServer } from "../support/server.ts";

/** Where a column's cases find their server. */
export type ServerAddress = Pick<FaultServer, "url" | "port">;

/** What a runner needs to know. */
export interface Job {
  /** A folder with the package under test in its node_modules. */
  readonly folder: string;
  /** A fault server for each of the runner's columns: a browser has few connections for one server. */
  readonly servers: readonly ServerAddress[];
  readonly selection: Selection;
}

/** What came of a runner's columns, by their names; every result, in order. */
export type Columns = Readonly<Record<string, readonly Result[]>>;

/** Runs the suite in one runtime. */
export interface Runner {
  readonly name: string;
  /** Its columns in the table: one, or one for each kind of scope in which it runs the suite. The first has the runner's name. */
  readonly columns: readonly string[];
  /** Why it cannot run on this machine; undefined where it can. */
  missing(): Promise<string | undefined>;
  /** The runtime's version, for the table. */
  version(): Promise<string>;
  /** Rejects only where the runtime itself could not be brought to run anything. */
  run(job: Job): Promise<Columns>;
}

/** A runner that has one column, of its own name. */
export interface SimpleRunner extends Omit<Runner, "columns" | "run"> {
  run(server: ServerAddress, job: Job): Promise<readonly Result[]>;
}

/** @returns the runner of a runtime that runs the suite in one way */
export function oneColumn(runner: SimpleRunner): Runner {
  const { name } = runner;
  return { ...runner, columns: [name], run: async (job) => ({ [name]: await runner.run(job.servers[0]!, job) }) };
}

/** A run that could not be: its failure, under what should have held. */
export function broken(what: string, error: string): Result {
  return { case: what, pieces: "whole", ok: false, error, ms: 0 };
}

/** Results as a runtime prints them: one JSON a line, so that nothing is lost when it dies in the middle. */
export function readResults(stdout: string, stderr: string, code: number): Result[] {
  const lines = stdout.split("\n");
  const results = lines.filter((line) => line.startsWith('{"case":')).map((line) => JSON.parse(line) as Result);
  const ended = lines.some((line) => line === "END");
  if (ended && code === 0) return results;
  const said = `${lines.filter((line) => !line.startsWith('{"case":')).join("\n")}${stderr}`.slice(-4000);
  return [...results, broken("the runtime runs the suite to its end", `exit code ${code}\n${said}`)];
}
