import { InputError, isAPIError } from "../errors.ts";
import type { InputItem, ResponseInput, ResponseObject, ResponseParams } from "../types/responses.ts";
import { addItems, modelsEnd, toInput } from "./items.ts";
import type { KnownItems } from "./items.ts";
import { isCall, isWholeCall, itemsOf } from "./output.ts";

/** What of a session is its history: fields that the program may change between turns. */
export interface HistoryHolder {
  items: InputItem[];
  responseHistory: ResponseObject[];
  currentResponseId: string | undefined;
  state: "server" | "local";
}

/** A request, as far as the history decides it. */
export type HistoryRequest = ResponseParams & { input: ResponseInput | undefined };

/** What a session has said and heard, and how much of it the API knows: which items a request must hold, and which id. */
export class ResponseHistory {
  /** Whether the present turn had to send all items anew. */
  recovered = false;
  /** What the present turn's requests are made with. */
  params: ResponseParams = {};
  /** The session's items as the present turn found them: another list was set by the program. */
  items: InputItem[];
  readonly #session: HistoryHolder;
  /** What the session's id was set to here: another one was set by the program. */
  #id: string | undefined;
  #known: KnownItems;
  #before: KnownItems | undefined;
  /** A provider that loses id after id keeps nothing: from the second on, all items are sent every time. */
  #losses = 0;
  /** Items that were given as a text, and may be sent as one. */
  #spoken: WeakSet<object> = new WeakSet();

  /** @param session whose items, id and responses these are @param known how much of them the provider knows, where that was saved */
  constructor(session: HistoryHolder, known?: KnownItems) {
    const { items, currentResponseId: id } = session;
    this.#session = session;
    this.#id = id;
    this.items = items;
    const at = id === undefined ? 0 : modelsEnd(items);
    this.#known = known ? { ...known } : { id, at, answered: at, whole: id === undefined || items.length > 0 };
  }

  /** How much of the items the provider knows. */
  get known(): KnownItems {
    return { ...this.#known };
  }

  /** The last answer, if there was one. */
  get last(): ResponseObject | undefined {
    return this.#session.responseHistory.at(-1);
  }

  /** The same history for a turn that leaves no trace. */
  fork(): ResponseHistory {
    const { items, currentResponseId, state } = this.#session;
    const copy = new ResponseHistory({ items: [...items], currentResponseId, state, responseHistory: [] }, this.#known);
    copy.#losses = this.#losses;
    copy.#id = this.#id;
    copy.#spoken = this.#spoken;
    return copy;
  }

  /**
   * Begins a turn.
   *
   * @param previous the response to go on from, where the turn names one; `null`: from none
   * @param params what the turn's requests are made with
   */
  begin(previous: string | null | undefined, params: ResponseParams): this {
    const { items, currentResponseId: id } = this.#session;
    this.params = params;
    this.recovered = false;
    const isOther = items !== this.items;
    const answered = isOther ? modelsEnd(items) : Math.min(this.#known.answered, items.length);
    this.#known.answered = answered;
    this.items = items;
    if (isOther || id !== this.#id) {
      // Another list is another conversation, of which the provider knows nothing by the id; an empty one is none.
      const goesOn = isOther && items.length > 0 && id === this.#id ? undefined : id;
      this.#known = { id: goesOn, at: goesOn === undefined ? 0 : answered, answered, whole: goesOn === undefined };
    }
    this.#id = id;
    this.#before = this.#known;
    if (previous !== undefined) this.#known = { id: previous ?? undefined, at: answered, answered, whole: false };
    return this;
  }

  /** Adds what is said. @param isText whether it was given as a text @throws InputError where it answers a call that is not open */
  add(input: readonly InputItem[], isText: boolean): void {
    addItems(this.#session.items, input, this.#known);
    if (isText) for (const item of input) this.#spoken.add(item);
  }

  /** Takes out again what was said, and the results of calls. */
  takeBack(input: readonly InputItem[], calls: readonly { readonly id: string }[]): void {
    const { items } = this.#session;
    const results = calls.map(({ id }) => items.findLast((item) => "call_id" in item && item.call_id === id));
    for (const item of [...input, ...results]) {
      const at = items.lastIndexOf(item as InputItem);
      if (at >= this.#known.answered) items.splice(at, 1);
    }
  }

  /** Asks with what the API does not know yet. Where it has lost the id, and all items are here, they are sent instead: once. */
  async ask<T>(send: (request: HistoryRequest) => Promise<T>): Promise<T> {
    try {
      return await send(this.#request());
    } catch (error) {
      const { id, whole } = this.#known;
      if (id === undefined || !whole || !isLost(error, id)) throw error;
      this.#known.id = undefined;
      this.#known.at = 0;
      this.#losses++;
      this.recovered = true;
      return send(this.#request());
    }
  }

  /** Takes an answer in, and goes on from it, unless the API cannot: then from where it could before. */
  keep(response: ResponseObject): void {
    const { items, responseHistory } = this.#session;
    const { id, status, store } = response;
    const output = itemsOf(response);
    // What a cut answer asks for was asked in ignorance of the rest: it never runs, and wants no result.
    const kept = output.filter((item) => !isCall(item) || (status !== "incomplete" && isWholeCall(item, true)));
    items.push(...(kept as unknown as InputItem[]));
    responseHistory.push(response);
    this.#session.currentResponseId = this.#id = id || undefined;
    this.#before = undefined;
    const known = { ...this.#known, answered: items.length };
    // The API refuses to go on from a call without a result, and from reasoning that nothing follows from.
    const isLoose = kept.length < output.length || output.at(-1)?.["type"] === "reasoning";
    const isKnown = id && store !== false && this.params.store !== false && !isLoose;
    this.#known = isKnown && !this.#isLocal() ? { ...known, id, at: items.length } : known;
  }

  /** Ends a turn: what it named to go on from, and nothing came of, is forgotten. */
  end(): void {
    this.#known = this.#before ?? this.#known;
  }

  #isLocal(): boolean {
    return this.#session.state === "local" || this.params.store === false || this.#losses > 1;
  }

  #request(): HistoryRequest {
    const { items } = this.#session;
    const params = this.params;
    // A conversation is the provider's to keep.
    const known =
      params.conversation == null ? this.#known : { ...this.#known, id: undefined, at: this.#known.answered };
    const { id } = known;
    const list = toInput(items, known, !this.#isLocal());
    if (list.length === 0 && id === undefined && params.conversation == null && params["prompt"] == null)
      throw new InputError("input", "what to say", "nothing");
    const [first] = list;
    const input = first && list.length === 1 && this.#spoken.has(first) ? (first as { content: string }).content : list;
    return { ...params, ...(id === undefined ? undefined : { previous_response_id: id }), input: first && input };
  }
}

/** Whether the API cannot go on from a response: it is gone, was never stored, or ids are not supported. Words and status differ. */
function isLost(error: unknown, id: string): boolean {
  if (!isAPIError(error) || (error.status !== 404 && error.status !== 400)) return false;
  const { code, param, message } = error;
  return (
    code === "previous_response_not_found" ||
    param === "previous_response_id" ||
    message.includes("previous_response_id") ||
    message.includes(id)
  );
}
