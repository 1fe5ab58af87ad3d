import { aLimit, checkOptions } from "../options.ts";
import { checkMessages } from "../check/messages.ts";
import { InputError } from "../errors.ts";
import type { Message } from "../wire/index.ts";
import { estimateTokens } from "./budget.ts";
import { isAnswerToModel } from "./hostedApprovals.ts";

/** Options of {@link trimMessages}. */
export interface TrimOptions {
  /** The most tokens to keep, estimated at four bytes each; pictures and sound are not counted. */
  tokens: number;
}

/**
 * Returns the newest part of a history: whole turns, as many as fit. It keeps all system and developer messages, and the last turn even if
 * it is too long. A call and its result always stay together.
 *
 * @param messages the history; it does not change
 * @param options the limit in tokens
 * @returns the same messages in a new list
 * @throws InputError if a message is malformed, or the limit is no number above 0
 * @example
 * const chat = client.newChatSession({
 *   prepareStep: ({ messages }) => ({ messages: trimMessages(messages, { tokens: 20_000 }) }),
 * });
 */
export function trimMessages(messages: readonly Message[], options: TrimOptions): Message[] {
  checkOptions(options, { tokens: aLimit }, "options");
  const { tokens } = options ?? {};
  if (tokens === undefined) throw new InputError("options.tokens", "a number above 0", "none");
  const history = checkMessages(messages, "messages");
  const sizes = history.map((message) => estimateTokens(message));
  const starts = turnStarts(history);
  let left = tokens - sum(sizes.filter((_size, at) => isInstruction(history[at])));
  let start = history.length;
  for (const next of starts.toReversed()) {
    left -= sum(sizes.slice(next, start).filter((_size, at) => !isInstruction(history[next + at])));
    if (left < 0 && start < history.length) break;
    start = next;
  }
  return history.filter((message, at) => at >= start || isInstruction(message));
}

function isInstruction(message: Message | undefined): boolean {
  return message?.role === "system" || message?.role === "developer";
}

/**
 * Returns the indexes at which turns begin: the first message, and each user's message behind an answer, unless an answer to the model
 * follows before the model's next answer.
 */
function turnStarts(messages: readonly Message[]): number[] {
  const starts = [0];
  let answer = 0;
  let before: Message | undefined;
  for (const [at, message] of messages.entries()) {
    if (isInstruction(message)) continue;
    if (message.role === "assistant") answer = at;
    else if (message.role === "function" || isAnswerToModel(message))
      while ((starts.at(-1) ?? 0) > answer) starts.pop();
    else if (before && !isSaid(before)) starts.push(at);
    before = message;
  }
  return starts;
}

/** Returns whether a message is the user's own input. */
function isSaid(message: Message): boolean {
  return message.role === "user" && !isAnswerToModel(message);
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
