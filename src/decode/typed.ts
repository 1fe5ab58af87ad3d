import { tooLarge } from "../http/errorBody.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";
import type { ChunkSink, Decoder } from "./decoder.ts";

type Fields = Record<string, unknown>;

/** What tells the events of one endpoint apart. */
export interface EventRules<Chunk, Result> {
  /** The chunk that an event gives. `text` is what has come before it. */
  chunk(event: Fields, text: string): Chunk;
  /** A last event's `type`; where it is left out any event may be the last. */
  last?: string | undefined;
  /** The whole, of the last events. */
  result(last: Fields[]): Result;
  /** A whole answer that came instead of a stream, as last events without their type; none where it is no such answer. */
  whole(answer: Fields): Fields[];
}

/** Fields that hold content, whatever the endpoint. */
const CONTENT = ["delta", "b64_json", "audio", "text"];

/** Folds events that say by their `type` what they are. The answer is whole once the last events have come: one, or one for each image. */
export class TypedDecoder<Chunk extends object, Result> implements Decoder<Chunk, Result> {
  readonly done: boolean = false;
  #last: Fields[] = [];
  #text = "";
  #size = 0;
  readonly #rules: EventRules<Chunk, Result>;
  readonly #limit: number;
  #expected: number;

  /** @param limit the most characters of what is kept @param expected how many last events there will be */
  constructor(rules: EventRules<Chunk, Result>, limit: number, expected = 1) {
    this.#rules = rules;
    this.#limit = limit;
    this.#expected = expected;
  }

  take(raw: object, out: ChunkSink<Chunk>, size: number): boolean {
    const event = raw as Fields;
    const chunk = this.#rules.chunk(event, this.#text);
    const { content = "" } = chunk as { content?: string };
    const { last = event["type"] } = this.#rules;
    const isLast = event["type"] === last;
    if (isLast) this.#last.push(event);
    if (isLast || content) this.#size += size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    this.#text += content;
    out.push(chunk);
    return isLast || CONTENT.some((name) => event[name]);
  }

  takeWhole(raw: object, out: ChunkSink<Chunk>): boolean {
    const events = this.#rules.whole(raw as Fields);
    this.#expected = events.length || this.#expected;
    for (const event of events) this.take(this.#rules.last ? { type: this.#rules.last, ...event } : event, out, 0);
    return events.length > 0;
  }

  ending(): GoodEnding | undefined {
    return this.#last.length < this.#expected ? undefined : "complete";
  }

  over(): boolean {
    return this.#rules.last !== undefined && this.ending() !== undefined;
  }

  result(): Result {
    return this.#rules.result(this.#last);
  }

  held(): HeldAnswer {
    return { text: this.#text, reasoning: "", message: undefined, toolCalls: [], usage: undefined };
  }

  restart(): void {
    this.#last = [];
    this.#text = "";
    this.#size = 0;
  }
}
