import { send, settingsOf } from "../http/connection.ts";
import { isAbortError, isConnectionError, isTimeoutError } from "../errors.ts";
import { backOff } from "../http/retry.ts";
import type { Exchange, Connection } from "../http/connection.ts";
import { isPassing, isRestartable } from "./failure.ts";
import type { Failure } from "./failure.ts";

/** Settings of a stream that reads a body. */
export interface StreamOptions {
  /** The connection that sends the request again. */
  connection: Connection;
  /** The number of further attempts after a failure, including those before the stream began. Default: the connection's. */
  maxRetries?: number | undefined;
  /** `"restart"` sends the request again also after content was given out. Default: only before. */
  resume?: "restart" | undefined;
}

/**
 * Returns `true` if the request of a failed stream is sent again.
 *
 * @param begun `true` if content has come
 */
export function mayRestart(failure: Failure, begun: boolean, { info }: Exchange, options: StreamOptions): boolean {
  const { resume, maxRetries, connection } = options;
  if (failure.ending === "aborted" || info.attempts > (maxRetries ?? settingsOf(connection).maxRetries)) return false;
  return begun ? resume === "restart" && isRestartable(failure) : isPassing(failure);
}

/** Waits and sends the request of a failed stream again. Attempts, time limits and signal are shared with the first one. */
export async function restartRequest(exchange: Exchange, { connection }: StreamOptions): Promise<Exchange> {
  const {
    info: { attempts },
    call,
    deadline,
  } = exchange;
  deadline.restart();
  await deadline.sleep(backOff(attempts, Math.random()));
  return send(connection, call, exchange);
}

/** Returns the failure of a stream whose restart failed. */
export function failureOfRestart(cause: unknown): Failure {
  if (isAbortError(cause)) return { ending: "aborted", cause };
  if (isTimeoutError(cause)) return { ending: "stalled", cause };
  return { ending: isConnectionError(cause) ? "truncated" : "provider_error", cause };
}
