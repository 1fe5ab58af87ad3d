import { makeHexId } from "./ids.ts";

const DAY = 86_400_000;
const REQUESTS_A_DAY = 10_000;
const TOKENS_A_MINUTE = 200_000;

/**
 * Returns the headers that the API sends with every response.
 *
 * @param call the number of the call, from 1
 * @param processing the processing time to report, in ms
 */
export function commonHeaders(call: number, processing: number): Record<string, string> {
  return {
    "x-request-id": makeHexId("req_", 32, call),
    "openai-processing-ms": String(processing),
    "openai-version": "2020-10-01",
    ...CORS,
  };
}

// The headers that the API allows a page to send. Any other header fails the preflight, so that tests notice it.
const ALLOWED = "authorization, content-type, openai-organization, openai-project, openai-beta, idempotency-key";

const CORS: Readonly<Record<string, string>> = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "*",
};

/** Returns the headers of the answer to a CORS preflight. */
export function preflightHeaders(): Record<string, string> {
  const methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
  return {
    ...CORS,
    "access-control-allow-methods": methods,
    "access-control-allow-headers": ALLOWED,
    "access-control-max-age": "600",
  };
}

/**
 * Returns rate limit headers, as if all calls so far had been made just now.
 *
 * @param calls the number of calls
 * @param tokens the tokens of this call
 */
export function rateLimitHeaders(calls: number, tokens: number): Record<string, string> {
  return {
    "x-ratelimit-limit-requests": String(REQUESTS_A_DAY),
    "x-ratelimit-limit-tokens": String(TOKENS_A_MINUTE),
    "x-ratelimit-remaining-requests": String(Math.max(0, REQUESTS_A_DAY - calls)),
    "x-ratelimit-remaining-tokens": String(Math.max(0, TOKENS_A_MINUTE - tokens)),
    "x-ratelimit-reset-requests": formatDuration(calls * (DAY / REQUESTS_A_DAY)),
    "x-ratelimit-reset-tokens": formatDuration(Math.ceil(tokens * (60_000 / TOKENS_A_MINUTE))),
  };
}

/** Formats a time in ms as the API does: `6m0s`, `8.64s`, `9ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.round(ms % 60_000) / 1000;
  return `${hours > 0 ? `${hours}h` : ""}${hours > 0 || minutes > 0 ? `${minutes}m` : ""}${seconds}s`;
}
