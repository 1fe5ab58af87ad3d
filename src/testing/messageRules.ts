import { stringOf } from "../wire/read.ts";
import { badRequest, missing, type Refusal, tooLong, wrongPattern, wrongType } from "./apiErrors.ts";
import { checkContent, checkObjects, checkObject, needOneOf, needString } from "./contentRules.ts";

type Fields = Readonly<Record<string, unknown>>;

const ROLES: readonly string[] = ["system", "assistant", "user", "function", "tool", "developer"];
/** The pattern of tool names. */
export const CALL_NAME = "^[a-zA-Z0-9_-]+$";
const AUTHOR_NAME = "^[^\\s<|\\\\/>]+$";

/**
 * Checks `messages` by the rules of the chat completions API: the fields of each role, and the order of messages.
 *
 * @param messages the field of a request's body
 * @returns the message of the API's error, or `undefined` if the API would accept the messages
 * @example
 * ```ts
 * expect(checkMessages(session.messages)).toBeUndefined();
 * ```
 */
export function checkMessages(messages: unknown): string | undefined {
  return findMessageFault(messages)?.error.message;
}

/**
 * Does the same as {@link checkMessages} and returns the whole error.
 *
 * @param isOpen lets pass what only OpenAI refuses: unknown content parts, images given as strings, ids of more than 40
 *   characters. Default false
 */
export function findMessageFault(messages: unknown, isOpen = false): Refusal | undefined {
  if (messages === undefined) return missing("messages");
  if (!Array.isArray(messages)) return wrongType("messages", "an array of objects", messages);
  return (
    checkObjects(messages, "messages", (message, path, index) => checkMessage(message, path, index, isOpen)) ??
    checkOrder(messages)
  );
}

function checkMessage(message: Fields, path: string, index: number, isOpen: boolean): Refusal | undefined {
  const { role } = message;
  if (role === undefined) return missing(`${path}.role`);
  return (
    needOneOf(message, "role", path, ROLES) ??
    checkName(message, path) ??
    checkBody(stringOf(message, "role") ?? "", message, index, isOpen)
  );
}

function checkName(message: Fields, path: string): Refusal | undefined {
  if (message["name"] == null) return undefined;
  const name = stringOf(message, "name") ?? "";
  return needString(message, "name", path) ?? checkText(name, `${path}.name`, 64, AUTHOR_NAME);
}

function checkText(text: string, path: string, limit: number, pattern: string): Refusal | undefined {
  if (text.length > limit) return tooLong(path, limit, text.length);
  return new RegExp(pattern).test(text) ? undefined : wrongPattern(path, pattern);
}

function checkBody(role: string, message: Fields, index: number, isOpen: boolean): Refusal | undefined {
  switch (role) {
    case "assistant":
      return checkAssistant(message, index, isOpen);
    case "tool":
      return needField(message, "tool", "tool_call_id", index) ?? needContent(role, message, index, isOpen);
    case "function":
      return needField(message, "function", "name", index) ?? checkFunctionContent(message, index);
    default:
      return needContent(role, message, index, isOpen);
  }
}

function needField(message: Fields, role: string, field: string, index: number): Refusal | undefined {
  const value = message[field];
  if (typeof value === "string") return undefined;
  if (value != null) return wrongType(`messages[${index}].${field}`, "a string", value);
  const text = `Missing parameter '${field}': messages with role '${role}' must have a '${field}'.`;
  return badRequest(text, `messages.[${index}].${field}`);
}

function needContent(role: string, message: Fields, index: number, isOpen: boolean): Refusal | undefined {
  const content = message["content"];
  if (content === undefined) return missing(`messages[${index}].content`);
  if (content === null) return nullContent(index);
  return checkContent(content, role, `messages[${index}].content`, isOpen);
}

function nullContent(index: number): Refusal {
  return badRequest("Invalid value for 'content': expected a string, got null.", `messages.[${index}].content`);
}

/** A function's result may be null, but the field may not be missing. */
function checkFunctionContent(message: Fields, index: number): Refusal | undefined {
  return message["content"] === null ? undefined : needContent("function", message, index, false);
}

function checkAssistant(message: Fields, index: number, isOpen: boolean): Refusal | undefined {
  const path = `messages[${index}]`;
  const refusal =
    checkCalls(message["tool_calls"], `${path}.tool_calls`, isOpen) ??
    checkLegacyCall(message, path) ??
    checkSpoken(message, path);
  if (refusal) return refusal;
  const content = message["content"];
  if (content != null) return checkContent(content, "assistant", `${path}.content`, isOpen);
  return ["tool_calls", "function_call", "refusal", "audio"].some((field) => message[field] != null)
    ? undefined
    : nullContent(index);
}

