import { tooLarge } from "../http/errorBody.ts";
import type { Decoder } from "./decoder.ts";
import type { GoodEnding } from "../wire/index.ts";
import type { HeldResponse, ResponseChunk, ResponseEvent } from "../wire/responseEvents.ts";
import type { OutputItem, ResponseObject } from "../wire/responses.ts";
import { fieldOf, fieldsOf, stringOf } from "../wire/read.ts";
import { chatCalls } from "./responseCalls.ts";
import { chatUsage, endingOfResponse, isResponse, NO_RESPONSE } from "./responseEnding.ts";
import { ItemBuilder, PLACES } from "./responseItem.ts";
import { outputText } from "./output.ts";

/** Events that a response has at its beginning, before there is any output. */
export const FIRST: RegExp = /^response\.(created|queued|in_progress)$/;
/** Events that a response ends with. */
export const LAST: RegExp = /^response\.(completed|done|incomplete|failed|cancelled)$/;

/** What a response's status is once it has ended. */
const ENDED: readonly unknown[] = ["completed", "incomplete", "failed", "cancelled"];

/** Folds the events of a streamed response into the response: from values to values, with no clock and no stream. */
export class ResponseDecoder implements Decoder<ResponseChunk, ResponseObject> {
  readonly withoutDone = true;
  done = false;
  #response: Partial<ResponseObject> = {};
  #items: ItemBuilder = new ItemBuilder();
  #text = "";
  #reasoning = "";
  #ending: GoodEnding | undefined;
  #size = 0;
  #marked = false;
  readonly #limit: number;

  /** @param limit the most characters of collected events */
  constructor(limit: number) {
    this.#limit = limit;
  }

  take(raw: object, out: ResponseChunk[], size: number): boolean {
    const type = stringOf(raw, "type") ?? "";
    const delta = stringOf(raw, "delta") ?? "";
    const place = PLACES.get(type);
    let content = place === "output_text" ? delta : "";
    const reasoning = place === "reasoning_text" || place === "summary_text" ? delta : "";
    this.#size += this.#items.take(type, raw, size);
    if (Math.max(this.#size, size) > this.#limit) throw tooLarge("The response", this.#limit);
    const sent = fieldsOf(fieldOf(raw, "response"));
    if (sent) this.#response = isResponse(sent) ? sent : { ...this.#response, ...sent };
    const [, told] = LAST.exec(type) ?? [];
    if (told !== undefined) content = this.#end(told);
    this.#text += content;
    this.#reasoning += reasoning;
    out.push({
      type: type as ResponseEvent["type"],
      content,
      reasoning,
      restarted: this.#marked,
      raw: raw as ResponseEvent,
    });
    this.#marked = false;
    // Between those that tell of no progress a response may be silent for ever.
    return fieldOf(raw, "delta") !== "" && type !== "keepalive" && type !== "ping" && !FIRST.test(type);
  }

  takeWhole(raw: object, out: ResponseChunk[]): boolean {
    if (!isResponse(raw)) return false;
    this.take({ type: `response.${stringOf(raw, "status") ?? "completed"}`, response: raw }, out, 0);
    return true;
  }

  ending(): GoodEnding | undefined {
    return this.#ending;
  }

  over(): boolean {
    return this.done;
  }

  result(): ResponseObject {
    return this.#response as ResponseObject;
  }

  held(): HeldResponse {
    const response = this.#whole(this.done);
    return {
      text: this.#text,
      reasoning: this.#reasoning,
      message: undefined,
      toolCalls: chatCalls(response),
      usage: chatUsage(response),
      response,
    };
  }

  restart(marked: boolean): void {
    this.#response = {};
    this.#items = new ItemBuilder();
    this.#text = this.#reasoning = "";
    this.#ending = undefined;
    this.done = false;
    this.#size = 0;
    this.#marked = marked;
  }

  /** @returns the text that no delta had brought: some providers send only the whole @throws APIError where the response failed */
  #end(told: string): string {
    this.done = true;
    const response = this.#whole(true);
    // The event's name counts where the response itself does not say how it ended.
    const status = [response.status, told].find((one) => ENDED.includes(one));
    response.status = (status as ResponseObject["status"]) ?? "completed";
    this.#response = response;
    this.#ending = endingOfResponse(response);
    const text = outputText(response);
    return text.startsWith(this.#text) ? text.slice(this.#text.length) : "";
  }

  /** The response as it stands. @param ended whether its output was sent whole, so that it counts above the gathered one */
  #whole(ended: boolean): ResponseObject {
    const { output } = this.#response;
    const gathered = this.#items.list() as readonly object[] as OutputItem[];
    const sent = Array.isArray(output) ? output : [];
    return {
      ...NO_RESPONSE,
      ...this.#response,
      output: (ended ? sent.length > 0 : gathered.length === 0) ? sent : gathered,
    };
  }
}
