import { tooLarge } from "../http/errorBody.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";
import type { ChunkSink, Decoder } from "./decoder.ts";

/** One event of an endpoint that this package has no function for. */
export interface ApiEvent {
  /** The event's name, where the server gave it one (`event: …`). */
  readonly event: string | undefined;
  /** The event's JSON. */
  readonly raw: Record<string, unknown>;
}

/** Gathers events as they are. The answer may be over after each: at `[DONE]`, or at the end of the body. */
export class EventDecoder implements Decoder<ApiEvent, ApiEvent[]> {
  readonly done: boolean = false;
  #events: ApiEvent[] = [];
  #size = 0;
  readonly #limit: number;

  /** @param limit the most characters of collected events */
  constructor(limit: number) {
    this.#limit = limit;
  }

  take(raw: object, out: ChunkSink<ApiEvent>, size: number, event?: string): boolean {
    this.#size += size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    const one: ApiEvent = { event, raw: raw as Record<string, unknown> };
    this.#events.push(one);
    out.push(one);
    return true;
  }

  takeWhole(raw: object, out: ChunkSink<ApiEvent>): boolean {
    return this.take(raw, out, 0);
  }

  ending(): GoodEnding | undefined {
    return this.#events.length > 0 ? "complete" : undefined;
  }

  over(): boolean {
    return false;
  }

  result(): ApiEvent[] {
    return this.#events;
  }

  held(): HeldAnswer {
    return { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
  }

  restart(): void {
    this.#events = [];
    this.#size = 0;
  }
}
