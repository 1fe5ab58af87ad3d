import { abortError } from "../errors.ts";

/**
 * Waits for a value unless a signal is aborted meanwhile.
 *
 * @throws the abort
 */
export async function unlessAborted<T>(value: T | Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => (stop = () => reject(abortError(signal.reason))));
  aborted.catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  return Promise.race([value, aborted]).finally(() => signal.removeEventListener("abort", stop));
}
