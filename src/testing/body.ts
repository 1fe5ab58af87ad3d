import type { Piece, RequestStatus } from "./types.ts";
import { wait, waitForAbort } from "./wait.ts";

/** What a body needs beside its pieces. */
export interface BodyOptions {
  /** The caller's signal: the body then fails with its reason. */
  readonly signal: AbortSignal | undefined;
  /** Whether the body just ends when the signal fires: for a server, whose reader has left. Default false: it fails. */
  readonly isQuiet?: boolean | undefined;
  /** Told once, when the body has ended, and how; `error` is what broke it. */
  readonly onEnd: (status: Exclude<RequestStatus, "open">, error?: unknown) => void;
  /** Told of every piece that is passed on, by {@link followBody} only. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Pieces to a stream of bytes. A piece is asked for when the reader asks, so nothing is made ahead, and nothing runs on after the
 * reader cancelled or the signal fired.
 */
export function bodyOf(pieces: Iterable<Piece>, options: BodyOptions): ReadableStream<Uint8Array> {
  const source = new BodySource(pieces[Symbol.iterator](), options);
  // A high-water mark of 0 keeps the stream from asking before its reader does.
  return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
}

class BodySource implements UnderlyingDefaultSource<Uint8Array> {
  readonly #pieces: Iterator<Piece>;
  readonly #options: BodyOptions;
  readonly #stop: AbortController = new AbortController();
  #unfollow: () => void = () => undefined;
  #ended = false;

  constructor(pieces: Iterator<Piece>, options: BodyOptions) {
    this.#pieces = pieces;
    this.#options = options;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { signal } = this.#options;
    const onAbort = (): void => {
      if (this.#end("cancelled")) stop(controller, this.#options);
    };
    if (signal?.aborted) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#unfollow = () => signal?.removeEventListener("abort", onAbort);
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const next = this.#pieces.next();
    if (next.done) {
      if (this.#end("complete")) controller.close();
      return;
    }
    try {
      await this.#send(next.value, controller);
    } catch (error) {
      // Stopped while waiting: the stream is cancelled or has failed already.
      if (!this.#ended) throw error;
    }
  }

  cancel(): void {
    this.#end("cancelled");
  }

  async #send(piece: Piece, controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    if (piece.kind === "stall") return await waitForAbort(this.#stop.signal);
    if (piece.kind === "break") {
      if (this.#end("broken")) controller.error(piece.error);
      return;
    }
    if (piece.wait > 0) await wait(piece.wait, this.#stop.signal);
    if (!this.#ended) controller.enqueue(piece.bytes);
  }

  #end(status: Exclude<RequestStatus, "open">): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#unfollow();
    this.#stop.abort(new Error(`The mock API's answer is ${status}`));
    this.#pieces.return?.();
    this.#options.onEnd(status);
    return true;
  }
}

function stop(controller: ReadableStreamDefaultController<Uint8Array>, { signal, isQuiet = false }: BodyOptions): void {
  if (isQuiet) controller.close();
  else controller.error(signal?.reason);
}

/** A stream of somebody else's making, passed on as it comes: cancelled when the signal fires, and its end told. */
export function followBody(stream: ReadableStream<Uint8Array>, options: BodyOptions): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  let onAbort: (() => void) | undefined;
  const end: BodyOptions["onEnd"] = (status, error) => {
    if (onAbort) options.signal?.removeEventListener("abort", onAbort);
    options.onEnd(status, error);
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start: (controller) => {
      onAbort = () => {
        end("cancelled");
        stop(controller, options);
        // Its own failure to stop is nobody's business any more.
        reader.cancel(options.signal?.reason).catch(() => undefined);
      };
      options.signal?.addEventListener("abort", onAbort, { once: true });
    },
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          options.onBytes?.(value);
          return controller.enqueue(value);
        }
        end("complete");
        controller.close();
      } catch (error) {
        end("broken", error);
        controller.error(error);
      }
    },
    cancel: async (reason) => {
      end("cancelled");
      await reader.cancel(reason);
    },
  };
  return new ReadableStream<Uint8Array>(source, { highWaterMark: 0 });
}
