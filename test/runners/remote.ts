import type { Fetchat, Result, Selection, Testing } from "../conformance/case.ts";
import { cases } from "../conformance/index.ts";
import { type Lane, lanesOf, type Run, runCase, runPatiently, runsOf } from "../conformance/run.ts";

/** The suite for runtimes that are controlled from outside: a Worker by requests, a page by a script. */
export interface Remote {
  /** Returns the numbers of the runs, in lanes: see `lanesOf()`. */
  lanes(selection: Selection, waiting: number): Lane[];
  /** Runs the n-th run. */
  run(n: number, server: string, selection: Selection): Promise<Result>;
}

/**
 * Creates the remote suite.
 *
 * @param fetchat the package under test
 * @param testing its testing entry
 */
export function remote(fetchat: Fetchat, testing: Testing): Remote {
  return {
    lanes: (selection, waiting) => lanesOf(runsOf(cases, selection), waiting),
    run(n, server, selection) {
      const one: Run | undefined = runsOf(cases, selection)[n];
      if (one === undefined) throw new RangeError(`there is no run ${n}`);
      return (selection.deadline === undefined ? runPatiently : runCase)(one, { fetchat, testing, server });
    },
  };
}
