/** Longer timers fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Settles as the promise does, or rejects after a time. It does not stop the work; the caller does.
 *
 * @param limit in ms; limits beyond 24 days are ignored
 * @param late creates the error
 */
export function within<T>(work: Promise<T>, limit: number, late: () => Error): Promise<T> {
  if (limit > LONGEST_TIMER) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limit);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
