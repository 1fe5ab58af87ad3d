import type { ErrorBody } from "./types.ts";

/** An error response with the API's own wording. */
export interface Refusal {
  readonly status: number;
  readonly error: Required<ErrorBody>;
}

/**
 * Returns a refusal of the request's content.
 *
 * @param message the API's message
 * @param param the path of the field at fault. Default `null`
 * @param code the API's name of the error. Default `null`
 * @param status the HTTP status. Default 400
 */
export function badRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
  status = 400,
): Refusal {
  return { status, error: { message, type: "invalid_request_error", param, code } };
}

/** Refuses a request without a required field. */
export function missing(param: string): Refusal {
  return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

/**
 * Refuses a field of the wrong type.
 *
 * @param expected the expected type with its article: "a string"
 */
export function wrongType(param: string, expected: string, value: unknown): Refusal {
  return badRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${nameType(value)} instead.`,
    param,
    "invalid_type",
  );
}

/** Refuses a value that is not one of those allowed. */
export function wrongValue(param: string, value: unknown, allowed: readonly string[]): Refusal {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    return wrongType(param, "a string", value);
  const text = `Invalid value: '${value}'. Supported values are: ${quoteAll(allowed, "and")}.`;
  return badRequest(text, param, "invalid_value");
}

/** Formats values as the API lists them: `'a', 'b', and 'c'`. */
export function quoteAll(values: readonly string[], word: "and" | "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 3
    ? quoted.join(` ${word} `)
    : `${quoted.slice(0, -1).join(", ")}, ${word} ${quoted.at(-1) ?? ""}`;
}

/** Refuses an empty array. */
export function emptyArray(param: string): Refusal {
  const message = `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`;
  return badRequest(message, param, "empty_array");
}

/** Refuses a string that does not match a pattern. */
export function wrongPattern(param: string, pattern: string): Refusal {
  const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`;
  return badRequest(message, param, "invalid_value");
}

/** Refuses a string or a list that is too long. */
export function tooLong(param: string, limit: number, length: number, kind: "string" | "array" = "string"): Refusal {
  const [some, too] = kind === "string" ? ["a string", "string too long"] : ["an array", "array too long"];
  const message = `Invalid '${param}': ${too}. Expected ${some} with maximum length ${limit}, but got ${some} with length ${length} instead.`;
  return badRequest(message, param, `${kind}_above_max_length`);
}

/** Refuses an object with too many fields. */
export function tooManyFields(param: string, limit: number, count: number): Refusal {
  const message = `Invalid '${param}': too many properties. Expected an object with at most ${limit} properties, but got an object with ${count} properties instead.`;
  return badRequest(message, param, "object_above_max_properties");
}

/**
 * Refuses an image whose address is invalid.
 *
 * @param expected the expected address with its article
 */
export function wrongImage(param: string, expected: string, received: string): Refusal {
  return badRequest(`Invalid '${param}'. Expected ${expected}, but got ${received}.`, param, "invalid_value");
}

/**
 * Refuses a number outside its range.
 *
 * @param expected the range, such as `>= 1`
 */
export function outOfRange(
  param: string,
  value: number,
  kind: "integer" | "decimal",
  where: "below_min" | "above_max",
  expected: string,
): Refusal {
  const text = `Invalid '${param}': ${kind} ${where.replace("_", " ")}imum value. Expected a value ${expected}, but got ${value} instead.`;
  return badRequest(text, param, `${kind}_${where}_value`);
}

/** Returns the API's usual error for a status, for the statuses that tests ask for most. */
export function refusalOf(status: number, message?: string): Refusal {
  const usual = status < 500 ? "invalid_request_error" : "server_error";
  const [text = `Error ${status}`, code = null, type = usual] = WORDS[status] ?? [];
  return { status, error: { message: message ?? text, type, param: null, code } };
}

/** The API's message for a server error. */
export const SERVER_TEXT = "The server had an error while processing your request. Sorry about that!";

const WORDS: Readonly<Record<number, readonly [text: string, code?: string | null, type?: string]>> = {
  400: ["Invalid request."],
  401: ["Incorrect API key provided.", "invalid_api_key"],
  403: ["Country, region, or territory not supported", "unsupported_country_region_territory"],
  404: ["Not found."],
  408: ["Request timed out.", null, "server_error"],
  409: ["The resource was updated by another process.", "conflict"],
  413: ["Request too large."],
  429: [
    "Rate limit reached for requests. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.",
    "rate_limit_exceeded",
    "requests",
  ],
  500: [
    `${SERVER_TEXT} You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error.`,
  ],
  502: ["Bad gateway."],
  503: ["The engine is currently overloaded, please try again later."],
  504: ["Gateway timeout."],
};

function nameType(value: unknown): string {
  if (value == null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "number") return Number.isInteger(value) ? "an integer" : "a decimal";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
