import { tooLarge } from "../http/errorBody.ts";
import type { ChunkSink, Decoder, EventPart } from "./decoder.ts";
import type { CallDelta, FinishReason, GoodEnding } from "../wire/index.ts";
import type { HeldResponse, ResponseChunk, ResponseEvent } from "../wire/responseEvents.ts";
import type { OutputItem, ResponseObject } from "../wire/responses.ts";
import { fieldOf, numberOf, objectOf, stringOf } from "../wire/read.ts";
import { CallFragments, chatCalls } from "./responseCalls.ts";
import { chatUsage, endingOfResponse, isResponse, NO_RESPONSE } from "./responseEnding.ts";
import { ItemBuilder, PLACES } from "./responseItem.ts";
import { gapAfter, outputText } from "./output.ts";

/** Types of events at the beginning of a response, before any output. */
export const FIRST: RegExp = /^response\.(created|queued|in_progress)$/;
/** Types of events that end a response. */
export const LAST: RegExp = /^response\.(completed|done|incomplete|failed|cancelled)$/;

/** The calls of an event that brings none. */
const NO_CALLS: readonly CallDelta[] = [];

/** Finish reasons of chat completions for the endings of a response. */
const FINISH_REASONS: Readonly<Record<GoodEnding, FinishReason>> = {
  complete: "stop",
  length: "length",
  content_filter: "content_filter",
  tool_calls: "tool_calls",
};

/** Statuses of a response that has ended. */
const ENDED = ["completed", "incomplete", "failed", "cancelled"] as const;

/** Decodes the events of a streamed response. */
export class ResponseDecoder implements Decoder<ResponseChunk, ResponseObject> {
  readonly withoutDone = true;
  #isDone = false;
  #response: Partial<ResponseObject> = {};
  readonly #items: ItemBuilder = new ItemBuilder();
  readonly #calls = new CallFragments();
  readonly #messages = new Paragraphs();
  readonly #thoughts = new Paragraphs();
  #ending: GoodEnding | undefined;
  #size = 0;
  #isRestarted: boolean;
  readonly #limit: number;

  /**
   * @param limit the most characters of collected events
   * @param restarted `true` if an earlier attempt has given out content, which is void now: the first chunk says so
   */
  constructor(limit: number, restarted = false) {
    this.#isRestarted = restarted;
    this.#limit = limit;
  }

  take(raw: object, out: ChunkSink<ResponseChunk>, size: number): EventPart {
    const type = stringOf(raw, "type") ?? "";
    const change = this.#items.take(type, raw, size);
    this.#size += change?.size ?? 0;
    if (Math.max(this.#size, size) > this.#limit) throw tooLarge("The response", this.#limit);
    const call = change && this.#calls.of(change);
    let content = "";
    let reasoning = "";
    let calls = call ? [call] : NO_CALLS;
    const place = PLACES.get(type);
    const delta = stringOf(raw, "delta") ?? "";
    if (place === "output_text") content = this.#messages.add(delta, change?.growing.place);
    else if (place === "reasoning_text") reasoning = this.#thoughts.add(delta, change?.growing.place);
    else if (place === "summary_text")
      reasoning = this.#thoughts.add(delta, `${change?.growing.place} ${numberOf(raw, "summary_index")}`);
    const sent = objectOf(raw, "response");
    if (sent) this.#response = isResponse(sent) ? sent : { ...this.#response, ...sent };
    // Most events are deltas, which end nothing.
    const [, status] = (place === undefined && LAST.exec(type)) || [];
    if (status !== undefined) {
      const response = this.#end(status);
      content = this.#messages.rest(outputText(response));
      calls = [...calls, ...this.#calls.rest(response)];
    }
    const finishReason = this.#ending && FINISH_REASONS[this.#ending];
    out.push({
      content,
      reasoning,
      calls,
      index: 0,
      finishReason,
      restarted: this.#isRestarted,
      raw: raw as ResponseEvent,
    });
    this.#isRestarted = false;
    // Between events that show no progress a response may be silent for ever.
    if (delta !== "") return "content";
    const isSilent = fieldOf(raw, "delta") === "" || type === "keepalive" || type === "ping" || FIRST.test(type);
    return isSilent ? "other" : "content";
  }

  takeWhole(raw: object, out: ChunkSink<ResponseChunk>): boolean {
    if (!isResponse(raw)) return false;
    this.take({ type: `response.${stringOf(raw, "status") ?? "completed"}`, response: raw }, out, 0);
    return true;
  }

  ending(): GoodEnding | undefined {
    return this.#ending;
  }

  expects(): "content" | "nothing" {
    return this.#isDone ? "nothing" : "content";
  }

  result(): ResponseObject {
    return this.#whole(true);
  }

  partial(): HeldResponse {
    const response = this.#whole(this.#isDone);
    return {
      text: this.#messages.text,
      reasoning: this.#thoughts.text,
      message: undefined,
      toolCalls: chatCalls(response),
      usage: chatUsage(response),
      response,
    };
  }

  /** @throws APIError if the response failed */
  #end(status: string): ResponseObject {
    this.#isDone = true;
    const response = this.#whole(true);
    // The event's type counts if the response has no status of its own.
    const endedAs = (name: unknown): ResponseObject["status"] => ENDED.find((one) => one === name);
    response.status = endedAs(response.status) ?? endedAs(status) ?? "completed";
    this.#response = response;
    this.#ending = endingOfResponse(response);
    return response;
  }

  /** Returns the response so far. @param ended `true` if its own output takes precedence over the assembled one */
  #whole(ended: boolean): ResponseObject {
    const { output } = this.#response;
    const assembled = this.#items.list() as OutputItem[];
    const sent = Array.isArray(output) ? output : [];
    return {
      ...NO_RESPONSE,
      ...this.#response,
      output: (ended ? sent.length > 0 : assembled.length === 0) ? sent : assembled,
    };
  }
}

/** Text of an answer that grows in several places, one after the other, with a blank line between them. */
class Paragraphs {
  /** The whole text so far. */
  text = "";
  #place: unknown;

  /** Adds a piece. @returns the piece, behind a blank line if it begins another paragraph */
  add(piece: string, place: unknown): string {
    if (piece === "") return "";
    const added = place === this.#place ? piece : gapAfter(this.text) + piece;
    this.#place = place;
    this.text += added;
    return added;
  }

  /** Adds the rest of a whole text: some providers send no deltas. @returns the rest */
  rest(whole: string): string {
    const added = whole.startsWith(this.text) ? whole.slice(this.text.length) : "";
    this.text += added;
    return added;
  }
}