function checkSpoken(message: Fields, path: string): Refusal | undefined {
  const { refusal, audio } = message;
  const fault = refusal == null ? undefined : needString(message, "refusal", path);
  return (
    fault ??
    (audio == null
      ? undefined
      : checkObject(message, "audio", path, (spoken, place) => needString(spoken, "id", place)))
  );
}

function checkLegacyCall(message: Fields, path: string): Refusal | undefined {
  return message["function_call"] == null ? undefined : checkCalled(message, "function_call", "arguments", path);
}

function checkCalls(calls: unknown, path: string, isOpen: boolean): Refusal | undefined {
  if (calls == null) return undefined;
  if (!Array.isArray(calls)) return wrongType(path, "an array of objects", calls);
  return checkObjects(calls, path, (call, place) => checkCall(call, place, isOpen ? Infinity : 40));
}

function checkCall(call: Fields, path: string, longest: number): Refusal | undefined {
  const { id, type } = call;
  const refusal = needString(call, "id", path) ?? needString(call, "type", path);
  if (refusal) return refusal;
  if (typeof id === "string" && id.length > longest) return tooLong(`${path}.id`, longest, id.length);
  return (
    needOneOf(call, "type", path, ["function", "custom"]) ??
    checkCalled(call, String(type), type === "function" ? "arguments" : "input", path)
  );
}

function checkCalled(call: Fields, kind: string, given: string, path: string): Refusal | undefined {
  return checkObject(
    call,
    kind,
    path,
    (called, place) =>
      needString(called, "name", place) ??
      needString(called, given, place) ??
      checkText(String(called["name"]), `${place}.name`, 64, CALL_NAME),
  );
}

/** Tool results directly follow the message with their calls: one per call, in any order, with nothing between. */
function checkOrder(messages: readonly Fields[]): Refusal | undefined {
  let index = 0;
  while (index < messages.length) {
    const message = messages[index];
    if (message?.["role"] === "tool") return orphan(index);
    const called = message === undefined ? [] : callIds(message);
    const repeated = called.find((id, at) => called.indexOf(id) !== at);
    if (repeated !== undefined) return repeatedCall(repeated, index);
    const results = takeResults(messages, index + 1);
    const refusal = called.length === 0 ? undefined : matchResults(called, results, index + 1);
    if (refusal) return refusal;
    // Results without a call are left to the next iteration, which refuses the first of them.
    index += 1 + (called.length === 0 ? 0 : results.length);
  }
  return undefined;
}

function callIds(message: Fields): string[] {
  const calls = message["tool_calls"];
  return message["role"] === "assistant" && Array.isArray(calls) ? calls.map((call: Fields) => String(call["id"])) : [];
}

function takeResults(messages: readonly Fields[], from: number): string[] {
  const end = messages.findIndex((message, index) => index >= from && message["role"] !== "tool");
  return messages.slice(from, end === -1 ? undefined : end).map((message) => String(message["tool_call_id"]));
}

function matchResults(called: readonly string[], results: readonly string[], from: number): Refusal | undefined {
  for (const [at, id] of results.entries()) {
    const param = `messages.[${from + at}].tool_call_id`;
    if (!called.includes(id)) {
      return badRequest(
        `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
        param,
      );
    }
    const first = results.indexOf(id);
    if (first === at) continue;
    const where = `in messages[${from + first}] and messages[${from + at}]`;
    return badRequest(`Invalid parameter: Duplicate value for 'tool_call_id' of '${id}', ${where}.`, param);
  }
  const open = called.filter((id) => !results.includes(id));
  return open.length === 0 ? undefined : unanswered(open, from + results.length);
}

function unanswered(ids: readonly string[], index: number): Refusal {
  const rule =
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
  const text = `${rule} The following tool_call_ids did not have response messages: ${ids.join(", ")}`;
  return badRequest(text, `messages.[${index}].role`);
}

function orphan(index: number): Refusal {
  // "preceeding" is the API's spelling.
  const text =
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
  return badRequest(text, `messages.[${index}].role`);
}

/** The API's wording of this error is unknown. Two calls with one id cannot both be answered, so it is an error. */
function repeatedCall(id: string, index: number): Refusal {
  return badRequest(
    `Invalid parameter: Duplicate value for 'id' of '${id}' in 'tool_calls'.`,
    `messages.[${index}].tool_calls`,
  );
}
