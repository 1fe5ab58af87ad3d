import type {
  AssistantMessage,
  ContentPart,
  FunctionToolCall,
  GoodEnding,
  Message,
  TextPart,
  ToolCall,
  ToolMessage,
} from "../wire/index.ts";
import { toHistory, typedCalls } from "../decode/answer.ts";
import { stringOf } from "../wire/read.ts";
import { argumentsOf } from "./tools.ts";

export { distinct, toHistory } from "../decode/answer.ts";

/** The result of a call whose outcome is unknown. */
export const UNKNOWN_OUTCOME = "No result: the call may have run. Its outcome is unknown.";

/** Returns the calls of a message. */
export function callsOf(said: AssistantMessage | undefined): readonly ToolCall[] {
  return said?.tool_calls ?? [];
}

const isAnswer = (message: Message): message is AssistantMessage => message.role === "assistant";

/** Appends an answer. Calls in an answer that was cut or filtered never run and get no result, so they are left out. */
export function appendAnswer(
  messages: Message[],
  { message, ending }: { readonly message: AssistantMessage; readonly ending: GoodEnding },
): AssistantMessage | undefined {
  const { tool_calls: _calls, function_call: _call, ...rest } = message;
  const said = ending === "tool_calls" ? message : rest;
  const kept = toHistory(said);
  if (kept) messages.push(kept);
  return kept;
}

/** Returns the last answer of a history. */
export function lastAnswer(messages: readonly Message[]): AssistantMessage | undefined {
  return messages.findLast(isAnswer);
}

/**
 * Inserts a result after the message that made the call, in the order of its calls. A call that has a result, or that the program has
 * removed from the history, gets none.
 *
 * @param said the message that made the call
 */
export function addResult(messages: Message[], said: AssistantMessage, result: ToolMessage): void {
  addResults(messages, said, [result]);
}

/** Inserts several results of one message, as {@link addResult} does. */
function addResults(messages: Message[], said: AssistantMessage, results: readonly ToolMessage[]): void {
  let at = messages.lastIndexOf(said) + 1;
  if (at === 0) return;
  const places = new Map(callsOf(said).map(({ id }, place) => [id, place]));
  const placeOf = (message: Message | undefined): number =>
    message?.role === "tool" ? (places.get(message.tool_call_id) ?? -1) : Infinity;
  const answered = idsOf(resultsBehind(messages, at));
  const added = results.filter(({ tool_call_id: id }) => !answered.has(id));
  added.sort((one, other) => placeOf(one) - placeOf(other));
  const from = at;
  const merged: Message[] = [];
  for (const result of added) {
    for (; placeOf(messages[at]) < placeOf(result); at++) merged.push(...messages.slice(at, at + 1));
    merged.push(result);
  }
  spliceMany(messages, from, at - from, merged);
}

/** Replaces a part of a list. Spreading a long list into arguments would overflow the stack. */
function spliceMany(messages: Message[], from: number, count: number, added: readonly Message[]): void {
  if (added.length === 1 && count === 0) messages.splice(from, 0, ...added);
  else {
    const rest = messages.splice(from).slice(count);
    for (const message of added) messages.push(message);
    for (const message of rest) messages.push(message);
  }
}

/** Returns the calls of the last answer that have no result. */
export function openCalls(messages: readonly Message[]): ToolCall[] {
  const answered = idsOf(resultsBehind(messages, messages.findLastIndex(isAnswer) + 1));
  return callsOf(lastAnswer(messages)).filter(({ id }) => !answered.has(id));
}

/** Adds an "outcome unknown" result for each unanswered call of the last answer. */
export function settleCalls(messages: Message[]): void {
  const said = lastAnswer(messages);
  const open = openCalls(messages);
  if (!said || open.length === 0) return;
  addResults(
    messages,
    said,
    open.map(({ id }) => ({ role: "tool", tool_call_id: id, content: UNKNOWN_OUTCOME })),
  );
}

/**
 * Returns messages with each answer to a legacy function as the result of the last answer's open call of that name, if there is one. Over the
 * Responses API calls of `functions` are tool calls.
 */
export function functionsAsTools(messages: readonly Message[], added: readonly Message[]): readonly Message[] {
  if (!added.some(({ role }) => role === "function")) return added;
  const open = openCalls(messages);
  return added.map((message) => {
    if (message.role !== "function") return message;
    const at = open.findIndex((call) => call.type !== "custom" && call.function.name === message.name);
    const [call] = at < 0 ? [] : open.splice(at, 1);
    return call ? { role: "tool", tool_call_id: call.id, content: message.content ?? "" } : message;
  });
}

/** Adds messages. A result replaces an "outcome unknown" of the same call. */
export function addMessages(messages: Message[], added: readonly Message[]): void {
  const unknown = new Map<string, number>();
  for (let at = messages.findLastIndex(isAnswer) + 1; at < messages.length; at++) {
    const message = messages[at];
    if (message?.role === "tool" && message.content === UNKNOWN_OUTCOME && !unknown.has(message.tool_call_id))
      unknown.set(message.tool_call_id, at);
  }
  for (const message of added) {
    const at = message.role === "tool" ? unknown.get(message.tool_call_id) : undefined;
    if (at === undefined) messages.push(message);
    else messages[at] = message;
    if (message.role === "tool" && message.content !== UNKNOWN_OUTCOME) unknown.delete(message.tool_call_id);
  }
}

