import { InputError } from "../errors.ts";
import { checkOptions, ownOptions, wrong } from "../options.ts";
import type { Rule, Rules } from "../options.ts";

/**
 * Time limits in milliseconds. `Infinity` switches one off.
 *
 * @example
 * ```ts
 * await client.streamChat(messages, {}, { timeout: { headers: 20_000, idle: 60_000 } });
 * ```
 */
export interface Timeouts {
  /** Time until the response headers. @default 120,000 for a stream; a whole answer has only `total` */
  headers?: number | undefined;
  /** Time from the headers to the first content (text, reasoning, a call). Reasoning models think first. @default 300,000 */
  firstContent?: number | undefined;
  /** Time between contents, counted only while reading. Keep-alives and empty deltas are no content. @default 120,000 */
  idle?: number | undefined;
  /** Time for the whole call: retries, waits and the answer. @default 1,800,000 for a stream; 600,000 for a whole answer */
  total?: number | undefined;
  /** Time after the finish reason to wait for usage and `[DONE]`. Then the stream ends without an error. @default 1,000 */
  grace?: number | undefined;
}

/** Every time limit of a call, in milliseconds. */
export type ResolvedTimeouts = Record<keyof Timeouts, number>;

const STREAM_TIMEOUTS: ResolvedTimeouts = {
  headers: 120_000,
  firstContent: 300_000,
  idle: 120_000,
  total: 1_800_000,
  grace: 1_000,
};

const milliseconds: Rule = (value, at) => {
  if (typeof value === "number" && value > 0) return;
  const received = typeof value === "number" ? String(value) : typeof value;
  throw new InputError(at, "milliseconds above 0, or Infinity", received);
};

const TIMEOUTS: Rules = {
  headers: milliseconds,
  firstContent: milliseconds,
  idle: milliseconds,
  total: milliseconds,
  grace: milliseconds,
} satisfies Record<keyof Timeouts, Rule>;

/**
 * Returns the time limits of a call.
 *
 * @param streamed `true` for a call whose answer is a stream
 * @param layers numbers or {@link Timeouts} that replace the defaults, the last one first. A number means `total`
 * @throws InputError if a limit is no positive number
 */
export function resolveTimeouts(streamed: boolean, ...layers: readonly unknown[]): ResolvedTimeouts {
  const limits: ResolvedTimeouts = { ...STREAM_TIMEOUTS };
  if (!streamed) Object.assign(limits, { headers: Infinity, total: 600_000 });
  for (const layer of layers) {
    const named = typeof layer === "number" ? { total: layer } : layer;
    if (typeof named === "string") throw wrong("timeout", "milliseconds, or an object of limits", named);
    checkOptions(named, TIMEOUTS, "timeout");
    if (typeof named === "object" && named !== null) Object.assign(limits, ownOptions(named, TIMEOUTS));
  }
  return limits;
}
