import { isStreamError } from "../errors.ts";

/** How a stream is passed on. */
export interface ToResponseInit {
  /** Default 200. */
  status?: number | undefined;
  /** Headers besides `content-type` and `cache-control`. */
  headers?: HeadersInit | undefined;
  /** Milliseconds of silence after which a comment is sent. Default 2,000. */
  heartbeat?: number | undefined;
}

/** Events as text, and a way to stop them. */
export interface FrameSource {
  next(): Promise<IteratorResult<string, undefined>>;
  cancel(): void;
}

/** Writes frames as the body of an SSE response, with comments in silence and a last event that tells how it ended. */
export function streamResponse(source: FrameSource, init: ToResponseInit = {}): Response {
  const { status = 200, heartbeat = 2_000 } = init;
  const headers = new Headers(init.headers);
  headers.set("content-type", "text/event-stream; charset=utf-8");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store, no-transform");
  const encoder = new TextEncoder();
  let left = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const write = (text: string): void => {
        if (!left) controller.enqueue(encoder.encode(text));
      };
      // A platform learns only by writing that its client has left.
      const timer = setInterval(() => write(": keep-alive\n\n"), heartbeat);
      try {
        const { done, value } = await source.next();
        write(done ? "data: [DONE]\n\n" : value);
        if (done && !left) controller.close();
      } catch (error) {
        write(errorFrame(error));
        if (!left) controller.close();
      } finally {
        clearInterval(timer);
      }
    },
    cancel() {
      left = true;
      source.cancel();
    },
  }, { highWaterMark: 0 });
  return new Response(body, { status, headers });
}

/** One event in the wire format. Data of several lines takes several fields. */
export function eventFrame(data: string, event?: string): string {
  const lines = data.includes("\n") ? data.replaceAll("\n", "\ndata: ") : data;
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${lines}\n\n`;
}

/** An error event in the API's form, with the ending beside the API's fields. */
export function errorFrame(error: unknown): string {
  const known = isStreamError(error) ? error : undefined;
  const told = {
    message: error instanceof Error ? error.message : String(error),
    type: known?.type ?? "stream_error",
    param: null,
    code: known?.code ?? null,
    ending: known?.ending ?? "provider_error",
  };
  return `event: error\ndata: ${JSON.stringify({ error: told })}\n\n`;
}
