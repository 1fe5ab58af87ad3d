import type { Fetchat, Selection, Testing } from "../conformance/case.ts";
import { cases } from "../conformance/index.ts";
import { inLanes, lanesOf, runCase, runPatiently, runsOf } from "../conformance/run.ts";

const WAITING_LANES = 3;

/** Runs the selected cases in Node, Deno or Bun. Prints one line of JSON per case, then END. */
export async function runAll(fetchat: Fetchat, testing: Testing, server: string, selection: Selection): Promise<void> {
  const run = selection.deadline === undefined ? runPatiently : runCase;
  const runs = runsOf(cases, selection);
  await inLanes(lanesOf(runs, WAITING_LANES), async (n) => {
    const result = await run(runs[n]!, { fetchat, testing, server, onUnhandled: nodeRejections() });
    console.log(JSON.stringify(result));
  });
  console.log("END");
  // A correct package leaves nothing running; a faulty one could keep the program alive for ever.
  const scope = globalThis as { process?: Exiting; Deno?: Exiting };
  if (selection.deadline !== undefined) (scope.Deno ?? scope.process)?.exit(0);
}

interface Exiting {
  exit(code: number): void;
}

interface NodeLike {
  on(event: "unhandledRejection", listener: (reason: unknown) => void): void;
  off(event: "unhandledRejection", listener: (reason: unknown) => void): void;
}

/** Node and Bun report unhandled rejections through `process`, other runtimes with an event. */
function nodeRejections(): ((seen: (reason: unknown) => void) => () => void) | undefined {
  const scope = globalThis as { process?: NodeLike; Deno?: unknown };
  const { process } = scope;
  if (process === undefined || scope.Deno !== undefined) return undefined;
  return (seen) => {
    process.on("unhandledRejection", seen);
    return () => process.off("unhandledRejection", seen);
  };
}
