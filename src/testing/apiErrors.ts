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
export function badRequest(
  message: string,
  param: string | null = null,
  code: string | null = null,
  status = 400,
): Refusal {
  return { status, error: { message, type: "invalid_request_error", param, code } };
}

/** A field that is not there. */
export function missing(param: string): Refusal {
  return badRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
}

/** A field of the wrong type; `expected` with its article: "a string". */
export function wrongType(param: string, expected: string, value: unknown): Refusal {
  return badRequest(
    `Invalid type for '${param}': expected ${expected}, but got ${nameType(value)} instead.`,
    param,
    "invalid_type",
  );
}

/** A value that is none of those allowed. */
export function wrongValue(param: string, value: unknown, allowed: readonly string[]): Refusal {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean")
    return wrongType(param, "a string", value);
  const text = `Invalid value: '${value}'. Supported values are: ${quoteAll(allowed, "and")}.`;
  return badRequest(text, param, "invalid_value");
}

/** Values as the API lists them: `'a', 'b', and 'c'`. */
export function quoteAll(values: readonly string[], word: "and" | "or"): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 3
    ? quoted.join(` ${word} `)
    : `${quoted.slice(0, -1).join(", ")}, ${word} ${quoted.at(-1) ?? ""}`;
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

/** A string or list that is too long. */
export function tooLong(param: string, limit: number, length: number, kind: "string" | "array" = "string"): Refusal {
  const [some, too] = kind === "string" ? ["a string", "string too long"] : ["an array", "array too long"];
  const message = `Invalid '${param}': ${too}. Expected ${some} with maximum length ${limit}, but got ${some} with length ${length} instead.`;
  return badRequest(message, param, `${kind}_above_max_length`);
}

/** An object with too many fields. */
export function tooManyFields(param: string, limit: number, count: number): Refusal {
  const message = `Invalid '${param}': too many properties. Expected an object with at most ${limit} properties, but got an object with ${count} properties instead.`;
  return badRequest(message, param, "object_above_max_properties");
}

/** The address of an image that is none. @param expected with its article */
export function wrongImage(param: string, expected: string, received: string): Refusal {
  return badRequest(`Invalid '${param}'. Expected ${expected}, but got ${received}.`, param, "invalid_value");
}

/** A number outside of its range; `expected` as in `>= 1`. */
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

/** What the API says where a status comes without words: those that a test most often asks for. */
export function refusalOf(status: number, message?: string): Refusal {
  const usual = status < 500 ? "invalid_request_error" : "server_error";
  const [text = `Error ${status}`, code = null, type = usual] = WORDS[status] ?? [];
  return { status, error: { message: message ?? text, type, param: null, code } };
}

/** What the API says where it is to blame. */
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
