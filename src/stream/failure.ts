import { APIError, isAPIError, isConnectionError, isTimeoutError } from "../errors.ts";
import type { FailedEnding } from "../errors.ts";
import { isRetryable } from "../http/retry.ts";
import { objectOf, stringOf } from "../wire/read.ts";

const FAILED: readonly FailedEnding[] = ["aborted", "truncated", "stalled", "provider_error"];

/** The ending and the cause of a stream that failed. */
export interface Failure {
  ending: FailedEnding;
  cause: unknown;
}

/**
 * Returns the failure for an error while reading.
 *
 * @param eof `true` at the end of the body, where a broken last line is a cut and not the provider's fault
 */
export function failureOf(error: unknown, eof: boolean): Failure {
  if (!isAPIError(error)) {
    return {
      ending: "provider_error",
      // The engine's own words say nothing about the answer.
      cause: new APIError("The answer could not be read", { status: 200, code: "malformed", cause: error }),
    };
  }
  if (eof && error.code === "malformed_event") return { ending: "truncated", cause: undefined };
  const reported = stringOf(objectOf(error.body, "error"), "ending");
  return { ending: FAILED.find((one) => one === reported) ?? "provider_error", cause: error };
}

/** Returns `true` if another attempt may help: the connection broke, or the provider reported a temporary error. */
export function isPassing({ cause }: Failure): boolean {
  return isConnectionError(cause) || (isAPIError(cause) && isRetryable(statusOf(cause)) && statusOf(cause) > 0);
}

/** Returns `true` if a stream that had brought content may restart, with `resume: "restart"`. */
export function isRestartable(failure: Failure): boolean {
  const { ending, cause } = failure;
  if (ending === "stalled") return !(isTimeoutError(cause) && cause.phase === "total");
  return ending === "truncated" || isPassing(failure);
}

/** Returns the status that the error of an event stands for; 0 if unknown. */
function statusOf({ code, type }: APIError): number {
  if (Number(code) >= 400) return Number(code);
  const words = `${code} ${type}`;
  return words.includes("rate_limit") ? 429 : /server_error|overloaded|unavailable/.test(words) ? 500 : 0;
}
