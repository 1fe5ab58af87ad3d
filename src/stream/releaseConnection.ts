import type { Exchange } from "../http/connection.ts";

/** What may come after the end before the connection is given up, in bytes. */
const MOST_DRAINED = 65_536;

/** Lets go of an exchange. Through the reader, where there is one: in workerd the signal alone leaves the upstream open. */
export function releaseConnection(controller: AbortController, body: { cancel(): Promise<void> } | null): void {
  body?.cancel().catch(() => undefined);
  // With a reason, or a DOMException would be made for nobody.
  controller.abort(null);
}

/**
 * After `[DONE]` only the body's end is to come: reads to it behind the program's back, so that the connection can be used again.
 * A body that does not end within the grace, or goes on and on, is let go.
 *
 * @param begun whether the grace has begun
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
