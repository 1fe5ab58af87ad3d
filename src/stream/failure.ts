import { APIError, isAPIError, isConnectionError, isTimeoutError } from "../errors.ts";
import type { FailedEnding } from "../errors.ts";
import { isRetryable } from "../http/retry.ts";

const FAILED: readonly unknown[] = ["aborted", "truncated", "stalled", "provider_error"] satisfies FailedEnding[];

/** How a stream failed, and why. */
export interface Failure {
  ending: FailedEnding;
  cause: unknown;
}

/**
 * What a failure while reading means.
 *
 * @param eof whether the body was at its end: a broken last line is a cut then, not the provider's fault
 */
export function failureOf(error: unknown, eof: boolean): Failure {
  if (!isAPIError(error)) {
    return {
      ending: "provider_error",
      // In words of our own: those of the engine say nothing about the answer.
      cause: new APIError("The answer could not be read", { status: 200, code: "malformed", cause: error }),
    };
  }
  if (eof && error.code === "malformed_event") return { ending: "truncated", cause: undefined };
  const told = (error.body as { error?: { ending?: unknown } } | null | undefined)?.error?.ending;
  return { ending: FAILED.includes(told) ? (told as FailedEnding) : "provider_error", cause: error };
}

/** Whether asking again may help: the connection broke, or the provider told of a passing error. */
export function isPassing({ cause }: Failure): boolean {
  return isConnectionError(cause) || (isAPIError(cause) && isRetryable(statusOf(cause)) && statusOf(cause) > 0);
}

/** Whether a stream that had begun may be begun anew, where the caller has asked for it. */
export function isRestartable(failure: Failure): boolean {
  const { ending, cause } = failure;
  if (ending === "stalled") return !(isTimeoutError(cause) && cause.phase === "total");
  return ending === "truncated" || isPassing(failure);
}

/** Providers tell in an event what they would have told by the status. */
function statusOf({ code, type }: APIError): number {
  if (Number(code) >= 400) return Number(code);
  const words = `${code} ${type}`;
  return words.includes("rate_limit") ? 429 : /server_error|overloaded|unavailable/.test(words) ? 500 : 0;
}
