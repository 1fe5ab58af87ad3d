/** A place in a queue. */
export interface Place {
  /** Resolves when its turn has come, or its signal was aborted. */
  readonly ready: Promise<unknown>;
  /** Lets the next one in, also where the place was given up. */
  leave(): void;
}

/** One turn at a time, in the order in which they came. */
export class TurnQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Takes the next place. @param signal gives it up; it is not aborted yet */
  enter(signal: AbortSignal): Place {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise<void>((resolve) => (leave = resolve)).then(() => before);
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { ready: Promise.race([before, aborted]), leave };
  }
}
