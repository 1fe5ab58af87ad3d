import type { Fetchat, Result, Testing } from "../conformance/case.ts";
import { cases } from "../conformance/index.ts";
import { runCase, type Run, runsOf } from "../conformance/run.ts";

/** For runtimes that are told from outside what to run next: a Worker by a request, a page by a script. */
export interface Remote {
  /** How many runs there are. */
  count(only?: string | null): number;
  /** Runs the n-th. */
  run(n: number, server: string, only?: string | null): Promise<Result>;
}

/** @param fetchat the package under test @param testing its testing entry */
export function remote(fetchat: Fetchat, testing: Testing): Remote {
  return {
    count: (only) => runsOf(cases, only).length,
    run(n, server, only) {
      const one: Run | undefined = runsOf(cases, only)[n];
      if (one === undefined) throw new RangeError(`there is no run ${n}`);
      return runCase(one, { fetchat, testing, server });
    },
  };
}
