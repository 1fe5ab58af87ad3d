/** A failed attempt, with all that decides on another one. */
export interface FailedAttempt {
  /** The number of attempts so far, including this one. */
  attempts: number;
  /** The number of attempts that may follow the first. */
  maxRetries: number;
  /** HTTP status; 0 if no answer came. */
  status: number;
  /** Response headers. */
  headers?: Headers | undefined;
  /** `true` if the account's quota or credit is used up, which no wait restores. */
  exhausted?: boolean | undefined;
  /** The present Unix time in milliseconds. */
  now: number;
  /** A random number from 0 up to 1. */
  random: number;
}

/** The decision after a failed attempt. */
export interface RetryDecision {
  /** Milliseconds before the next attempt; `undefined` if there is none. */
  delay: number | undefined;
  /** The time at which the server accepts the next request, if it said so. */
  retryAt: Date | undefined;
}

const BASE_DELAY = 500;
const MAX_DELAY = 8_000;
/** The longest wait that a server may ask for, in milliseconds. */
const MAX_RETRY_AFTER = 60_000;
/** Codes and types of a 429 that no wait resolves, of OpenAI and others. */
const EXHAUSTED =
  /^(?:insufficient_quota|credit_balance_exhausted|(?:\w+_)?spend_limit_exceeded|organization_usage_limit_exceeded)$/i;
/** The last time that a Date can hold. */
const LAST_TIME = 8.64e15;

/**
 * Decides on a retry.
 *
 * The delay is what the server asks for by `retry-after-ms` or `retry-after` (seconds or a date, RFC 9110, 10.2.3), or else a back-off with
 * full jitter. There is no retry if the server asks for more than a minute, or if a quota is used up.
 */
export function decideRetry(attempt: FailedAttempt): RetryDecision {
  const { attempts, maxRetries, status, headers, exhausted, now } = attempt;
  const asked = retryAfter(headers, now);
  const retryAt = asked === undefined ? undefined : new Date(Math.min(now + asked, LAST_TIME));
  const retries =
    !exhausted && attempts <= maxRetries && isRetryable(status, headers) && !((asked ?? 0) > MAX_RETRY_AFTER);
  return { delay: retries ? (asked ?? backOff(attempts, attempt.random)) : undefined, retryAt };
}

/**
 * Returns a wait in milliseconds: from 0 up to 0.5 s after the first attempt, then up to 1 s, 2 s, … 8 s.
 *
 * @param attempts the number of attempts so far
 * @param random a random number from 0 up to 1
 */
export function backOff(attempts: number, random: number): number {
  return random * Math.min(MAX_DELAY, BASE_DELAY * 2 ** (attempts - 1));
}

/** Returns `true` for a status that deserves another attempt: 0 (no answer), 408, 409, 429 and 5xx. `x-should-retry` overrides it. */
export function isRetryable(status: number, headers?: Headers): boolean {
  const shouldRetry = headers?.get("x-should-retry");
  if (shouldRetry === "true") return true;
  if (shouldRetry === "false") return false;
  return status === 0 || status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Returns `true` if an error's code or type says that a quota, a credit or a spending limit is used up. */
export function isExhausted({ code, type }: { code?: unknown; type?: unknown }): boolean {
  return [code, type].some((name) => typeof name === "string" && EXHAUSTED.test(name));
}

/** Returns the milliseconds that the server asks to wait. */
export function retryAfter(headers: Headers | undefined, now: number): number | undefined {
  const ms = parseFloat(headers?.get("retry-after-ms") ?? "");
  if (ms >= 0) return ms;
  const value = headers?.get("retry-after") ?? "";
  const isSeconds = /^\s*[\d.]+\s*$/.test(value);
  // `Date.parse` also accepts words like "-5" as a date in the past: a date has a time of day.
  if (!isSeconds && !/\d:\d\d/.test(value)) return undefined;
  const wait = isSeconds ? parseFloat(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
