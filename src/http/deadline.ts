import { abortError, TimeoutError } from "../errors.ts";
import type { OpenAIError, TimeoutPhase } from "../errors.ts";
import type { ResolvedTimeouts } from "./timeouts.ts";

/** The longest wait that `setTimeout` takes, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** The shortest wait, in milliseconds, until the timer looks again while nobody reads. */
const SHORTEST_LOOK = 100;

/** A kind of wait with a limit of its own. The grace after a finish reason is the only one that may run out without an error. */
export type DeadlinePhase = Exclude<TimeoutPhase, "total"> | "grace";

/** Node, Bun and Deno keep a program running as long as a timer is referenced. Timers of other platforms lack these methods. */
type Timer = ReturnType<typeof setTimeout> & { ref?: () => unknown; unref?: () => unknown };

/**
 * The time limits and the abort signal of one call, from its first attempt to its last byte.
 *
 * One timer serves the whole call. It compares timestamps when it fires, so that no timer is set or cleared per chunk.
 */
export class Deadline {
  /** Called once, when the call has to stop. The error is `undefined` at the end of the grace. */
  onStop: ((error: OpenAIError | undefined) => void) | undefined;
  /** The reason why the call had to stop. */
  error: OpenAIError | undefined;
  #phase: DeadlinePhase = "headers";
  #limit = Infinity;
  /** When the present silence began. */
  #since = 0;
  /** The phase's duration until the end of the last read, in milliseconds. */
  #silence = 0;
  #reading = false;
  #stopped = false;
  #timer: Timer | undefined;
  /** When the timer fires. */
  #due = 0;
  readonly #started: number = performance.now();
  readonly #limits: ResolvedTimeouts;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void = () => this.stop(abortError(this.#signal?.reason));

  /**
   * Starts the total time and listens to the caller's signal.
   *
   * @param limits time limits in milliseconds
   * @param signal the caller's signal
   */
  constructor(limits: ResolvedTimeouts, signal: AbortSignal | null | undefined) {
    this.#limits = limits;
    this.#signal = signal ?? undefined;
    this.#listen();
  }

  /** Makes the deadline valid for another attempt, also after a stop. The signal and the time that has passed still count. */
  restart(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.error = undefined;
    this.#listen();
  }

  /** Starts another kind of wait. */
  startPhase(phase: DeadlinePhase): void {
    this.#phase = phase;
    this.#limit = this.#limits[phase === "first_content" ? "firstContent" : phase];
    this.#silence = 0;
    this.#since = performance.now();
    this.#setReading(phase === "headers");
    this.#check();
  }

  /** Counts silence again because a read begins. It adds to the silence since the last content. */
  resume(): void {
    this.#since = performance.now() - this.#silence;
    this.#setReading(true);
  }

  /**
   * Stops counting silence because a read has ended.
   *
   * @param content `true` if the read brought content, which resets the silence
   */
  pause(content: boolean): void {
    this.#setReading(false);
    this.#silence = content ? 0 : performance.now() - this.#since;
  }

  /** Throws if the call has to stop. @throws the reason */
  throwIfStopped(): void {
    if (this.error) throw this.error;
  }

  /** Returns the remaining milliseconds of the total time. */
  remaining(): number {
    return this.#limits.total - (performance.now() - this.#started);
  }

  /** Settles like the promise, or rejects as soon as the call has to stop. */
  race<T>(promise: Promise<T>): Promise<T> {
    if (this.error) {
      promise.catch(() => undefined);
      return Promise.reject(this.error);
    }
    return new Promise((resolve, reject) => {
      this.onStop = reject;
      promise.then(resolve, reject);
    });
  }

  /** Waits between two attempts, but no longer than the total time allows. An abort rejects at once. */
  async sleep(ms: number): Promise<void> {
    this.#setReading(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const wait = Math.min(ms, Math.max(this.remaining(), 0));
    try {
      await this.race(new Promise<void>((resolve) => (timer = setTimeout(resolve, wait))));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands the call over to its caller: the time limits no longer apply, but an abort still reaches the request. */
  detach(controller: AbortController): void {
    clearTimeout(this.#timer);
    this.onStop = (error) => controller.abort(error);
  }

  /** Stops the call with an error, as an abort does. The end of the grace has none. */
  stop(error: OpenAIError | undefined): void {
    if (this.#stopped) return;
    const { onStop } = this;
    this.close();
    this.error = error;
    onStop?.(error);
  }

  /** Releases the timer and the signal. */
  close(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = this.onStop = undefined;
    this.#signal?.removeEventListener("abort", this.#onAbort);
  }

  #listen(): void {
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener("abort", this.#onAbort);
  }

  #check(): void {
    if (this.#stopped) return;
    const now = performance.now();
    const total = this.remaining();
    const left = this.#reading
      ? this.#limit - (now - this.#since)
      : Math.max(this.#limit - this.#silence, Math.min(this.#limit, SHORTEST_LOOK));
    if (total <= 0) this.stop(new TimeoutError("total", this.#limits.total));
    else if (left <= 0) this.stop(this.#phase === "grace" ? undefined : new TimeoutError(this.#phase, this.#limit));
    else this.#lookAgain(now, Math.min(total, left));
  }

  #lookAgain(now: number, wait: number): void {
    // A timer that fires too early looks again, which is cheaper than to replace it.
    if (wait === Infinity || (this.#timer && this.#due <= now + wait)) return;
    clearTimeout(this.#timer);
    const ms = Math.min(Math.ceil(wait), LONGEST_TIMER);
    this.#due = now + ms;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#check();
    }, ms);
    this.#setReading(this.#reading);
  }

  /** Notes whether somebody waits for the answer. Only then does the timer keep the program running. */
  #setReading(reading: boolean): void {
    this.#reading = reading;
    if (reading) this.#timer?.ref?.();
    else this.#timer?.unref?.();
  }
}
