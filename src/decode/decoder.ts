import type { GoodEnding, HeldAnswer } from "../wire/index.ts";

/** Where chunks go. */
export interface ChunkSink<Chunk> {
  /** Takes the next one. */
  push(chunk: Chunk): unknown;
}

/** How one API's events become chunks and, in the end, a result. Pure: no clock, no stream. */
export interface Decoder<Chunk, Result> {
  /**
   * Takes one event.
   *
   * @param raw the event's JSON
   * @param out where its chunks go
   * @param size how many characters the event has
   * @param name the event's name, where the server gave it one
   * @returns whether it brought content
   */
  take(raw: object, out: ChunkSink<Chunk>, size: number, name?: string): boolean;
  /** Returns whether an event is no part of an answer. Where none comes to its end, such an event may say why. */
  isForeign?(raw: object): boolean;
  /** Takes a whole answer that came instead of a stream; false where it is none. */
  takeWhole(raw: object, out: ChunkSink<Chunk>): boolean;
  /** Whether this API's streams end without a `[DONE]`. Default: they end with one. */
  readonly withoutDone?: boolean | undefined;
  /** Called when the server has said `[DONE]`. */
  end?(): void;
  /** Whether the answer is over and nothing more can follow. */
  readonly done: boolean;
  /** How it ends if nothing more comes; `undefined` where something is missing. */
  ending(): GoodEnding | undefined;
  /** Whether all that was asked for has ended, and only usage and the like may follow. */
  over(): boolean;
  /** The whole, after a good ending. */
  result(): Result;
  /** What has arrived. */
  held(): HeldAnswer;
  /** Forgets all: the request is made again. The next chunk is marked where content had been given out. */
  restart(marked: boolean): void;
}
