import type { FrameWriter } from "../chat/turnStream.ts";
import { eventFrame } from "../sse/toResponse.ts";
import { FIRST, LAST } from "./fold.ts";
import { itemsOf } from "./output.ts";
import type { ResponseTurn, ResponseTurnEvent } from "./turn.ts";

type Fields = Record<string, unknown>;

/** Writes a turn as one response in the API's wire format: the events of all its steps, in one order, and the end of the last. */
export class ResponseFrames implements FrameWriter<ResponseTurnEvent, ResponseTurn> {
  readonly withoutDone = true;
  #sequence = 0;
  #over = false;
  /** How many items the steps before had. */
  #items = 0;
  #first = true;

  /** The frame of one event; `undefined` where there is nothing to pass on. */
  of(event: ResponseTurnEvent): string | undefined {
    if (event.type === "step_end") {
      this.#items += itemsOf(event.step.response).length;
      this.#first = false;
    }
    const chunk = "chunk" in event && event.type !== "restart" ? event.chunk : undefined;
    if (!chunk || LAST.test(chunk.type) || (!this.#first && FIRST.test(chunk.type))) return undefined;
    return this.#write(chunk.raw as unknown as Fields);
  }

  /** The end: the last response, with the output of all steps. Once. */
  last(turn: ResponseTurn | undefined): string | undefined {
    if (!turn || this.#over) return undefined;
    this.#over = true;
    this.#items = 0;
    const { response, steps } = turn;
    const output = steps.flatMap((step) => itemsOf(step.response));
    return this.#write({ type: `response.${response.status ?? "completed"}`, response: { ...response, output } });
  }

  #write(event: Fields): string {
    const { output_index: at, type } = event;
    const place = typeof at === "number" ? { output_index: at + this.#items } : undefined;
    return eventFrame(JSON.stringify({ ...event, ...place, sequence_number: this.#sequence++ }), String(type));
  }
}
