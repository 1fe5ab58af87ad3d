import { abortError } from "../errors.ts";
import type { Turn, TurnEvent } from "./turn.ts";

type Result = IteratorResult<TurnEvent, Turn>;

/** A turn's events, taken one at a time: the turn waits after each event until the next one is asked for. */
export class TurnEvents {
  readonly #readers: { resolve(result: Result | Promise<Result>): void }[] = [];
  #event: { readonly event: TurnEvent; taken: boolean; resume(): void; fail(error: Error): void } | undefined;
  #end: Promise<Result> | undefined;
  #left: Error | undefined;

  /** Starts a turn. @param start runs it and gives it `emit` */
  constructor(start: (emit: (event: TurnEvent) => Promise<void>) => Promise<Turn>) {
    const turn = start((event) => this.#emit(event));
    const end = turn.then((value): Result => ({ done: true, value }));
    const settle = (): void => {
      this.#end = end;
      this.#advance();
    };
    end.then(settle, settle);
  }

  /** Takes the next event, or the turn's end. */
  next(): Promise<Result> {
    return new Promise((resolve) => {
      this.#readers.push({ resolve });
      this.#advance();
    });
  }

  /** Lets go of the turn: it fails at the event that it waits for. */
  leave(): void {
    this.#left = abortError("The stream was left");
    this.#event?.fail(this.#left);
    this.#event = undefined;
  }

  #emit(event: TurnEvent): Promise<void> {
    if (this.#left) return Promise.reject(this.#left);
    return new Promise((resume, fail) => {
      this.#event = { event, taken: false, resume, fail };
      this.#advance();
    });
  }

  #advance(): void {
    for (;;) {
      const waiting = this.#event;
      const isOver = this.#end !== undefined;
      if (this.#readers.length === 0 || (!waiting && !isOver)) return;
      if (waiting?.taken) {
        this.#event = undefined;
        waiting.resume();
        return;
      }
      const reader = this.#readers.shift();
      if (waiting) {
        waiting.taken = true;
        reader?.resolve({ done: false, value: waiting.event });
      } else if (this.#end) reader?.resolve(this.#end);
    }
  }
}
