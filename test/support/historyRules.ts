/**
 * The rules of the chat completions API for a request's messages, from its description and from what servers refuse.
 * Independent of the package's own checks, of platforms and of test runners.
 */

type Fields = Readonly<Record<string, unknown>>;

const ROLES = new Set(["system", "developer", "user", "assistant", "tool", "function"]);
const CALL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const SPEAKER = /^[^\s<|\\/>]{1,64}$/;
const LONE = /\p{Cs}/u;

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;

/**
 * Returns the reason for which a server would refuse a request's messages.
 *
 * @param messages parsed JSON
 * @returns the place and the reason, or `undefined` if the messages are valid
 */
export function faultOfRequest(messages: unknown): string | undefined {
  if (!Array.isArray(messages) || messages.length === 0) return "messages: no list, or an empty one";
  for (const [at, message] of messages.entries()) {
    const fault = faultOfMessage(message);
    if (fault) return `messages[${at}]${fault}`;
  }
  return faultOfOrder(messages as Fields[]);
}

/**
 * Returns the fault of a history. Like {@link faultOfRequest}, except that calls of the last answer may be pending and
 * arguments may be invalid JSON.
 */
export function faultOfHistory(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return "messages: no list";
  const list = messages as Fields[];
  const last = list.findLastIndex(({ role }) => role === "assistant");
  const open = callsOf(list[last]).filter(
    (call) => !list.slice(last).some((one) => one["tool_call_id"] === call["id"]),
  );
  const results = open.map((call) => ({ role: "tool", tool_call_id: call["id"], content: "" }));
  const readable = [...list.slice(0, last + 1), ...results, ...list.slice(last + 1)].map(withReadableCalls);
  return readable.length === 0 ? undefined : faultOfRequest(readable);
}

const READABLE = { name: "name", arguments: "{}" };

/** Removes fields that a history may have and a request may not. */
function withReadableCalls({ responses: _, ...message }: Fields): Fields {
  const calls = callsOf(message).map(({ namespace: __, ...call }) => {
    const fn = fieldsOf(call["function"]);
    const custom = fieldsOf(call["custom"]);
    return {
      ...call,
      ...(typeof fn?.["arguments"] === "string" && typeof fn["name"] === "string" && { function: READABLE }),
      ...(typeof custom?.["name"] === "string" && { custom: { ...custom, name: "name" } }),
    };
  });
  const audio = fieldsOf(message["audio"]);
  const legacy = fieldsOf(message["function_call"]);
  return {
    ...message,
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(audio && { audio: { id: audio["id"] } }),
    ...(legacy && typeof legacy["arguments"] === "string" && { function_call: READABLE }),
  };
}

function callsOf(message: Fields | undefined): Fields[] {
  const calls = message?.["tool_calls"];
  return Array.isArray(calls) ? (calls as Fields[]) : [];
}

function faultOfMessage(value: unknown): string | undefined {
  const message = fieldsOf(value);
  if (!message) return ": no object";
  const { role, name, content } = message;
  if (typeof role !== "string" || !ROLES.has(role)) return ".role: unknown";
  if (hasLone(value)) return ": half a character";
  if (Object.hasOwn(message, "responses")) return ".responses: unknown";
  if (name !== undefined && (typeof name !== "string" || !(role === "function" ? CALL_NAME : SPEAKER).test(name)))
    return ".name: refused";
  if (role === "assistant") return faultOfAnswer(message);
  if (role === "tool" && typeof message["tool_call_id"] !== "string") return ".tool_call_id: no text";
  if (role === "function") return content === null || typeof content === "string" ? undefined : ".content: no text";
  return faultOfContent(content, role);
}

function hasLone(value: unknown): boolean {
  if (typeof value === "string") return LONE.test(value);
  return typeof value === "object" && value !== null && Object.entries(value).flat().some(hasLone);
}

function faultOfContent(content: unknown, role: string): string | undefined {
  if (typeof content === "string") return undefined;
  if (!isFilled(content)) return ".content: no text and no parts";
  const allowed = role === "user" ? ["text", "image_url", "input_audio", "file"] : ["text"];
  const wrong = (content as unknown[]).some((part) => {
    const { type, text } = fieldsOf(part) ?? {};
    return !allowed.includes(String(type)) || (type === "text" && typeof text !== "string");
  });
  return wrong ? ".content: a part that is refused" : undefined;
}

function faultOfAnswer(message: Fields): string | undefined {
  const { content, refusal, tool_calls, function_call, audio } = message;
  for (const field of ["refusal", "reasoning_content", "reasoning"])
    if (message[field] !== undefined && typeof message[field] !== "string") return `.${field}: no text`;
  for (const field of ["p", "padding", "obfuscation", "parsed", "index"])
    if (Object.hasOwn(message, field)) return `.${field}: not to be sent back`;
  if (content != null) {
    if (typeof content !== "string" && !isFilled(content)) return ".content: no text and no parts";
    if (Array.isArray(content) && !content.every((part) => typeof fieldsOf(part)?.["type"] === "string"))
      return ".content: a part without a type";
  } else if (refusal == null && tool_calls == null && function_call == null && audio == null) return ".content: null";
  if (audio !== undefined) {
    const fields = fieldsOf(audio);
    if (!fields || typeof fields["id"] !== "string" || fields["id"] === "" || Object.keys(fields).length !== 1)
      return ".audio: not one id";
  }
  if (function_call !== undefined) {
    const fault = faultOfFunction(function_call);
    if (fault) return `.function_call${fault}`;
  }
  if (tool_calls === undefined) return undefined;
  if (!isFilled(tool_calls)) return ".tool_calls: no list, or an empty one";
  for (const call of tool_calls as unknown[]) {
    const fault = faultOfCall(call);
    if (fault) return `.tool_calls[]${fault}`;
  }
  const ids = (tool_calls as Fields[]).map(({ id }) => id);
  return new Set(ids).size < ids.length ? ".tool_calls: an id twice" : undefined;
}

function faultOfCall(value: unknown): string | undefined {
  const call = fieldsOf(value);
  if (!call || typeof call["id"] !== "string" || call["id"] === "") return ".id: none";
  if (Object.hasOwn(call, "namespace")) return ".namespace: unknown";
  if (call["type"] === "function") return faultOfFunction(call["function"]);
  const custom = fieldsOf(call["custom"]);
  if (call["type"] !== "custom" || !custom) return ".type: refused";
  return CALL_NAME.test(String(custom["name"])) && typeof custom["input"] === "string" ? undefined : ".custom: refused";
}

/** vLLM and llama.cpp parse the arguments of every call in a history. */
function faultOfFunction(value: unknown): string | undefined {
  const { name, arguments: text } = fieldsOf(value) ?? {};
  if (typeof name !== "string" || !CALL_NAME.test(name)) return ".name: refused";
  if (typeof text !== "string") return ".arguments: no text";
  try {
    return JSON.parse(text) === null ? ".arguments: null" : undefined;
  } catch {
    return ".arguments: no JSON";
  }
}

/** Each call has exactly one result, directly after the message with the call. */
function faultOfOrder(messages: readonly Fields[]): string | undefined {
  let open = new Set<unknown>();
  for (const [at, message] of messages.entries()) {
    if (message["role"] === "tool") {
      if (!open.delete(message["tool_call_id"])) return `messages[${at}]: a result of no open call`;
      continue;
    }
    if (open.size > 0) return `messages[${at}]: a call before it has no result`;
    open = new Set(callsOf(message).map(({ id }) => id));
  }
  return open.size > 0 ? "the last calls have no result" : undefined;
}
