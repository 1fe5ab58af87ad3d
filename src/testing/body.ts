import type { Piece, RequestStatus } from "./types.ts";
import { wait, waitForAbort } from "./wait.ts";

/** The options of a response body. */
export interface BodyOptions {
  /** The caller's signal. When it fires, the body fails with its reason. */
  readonly signal: AbortSignal | undefined;
  /**
   * Ends the body instead of failing it when the signal fires, for a server whose client has disconnected.
   *
   * @default false
   */
  readonly isQuiet?: boolean | undefined;
  /** Called once when the body has ended; `error` is the failure of a broken body. */
  readonly onEnd: (status: Exclude<RequestStatus, "open">, error?: unknown) => void;
  /** Called with every chunk that {@link followBody} passes on. */
  readonly onBytes?: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Turns pieces into a stream of bytes. It takes a piece only when the reader asks for one, and takes no more after the
 * reader cancelled or the signal fired.
 */
export function bodyOf(pieces: Iterable<Piece>, options: BodyOptions): ReadableStream<Uint8Array> {
  const source = new BodySource(pieces[Symbol.iterator](), options);
  // With a high-water mark of 0 the stream does not pull before its reader does.
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
      // Interrupted while waiting: the stream is already cancelled or has failed.
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

/** Passes a foreign stream on as it arrives, cancels it when the signal fires, and reports its end. */
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
        // The stream has ended for the caller; a failure to cancel it no longer matters.
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
