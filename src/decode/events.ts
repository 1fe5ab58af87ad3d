import { tooLarge } from "../http/errorBody.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";
import { fieldsOf } from "../wire/read.ts";
import type { ChunkSink, Decoder, EventPart } from "./decoder.ts";

/** One event of a streamed request to any endpoint. */
export interface ApiEvent {
  /** The event's name, if the server named it (`event: …`). */
  readonly event: string | undefined;
  /** The event's JSON. */
  readonly raw: Record<string, unknown>;
}

/** Collects events as they are. The answer may end after any event: at `[DONE]`, or at the end of the body. */
export class EventDecoder implements Decoder<ApiEvent, ApiEvent[]> {
  readonly #events: ApiEvent[] = [];
  #size = 0;
  readonly #limit: number;

  /** @param limit the most characters that are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  take(raw: object, out: ChunkSink<ApiEvent>, size: number, event?: string): EventPart {
    this.#size += size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    const one: ApiEvent = { event, raw: fieldsOf(raw) ?? {} };
    this.#events.push(one);
    out.push(one);
    return "content";
  }

  takeWhole(raw: object, out: ChunkSink<ApiEvent>): boolean {
    this.take(raw, out, 0);
    return true;
  }

  ending(): GoodEnding | undefined {
    return this.#events.length > 0 ? "complete" : undefined;
  }

  expects(): "content" {
    return "content";
  }

  result(): ApiEvent[] {
    return this.#events;
  }

  partial(): HeldAnswer {
    return { text: "", reasoning: "", message: undefined, toolCalls: [], usage: undefined };
  }
}
