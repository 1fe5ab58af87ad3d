import type { FrameWriter } from "./turnStream.ts";
import { eventFrame } from "../stream/toResponse.ts";
import type { OutputItem } from "../wire/responses.ts";
import { numberOf, objectOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { FIRST, LAST } from "../decode/response.ts";
import { withoutDeep } from "./normalize.ts";
import { isCall, itemsOf, withCalls } from "../decode/output.ts";
import type { ResponseTurn, ResponseTurnEvent } from "./turn.ts";

/**
 * Writes a turn as one response in the API's wire format: the events of all its steps, in one order, and one end. Calls that the session
 * answers are left out, since the far end has nothing to answer there; those that are open at the end come with it.
 */
export class ResponseFrames implements FrameWriter<ResponseTurnEvent, ResponseTurn> {
  readonly withoutDone = true;
  #sequence = 0;
  #over = false;
  #first = true;
  /** How many items were written. */
  #items = 0;
  /** Where this step's items stand in the whole. */
  #places = new Map<number, number>();
  /** The calls of this step, by their place and by their id. */
  #calls = new Set<number | string>();
  /** The ids of the calls that have their result. */
  readonly #answered = new Set<string>();
  /** The items of the steps that have ended. */
  #written: Fields[] = [];

  /** The frame of one event; `undefined` where there is nothing to pass on. */
  of(event: ResponseTurnEvent): string | undefined {
    if (event.type === "tool_result") this.#answered.add(event.outcome.call.id);
    if (event.type === "step_start") this.#answered.clear();
    if (event.type === "step_end") this.#endStep(event.step.response);
    const chunk = "chunk" in event && event.type !== "restart" ? event.chunk : undefined;
    if (!chunk || LAST.test(chunk.raw.type) || (!this.#first && FIRST.test(chunk.raw.type))) return undefined;
    return this.#isOfCall(chunk.raw) ? undefined : this.#write({ ...chunk.raw });
  }

  /** The end: the last response, with the output of all steps. Once. */
  last(turn: ResponseTurn | undefined): string | undefined {
    if (!turn || this.#over) return undefined;
    this.#over = true;
    const { response, steps, ending } = turn;
    // An answer that was cut by the budget's time is no step.
    if (response !== steps.at(-1)?.response && ending !== "approval") this.#endStep(response);
    this.#places.clear();
    const open = this.#openCalls(turn);
    const added = open.flatMap((item) => {
      const output_index = this.#items++;
      return ["added", "done"].map((what) =>
        this.#write({ type: `response.output_item.${what}`, output_index, item }, output_index),
      );
    });
    const output = [...this.#written, ...open] as unknown as OutputItem[];
    const isCut = ending === "max_steps" || ending === "budget";
    const told = isCut
      ? { status: "incomplete", incomplete_details: { reason: ending } }
      : { status: response.status ?? "completed" };
    return (
      added.join("") + this.#write({ type: `response.${told.status}`, response: { ...response, ...told, output } })
    );
  }

  #endStep(response: ResponseTurn["response"]): void {
    this.#written = [...this.#written, ...itemsOf(response).filter((item) => !isCall(item))];
    this.#items = this.#written.length;
    this.#places.clear();
    this.#calls.clear();
    this.#first = false;
  }

  #openCalls({ ending, pending, response }: ResponseTurn): Fields[] {
    if (ending !== "tool_calls" && ending !== "approval") return [];
    const waiting = new Set(pending.map(({ id }) => id));
    return withCalls(itemsOf(response)).filter(
      (item) => isCall(item) && (ending === "approval" ? waiting.has(item.call_id) : !this.#answered.has(item.call_id)),
    );
  }

  #isOfCall(event: object): boolean {
    const item = objectOf(event, "item");
    const at = numberOf(event, "output_index");
    const id = stringOf(event, "item_id") ?? stringOf(item, "id");
    if (isCall(item)) for (const key of [at, id]) if (key !== undefined) this.#calls.add(key);
    return isCall(item) || (at === undefined ? id !== undefined && this.#calls.has(id) : this.#calls.has(at));
  }

  /** @param at the item's place in the whole; where it is left out, the place in its step counts */
  #write(event: Record<string, unknown>, at = this.#placeOf(event)): string {
    const place = at === undefined ? undefined : { output_index: at };
    const text = JSON.stringify({ ...withoutDeep(event), ...place, sequence_number: this.#sequence++ });
    return eventFrame(text, stringOf(event, "type"));
  }

  #placeOf(event: object): number | undefined {
    const index = numberOf(event, "output_index");
    if (index === undefined) return undefined;
    const place = this.#places.get(index) ?? this.#items++;
    this.#places.set(index, place);
    return place;
  }
}
