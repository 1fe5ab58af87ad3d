import type { Scenario } from "../../test/conformance/scenarios/index.ts";
import type { Outcome } from "./clients.ts";

/** What a client made of a scenario. `blocks`: the whole program stood still for it. */
export type Verdict = "pass" | "hangs" | "blocks" | "silent" | "errs" | "wrong text" | "wrong calls";

const FAILURES: readonly string[] = ["aborted", "truncated", "stalled", "provider_error"];

/** Whether the truth of a scenario is a failure, of which the client has to tell. */
export function isFailure({ ending }: Scenario): boolean {
  return FAILURES.includes(ending);
}

/**
 * Judges by what every client can show, whatever its names for endings: a failure must be told of; a good answer must come
 * without an error, with its whole text and just the calls that are whole.
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

/** Some clients hand out parsed arguments; no arguments and empty ones are the same call. */
function normal(args: string): string {
  try {
    return JSON.stringify(JSON.parse(args.trim() || "{}"));
  } catch {
    return args;
  }
}
