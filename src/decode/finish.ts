import type { GoodEnding } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";

const LENGTH = /length|max[_-](\w+_)?tokens|context_window/i;
const FILTER = /content[_-]filter|safety|prohibited|blocklist|recitation|sensitive|guardrail|error_toxic|^refusal$/i;
const CALLS = /^(tool_calls?|function_call|tool_use)$/i;
/**
 * Finish reasons of an answer that the provider broke off: OpenRouter and Mistral send "error", DeepSeek "insufficient_system_resource",
 * Zhipu "network_error", vLLM "abort", Gemini "MALFORMED_FUNCTION_CALL".
 */
const BROKEN =
  /(^|_)error$|error_limit|insufficient_system_resource|malformed_|unexpected_tool_call|overloaded|^(abort(ed)?|cancell?ed|failed|timeout)$/i;

/**
 * Returns the reason why a choice ended. OpenRouter sends "stop" for some failures and keeps the provider's own word beside it.
 *
 * @param choice a choice as sent
 * @returns `undefined` if the choice has not ended
 */
export function finishReasonOf(choice: unknown): string | undefined {
  const reason = stringOf(choice, "finish_reason");
  if (!reason) return undefined;
  const native = stringOf(choice, "native_finish_reason") ?? "";
  return isBroken(native) ? native : reason;
}

/** Returns `true` for a finish reason that reports a failure. */
export function isBroken(reason: string): boolean {
  return BROKEN.test(reason);
}

/**
 * Returns the ending for a finish reason, including the words of other providers.
 *
 * @param hasCalls `true` if the message has calls: Gemini sends "stop" for those too
 */
export function endingOf(reason: string, hasCalls: boolean): GoodEnding {
  if (LENGTH.test(reason)) return "length";
  if (FILTER.test(reason)) return "content_filter";
  return hasCalls || CALLS.test(reason) ? "tool_calls" : "complete";
}
