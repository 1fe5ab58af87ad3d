import { makeId } from "./ids.ts";
import { tokenize, tokenizeJson } from "./tokens.ts";
import type { MessageReply, ReplyToolCall } from "./types.ts";

/** A tool call in an answer. */
export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, or the input of a custom tool. */
  readonly arguments: string;
  /** Marks a call of a custom tool, whose input is plain text. */
  readonly custom?: boolean | undefined;
  /** Provider-specific fields to send with the call. */
  readonly extra?: object | undefined;
}

/** The content of one choice, before it is written as a completion or as chunks. */
export interface Answer {
  readonly text?: string | undefined;
  readonly refusal?: string | undefined;
  readonly reasoning?: string | undefined;
  /** Switches to OpenRouter's format: `reasoning`, and `reasoning_details` with this signature. */
  readonly signature?: string | undefined;
  readonly toolCalls?: readonly AnswerCall[] | undefined;
  readonly functionCall?: AnswerCall | undefined;
  readonly finishReason: string | null;
}

/** Returns true if a scripted reply has content, and false if it only overrides parts of the default answer. */
export function hasContent(reply: MessageReply): boolean {
  const { text, refusal, reasoning, toolCalls, functionCall } = reply;
  return [text, refusal, reasoning, toolCalls, functionCall].some((field) => field !== undefined);
}

/**
 * Turns a scripted reply into an answer.
 *
 * @param seed makes the ids of its calls
 */
export function answerOf(reply: MessageReply, seed: string): Answer {
  const { text, refusal, reasoning } = reply;
  const toolCalls = reply.toolCalls?.map((call, index) => callOf(call, `${seed}.${index}`));
  const functionCall = reply.functionCall && callOf(reply.functionCall, seed);
  const natural = toolCalls?.length ? "tool_calls" : functionCall ? "function_call" : "stop";
  const finishReason = reply.finishReason === undefined ? natural : reply.finishReason;
  return { text, refusal, reasoning, toolCalls, functionCall, finishReason };
}

function callOf(call: ReplyToolCall, seed: string): AnswerCall {
  const { name, arguments: given = {} } = call;
  return {
    id: call.id ?? makeId("call_", 24, seed),
    name,
    arguments: typeof given === "string" ? given : JSON.stringify(given),
  };
}

/** Counts the tokens of an answer, and how many of them are reasoning. */
export function countAnswer(answer: Answer): { total: number; reasoning: number } {
  const calls = [...(answer.toolCalls ?? []), ...(answer.functionCall ? [answer.functionCall] : [])];
  const reasoning = tokenize(answer.reasoning ?? "").length;
  const spoken = tokenize(answer.text ?? "").length + tokenize(answer.refusal ?? "").length;
  const called = calls.reduce((sum, call) => sum + tokenizeJson(call.arguments).length, 0);
  return { total: reasoning + spoken + called, reasoning };
}

/** Cuts an answer before the first of the stop sequences. */
export function stopAt(answer: Answer, stop: unknown): Answer {
  const { text } = answer;
  const words = (Array.isArray(stop) ? stop : [stop]).filter(
    (word): word is string => typeof word === "string" && word !== "",
  );
  if (text === undefined) return answer;
  const places = words.map((word) => text.indexOf(word)).filter((place) => place >= 0);
  if (places.length === 0) return answer;
  const { reasoning, signature } = answer;
  return { finishReason: "stop", reasoning, signature, text: text.slice(0, Math.min(...places)) };
}

/** Cuts an answer after `max` tokens. Its finish reason becomes `length`, and its last call may be incomplete. */
export function limitTo(answer: Answer, max: unknown): Answer {
  if (typeof max !== "number" || countAnswer(answer).total <= max) return answer;
  const budget = { left: max };
  return {
    signature: answer.signature,
    reasoning: take(answer.reasoning, budget, tokenize),
    text: take(answer.text, budget, tokenize),
    refusal: take(answer.refusal, budget, tokenize),
    toolCalls: answer.toolCalls && takeCalls(answer.toolCalls, budget),
    functionCall: answer.functionCall && takeCalls([answer.functionCall], budget)[0],
    finishReason: "length",
  };
}

interface Budget {
  left: number;
}

function take(text: string | undefined, budget: Budget, split: (text: string) => string[]): string | undefined {
  if (text === undefined) return undefined;
  const kept = split(text).slice(0, budget.left);
  budget.left -= kept.length;
  return kept.join("");
}

function takeCalls(calls: readonly AnswerCall[], budget: Budget): AnswerCall[] {
  return calls.flatMap((call) =>
    budget.left <= 0 ? [] : [{ ...call, arguments: take(call.arguments, budget, tokenizeJson) ?? "" }],
  );
}
