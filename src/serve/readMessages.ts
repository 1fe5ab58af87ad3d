import { parseMessages } from "../check/messages.ts";
import { InputError, RequestError } from "../errors.ts";
import { drainRequest, LateBody, readBytes } from "../http/readBytes.ts";
import { checkUnread } from "../http/requestBody.ts";
import { aLimit, checkOptions, oneOf, type Rules, wrong } from "../options.ts";
import type { Message } from "../wire/index.ts";
import { fieldsOf } from "../wire/read.ts";

/** Options of {@link readMessages}. */
export interface ReadMessagesOptions {
  /**
   * The largest body in bytes.
   *
   * @default 10 MiB, as the relay
   */
  maxBytes?: number | undefined;
  /**
   * The roles that messages may have. `["user", "assistant"]` keeps out a visitor's own instructions and tool results.
   *
   * @default all
   */
  roles?: readonly Message["role"][] | undefined;
}

const MAX_BYTES = 10 * 1024 * 1024;

/** Milliseconds for the body to arrive. */
const BODY_TIMEOUT = 60_000;

/** The longest piece of a header that an error shows. */
const LONGEST = 60;

const ROLES: Record<Message["role"], true> = {
  developer: true,
  system: true,
  user: true,
  assistant: true,
  tool: true,
  function: true,
};
const aRole = oneOf(...Object.keys(ROLES));

const OPTIONS: Rules = {
  maxBytes: [aLimit, "limit maxbody maxsize maxlength"],
  roles(value, at) {
    if (!Array.isArray(value) || value.length === 0) throw wrong(at, 'a list of roles, such as ["user"]', value);
    for (const [index, role] of Array.from<unknown>(value).entries()) aRole(role, `${at}[${index}]`);
  },
};

/**
 * Reads a visitor's messages from a request: POST, `content-type: application/json`, and in the body a list of messages or an object with
 * `messages`, whose other fields are ignored.
 *
 * A visitor can make up every message, those of the assistant and of tools included. Items of the Responses API are left out, as
 * `parseMessages()` does.
 *
 * @param request the request as the runtime gave it, with its body unread
 * @param options the largest body, and the roles to accept
 * @returns the messages, typed
 * @throws RequestError for what the visitor did wrong, which `errorResponse()` answers with its status: 400 (body or messages), 405 (method),
 *   408 (the body does not arrive), 413 (size) or 415 (content type)
 * @throws InputError for what the program did wrong: no request, a body that was read already, an option
 * @example
 * ```ts
 * try {
 *   const stream = await client.streamChat(await readMessages(request), {}, { signal: request.signal });
 *   return stream.toResponse();
 * } catch (error) {
 *   return errorResponse(error);
 * }
 * ```
 */
export async function readMessages(request: Request, options: ReadMessagesOptions = {}): Promise<Message[]> {
  checkOptions(options, OPTIONS, "options");
  checkUnread(request, " (parseMessages() checks a body that was parsed elsewhere)");
  try {
    checkHead(request);
    const messages = messagesOf(await readText(request, options.maxBytes ?? MAX_BYTES));
    checkRoles(messages, options.roles);
    return messages;
  } catch (error) {
    await drainRequest(request);
    throw error;
  }
}

/** Checks method and headers. */
function checkHead({ method, headers }: Request): void {
  if (method !== "POST") throw new RequestError(405, "method", "POST", shown(method));
  const type = headers.get("content-type");
  // A request without a body needs no type. Its body is checked later.
  if (type !== null && !isJSON(type)) throw wrongType(shown(type));
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity")
    throw new RequestError(415, "content-encoding", "a body that is not compressed", shown(encoding));
}

function isJSON(type: string): boolean {
  return type.split(";")[0]?.trim().toLowerCase() === "application/json";
}

/** Returns the error for a body of another type. `fetch` sends a string as `text/plain`. */
function wrongType(received: string): RequestError {
  return new RequestError(415, "content-type", "application/json, which the sender sets as a header", received);
}

function shown(value: string): string {
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
}

async function readText(request: Request, limit: number): Promise<string> {
  const { headers } = request;
  const tooLarge = new RequestError(413, "body", `at most ${limit} bytes`, "more");
  if (Number(headers.get("content-length")) > limit) throw tooLarge;
  const { bytes, cut } = await readBytes(request, limit, BODY_TIMEOUT).catch((error: unknown) => {
    if (error instanceof InputError) throw error;
    if (error instanceof LateBody)
      throw new RequestError(408, "body", `all of it within ${BODY_TIMEOUT} ms`, "only a part");
    throw new RequestError(400, "body", "all of it", "one that broke off");
  });
  if (cut) throw tooLarge;
  if (bytes.length === 0) throw wrongBody("nothing");
  if (headers.get("content-type") === null) throw wrongType("none");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new RequestError(400, "body", "JSON in UTF-8", "bytes that are no UTF-8");
  }
}

function wrongBody(received: string): RequestError {
  return new RequestError(400, "body", "a JSON list of messages, or an object with messages", received);
}

function messagesOf(text: string): Message[] {
  const value = parse(text);
  if (!Array.isArray(value)) {
    const fields = fieldsOf(value);
    if (!fields) throw wrongBody(value === null ? "null" : `a ${typeof value}`);
    if (!Object.hasOwn(fields, "messages")) throw wrongBody("an object without messages");
  }
  const messages = parseMessages(value);
  if (messages.length === 0) throw new RequestError(400, "messages", "at least one message", "an empty list");
  return messages;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text of an object that was passed to `fetch` as it is.
    const isBare = text === "[object Object]";
    throw wrongBody(isBare ? `"${text}", an object without JSON.stringify()` : "a text that is no JSON");
  }
}

function checkRoles(messages: readonly Message[], roles: ReadMessagesOptions["roles"]): void {
  if (!roles) return;
  const at = messages.findIndex(({ role }) => !roles.includes(role));
  if (at === -1) return;
  const expected = roles.map((role) => JSON.stringify(role)).join(" or ");
  throw new RequestError(400, `messages[${at}].role`, expected, JSON.stringify(messages[at]?.role));
}
