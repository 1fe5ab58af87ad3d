import { InputError, isAPIError } from "../errors.ts";
import type { APIError } from "../errors.ts";
import type { InputItem, ResponseInput, ResponseObject, ResponseParams } from "../wire/responses.ts";
import { listOf, stringOf } from "../wire/read.ts";
import { toInput } from "./input.ts";
import { addItems, isInput, modelsEnd } from "./items.ts";
import type { KnownItems } from "./items.ts";
import { toHistory } from "./normalize.ts";
import { answerTo, askedAs, isAsking, isCall, isWholeCall, itemsOf } from "../decode/output.ts";

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
  /** How many items go in words, after the API has refused their ids or their reasoning. */
  #plain = 0;
  /** Whether the API has refused to be asked for encrypted reasoning. */
  #withoutReasoning = false;
  /** Items that were given as a text, and may be sent as one. */
  #spoken: WeakSet<object> = new WeakSet();

  readonly #defaultModel: string | undefined;

  /**
   * @param session whose items, id and responses these are
   * @param defaultModel the model that is asked where the params name none
   * @param known how much of the items the provider knows, where that was saved
   */
  constructor(session: HistoryHolder, defaultModel?: string, known?: KnownItems) {
    const { items, currentResponseId: id } = session;
    this.#session = session;
    this.#defaultModel = defaultModel;
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
    const session = { items: [...items], currentResponseId, state, responseHistory: [] };
    const copy = new ResponseHistory(session, this.#defaultModel, this.#known);
    copy.#losses = this.#losses;
    copy.#plain = this.#plain;
    copy.#withoutReasoning = this.#withoutReasoning;
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
    const isReplaced = items !== this.items;
    const answered = isReplaced ? modelsEnd(items) : Math.min(this.#known.answered, items.length);
    this.#known.answered = answered;
    this.items = items;
    if (isReplaced) this.#plain = 0;
    if (isReplaced || id !== this.#id) {
      // Another list is another conversation, of which the provider knows nothing by the id; an empty one is none.
      const goesOn = isReplaced && items.length > 0 && id === this.#id ? undefined : id;
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

  /** Asks with what the API does not know yet. Where it refuses what names its memory, all items are sent instead, as the API can read them. */
  async ask<T>(send: (request: HistoryRequest) => Promise<T>): Promise<T> {
    for (;;) {
      const request = this.#request();
      try {
        return await send(request);
      } catch (error) {
        if (!this.#fallBack(error, request)) throw error;
      }
    }
  }

  /** Takes an answer in, and goes on from it, unless the API cannot: then from where it could before. */
  keep(response: ResponseObject): void {
    const { items, responseHistory } = this.#session;
    const { status, store } = response;
    const id = stringOf(response, "id") || undefined;
    // What a cut answer asks for was asked in ignorance of the rest: it never runs, and wants no result.
    const kept = toHistory(response.output).filter(
      (item) => !isCall(item) || (status !== "incomplete" && isWholeCall(item, true)),
    );
    items.push(...kept);
    responseHistory.push(response);
    this.#session.currentResponseId = this.#id = id;
    this.#before = undefined;
    const known = { ...this.#known, answered: items.length };
    // The API refuses to go on from a call without a result, and from reasoning that nothing follows from.
    const output = itemsOf(response);
    const isLoose = isOther(output.filter(isAsking), kept.filter(isAsking)) || output.at(-1)?.["type"] === "reasoning";
    const isKnown = id !== undefined && store !== false && this.params.store !== false && !isLoose;
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
    const { params } = this;
    const known = this.#knownNow();
    const { id } = known;
    const list = toInput(items, known, !this.#isLocal(), this.#plain);
    if (list.length === 0 && id === undefined && params.conversation == null && params["prompt"] == null)
      throw new InputError("input", "what to say", "nothing");
    const [first] = list;
    const input = first && list.length === 1 && this.#spoken.has(first) ? (first as { content: string }).content : list;
    return {
      ...params,
      ...(this.#asksForReasoning() && { include: [...(params.include ?? []), ENCRYPTED] }),
      ...(id === undefined ? undefined : { previous_response_id: id }),
      input: first && input,
    };
  }

  /** How much the API knows of the items for the next request. */
  #knownNow(): KnownItems {
    // A conversation is the provider's to keep.
    if (this.params.conversation != null) return { ...this.#known, id: undefined, at: this.#known.answered };
    return this.#isStuck() ? { ...this.#known, id: undefined, at: 0 } : this.#known;
  }

  /** Whether the last answer asked for what the program has not answered: the API would not go on from it. */
  #isStuck(): boolean {
    const { items } = this.#session;
    const { id, at, whole } = this.#known;
    if (id === undefined || !whole) return false;
    const from = items.findLastIndex((item, place) => place < at && isInput(item)) + 1;
    const answered = new Set(items.slice(from).map(answerTo));
    return items.slice(from, at).some((item) => isAsking(item) && !isCall(item) && !answered.has(askedAs(item)));
  }

  /** Whether the session asks for reasoning that it can give back: where the provider stores none, and the model takes it. */
  #asksForReasoning(): boolean {
    const { include, model, conversation } = this.params;
    return (
      this.#isLocal() &&
      !this.#withoutReasoning &&
      conversation == null &&
      include !== null &&
      !include?.includes(ENCRYPTED) &&
      isReasoningModel(model ?? this.#defaultModel ?? "")
    );
  }

  /** Takes note of what the API refused. @returns whether there is another way to ask */
  #fallBack(error: unknown, { input }: HistoryRequest): boolean {
    if (!isAPIError(error) || (error.status !== 404 && error.status !== 400)) return false;
    const { id, whole } = this.#known;
    if (id !== undefined && whole && !this.#isStuck() && isLost(error, id)) {
      this.#known.id = undefined;
      this.#known.at = 0;
      this.#losses++;
      this.recovered = true;
      return true;
    }
    const words = `${error.param ?? ""} ${error.code ?? ""} ${error.message}`;
    if (this.#asksForReasoning() && /\binclude\b|reasoning\.encrypted_content/.test(words)) {
      this.#withoutReasoning = true;
      return true;
    }
    const isRefused = words.includes("encrypted_content") || itemIds(input).some((one) => words.includes(`'${one}'`));
    if (!isRefused || this.#plain >= this.#known.answered) return false;
    this.#plain = this.#known.answered;
    this.recovered = true;
    return true;
  }
}

const ENCRYPTED = "reasoning.encrypted_content";

/** Returns whether a model is one of OpenAI's that think, by its name: others refuse to be asked for encrypted reasoning. */
function isReasoningModel(model: string): boolean {
  return /(^|\/)(o[1-9]|gpt-([5-9]|\d\d)|codex)/.test(model) && !model.includes("chat");
}

/** Returns whether the calls that were kept are not those that the API knows: some were left out, or have another id. */
function isOther(sent: readonly object[], kept: readonly object[]): boolean {
  return sent.length !== kept.length || sent.some((item, at) => askedAs(item) !== askedAs(kept[at]));
}

function itemIds(input: ResponseInput | undefined): string[] {
  return listOf({ input }, "input").flatMap((item) => {
    const id = stringOf(item, "id");
    return id === undefined ? [] : [id];
  });
}

/** Returns whether the API cannot go on from a response: it is gone, was never stored, or ids are not supported. Words and status differ. */
function isLost({ code, param, message }: APIError, id: string): boolean {
  return (
    code === "previous_response_not_found" ||
    param === "previous_response_id" ||
    message.includes("previous_response_id") ||
    message.includes(id) ||
    /No tool (output|call) found/.test(message)
  );
}
