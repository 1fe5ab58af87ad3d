import type { GoodEnding } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";

const LENGTH = /length|max[_-](\w+_)?tokens|context_window/i;
const FILTER = /content[_-]filter|safety|prohibited|blocklist|recitation|sensitive|guardrail|error_toxic|^refusal$/i;
const CALLS = /^(tool_calls?|function_call|tool_use)$/i;
/**
 * The provider broke off: OpenRouter and Mistral say "error", DeepSeek "insufficient_system_resource", Zhipu "network_error", vLLM "abort",
 * Gemini "MALFORMED_FUNCTION_CALL".
 */
const BROKEN =
  /(^|_)error$|error_limit|insufficient_system_resource|malformed_|unexpected_tool_call|overloaded|^(abort(ed)?|cancell?ed|failed|timeout)$/i;

/**
 * Returns why a choice ended. OpenRouter says "stop" for some failures that the model's own provider told it.
 *
 * @param choice a choice as sent
 * @returns `undefined` where it does not say
 */
export function finishReasonOf(choice: unknown): string | undefined {
  const reason = stringOf(choice, "finish_reason") || undefined;
  const native = stringOf(choice, "native_finish_reason") ?? "";
  return reason !== undefined && isBroken(native) ? native : reason;
}

/** Whether a finish reason tells of a failure. */
export function isBroken(reason: string): boolean {
  return BROKEN.test(reason);
}

/**
 * The ending that a finish reason stands for, also in the words of other providers.
 *
 * @param hasCalls whether the message holds calls: Gemini says "stop" then too
 */
export function endingOf(reason: string, hasCalls: boolean): GoodEnding {
  if (LENGTH.test(reason)) return "length";
  if (FILTER.test(reason)) return "content_filter";
  return hasCalls || CALLS.test(reason) ? "tool_calls" : "complete";
}
