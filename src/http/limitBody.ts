import { ConnectionError } from "../errors.ts";
import { attachInfo } from "./info.ts";
import { redactError } from "./redactError.ts";
import type { Exchange } from "./connection.ts";

/**
 * Returns the response of an exchange with a body that the caller reads. An abort, the total limit and the idle limit still apply to it,
 * and cancelling it stops the request.
 */
export function limitBody({ response, deadline, controller, info, redact }: Exchange): Response {
  const { status, statusText } = response;
  const headers = new Headers(info.headers);
  // `fetch` has decoded the body already. A platform that passes the response on must not decode it again.
  if (headers.has("content-encoding")) for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const stop = (reason: unknown): void => {
    deadline.close();
    reader.cancel(reason).catch(() => undefined);
    controller.abort(reason);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(out) {
        deadline.resume();
        try {
          const { done, value } = await deadline.race(reader.read());
          deadline.pause(true);
          deadline.onStop = stop;
          if (!done) return out.enqueue(value);
          deadline.close();
          out.close();
        } catch (cause) {
          stop(cause);
          out.error(deadline.error ?? redactError(new ConnectionError("The connection broke", { cause }), redact));
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  deadline.startPhase("idle");
  deadline.onStop = stop;
  return attachInfo(new Response(body, { status, statusText: redact(statusText), headers }), info);
}
