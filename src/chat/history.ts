import type { AssistantMessage, Message, ToolCall, ToolMessage } from "../types.ts";

const NO_RESULT = "No result: the call was not answered. Its outcome is unknown.";

/** The calls of a message that ask for a result. */
export function callsOf(message: Message | undefined): readonly ToolCall[] {
  return message?.role === "assistant" ? message.tool_calls ?? [] : [];
}

/** The calls of the last assistant message that have no result yet. */
export function openCalls(history: readonly Message[]): ToolCall[] {
  const at = history.findLastIndex((message) => message.role === "assistant");
  const answered = new Set(history.slice(at + 1).map((message) => (message.role === "tool" ? message.tool_call_id : "")));
  return callsOf(history[at]).filter(({ id }) => !answered.has(id));
}

/** The message that stands in for a result that will not come. */
export function missingResult(call: ToolCall, why: string = NO_RESULT): ToolMessage {
  return { role: "tool", tool_call_id: call.id, content: why };
}

/**
 * The history as the API accepts it: each call is followed by exactly one result, results without a call are left out, and so are
 * assistant messages that say nothing. The history itself stays as it is.
 */
export function toRequest(history: readonly Message[]): Message[] {
  const request: Message[] = [];
  for (let at = 0; at < history.length; at++) {
    const message = history[at] as Message;
    if (message.role === "tool") continue;
    if (message.role !== "assistant") {
      request.push(message);
      continue;
    }
    const said = toHistory(message);
    if (!said) continue;
    request.push(said);
    for (const call of callsOf(said)) request.push(resultOf(call, history, at) ?? missingResult(call));
  }
  return request;
}

/** A call's result stands before the next assistant message; an id may come again in a later turn. */
function resultOf(call: ToolCall, history: readonly Message[], at: number): ToolMessage | undefined {
  for (const message of history.slice(at + 1)) {
    if (message.role === "assistant") return undefined;
    if (message.role === "tool" && message.tool_call_id === call.id) return message;
  }
  return undefined;
}

/** Fields of an answer that a request may not hold. */
const ANSWER_ONLY: ReadonlySet<string> = new Set(["annotations", "parsed"]);

/**
 * An answer as it goes into the history: without what the API refuses in a request, with everything that a provider wants back.
 *
 * @returns `undefined` where nothing would be left: the API refuses empty messages
 */
export function toHistory(message: AssistantMessage): AssistantMessage | undefined {
  const { refusal, tool_calls, function_call, audio, content, ...rest } = message;
  const kept: AssistantMessage = {
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => !ANSWER_ONLY.has(key))),
    role: "assistant",
  };
  if (content !== undefined) kept.content = content;
  if (refusal) kept.refusal = refusal;
  if (tool_calls?.length) kept.tool_calls = tool_calls;
  if (function_call) kept.function_call = function_call;
  if (audio) kept.audio = { id: audio.id };
  const empty = !content?.length && !refusal && !tool_calls?.length && !function_call && !audio;
  return empty ? undefined : kept;
}
