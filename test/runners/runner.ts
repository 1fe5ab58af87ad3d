import type { Result, Selection } from "../conformance/case.ts";
import type { FaultServer } from "../support/server.ts";

/** The address of a column's fault server. */
export type ServerAddress = Pick<FaultServer, "url" | "urls" | "port">;

/** The settings of a runner. */
export interface Job {
  /** A folder with the package under test in its node_modules. */
  readonly folder: string;
  /** A fault server per column, because a browser has few connections per server. */
  readonly servers: readonly ServerAddress[];
  readonly selection: Selection;
}

/** The results of a runner's columns by name, in order. */
export type Columns = Readonly<Record<string, readonly Result[]>>;

/** Runs the suite in one runtime. */
export interface Runner {
  readonly name: string;
  /** Its columns in the table: one, or one per kind of scope. The first has the runner's name. */
  readonly columns: readonly string[];
  /** Returns the reason why it cannot run on this machine, or `undefined`. */
  missing(): Promise<string | undefined>;
  /** Returns the runtime's version for the table. */
  version(): Promise<string>;
  /** Runs the suite. Rejects only if the runtime cannot run anything. */
  run(job: Job): Promise<Columns>;
}

/** A runner with one column, which has its name. */
export interface SimpleRunner extends Omit<Runner, "columns" | "run"> {
  run(server: ServerAddress, job: Job): Promise<readonly Result[]>;
}

/** Returns a runner with one column. */
export function oneColumn(runner: SimpleRunner): Runner {
  const { name } = runner;
  return { ...runner, columns: [name], run: async (job) => ({ [name]: await runner.run(job.servers[0]!, job) }) };
}

/** Returns the result of a run that could not start. */
export function broken(what: string, error: string): Result {
  return { case: what, pieces: "whole", ok: false, error, ms: 0 };
}

/** Parses the output of a runtime: one line of JSON per result, so that a crash loses nothing. */
export function readResults(stdout: string, stderr: string, code: number): Result[] {
  const lines = stdout.split("\n");
  const results = lines.filter((line) => line.startsWith('{"case":')).map((line) => JSON.parse(line) as Result);
  const ended = lines.some((line) => line === "END");
  if (ended && code === 0) return results;
  const said = `${lines.filter((line) => !line.startsWith('{"case":')).join("\n")}${stderr}`.slice(-4000);
  return [...results, broken("the runtime runs the suite to its end", `exit code ${code}\n${said}`)];
}
