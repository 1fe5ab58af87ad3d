import type { Exchange } from "../http/connection.ts";

/** The most bytes after the end of an answer before its connection is given up. */
const MOST_DRAINED = 65_536;

/** Stops a request and its body. In workerd the signal alone leaves the upstream open, so the body is cancelled too. */
export function releaseConnection(controller: AbortController, body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => undefined);
  // Without a reason the platform would create a DOMException that nobody sees.
  controller.abort(null);
}

/**
 * Drains the body in the background after `[DONE]` so that the connection can be reused. Gives up on a body that does not end within the
 * grace, or sends too much.
 *
 * @param begun `true` if the grace has begun
 */
export function drain(
  { deadline, controller }: Exchange,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  begun: boolean,
): void {
  let left = MOST_DRAINED;
  const stop = (): void => {
    deadline.close();
    releaseConnection(controller, reader);
  };
  const next = ({ done, value }: ReadableStreamReadResult<Uint8Array>): void => {
    left -= value?.length ?? 0;
    if (done) deadline.close();
    else if (left < 0) stop();
    else reader.read().then(next, stop);
  };
  deadline.onStop = stop;
  if (!begun) deadline.startPhase("grace");
  deadline.resume();
  reader.read().then(next, stop);
}
