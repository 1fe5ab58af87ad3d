import { OpenAIError } from "../errors.ts";
import { redactError } from "./redactError.ts";
import { redactHeaders } from "./secrets.ts";
import type { Redact } from "./secrets.ts";

const INFO = Symbol.for("fetchat.http");

/** What is remembered of a call, before anyone asks. */
export interface RawHttpInfo {
  /** HTTP status. */
  readonly status: number;
  /** Response headers. In a browser only those that CORS exposes. */
  readonly headers: Headers;
  /** How many requests it took. */
  readonly attempts: number;
  /** When the headers came, in milliseconds since 1970. */
  readonly at: number;
  /** Replaces the request's secrets in a text. */
  readonly redact?: ((text: string) => string) | undefined;
}

/** What is remembered of an answer; its headers are looked through when somebody asks. */
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

/** One rate limit as the server told it. */
export interface RateLimit {
  /** How many are allowed in the period. */
  limit: number | undefined;
  /** How many are left. */
  remaining: number | undefined;
  /** When all are allowed again. */
  reset: Date | undefined;
}

/** The HTTP side of a result, a stream or an error. */
export interface HttpInfo {
  /** HTTP status. */
  status: number;
  /** Response headers. In a browser only those that CORS exposes. */
  headers: Headers;
  /** `x-request-id`, for the provider's support. */
  requestId: string | undefined;
  /** How many requests it took: 1 without a retry. */
  attempts: number;
  /** `x-ratelimit-*`, by what is limited. */
  rateLimits: { requests: RateLimit; tokens: RateLimit };
}

/** Remembers the HTTP side of a value where only {@link httpInfo} looks. An error loses the secrets of its request. */
export function attachInfo<T>(value: T, info: RawHttpInfo | undefined): T {
  if (info?.redact && value instanceof OpenAIError) redactError(value, info.redact);
  if (info && typeof value === "object" && value !== null && Object.isExtensible(value)) {
    Object.defineProperty(value, INFO, { value: info, configurable: true, writable: true });
  }
  return value;
}

/** What was remembered of a value. */
export function infoOf(value: unknown): RawHttpInfo | undefined {
  return (value as { [INFO]?: RawHttpInfo } | null | undefined)?.[INFO];
}

/**
 * The HTTP side of any result, stream or error of this package.
 *
 * @returns `undefined` where nothing is known: the value is not one of ours, or no response ever came
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

/** Reads OpenAI's headers (`x-ratelimit-limit-requests`), and the plain ones of others (`x-ratelimit-limit`) as requests. */
function rateLimit(headers: Headers, at: number, suffix: "-requests" | "-tokens"): RateLimit {
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

/** A reset is told as a duration (`6m0s`, `20ms`, `59.7`), as a Unix time in seconds or milliseconds, or as a date. */
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
