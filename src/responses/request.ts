import { serviceNameOf } from "../http/connection.ts";
import type { ApiRequest, Step } from "../conversation/apis/api.ts";
import { chatUsage, endingOfResponse } from "../decode/responseEnding.ts";
import { isAnswerToModel } from "../conversation/hostedApprovals.ts";
import { checkMessages } from "../check/messages.ts";
import { checkItem } from "../check/responses.ts";
import { APIError, InputError, isAPIError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import { aString, strings } from "../options.ts";
import type { AnswerMessage, HeldAnswer, KeptItems, Message } from "../wire/index.ts";
import type { HeldResponse } from "../wire/responseEvents.ts";
import type { InputItem, OutputItem, ResponseObject, ResponseParams } from "../wire/responses.ts";
import { fieldOf, objectsIn, stringOf } from "../wire/read.ts";
import { fingerprints, lastKnown } from "./chain.ts";
import { toInput } from "./inputItems.ts";
import { toMessage } from "./message.ts";
import { toParams } from "./params.ts";
import type { Refused, Refusals } from "./refusals.ts";

/** The settings of an api value. */
export interface ResponsesSettings {
  readonly state: "local" | "server";
  /** Params of every request. */
  readonly standing: ResponseParams;
  readonly refusals: Refusals;
}

/** The part of the conversation that the service knows. */
interface Chain {
  /** The response to continue from. */
  readonly id?: string | undefined;
  /** The index of the last message that the service knows, or -1. */
  readonly after: number;
  /** True if the service has items that are not in the messages. */
  readonly hasMore: boolean;
  /** True if the session chose the id, so that the request can be repeated without it. */
  readonly canDrop: boolean;
}

const ENCRYPTED = "reasoning.encrypted_content";
/** Matches refusals of a request for encrypted reasoning. */
const ASKING_REFUSED =
  /\binclude\b|reasoning\.encrypted_content|encrypted content is not (supported|available|allowed)/i;
const WHOLE: Chain = { after: -1, hasMore: false, canDrop: false };

/** Sends the input and the params of a request. */
export type Send<T> = (input: InputItem[] | undefined, params: ResponseParams) => Promise<T>;

/**
 * One request of a turn. It tries up to three ways: the id of an earlier response, all items, and plain text. Each is tried if the API
 * has refused the one before.
 */
export class ResponseRequest {
  /** True if the response is made in the background. */
  readonly isBackground: boolean;
  readonly request: ApiRequest;
  readonly #settings: ResponsesSettings;
  readonly #service: string;
  readonly #params: ResponseParams;
  readonly #refused: Refused;
  #way: "id" | "items" | "words" = "id";
  /** True if the last refusal may have been about the request for encrypted reasoning. */
  #asksForLess = false;

  /** @throws InputError if a message is malformed, or both forms of one param are given */
  constructor(request: ApiRequest, settings: ResponsesSettings) {
    const { connection, params, messages } = request;
    checkAll(messages);
    checkOwnParams(params, "params.");
    this.request = request;
    this.#settings = settings;
    this.#params = toParams(params, settings.standing);
    this.#service = serviceNameOf(connection);
    this.#refused = settings.refusals.of(this.#service, this.#params.model ?? connection.model);
    this.isBackground = this.#params.background === true || request.background?.id !== undefined;
  }

  /**
   * Sends the request, and in another way if the API refuses ids or items that it made.
   *
   * @throws whatever sending throws
   */
  async send<T>(send: Send<T>): Promise<T> {
    for (;;) {
      const chain = this.#chain();
      const input = this.#input(chain);
      const params = this.#body(chain);
      if (input.length === 0 && chain.id === undefined && !params.conversation && params["prompt"] == null)
        throw new InputError("messages", "something to answer", "nothing");
      try {
        const answer = await send(input.length > 0 ? input : undefined, params);
        this.#accept(chain);
        return answer;
      } catch (error) {
        if (!this.#findOtherWay(error, chain, input)) throw error;
      }
    }
  }

  /**
   * Returns a response as the step of a turn.
   *
   * @throws APIError if it failed, or is not finished
   */
  step(response: ResponseObject): Step {
    if (!endingOfResponse(response))
      throw attachInfo(
        new APIError("The response is not finished", { status: 200, code: response.status, body: response }),
        infoOf(response),
      );
    const message = this.#message(response);
    const kept = (message.responses?.items ?? []) as OutputItem[];
    const ending = endingOfResponse({ ...response, output: kept }) ?? "complete";
    return { message, ending, usage: chatUsage(response), raw: response };
  }

  /** Returns what has arrived of a streamed response. */
  partial({ response, ...held }: HeldResponse): HeldAnswer {
    const message = this.#message(response);
    const isEmpty = message.content === null && !message.refusal && !message.tool_calls && !message.responses;
    return { ...held, message: isEmpty ? undefined : message };
  }

  #message(response: ResponseObject): AnswerMessage {
    const message = toMessage(response, this.#service);
    const { responses: kept, ...said } = message;
    if (!kept) return message;
    const { id, ...items } = kept;
    const conversation = this.#conversation();
    if (conversation !== undefined) return { ...said, responses: { ...kept, of: conversation } };
    if (id === undefined || !this.#isStored()) return { ...said, responses: items };
    return { ...said, responses: { ...kept, of: fingerprints(this.request.messages).at(-1) } };
  }

  /** Returns whether responses can be continued from by their ids. */
  #isStored(): boolean {
    return this.#settings.state === "server" && this.#params.store !== false;
  }

  /** Returns the id of the conversation that the service keeps. */
  #conversation(): string | undefined {
    const { conversation } = this.#params;
    return typeof conversation === "string" ? conversation : stringOf(conversation, "id");
  }

  #chain(): Chain {
    const { messages, params } = this.request;
    const { previous_response_id: base } = this.#params;
    const conversation = this.#conversation();
    const isLost = (kept: KeptItems): boolean => this.#refused.lost.has(kept);
    const isOwn = (kept: KeptItems | undefined): boolean => kept?.from === this.#service && kept.of === conversation;
    // The service stores a conversation itself, so it knows everything up to its last answer.
    if (conversation !== undefined)
      return { after: messages.findLastIndex(({ responses }) => isOwn(responses)), hasMore: true, canDrop: false };
    const isOfTurn = "previous_response_id" in params;
    // Results and approvals belong to the answer with the request, whatever the turn began with.
    if (isOfTurn && !messages.slice(-1).some(isAnswerToModel)) {
      if (base == null) return WHOLE;
      const after = messages.findLastIndex(({ role }) => role === "assistant");
      return { id: base, after, hasMore: true, canDrop: false };
    }
    const known =
      this.#way === "id" && this.#isStored() && this.#refused.losses < 2
        ? lastKnown(messages, this.#service, isLost)
        : undefined;
    if (known && !messages.slice(known.at + 1).some(hasCompaction))
      return {
        id: known.id,
        after: known.at,
        hasMore: false,
        canDrop: this.#settings.standing.previous_response_id == null,
      };
    return base == null ? WHOLE : { id: base, after: -1, hasMore: true, canDrop: false };
  }

  #input({ after, hasMore }: Chain): InputItem[] {
    const { lost, items } = this.#refused;
    const isPlain = this.#way === "words";
    return toInput(this.request.messages, {
      to: this.#service,
      after,
      hasMore,
      isRefused: (kept) => isPlain || items.has(kept),
      isLost: (kept) => lost.has(kept),
    });
  }

  #body({ id }: Chain): ResponseParams {
    const { store, ...params } = this.#params;
    const keeps =
      store ??
      (this.#settings.state === "local" && !this.isBackground && params.conversation == null ? false : undefined);
    const body: ResponseParams = { ...params };
    delete body.previous_response_id;
    if (keeps !== undefined) body.store = keeps;
    if (this.#asksForReasoning()) body.include = [...(params.include ?? []), ENCRYPTED];
    if (id !== undefined) body.previous_response_id = id;
    return body;
  }

  /** Requests encrypted reasoning if the service stores none and the model accepts the request. */
  #asksForReasoning(): boolean {
    const { include, model, conversation } = this.#params;
    return (
      (!this.#isStored() || this.#refused.losses > 1) &&
      conversation == null &&
      !this.#refused.withoutReasoning &&
      !this.#asksForLess &&
      include !== null &&
      !include?.includes(ENCRYPTED) &&
      isReasoningModel(model ?? this.request.connection.model)
    );
  }

  #accept({ id, canDrop }: Chain): void {
    if (id !== undefined && canDrop) this.#refused.losses = 0;
    // Only a success shows that encrypted reasoning was the cause of the refusal.
    if (this.#asksForLess && this.#way !== "words") this.#refused.withoutReasoning = true;
    if (this.#way === "words") for (const kept of this.#ownAnswers()) this.#refused.items.add(kept);
  }

  /** Returns the messages with items of this service. */
  #ownAnswers(): KeptItems[] {
    return this.request.messages.flatMap(({ role, responses }) =>
      role === "assistant" && responses?.from === this.#service ? [responses] : [],
    );
  }

  /** Records a refusal. @returns whether there is another way to ask */
  #findOtherWay(error: unknown, { id, canDrop }: Chain, input: readonly InputItem[]): boolean {
    if (!isAPIError(error) || (error.status !== 404 && error.status !== 400)) return false;
    const words = `${error.param ?? ""} ${error.code ?? ""} ${error.message}`;
    if (id !== undefined && canDrop && isLost(error, id)) {
      for (const kept of this.#ownAnswers()) this.#refused.lost.add(kept);
      this.#refused.losses++;
      this.#way = "items";
      return true;
    }
    if (this.#asksForReasoning() && ASKING_REFUSED.test(words)) {
      this.#asksForLess = true;
      return true;
    }
    if (this.#way === "words" || !namesItem(words, input)) return false;
    if (id !== undefined && !canDrop) return false;
    if (id === undefined && !this.#ownAnswers().some((kept) => !this.#refused.items.has(kept))) return false;
    this.#way = id === undefined ? "words" : "items";
    return true;
  }
}

/**
 * Checks the params that this package reads itself.
 *
 * @param root what stands before their names in an error
 * @throws InputError that names the param
 */
export function checkOwnParams(params: object, root: string): void {
  for (const [name, rule] of [
    ["include", strings],
    ["previous_response_id", aString],
  ] as const) {
    const value = fieldOf(params, name);
    if (value != null) rule(value, `${root}${name}`);
  }
}

/** Returns `true` for a message with a compaction, which stands for everything before it. */
function hasCompaction({ responses }: Message): boolean {
  return objectsIn(responses?.items).some(({ type }) => type === "compaction");
}

/** Throws if a message, or an item that replaces one, is malformed. @throws InputError that names its path */
function checkAll(messages: readonly Message[]): void {
  checkMessages(messages, "messages");
  for (const [at, { role, responses }] of messages.entries())
    if (role !== "assistant")
      for (const [place, item] of (responses?.items ?? []).entries())
        checkItem(item, `messages[${at}].responses.items[${place}]`);
}

/** Returns `true` for OpenAI's reasoning models, by name. Other models refuse the request for encrypted reasoning. */
function isReasoningModel(model: string): boolean {
  return /(^|\/)(o[1-9]|gpt-([5-9]|\d\d)|codex)/.test(model) && !model.includes("chat");
}

/** Returns `true` if the API cannot continue from a response: it is gone, was never stored, or ids are not supported. Words and status vary. */
function isLost({ code, param, message, status }: APIError, id: string): boolean {
  return (
    // A 404 that names nothing else is about the response: a missing model or path has a code or a param.
    (status === 404 && code == null && param == null) ||
    code === "previous_response_not_found" ||
    param === "previous_response_id" ||
    /previous[_ ]response|\bno (such )?response\b/i.test(message) ||
    message.includes(id) ||
    /No tool (output|call) found/.test(message)
  );
}

/** Returns `true` if a refusal names an item of the model or its encrypted content. */
function namesItem(words: string, input: readonly InputItem[]): boolean {
  if (/encrypted[_ ]content/i.test(words)) return true;
  const [, at] = /input\[(\d+)\]/.exec(words) ?? [];
  const named = at === undefined ? undefined : input[Number(at)];
  if (named && !/^(user|system|developer)$/.test(stringOf(named, "role") ?? "")) return true;
  return input.some((item) => {
    const id = stringOf(item, "id");
    return id !== undefined && (words.includes(`'${id}'`) || (id.length > 8 && words.includes(id)));
  });
}
