import { abortError, TimeoutError } from "../errors.ts";
import type { OpenAIError, TimeoutPhase } from "../errors.ts";
import type { ResolvedTimeouts } from "./timeouts.ts";

const LONGEST_TIMER = 2 ** 31 - 1;
/** How soon the timer looks again where nobody is waiting. */
const SHORTEST_LOOK = 100;

/** What a call can be waiting for. The grace after a finish reason is the one wait whose end is no failure. */
export type WatchPhase = Exclude<TimeoutPhase, "total"> | "grace";

/**
 * Watches one call from its first attempt to its last byte: the caller's signal and every time limit.
 */
export interface Watch {
  /** Called once, when the call must stop; `undefined` as error means that the grace is over. */
  onStop: ((error: OpenAIError | undefined) => void) | undefined;
  /** Why the call must stop, once it must. */
  readonly error: OpenAIError | undefined;
  /** Continues with another attempt, also after a stop: the caller's signal and the time that has passed still count. */
  revive(): void;
  /** Starts another kind of wait. */
  enter(phase: WatchPhase): void;
  /** Begins a read: silence counts from here on, together with what has been waited since the last content. */
  wait(): void;
  /** Ends a read. @param content whether it brought content, which ends the silence */
  rest(content: boolean): void;
  /** Throws if the call must stop. @throws the reason */
  check(): void;
  /** Returns the milliseconds left of the call's total time. */
  left(): number;
  /** Settles as the promise does, or rejects as soon as the call must stop. */
  race<T>(promise: Promise<T>): Promise<T>;
  /** Waits between two attempts, no longer than the total time allows; an abort ends it at once. */
  sleep(ms: number): Promise<void>;
  /** Releases the timer and the caller's signal. */
  close(): void;
  /** Leaves the call to its caller: no more time limits, but an abort still reaches it. */
  release(controller: AbortController): void;
  /** Stops the call from within, as an abort would. */
  cancel(error: OpenAIError): void;
}

/** Node, Bun and Deno end a program only once no timer is left that keeps it; elsewhere timers have no such methods. */
type KeepingTimer = ReturnType<typeof setTimeout> & { ref?: () => unknown; unref?: () => unknown };

/** A `Watch` with one timer, which looks at a timestamp when it fires; nothing is set or cleared as contents arrive. */
export class CallWatch implements Watch {
  onStop: ((error: OpenAIError | undefined) => void) | undefined;
  error: OpenAIError | undefined;
  #phase: WatchPhase = "headers";
  #limit = Infinity;
  /** When the present silence began. */
  #since = 0;
  #waited = 0;
  #waiting = false;
  #stopped = false;
  #timer: KeepingTimer | undefined;
  /** When the timer fires. */
  #due = 0;
  readonly #started: number = performance.now();
  readonly #limits: ResolvedTimeouts;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: (() => void) | undefined;

  /** Begins to watch. @param limits those of time @param signal the caller's */
  constructor(limits: ResolvedTimeouts, signal: AbortSignal | null | undefined) {
    this.#limits = limits;
    this.#signal = signal ?? undefined;
    this.#onAbort = signal ? () => this.#stop(abortError(signal.reason)) : undefined;
    this.#listen();
  }

  revive(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.error = undefined;
    this.#listen();
  }

  enter(phase: WatchPhase): void {
    this.#phase = phase;
    this.#limit = this.#limits[phase === "first_content" ? "firstContent" : phase];
    this.#waited = 0;
    this.#since = performance.now();
    this.#keep(phase === "headers");
    this.#tick();
  }

  wait(): void {
    this.#since = performance.now() - this.#waited;
    this.#keep(true);
  }

  rest(content: boolean): void {
    this.#keep(false);
    this.#waited = content ? 0 : performance.now() - this.#since;
  }

  check(): void {
    if (this.error) throw this.error;
  }

  left(): number {
    return this.#limits.total - (performance.now() - this.#started);
  }

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

  async sleep(ms: number): Promise<void> {
    this.#keep(false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      await this.race(
        new Promise<void>((resolve) => (timer = setTimeout(resolve, Math.min(ms, Math.max(this.left(), 0))))),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#onAbort) this.#signal?.removeEventListener("abort", this.#onAbort);
    this.onStop = undefined;
  }

  release(controller: AbortController): void {
    clearTimeout(this.#timer);
    this.onStop = (error) => controller.abort(error);
  }

  cancel(error: OpenAIError): void {
    this.#stop(error);
  }

  #listen(): void {
    if (!this.#onAbort) return;
    if (this.#signal?.aborted) this.#onAbort();
    else this.#signal?.addEventListener("abort", this.#onAbort);
  }

  #tick(): void {
    if (this.#stopped) return;
    const now = performance.now();
    const total = this.#limits.total - (now - this.#started);
    const left = this.#waiting
      ? this.#limit - (now - this.#since)
      : Math.max(this.#limit - this.#waited, Math.min(this.#limit, SHORTEST_LOOK));
    if (total <= 0) this.#stop(new TimeoutError("total", this.#limits.total));
    else if (left <= 0) this.#stop(this.#phase === "grace" ? undefined : new TimeoutError(this.#phase, this.#limit));
    else {
      const next = Math.min(total, left);
      // A timer that fires sooner than it must looks again: cheaper than setting another one.
      if (next === Infinity || (this.#timer !== undefined && this.#due <= now + next)) return;
      clearTimeout(this.#timer);
      const wait = Math.min(Math.ceil(next), LONGEST_TIMER);
      this.#due = now + wait;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#tick();
      }, wait);
      this.#keep(this.#waiting);
    }
  }

  /** Notes whether somebody waits. Only then the timer keeps the program running: nobody would miss what it does for an unread answer. */
  #keep(waiting: boolean): void {
    this.#waiting = waiting;
    if (waiting) this.#timer?.ref?.();
    else this.#timer?.unref?.();
  }

  #stop(error: OpenAIError | undefined): void {
    if (this.#stopped) return;
    const { onStop } = this;
    this.close();
    this.error = error;
    onStop?.(error);
  }
}
