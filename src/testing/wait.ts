/**
 * Waits for a time. Reads the global `setTimeout` at each call, so that fake timers work, and clears its timer when the
 * signal fires.
 *
 * @param ms the time; 0 and less start no timer
 * @param signal ends the wait
 * @throws the signal's reason, if it fires first
 */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(reasonOf(signal));
  if (!(ms > 0)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Waits until the signal fires, and rejects with its reason. */
export function waitForAbort(signal: AbortSignal): Promise<never> {
  return untilAborted(new Promise(() => undefined), signal);
}

/** Returns the outcome of a promise, or rejects with the signal's reason if it fires first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Returns a signal's reason. It may be any value, and `fetch` rejects with it all the same. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
