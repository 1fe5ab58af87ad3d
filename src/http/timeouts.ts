import { InputError } from "../errors.ts";
import { entriesOf, unknownName } from "../options.ts";

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

/**
 * Returns the time limits of a call.
 *
 * @param streamed `true` for a call whose answer is a stream
 * @param layers limits that replace the defaults, the later ones first. A number means `total`
 * @throws InputError if a limit is no positive number
 */
export function resolveTimeouts(streamed: boolean, ...layers: (number | Timeouts | undefined)[]): ResolvedTimeouts {
  const limits: ResolvedTimeouts = { ...STREAM_TIMEOUTS };
  if (!streamed) Object.assign(limits, { headers: Infinity, total: 600_000 });
  for (const layer of layers) {
    if (layer === undefined) continue;
    for (const [name, value] of entriesOf(typeof layer === "number" ? { total: layer } : layer, "timeout")) {
      if (value === undefined) continue;
      if (!Object.hasOwn(limits, name)) throw unknownName(`timeout.${name}`, name, Object.keys(limits));
      if (!(typeof value === "number" && value > 0))
        throw new InputError(
          `timeout.${name}`,
          "milliseconds above 0, or Infinity",
          typeof value === "number" ? String(value) : typeof value,
        );
      Object.assign(limits, { [name]: value });
    }
  }
  return limits;
}
