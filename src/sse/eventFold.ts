import { APIError } from "../errors.ts";
import type { GoodEnding, HeldAnswer } from "../types.ts";
import type { StreamProtocol } from "./protocol.ts";

/** One event of an endpoint that this package does not know closer. */
export interface ApiEvent {
  /** The event's JSON. */
  readonly raw: Record<string, unknown>;
}

/** Gathers events as they are. The answer is over at `[DONE]`, at a `….completed` or `….done` event, or at the end of the body. */
export class EventFold implements StreamProtocol<ApiEvent, ApiEvent[]> {
  readonly done: boolean = false;
  #events: ApiEvent[] = [];
  #size = 0;
  readonly #limit: number;

  /** @param limit the most characters of collected events */
  constructor(limit: number) {
    this.#limit = limit;
  }

  take(raw: object, out: ApiEvent[], size: number): boolean {
    const event: ApiEvent = { raw: raw as Record<string, unknown> };
    this.#size += size;
    if (this.#size > this.#limit) throw new APIError(`More events than ${this.#limit} characters can hold`, { status: 200, code: "too_large" });
    this.#events.push(event);
    out.push(event);
    return true;
  }

  takeWhole(raw: object, out: ApiEvent[]): boolean {
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
