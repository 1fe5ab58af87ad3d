/** Beyond this, timers fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Settles as the work does, or rejects after some milliseconds. The work goes on then; whoever started it stops it.
 *
 * @param limit in milliseconds; none beyond 24 days
 * @param late makes the error
 */
export function within<T>(work: Promise<T>, limit: number, late: () => Error): Promise<T> {
  if (limit > LONGEST_TIMER) return work;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limit);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
