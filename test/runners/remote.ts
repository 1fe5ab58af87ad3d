import type { Fetchat, Result, Selection, Testing } from "../conformance/case.ts";
import { cases } from "../conformance/index.ts";
import { type Run, runCase, runPatiently, runsOf } from "../conformance/run.ts";

/** For runtimes that are told from outside what to run next: a Worker by a request, a page by a script. */
export interface Remote {
  /** How many runs there are. */
  count(selection: Selection): number;
  /** Runs the n-th. */
  run(n: number, server: string, selection: Selection): Promise<Result>;
}

/** @param fetchat the package under test @param testing its testing entry */
export function remote(fetchat: Fetchat, testing: Testing): Remote {
  return {
    count: (selection) => runsOf(cases, selection).length,
    run(n, server, selection) {
      const one: Run | undefined = runsOf(cases, selection)[n];
      if (one === undefined) throw new RangeError(`there is no run ${n}`);
      return (selection.deadline === undefined ? runPatiently : runCase)(one, { fetchat, testing, server });
    },
  };
}
