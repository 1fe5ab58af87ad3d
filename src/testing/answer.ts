import { makeId } from "./ids.ts";
import { tokenize, tokenizeJson } from "./tokens.ts";
import type { MessageReply, ReplyToolCall } from "./types.ts";

/** A call that an answer makes. */
export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  /** As text: JSON, or a custom tool's input. */
  readonly arguments: string;
  /** Whether the tool is a custom one, which takes text. */
  readonly custom?: boolean | undefined;
  /** Fields of a provider's own, sent with the call. */
  readonly extra?: object | undefined;
}

/** What one choice says, before it is words on the wire. */
export interface Answer {
  readonly text?: string | undefined;
  readonly refusal?: string | undefined;
  readonly reasoning?: string | undefined;
  /** Sends the reasoning as OpenRouter does: `reasoning`, and `reasoning_details` with this signature. */
  readonly signature?: string | undefined;
  readonly toolCalls?: readonly AnswerCall[] | undefined;
  readonly functionCall?: AnswerCall | undefined;
  readonly finishReason: string | null;
}

/** Whether a scripted reply says anything, or only changes what the mock API says itself. */
export function hasContent(reply: MessageReply): boolean {
  const { text, refusal, reasoning, toolCalls, functionCall } = reply;
  return [text, refusal, reasoning, toolCalls, functionCall].some((field) => field !== undefined);
}

/** A scripted reply as an answer. `seed` makes the ids of its calls. */
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

/** How many tokens an answer costs, and how many of them are reasoning. */
export function countAnswer(answer: Answer): { total: number; reasoning: number } {
  const calls = [...(answer.toolCalls ?? []), ...(answer.functionCall ? [answer.functionCall] : [])];
  const reasoning = tokenize(answer.reasoning ?? "").length;
  const spoken = tokenize(answer.text ?? "").length + tokenize(answer.refusal ?? "").length;
  const called = calls.reduce((sum, call) => sum + tokenizeJson(call.arguments).length, 0);
  return { total: reasoning + spoken + called, reasoning };
}

/** Ends an answer before the first of the stop sequences. */
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

/** Cuts an answer where its tokens are used up; then its finish reason is `length`, and a call may be left in pieces. */
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
