import type { ErrorBody } from "./types.ts";

/** A refusal as the API words it. */
export interface Refusal {
  readonly status: number;
  readonly error: Required<ErrorBody>;
}

/**
 * A refusal of the request's content.
 *
 * @param message what is wrong
 * @param param the field, as a path; `null` where it is none
 * @param code the API's short name of the fault
 * @param status default 400
 */
export function badRequest(message: string, param: string | null = null, code: string | null = null, status = 400): Refusal {
  return { status, error: { message, type: "invalid_request_error", param, code } };
}

/** A field that is not there. */
export function missing(param: string): Refusal {
  return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

/** A field of the wrong type; `expected` with its article: "a string". */
export function wrongType(param: string, expected: string, value: unknown): Refusal {
  return badRequest(`Invalid type for '${param}': expected ${expected}, but got ${nameType(value)} instead.`, param, "invalid_type");
}

/** A value that is none of those allowed. */
export function wrongValue(param: string, value: unknown, allowed: readonly string[]): Refusal {
  const quoted = allowed.map((item) => `'${item}'`);
  const list = quoted.length < 3 ? quoted.join(" and ") : `${quoted.slice(0, -1).join(", ")}, and ${quoted.at(-1) ?? ""}`;
  return badRequest(`Invalid value: '${String(value)}'. Supported values are: ${list}.`, param, "invalid_value");
}

/** An array that must hold something. */
export function emptyArray(param: string): Refusal {
  const message = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
  return badRequest(message, param, "empty_array");
}

/** A text that does not match a pattern. */
export function wrongPattern(param: string, pattern: string): Refusal {
  const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`;
  return badRequest(message, param, "invalid_value");
}

/** A text that is too long. */
export function tooLong(param: string, limit: number, length: number): Refusal {
  const message = `Invalid '${param}': string too long. Expected a string with maximum length ${limit}, but got a string with length ${length} instead.`;
  return badRequest(message, param, "string_above_max_length");
}

/** What the API says where a status comes without words: those that a test most often asks for. */
export function refusalOf(status: number, message?: string): Refusal {
  const [type, code, text] = WORDS[status] ?? [status < 500 ? "invalid_request_error" : "server_error", null, `Error ${status}`];
  return { status, error: { message: message ?? text, type, param: null, code } };
}

const SERVER_TEXT =
  "The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error.";

const WORDS: Readonly<Record<number, readonly [type: string, code: string | null, text: string]>> = {
  400: ["invalid_request_error", null, "Invalid request."],
  401: ["invalid_request_error", "invalid_api_key", "Incorrect API key provided."],
  403: ["invalid_request_error", "unsupported_country_region_territory", "Country, region, or territory not supported"],
  404: ["invalid_request_error", null, "Not found."],
  408: ["server_error", null, "Request timed out."],
  409: ["invalid_request_error", "conflict", "The resource was updated by another process."],
  413: ["invalid_request_error", null, "Request too large."],
  429: [
    "requests",
    "rate_limit_exceeded",
    "Rate limit reached for requests. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.",
  ],
  500: ["server_error", null, SERVER_TEXT],
  502: ["server_error", null, "Bad gateway."],
  503: ["server_error", null, "The engine is currently overloaded, please try again later."],
  504: ["server_error", null, "Gateway timeout."],
};

function nameType(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
