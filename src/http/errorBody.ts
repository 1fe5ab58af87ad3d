import { APIError } from "../errors.ts";
import type { APIErrorDetails } from "../errors.ts";
import { fieldOf, fieldsOf, listOf, numberOf, objectOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";

/** Characters that an error shows of a body without a message, such as a page of HTML. */
const EXCERPT = 300;

/** Fields with the message of an error, the most telling first. */
const MESSAGES = ["message", "detail", "msg", "error_msg", "errorMessage", "Message"];

/**
 * Returns the error for an error body in any of the forms in use: `{error: {…}}`, `{error: "…"}`, a list of such, `{message}`, `{detail}`,
 * `{errors: […]}`, a string, or a page of HTML. The message for a 2xx quotes only the API's own words: such a body may hold an answer.
 *
 * @param body the parsed body, or its text if it is no JSON
 * @param details the status and what else is known
 */
export function apiError(body: unknown, details: APIErrorDetails): APIError {
  const found = errorFields(body);
  const code = found["code"] ?? found["error_code"];
  return new APIError(messageFor(found, body, details.status), {
    ...details,
    // `details` may be the information of an answer, whose headers are a getter.
    headers: details.headers,
    code: details.code ?? (typeof code === "number" ? code : text(code)),
    type: details.type ?? text(found["type"]),
    param: text(found["param"]),
    body,
  });
}

/** Returns the error within an event or answer of status 200; `undefined` if there is none. */
export function findError(value: unknown): unknown {
  const fields = fieldsOf(value);
  // A failed response of the Responses API holds its own error, and is an answer when it is fetched by its id.
  if (!fields || fields["object"] === "response") return undefined;
  if (fields["error"] != null && fields["error"] !== false) return fields;
  if (fields["object"] === "error" || fields["type"] === "error") return { error: fields };
  const error = errorOfChoices(fields);
  return error && { error };
}

/** Returns `true` if a body that is no answer says why, in any of the forms that {@link apiError} reads. */
export function saysWhy(body: unknown): boolean {
  return fieldsOf(firstOf(body)) !== undefined && messageIn(errorFields(body)) !== undefined;
}

/** Returns the error of the first choice if each choice has one, which is how OpenRouter reports failures. */
function errorOfChoices(value: unknown): Fields | undefined {
  const choices = listOf(value, "choices");
  return choices.every((choice) => objectOf(choice, "error")) ? objectOf(choices[0], "error") : undefined;
}

function firstOf(body: unknown): unknown {
  return Array.isArray(body) ? body[0] : body;
}

function errorFields(body: unknown): Fields {
  const first = firstOf(body);
  const outer = fieldsOf(first);
  if (!outer) return { message: first };
  const found = outer["error"] ?? listOf(outer, "errors")[0] ?? errorOfChoices(outer) ?? failedStatus(outer);
  if (typeof found === "string") return { ...outer, message: found };
  const inner = fieldsOf(found);
  if (!inner) return outer;
  // A gateway may wrap the error that it received.
  return messageIn(inner) === undefined ? (objectOf(inner, "error") ?? inner) : inner;
}

/** Returns the failure in the field that each answer of MiniMax has. A status of 0 means success. */
function failedStatus(outer: Fields): Fields | undefined {
  const status = objectOf(outer, "base_resp");
  const code = numberOf(status, "status_code") ?? 0;
  return code === 0 ? undefined : { code, message: fieldOf(status, "status_msg") };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function messageIn(error: Fields): string | undefined {
  return MESSAGES.map((name) => text(error[name])).find((message) => message !== undefined);
}

function messageFor(error: Fields, body: unknown, status: number): string {
  const message = messageIn(error);
  if (message !== undefined && message !== body) return message.trim();
  const whole = (typeof body === "string" ? body : toText(body)).trim();
  if (whole === "") return "The server gave no reason";
  if (status >= 200 && status < 300) return `The server sent something unexpected (${whole.length} characters)`;
  return whole.length > EXCERPT ? `${whole.slice(0, EXCERPT)}…` : whole;
}

function toText(body: unknown): string {
  try {
    return JSON.stringify(body) ?? "";
  } catch {
    return "The server sent something that is nested too deep to show";
  }
}

/** Parses a text as JSON. @returns the text itself if it is no JSON */
export function parseMaybe(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Returns the error for an answer beyond its size limit. */
export function tooLarge(what: string, limit: number): APIError {
  return new APIError(`${what} is longer than ${limit} characters`, { status: 200, code: "too_large" });
}
