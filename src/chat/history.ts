import { defined } from "../endpoints/body.ts";
import type { AssistantMessage, ContentPart, Message, TextPart, ToolCall, ToolMessage } from "../types.ts";
import { nameOfCall } from "./tools.ts";

/** What the model is told of a call whose result nobody has. */
export const UNKNOWN_OUTCOME = "No result: the call may have run. Its outcome is unknown.";

/** The calls of a message that ask for a result. */
export function callsOf(said: AssistantMessage | undefined): readonly ToolCall[] {
  return said?.tool_calls ?? [];
}

const isAnswer = (message: Message): message is AssistantMessage => message.role === "assistant";

/** Whether a message is the result of a call. */
const answers =
  (id: string | undefined) =>
  (message: Message): boolean =>
    message.role === "tool" && message.tool_call_id === id;

/** The last answer of a history. */
export function lastAnswer(messages: readonly Message[]): AssistantMessage | undefined {
  return messages.findLast(isAnswer);
}

/**
 * Puts a result where it belongs: behind the message that made the call, in the order of its calls. A call that has a result, or that
 * the program has taken out of the history, gets none.
 *
 * @param said the message that made the call
 */
export function addResult(messages: Message[], said: AssistantMessage, result: ToolMessage): void {
  const place = (message: Message | undefined): number =>
    message?.role === "tool" ? callsOf(said).findIndex(({ id }) => id === message.tool_call_id) : Infinity;
  let at = messages.lastIndexOf(said) + 1;
  if (at === 0 || resultsBehind(messages, at).some(answers(result.tool_call_id))) return;
  while (place(messages[at]) < place(result)) at++;
  messages.splice(at, 0, result);
}

/** The calls of the last answer that have no result. */
export function openCalls(messages: readonly Message[]): ToolCall[] {
  const at = messages.findLastIndex(isAnswer);
  const results = resultsBehind(messages, at + 1);
  return callsOf(messages[at] as AssistantMessage | undefined).filter(({ id }) => !results.some(answers(id)));
}

/** Gives every call of the last answer that will get no other result its one result. */
export function settleCalls(messages: Message[]): void {
  const said = lastAnswer(messages) as AssistantMessage;
  for (const { id } of openCalls(messages))
    addResult(messages, said, { role: "tool", tool_call_id: id, content: UNKNOWN_OUTCOME });
}

/** Adds messages. A result takes the place of the word that there was none. */
export function addMessages(messages: Message[], added: readonly Message[]): void {
  const last = messages.findLastIndex(isAnswer);
  for (const message of added) {
    const isSame = answers(message.role === "tool" ? message.tool_call_id : undefined);
    const at = messages.findIndex((one, place) => place > last && one.content === UNKNOWN_OUTCOME && isSame(one));
    if (at < 0) messages.push(message);
    else messages[at] = message;
  }
}

/** Takes messages out again, and the results of calls. */
export function takeBack(messages: Message[], added: readonly Message[], calls: readonly ToolCall[]): void {
  for (const message of [...added, ...calls.map(({ id }) => messages.findLast(answers(id)))]) {
    const at = messages.lastIndexOf(message as Message);
    if (at >= 0) messages.splice(at, 1);
  }
}

/** The results between a message and the next answer. */
function resultsBehind(messages: readonly Message[], from: number): ToolMessage[] {
  const results: ToolMessage[] = [];
  for (let at = from; at < messages.length; at++) {
    const message = messages[at] as Message;
    if (isAnswer(message)) break;
    if (message.role === "tool") results.push(message);
  }
  return results;
}

/**
 * The history as the API accepts it: each call is followed by exactly one result, results without a call are left out, and so are
 * assistant messages that say nothing. The history itself stays as it is.
 */
export function toRequest(history: readonly Message[]): Message[] {
  const request: Message[] = [];
  history.forEach((message, at) => {
    if (isAnswer(message)) pushAnswer(request, message, resultsBehind(history, at + 1));
    else if (message.role !== "tool") request.push(message);
  });
  return request;
}

function pushAnswer(request: Message[], message: AssistantMessage, results: ToolMessage[]): void {
  const said = toHistory(message);
  if (!said) return;
  const calls = callsOf(said);
  request.push(calls.length > 0 ? { ...said, tool_calls: calls.map(plainlyNamed) } : said);
  const beside: ContentPart[] = [];
  calls.forEach(({ id }, place) => {
    // By the id that stands in the history: it may have been none, or the same twice.
    const at = results.findIndex(answers(callsOf(message)[place]?.id));
    const [result] = at < 0 ? [] : results.splice(at, 1);
    request.push({ role: "tool", tool_call_id: id, content: textOnly(result?.content ?? UNKNOWN_OUTCOME, id, beside) });
  });
  if (beside.length > 0) request.push({ role: "user", content: beside });
}

/** The API takes nothing but text as a result: pictures and the like go into a message of their own behind the results. */
function textOnly(content: ToolMessage["content"], id: string, beside: ContentPart[]): string | TextPart[] {
  if (typeof content === "string") return content;
  const texts = content.filter((part) => part.type === "text");
  const others = content.filter((part) => part.type !== "text");
  if (others.length === 0) return texts;
  beside.push({ type: "text", text: `From the result of the call ${id}:` }, ...others);
  return texts.length > 0 ? texts : "The result follows in the next message.";
}

/** Models invent names, such as `multi_tool_use.parallel`, that the API refuses when it gets them back. */
function plainlyNamed(call: ToolCall): ToolCall {
  const name =
    nameOfCall(call)
      .replaceAll(/[^\w-]/g, "_")
      .slice(0, 64) || "unnamed";
  return call.type === "custom"
    ? { ...call, custom: { ...call.custom, name } }
    : { ...call, function: { ...call.function, name } };
}

/**
 * An answer as it goes into the history: without what the API refuses in a request, with everything that a provider wants back.
 *
 * @returns `undefined` where nothing would be left: the API refuses empty messages
 */
export function toHistory(message: AssistantMessage): AssistantMessage | undefined {
  const {
    annotations: _annotations,
    parsed: _parsed,
    ...own
  } = message as AssistantMessage & Partial<Record<"annotations" | "parsed", unknown>>;
  const { content, refusal, tool_calls, function_call, audio } = own;
  const says = content?.length || refusal || tool_calls?.length || function_call || audio;
  return says
    ? (defined({
        ...own,
        role: "assistant",
        content: content?.length === 0 && typeof content !== "string" ? null : content,
        refusal: refusal || undefined,
        tool_calls: tool_calls?.length ? distinct(tool_calls) : undefined,
        function_call: function_call || undefined,
        audio: audio ? { id: audio.id } : undefined,
      }) as AssistantMessage)
    : undefined;
}

/** Calls with an id each and no id twice: results could not be told apart else. */
export function distinct(calls: readonly ToolCall[]): ToolCall[] {
  const ids = new Set<string>();
  return calls.map((call, place) => {
    let id = call.id || `call_${place}`;
    for (let next = place; ids.has(id); next++) id = `${(call.id || "call").slice(0, 32)}_${next}`;
    ids.add(id);
    return call.id === id && call.type ? call : ({ ...call, id, type: call.type ?? "function" } as ToolCall);
  });
}