/** Removes messages, and the results of calls. */
export function takeBack(messages: Message[], added: readonly Message[], calls: readonly ToolCall[]): void {
  const left = new Set<Message>(added);
  const ids = new Set(calls.map(({ id }) => id));
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at];
    const isResult = message?.role === "tool" && ids.delete(message.tool_call_id);
    if ((message && (left.delete(message) || decidesOn(message, ids))) || isResult) messages.splice(at, 1);
  }
}

/** Returns whether a message decides on calls of hosted tools, and says nothing else. */
function decidesOn({ responses }: Message, calls: ReadonlySet<string>): boolean {
  const items = responses?.items ?? [];
  return items.length > 0 && items.every((item) => calls.has(stringOf(item, "approval_request_id") ?? ""));
}

function idsOf(results: readonly ToolMessage[]): Set<string> {
  return new Set(results.map(({ tool_call_id: id }) => id));
}

/** Returns the results between an index and the next answer. */
function resultsBehind(messages: readonly Message[], from: number): ToolMessage[] {
  const results: ToolMessage[] = [];
  for (let at = from; at < messages.length; at++) {
    const message = messages[at];
    if (!message || isAnswer(message)) break;
    if (message.role === "tool") results.push(message);
  }
  return results;
}

/**
 * Returns the history as chat completions accept it: each call is followed by exactly one result, and results without a call and empty
 * assistant messages are left out. The history itself stays as it is.
 */
export function toRequest(history: readonly Message[]): Message[] {
  const request: Message[] = [];
  history.forEach((message, at) => {
    if (isAnswer(message)) pushAnswer(request, message, resultsBehind(history, at + 1));
    else if (message.role !== "tool") request.push(message);
  });
  return request;
}

function pushAnswer(request: Message[], message: AssistantMessage, results: readonly ToolMessage[]): void {
  const said = sendable(toHistory(message));
  if (!said) return;
  const calls = callsOf(said);
  request.push(said);
  const beside: ContentPart[] = [];
  const waiting = byCall(results);
  const given = typedCalls(message.tool_calls);
  calls.forEach(({ id }, place) => {
    // Results name the id in the history, which may be missing or the same twice.
    const result = waiting.get(given[place]?.id)?.pop();
    request.push({ role: "tool", tool_call_id: id, content: textOnly(result?.content ?? UNKNOWN_OUTCOME, id, beside) });
  });
  if (beside.length > 0) request.push({ role: "user", content: beside });
}

/** Groups results by the ids of their calls. The first result of a call comes last. */
function byCall(results: readonly ToolMessage[]): Map<unknown, ToolMessage[]> {
  const found = new Map<unknown, ToolMessage[]>();
  for (const result of results.toReversed()) {
    const same = found.get(result.tool_call_id);
    if (same) same.push(result);
    else found.set(result.tool_call_id, [result]);
  }
  return found;
}

/** Refers to sound by its id while the provider has it, and gives its transcript afterwards. */
function spoken(message: AssistantMessage | undefined): AssistantMessage | undefined {
  if (!message?.audio) return message;
  const { audio, ...rest } = message;
  const { id, transcript, expires_at: expiry = Infinity } = audio;
  if (expiry * 1_000 > Date.now()) return { ...message, audio: { id } };
  return toHistory(rest.content?.length ? rest : { ...rest, content: transcript });
}

/** Returns a result as text. Chat completions accept no other results, so images and the like go into a message after them. */
function textOnly(content: ToolMessage["content"], id: string, beside: ContentPart[]): string | TextPart[] {
  if (typeof content === "string") return content;
  const texts = content.filter((part) => part.type === "text");
  const others = content.filter((part) => part.type !== "text");
  if (others.length === 0) return texts;
  beside.push({ type: "text", text: `From the result of the call ${id}:` }, ...others);
  return texts.length > 0 ? texts : "The result follows in the next message.";
}

/** Makes names and arguments of calls acceptable, and replaces sound. */
function sendable(message: AssistantMessage | undefined): AssistantMessage | undefined {
  const said = spoken(message);
  const { tool_calls, function_call } = said ?? {};
  return (
    said && {
      ...said,
      ...(tool_calls && { tool_calls: tool_calls.map(sendableCall) }),
      ...(function_call && { function_call: sendableFunction(function_call) }),
    }
  );
}

function sendableCall(call: ToolCall): ToolCall {
  return call.type === "custom"
    ? { ...call, custom: { ...call.custom, name: plainName(call.custom.name) } }
    : { ...call, function: sendableFunction(call.function) };
}

/** Some servers refuse a history with arguments that are not JSON. */
function sendableFunction(call: FunctionToolCall["function"]): FunctionToolCall["function"] {
  const { name, arguments: text } = call;
  const isReadable = text.trim() !== "" && argumentsOf(text)?.isNone === false;
  return { ...call, name: plainName(name), arguments: isReadable ? text : "{}" };
}

/** Returns a name that the API accepts. Models invent names such as `multi_tool_use.parallel`, which it refuses in a request. */
export function plainName(name: string): string {
  return name.replaceAll(/[^\w-]/g, "_").slice(0, 64) || "unnamed";
}
