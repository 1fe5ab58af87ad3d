import type { Fetchat, Selection, Testing } from "../conformance/case.ts";
import { cases } from "../conformance/index.ts";
import { runCase, runPatiently, runsOf } from "../conformance/run.ts";

/** What Node, Deno and Bun run: all the cases that are wanted, one JSON line each on standard output, then END. */
export async function runAll(fetchat: Fetchat, testing: Testing, server: string, selection: Selection): Promise<void> {
  const run = selection.deadline === undefined ? runPatiently : runCase;
  for (const one of runsOf(cases, selection)) {
    const result = await run(one, { fetchat, testing, server, onUnhandled: nodeRejections() });
    console.log(JSON.stringify(result));
  }
  console.log("END");
  // A sound package leaves nothing running; a broken one would never let the program end.
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

/** Node and Bun tell of unhandled rejections through `process`, everyone else through an event. */
function nodeRejections(): ((seen: (reason: unknown) => void) => () => void) | undefined {
  const scope = globalThis as { process?: NodeLike; Deno?: unknown };
  const { process } = scope;
  if (process === undefined || scope.Deno !== undefined) return undefined;
  return (seen) => {
    process.on("unhandledRejection", seen);
    return () => process.off("unhandledRejection", seen);
  };
}
