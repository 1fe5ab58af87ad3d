import { ConnectionError } from "../errors.ts";
import { attachInfo } from "./info.ts";
import { redactError } from "./redactError.ts";
import type { Exchange } from "./transport.ts";

/**
 * A response whose body is left to the caller: an abort, the limit of the whole and the limit of silence still reach it, and cancelling
 * it stops the request.
 */
export function watchBody({ response, watch, controller, info, redact }: Exchange): Response {
  const { status, statusText } = response;
  const headers = new Headers(info.headers);
  // What arrives here has been decoded already, and a platform must not take it for encoded when it is passed on.
  if (headers.has("content-encoding")) for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  const stop = (reason: unknown): void => {
    watch.close();
    reader.cancel(reason).catch(() => undefined);
    controller.abort(reason);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(out) {
        watch.wait();
        try {
          const { done, value } = await watch.race(reader.read());
          watch.rest(true);
          watch.onStop = stop;
          if (!done) return out.enqueue(value);
          watch.close();
          out.close();
        } catch (cause) {
          stop(cause);
          out.error(watch.error ?? redactError(new ConnectionError("The connection broke", { cause }), redact));
        }
      },
      cancel: stop,
    },
    { highWaterMark: 0 },
  );
  watch.enter("idle");
  watch.onStop = stop;
  return attachInfo(new Response(body, { status, statusText: redact(statusText), headers }), info);
}
