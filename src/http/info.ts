import { OpenAIError } from "../errors.ts";
import { redactError } from "./redactError.ts";
import { redactHeaders } from "./secrets.ts";
import type { Redact } from "./secrets.ts";

const INFO = Symbol.for("fetchat.http");

/** HTTP data of an answer as it is attached to a result. */
export interface RawHttpInfo {
  /** HTTP status. */
  readonly status: number;
  /** Response headers. Browsers show only those that CORS exposes. */
  readonly headers: Headers;
  /** The number of requests that were made. */
  readonly attempts: number;
  /** Unix time of the headers, in milliseconds. */
  readonly at: number;
  /** Replaces the request's secrets in a text. */
  readonly redact?: ((text: string) => string) | undefined;
}

/** HTTP data of an answer. Its headers are redacted when they are first read. */
export class AnswerInfo implements RawHttpInfo {
  readonly status: number;
  readonly attempts: number;
  readonly at: number = Date.now();
  readonly redact: Redact;
  readonly #given: Headers;
  #headers: Headers | undefined;

  constructor(response: Response, redact: Redact, attempts: number) {
    this.status = response.status;
    this.#given = response.headers;
    this.redact = redact;
    this.attempts = attempts;
  }

  get headers(): Headers {
    return (this.#headers ??= redactHeaders(this.#given, this.redact));
  }
}

/** The HTTP side of a result, a stream or an error. */
export interface HttpInfo {
  /** HTTP status. */
  status: number;
  /** Response headers. Browsers show only those that CORS exposes. */
  headers: Headers;
  /** `x-request-id`, for the provider's support. */
  requestId: string | undefined;
  /** The number of requests that were made: 1 without a retry. */
  attempts: number;
  /** Rate limits of requests and tokens, from the `x-ratelimit-*` headers: how many are allowed and left, and when the limit is reset. */
  rateLimits: Record<
    "requests" | "tokens",
    { limit: number | undefined; remaining: number | undefined; reset: Date | undefined }
  >;
}

/** Attaches HTTP data to a value, under a symbol that only {@link httpInfo} reads. Secrets of the request are removed from an error. */
export function attachInfo<T>(value: T, info: RawHttpInfo | undefined): T {
  if (info?.redact && value instanceof OpenAIError) redactError(value, info.redact);
  if (info && typeof value === "object" && value !== null && Object.isExtensible(value)) {
    Object.defineProperty(value, INFO, { value: info, configurable: true, writable: true });
  }
  return value;
}

/** Returns the HTTP data that is attached to a value. */
export function infoOf(value: unknown): RawHttpInfo | undefined {
  return (value as { [INFO]?: RawHttpInfo } | null | undefined)?.[INFO];
}

/**
 * Returns the HTTP side of a result, a stream or an error of this package.
 *
 * @param value what a call returned or threw
 * @returns `undefined` for any other value, and if no response came
 * @example
 * ```ts
 * const completion = await client.chat(messages);
 * const { requestId, attempts, rateLimits } = httpInfo(completion) ?? {};
 * console.log(requestId, attempts, rateLimits?.tokens.remaining);
 * ```
 */
export function httpInfo(value: unknown): HttpInfo | undefined {
  const raw = infoOf(value);
  if (!raw) return undefined;
  const { status, headers, attempts, at } = raw;
  return {
    status,
    headers,
    requestId: headers.get("x-request-id") ?? undefined,
    attempts,
    rateLimits: { requests: rateLimit(headers, at, "-requests"), tokens: rateLimit(headers, at, "-tokens") },
  };
}

/** Reads OpenAI's headers (`x-ratelimit-limit-requests`). Headers without a unit (`x-ratelimit-limit`) count requests. */
function rateLimit(headers: Headers, at: number, suffix: "-requests" | "-tokens"): HttpInfo["rateLimits"]["requests"] {
  const read = (name: string): string | undefined =>
    headers.get(`x-ratelimit-${name}${suffix}`) ??
    (suffix === "-requests" ? headers.get(`x-ratelimit-${name}`) : null) ??
    undefined;
  return { limit: count(read("limit")), remaining: count(read("remaining")), reset: resetTime(read("reset"), at) };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads the time of a reset: a duration (`6m0s`, `20ms`, `59.7`), a Unix time in seconds or milliseconds, or a date. */
function resetTime(text: string | undefined, at: number): Date | undefined {
  if (!text) return undefined;
  if (/^[\d.]+$/.test(text)) {
    const value = Number(text);
    return validDate(value > 1e11 ? value : value > 1e8 ? value * 1000 : at + value * 1000);
  }
  if (/^([\d.]+(ms|s|m|h|d))+$/.test(text)) {
    let wait = 0;
    for (const [, value, unit] of text.matchAll(/([\d.]+)(ms|s|m|h|d)/g))
      wait += Number(value) * (UNITS[unit ?? ""] ?? 0);
    return validDate(at + wait);
  }
  return validDate(Date.parse(text));
}

function validDate(time: number): Date | undefined {
  return Number.isNaN(new Date(time).getTime()) ? undefined : new Date(time);
}
