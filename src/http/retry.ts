/** What decides whether a failed attempt is made again. */
export interface FailedAttempt {
  /** How many attempts have been made, this one included. */
  attempts: number;
  /** How many may follow the first. */
  maxRetries: number;
  /** HTTP status; 0 where no answer came. */
  status: number;
  headers?: Headers | undefined;
  /** Whether the answer says that the account's quota or credit is used up: waiting does not bring it back. */
  exhausted?: boolean | undefined;
  /** Milliseconds since 1970. */
  now: number;
  /** From 0 up to 1. */
  random: number;
}

/** What to do after a failed attempt. */
export interface RetryDecision {
  /** Milliseconds to wait before the next attempt; `undefined` where there is to be none. */
  delay: number | undefined;
  /** When the server is willing to be asked again, where it said so. */
  retryAt: Date | undefined;
}

const BASE_DELAY = 500;
const MAX_DELAY = 8_000;
/** A server that asks for a longer wait is not waited for. */
const MAX_RETRY_AFTER = 60_000;
/** Codes and types of a 429 that stays: OpenAI's, also in use at others. */
const EXHAUSTED =
  /^(?:insufficient_quota|credit_balance_exhausted|(?:\w+_)?spend_limit_exceeded|organization_usage_limit_exceeded)$/i;
/** The last moment that a Date can hold. */
const LAST_TIME = 8.64e15;

/**
 * Decides on a retry: full-jitter back-off (0 to 0.5 s, 1 s, 2 s, … 8 s), or what the server asks for by `retry-after-ms` or
 * `retry-after` (seconds or a date, RFC 9110, 10.2.3), unless that is above a minute. `x-should-retry` overrules the status. An exhausted
 * quota is never retried.
 */
export function decideRetry(attempt: FailedAttempt): RetryDecision {
  const { attempts, maxRetries, now } = attempt;
  const asked = retryAfter(attempt.headers, now);
  const retryAt = asked === undefined ? undefined : new Date(Math.min(now + asked, LAST_TIME));
  if (
    attempt.exhausted ||
    attempts > maxRetries ||
    !isRetryable(attempt.status, attempt.headers) ||
    (asked ?? 0) > MAX_RETRY_AFTER
  ) {
    return { delay: undefined, retryAt };
  }
  return { delay: asked ?? backOff(attempts, attempt.random), retryAt };
}

/** How long to wait after so many attempts, in milliseconds. @param random from 0 up to 1 */
export function backOff(attempts: number, random: number): number {
  return random * Math.min(MAX_DELAY, BASE_DELAY * 2 ** (attempts - 1));
}

/** Whether a status is worth another attempt: 0 (no answer), 408, 409, 429 and 5xx, unless `x-should-retry` says otherwise. */
export function isRetryable(status: number, headers?: Headers): boolean {
  const said = headers?.get("x-should-retry");
  if (said === "true") return true;
  if (said === "false") return false;
  return status === 0 || status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Whether an error's code or type says that a quota, a credit or a spending limit is used up. */
export function isExhausted({ code, type }: { code?: unknown; type?: unknown }): boolean {
  return [code, type].some((name) => typeof name === "string" && EXHAUSTED.test(name));
}

function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const ms = parseFloat(headers?.get("retry-after-ms") ?? "");
  if (ms >= 0) return ms;
  const value = headers?.get("retry-after");
  if (!value) return undefined;
  // Date.parse also takes words like "-5" for a date, long gone.
  const wait = /^\s*[\d.]+\s*$/.test(value)
    ? parseFloat(value) * 1000
    : /\d:\d\d/.test(value)
      ? Date.parse(value) - now
      : NaN;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
