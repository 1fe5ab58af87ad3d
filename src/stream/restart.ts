import { isAbortError, isConnectionError, isTimeoutError } from "../errors.ts";
import { backOff } from "../http/retry.ts";
import type { Exchange, Connection } from "../http/connection.ts";
import { isPassing, isRestartable } from "./failure.ts";
import type { Failure } from "./failure.ts";

/** What a stream needs besides its protocol. */
export interface StreamOptions {
  /** Makes the same request again, where that is allowed. */
  connection: Connection;
  /** Attempts after a failed one, those before the stream began among them. Default: the connection's. */
  maxRetries?: number | undefined;
  /** `"restart"`: ask again also after content was given out. Default: only before. */
  resume?: "restart" | undefined;
}

/**
 * Whether a stream that failed is asked for again.
 *
 * @param begun whether content has come
 */
export function mayRestart(failure: Failure, begun: boolean, { info }: Exchange, options: StreamOptions): boolean {
  const { resume, maxRetries, connection } = options;
  if (failure.ending === "aborted" || info.attempts > (maxRetries ?? connection.settings.maxRetries)) return false;
  return begun ? resume === "restart" && isRestartable(failure) : isPassing(failure);
}

/** Makes the request of a failed stream again, after a wait. Its attempts, its time and its signal count on. */
export async function restartRequest(exchange: Exchange, { connection }: StreamOptions): Promise<Exchange> {
  const {
    info: { attempts },
    call,
    deadline,
  } = exchange;
  deadline.restart();
  await deadline.sleep(backOff(attempts, Math.random()));
  return connection.send(call, exchange);
}

/** What it means for the stream that asking again failed. */
export function failureOfRestart(cause: unknown): Failure {
  if (isAbortError(cause)) return { ending: "aborted", cause };
  if (isTimeoutError(cause)) return { ending: "stalled", cause };
  return { ending: isConnectionError(cause) ? "truncated" : "provider_error", cause };
}
