import { abortError } from "../errors.ts";

/** One turn at a time, in the order in which they came. */
export class TurnQueue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Waits for its turn.
   *
   * @param signal gives the place up
   * @returns what lets the next one in
   * @throws the abort; the place is given up then
   */
  async enter(signal: AbortSignal | null | undefined): Promise<() => void> {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise<void>((resolve) => (leave = resolve)).then(() => before);
    try {
      await untilAborted(before, signal);
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
