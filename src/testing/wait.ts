/**
 * Waits on a timer that is set up late (so that a test's fake timers count) and never outlives its signal.
 *
 * @param ms how long; 0 and less starts no timer
 * @param signal ends the wait at once
 * @throws the signal's reason, when it fires first
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

/** A promise's outcome, or the signal's reason where that comes first. What the promise then does is ignored. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(reasonOf(signal));
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** What a signal fired with. It may be no Error at all, and `fetch` rejects with it nevertheless. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
