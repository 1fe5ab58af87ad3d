import { tooLarge } from "../http/errorBody.ts";
import type { GoodEnding, HeldAnswer } from "../wire/index.ts";
import { fieldsOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import type { ChunkSink, Decoder, EventPart } from "./decoder.ts";

/** The rules by which the events of one endpoint are read. */
export interface EventRules<Chunk, Result> {
  /** Returns the chunk of an event. `text` is the content before it. */
  chunk(event: Fields, text: string): Chunk;
  /** The `type` of a last event. Default: any event may be the last. */
  last?: string | undefined;
  /** Returns the whole answer, given its last events. */
  result(last: readonly Fields[]): Result;
  /** Returns a whole answer that came instead of a stream as last events without their type; an empty list for anything else. */
  whole(answer: Fields): readonly Fields[];
}

/** Fields with content, at any of these endpoints. */
const CONTENT = ["delta", "b64_json", "audio", "text"];

/** Decodes events that name their `type`. The answer is whole once its last events have come: one, or one for each image. */
export class TypedDecoder<Chunk extends object, Result> implements Decoder<Chunk, Result> {
  readonly #last: Fields[] = [];
  #text = "";
  #size = 0;
  readonly #rules: EventRules<Chunk, Result>;
  readonly #limit: number;
  #expected: number;

  /** @param limit the most characters that are kept @param expected the number of last events */
  constructor(rules: EventRules<Chunk, Result>, limit: number, expected = 1) {
    this.#rules = rules;
    this.#limit = limit;
    this.#expected = expected;
  }

  take(raw: object, out: ChunkSink<Chunk>, size: number): EventPart {
    const event = fieldsOf(raw) ?? {};
    const chunk = this.#rules.chunk(event, this.#text);
    const content = stringOf(chunk, "content") ?? "";
    const { last = event["type"] } = this.#rules;
    const isLast = event["type"] === last;
    if (isLast) this.#last.push(event);
    if (isLast || content) this.#size += size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    this.#text += content;
    out.push(chunk);
    return isLast || CONTENT.some((name) => event[name]) ? "content" : "other";
  }

  takeWhole(raw: object, out: ChunkSink<Chunk>): boolean {
    const events = this.#rules.whole(fieldsOf(raw) ?? {});
    this.#expected = events.length || this.#expected;
    for (const event of events) this.take(this.#rules.last ? { type: this.#rules.last, ...event } : event, out, 0);
    return events.length > 0;
  }

  ending(): GoodEnding | undefined {
    return this.#last.length < this.#expected ? undefined : "complete";
  }

  expects(): "content" | "trailer" {
    return this.#rules.last !== undefined && this.ending() !== undefined ? "trailer" : "content";
  }

  result(): Result {
    return this.#rules.result(this.#last);
  }

  partial(): HeldAnswer {
    return { text: this.#text, reasoning: "", message: undefined, toolCalls: [], usage: undefined };
  }
}
