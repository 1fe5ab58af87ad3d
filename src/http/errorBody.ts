import { APIError } from "../errors.ts";
import type { APIErrorDetails } from "../errors.ts";
import { fieldOf, listOf, numberOf, objectOf } from "../wire/read.ts";

/** Characters that are shown of a body without a message in it, such as a page of HTML. */
const EXCERPT = 300;

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const text = (value: unknown): string | undefined =>
  typeof value === "string" && value.trim() !== "" ? value : undefined;

/**
 * Makes an error of an error body in any of the forms in use: `{error: {…}}`, `{error: "…"}`, a list of such, `{message}`,
 * `{detail}`, `{errors: […]}`, a bare string, or a page of HTML, of which the first characters are kept. The message of a
 * 2xx quotes nothing but the API's own words: such a body may hold an answer.
 *
 * @param body what was sent: parsed where it was JSON, else its text
 * @param details the status and what else is known
 */
export function apiError(body: unknown, details: APIErrorDetails): APIError {
  const found = errorFields(body);
  const code = found["code"] ?? found["error_code"];
  return new APIError(describe(found, body, details.status), {
    ...details,
    // An own field or not: details may be all that is known of an answer.
    headers: details.headers,
    code: details.code ?? (typeof code === "number" ? code : text(code)),
    type: details.type ?? text(found["type"]),
    param: text(found["param"]),
    body,
  });
}

/** The error object within an event or answer that otherwise went well, if there is one. */
export function findError(value: unknown): unknown {
  // A response of the Responses API that failed tells of it itself, and is an answer where it is fetched by its id.
  if (!isObject(value) || value["object"] === "response") return undefined;
  if (value["error"] !== undefined && value["error"] !== null && value["error"] !== false) return value;
  if (value["object"] === "error" || value["type"] === "error") return { error: value };
  const error = errorOfChoices(value);
  return error && { error };
}

/** Returns the error of the first choice where each choice has one: OpenRouter tells of failures there. */
function errorOfChoices(value: unknown): unknown {
  const errors = listOf(value, "choices").map((choice) => objectOf(choice, "error"));
  return errors.includes(undefined) ? undefined : errors[0];
}

/** Returns whether a body that is no answer says why, in any of the forms that {@link apiError} reads. */
export function saysWhy(body: unknown): boolean {
  const told = Array.isArray(body) ? (body as unknown[])[0] : body;
  return isObject(told) && wordsOf(errorFields(told)) !== undefined;
}

function errorFields(body: unknown): Fields {
  const outer = Array.isArray(body) ? (body as unknown[])[0] : body;
  if (!isObject(outer)) return { message: outer };
  const inner = outer["error"] ?? listOf(outer, "errors")[0] ?? errorOfChoices(outer) ?? failedStatus(outer);
  if (typeof inner === "string") return { ...outer, message: inner };
  if (!isObject(inner)) return outer;
  // A gateway may wrap the error that it got.
  return wordsOf(inner) === undefined ? (objectOf(inner, "error") ?? inner) : inner;
}

/** MiniMax tells of failures in a field that every answer has, with a status of 0 where all is well. */
function failedStatus(outer: Fields): Fields | undefined {
  const status = objectOf(outer, "base_resp");
  const code = numberOf(status, "status_code") ?? 0;
  return code === 0 ? undefined : { code, message: fieldOf(status, "status_msg") };
}

/** Names of the field with the words of an error, by how telling they are. */
const WORDS = ["message", "detail", "msg", "error_msg", "errorMessage", "Message"];

function wordsOf(found: Fields): string | undefined {
  return WORDS.map((name) => text(found[name])).find((said) => said !== undefined);
}

function describe(found: Fields, body: unknown, status: number): string {
  const said = wordsOf(found);
  if (said !== undefined && said !== body) return said.trim();
  if (body === undefined || (typeof body === "string" && body.trim() === "")) return "The server gave no reason";
  const all = typeof body === "string" ? body : toText(body);
  return status >= 200 && status < 300
    ? `The server sent something unexpected (${all.length} characters)`
    : excerpt(all);
}

function toText(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    return "The server sent something that is nested too deep to show";
  }
}

function excerpt(words: string): string {
  const trimmed = words.trim();
  return trimmed.length > EXCERPT ? `${trimmed.slice(0, EXCERPT)}…` : trimmed;
}

/** Parses what may be JSON; gives the text itself where it is not. */
export function parseMaybe(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}

/** The error where an answer goes on and on. */
export function tooLarge(what: string, limit: number): APIError {
  return new APIError(`${what} is longer than ${limit} characters`, { status: 200, code: "too_large" });
}
