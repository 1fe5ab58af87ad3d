/** A place in a queue of turns. */
export interface Place {
  /** Resolves once the turn may start, or its signal is aborted. */
  readonly ready: Promise<unknown>;
  /** Lets the next turn start; also if this one never did. */
  leave(): void;
}

/** Lets one turn run at a time, in the order in which they were asked for. */
export class TurnQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Takes the next place. @param signal gives the place up; it is not aborted yet */
  enter(signal: AbortSignal): Place {
    const before = this.#last;
    let leave = (): void => undefined;
    this.#last = new Promise<void>((resolve) => (leave = resolve)).then(() => before);
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { ready: Promise.race([before, aborted]), leave };
  }
}
