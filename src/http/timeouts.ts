import { InputError } from "../errors.ts";
import { entriesOf, unknownName } from "../options.ts";

/** How long each wait may take, in milliseconds. `Infinity` switches one off. */
export interface Timeouts {
  /** Until the response headers. Default 120,000 for a stream; a whole answer has only `total`. */
  headers?: number | undefined;
  /** From the headers to the first content (text, reasoning, a call). Default 300,000: slow reasoning models think first. */
  firstContent?: number | undefined;
  /** Between contents, counted only while reading. Keep-alives and empty deltas do not count as content. Default 120,000. */
  idle?: number | undefined;
  /** For everything: retries, waits and the whole answer. Default 1,800,000 for a stream, 600,000 for a whole answer. */
  total?: number | undefined;
  /** After the finish reason: how long to wait for usage and `[DONE]` before ending anyway. Default 1,000. */
  grace?: number | undefined;
}

const STREAM_TIMEOUTS: ResolvedTimeouts = {
  headers: 120_000,
  firstContent: 300_000,
  idle: 120_000,
  total: 1_800_000,
  grace: 1_000,
};

/** Every limit, resolved. */
export type ResolvedTimeouts = Record<keyof Timeouts, number>;

/**
 * Resolves the limits of one call: the request's over the client's over the defaults. A number means `total`.
 *
 * @param streamed whether the answer comes as a stream
 * @param layers the client's and the request's, in this order
 * @throws InputError where a limit is not a positive number
 */
export function resolveTimeouts(streamed: boolean, ...layers: (number | Timeouts | undefined)[]): ResolvedTimeouts {
  const limits: ResolvedTimeouts = streamed
    ? { ...STREAM_TIMEOUTS }
    : { ...STREAM_TIMEOUTS, headers: Infinity, total: 600_000 };
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
      limits[name as keyof Timeouts] = value;
    }
  }
  return limits;
}
