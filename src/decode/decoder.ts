import type { GoodEnding, HeldAnswer } from "../wire/index.ts";

/** A place that takes chunks. */
export interface ChunkSink<Chunk> {
  /** Takes the next one. */
  push(chunk: Chunk): unknown;
}

/** The part that an event has in an answer. */
export type EventPart = "content" | "other" | "foreign";

/** Turns the events of one answer into chunks and, in the end, the whole answer. Pure: no clock, no stream. */
export interface Decoder<Chunk, Whole> {
  /**
   * Takes one event.
   *
   * @param raw the event's JSON
   * @param out where its chunks go
   * @param size the length of the event in characters
   * @param name the event's name, if the server gave it one
   * @returns `foreign` if the event is no part of an answer. If no answer comes to its end, such an event may say why
   * @throws APIError if the event is malformed, or reports an error
   */
  take(raw: object, out: ChunkSink<Chunk>, size: number, name?: string): EventPart;
  /** Takes a whole answer that came instead of a stream. @returns `false` if it is none */
  takeWhole(raw: object, out: ChunkSink<Chunk>): boolean;
  /** `true` if this API's streams end without `[DONE]`. @default false */
  readonly withoutDone?: boolean | undefined;
  /** Takes the server's `[DONE]`. */
  finish?(): void;
  /** Returns what may still come: content; only usage and the like; or nothing. */
  expects(): "content" | "trailer" | "nothing";
  /** Returns the ending if nothing more comes; `undefined` if something is missing. */
  ending(): GoodEnding | undefined;
  /** Returns the whole, after a good ending. */
  result(): Whole;
  /** Returns what has arrived. */
  partial(): HeldAnswer;
}
