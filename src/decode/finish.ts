import type { GoodEnding } from "../wire/index.ts";

const LENGTH = /length|max_tokens/i;
const FILTER = /content_filter|safety|prohibited|blocklist|recitation/i;
const CALLS = /^(tool_calls?|function_call|tool_use)$/i;
/** The provider broke off: OpenRouter and Mistral say "error", DeepSeek "insufficient_system_resource". */
const BROKEN = /^error$|insufficient_system_resource|malformed_function_call/i;

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
