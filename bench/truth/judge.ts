import type { Scenario } from "../../test/conformance/scenarios/index.ts";
import type { Outcome } from "./clients.ts";

/** The verdict on a client in one scenario. `blocks`: the whole program stood still. */
export type Verdict = "pass" | "hangs" | "blocks" | "silent" | "errs" | "wrong text" | "wrong calls";

const FAILURES: readonly string[] = ["aborted", "truncated", "stalled", "provider_error"];

/** Returns true if the client has to report a failure. */
export function isFailure({ ending }: Scenario): boolean {
  return FAILURES.includes(ending);
}

/**
 * Judges by what every client reports, whatever its names for endings: a failure must be reported; a good answer must
 * have no error, its whole text, and exactly its complete calls.
 */
export function judge(scenario: Scenario, outcome: Outcome | "failed" | "late"): Verdict {
  if (outcome === "late") return "hangs";
  if (outcome === "failed") return isFailure(scenario) ? "pass" : "errs";
  if (isFailure(scenario)) return "silent";
  if (outcome.text !== scenario.text) return "wrong text";
  return scenario.calls && !sameCalls(scenario.calls, outcome.calls) ? "wrong calls" : "pass";
}

function sameCalls(expected: Outcome["calls"], received: Outcome["calls"]): boolean {
  const words = (calls: Outcome["calls"]): string => JSON.stringify(calls.map(([name, args]) => [name, normal(args)]));
  return words(expected) === words(received);
}

/** Some clients return parsed arguments; missing and empty arguments are the same call. */
function normal(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args.trim() || "{}"));
  } catch {
    return args;
  }
}
