import type { FailedEnding } from "../errors.ts";
import type { RawHttpInfo } from "../http/info.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";

/** The endings of a stream, by the type of its whole: a turn has endings of its own. */
export type EndingOf<Whole> =
  GoodEnding | FailedEnding | (Whole extends { readonly ending: infer Ending extends string } ? Ending : never);

/** The end of a stream. */
export type Outcome<Whole> =
  | {
      readonly ending: EndingOf<Whole>;
      /** Returns the whole. @throws StreamError if it cannot be put together after all */
      readonly whole: () => Whole;
      readonly error?: undefined;
    }
  | { readonly ending: FailedEnding; readonly error: Error };

/** The side of a stream that its source sees. */
export interface Sink<Item, Whole> {
  /** `true` while a reader waits for the next item. */
  readonly isWaiting: boolean;
  /** `true` if the stream is passed on: it takes frames then, and no items. */
  readonly isPassedOn: boolean;
  /** Takes the next item. */
  push(item: Item): void;
  /** Takes the next frame of the wire format. */
  pushFrame(frame: string): void;
  /** Remembers the HTTP side of the stream for `httpInfo()`. */
  describe(info: RawHttpInfo): void;
  /** Ends the stream. Called once. */
  end(outcome: Outcome<Whole>): void;
}

/** Produces what a {@link Stream} gives to its reader. */
export interface Source {
  /** The part that has arrived so far. */
  readonly partial: HeldAnswer;
  /** `true` if the wire format ends without `[DONE]`. */
  readonly withoutDone?: boolean | undefined;
  /** Asks for more. Does nothing while more is on its way, and after the end. */
  pull(): void;
  /** Ends at the caller's wish: as aborted. Does nothing after the end. */
  cancel(reason: unknown): void;
  /** Ends because the reader has left: well if the answer is there, else as aborted. Does nothing after the end. */
  leave(): void;
}
