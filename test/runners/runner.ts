import type { Result } from "../conformance/case.ts";

/** What a runner needs to know. */
export interface Job {
  /** The fault server's origin. */
  readonly server: string;
  readonly port: number;
  /** Only cases whose name contains this. */
  readonly only?: string | undefined;
}

/** Runs the suite in one runtime. */
export interface Runner {
  readonly name: string;
  /** Why it cannot run on this machine; undefined where it can. */
  missing(): Promise<string | undefined>;
  /** The runtime's version, for the table. */
  version(): Promise<string>;
  /** Every result, in order. Rejects only where the runtime itself could not be brought to run anything. */
  run(job: Job): Promise<Result[]>;
}

/** Results as a runtime prints them: one JSON a line, so that nothing is lost when it dies in the middle. */
export function readResults(stdout: string, stderr: string, code: number): Result[] {
  const lines = stdout.split("\n");
  const results = lines.filter((line) => line.startsWith('{"case":')).map((line) => JSON.parse(line) as Result);
  const ended = lines.some((line) => line === "END");
  if (ended && code === 0) return results;
  const said = `${lines.filter((line) => !line.startsWith('{"case":')).join("\n")}${stderr}`.slice(-4000);
  return [...results, { case: "the runtime runs the suite to its end", pieces: "whole", ok: false, error: `exit code ${code}\n${said}`, ms: 0 }];
}
