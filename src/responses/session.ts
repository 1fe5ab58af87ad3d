import { checkOnChunk } from "../endpoints/request.ts";
import type { HandTool, RunTool } from "../chat/tools.ts";
import { TurnQueue } from "../chat/turnQueue.ts";
import { TurnStream } from "../chat/turnStream.ts";
import type { ResponseOptions, StreamResponseOptions } from "../endpoints/responses.ts";
import { InputError, isInputError } from "../errors.ts";
import { resolveTimeouts } from "../http/timeouts.ts";
import { checkItem, checkResponseTools } from "../schemas/responses.ts";
import type { NotParams } from "../types.ts";
import type { HostedTool, InputItem, ResponseInput, ResponseObject, ResponseParams, ResponseTool } from "../types/responses.ts";
import { responseTool } from "./calls.ts";
import { ResponseFrames } from "./frames.ts";
import { ResponseHistory } from "./history.ts";
import { runResponseTurn } from "./turn.ts";
import type { ResponseStepStream, ResponseTurn, ResponseTurnContext, ResponseTurnEvent } from "./turn.ts";

/** What a Responses session needs of a client. It keeps to `options.signal`: an aborted call ends at once. */
export interface ResponsesClient {
  /** Asks for a whole response. */
  createResponse(input: ResponseInput | undefined, params?: ResponseParams, options?: ResponseOptions): Promise<ResponseObject>;
  /** Asks for a response as a stream. */
  streamResponse(input: ResponseInput | undefined, params?: ResponseParams, options?: StreamResponseOptions): Promise<ResponseStepStream>;
}

/** A tool of a Responses session: of `tool()`, declared as in chat, or as the Responses API has it. */
export type SessionTool = RunTool | HandTool | ResponseTool;

/** Standing params of a session, and what is the session's own. */
export interface ResponsesSessionOptions<Kind extends SessionTool = RunTool> extends Omit<ResponseParams, "tools">, NotParams {
  /** Tools with `execute` are run by the session, hosted ones by the provider; calls of others are handed out. */
  tools?: readonly Kind[] | undefined;
  /**
   * Who keeps the conversation. `"server"`: the provider, by `previous_response_id`. `"local"`: the session, which sends all items
   * every time; so also with `store: false`, and where a provider says that it did not store. Default `"server"`.
   */
  state?: "server" | "local" | undefined;
  /** How the conversation begins; with `previous_response_id` all that led to that response, so that it can do without the id. */
  items?: readonly InputItem[] | undefined;
  /** How many requests a turn may take. Default 8. */
  maxSteps?: number | undefined;
  /** How many calls of one answer may run at a time. Default 5. */
  maxParallelTools?: number | undefined;
}

/** Params of one turn; they lie over the session's. Tools are changed on the session itself. */
export interface ResponseTurnParams extends Omit<ResponseParams, "tools"> {
  /** Not here: `session.tools`. */
  tools?: never;
  /** Not here: what `send()` and `stream()` are given. */
  input?: never;
}

/** What a turn gives: text, and the response where it may hold calls that nobody runs. */
export type ResponseAnswer<Kind> = [Kind] extends [RunTool | HostedTool] ? string : string | ResponseObject;

/** What the user says, an item, or several. */
export type ResponseTurnInput = ResponseInput | InputItem;

/**
 * A conversation over the Responses API. One turn at a time: calls that are made while one runs wait in order. Whatever fails,
 * `generateResponse()` goes on from what is there.
 */
export class ResponsesChatSession<Kind extends SessionTool = RunTool> {
  /** The conversation as far as the session has seen it: what was said, and what was answered. */
  items: InputItem[];
  /** The responses that ended well, in order. */
  responseHistory: ResponseObject[] = [];
  /** The last response that ended well. Another id goes on from there; `undefined` sends all items again. */
  currentResponseId: string | undefined;
  /** Tools offered to the model. */
  tools: readonly Kind[] | undefined;
  /** The model; the client's where it is undefined. */
  model: string | undefined;
  /** Instructions, sent with every request. */
  instructions: string | null | undefined;
  /** The other standing params, sent with every request. */
  params: ResponseParams;
  /** Who keeps the conversation. */
  state: "server" | "local";
  /** How many requests a turn may take. */
  maxSteps: number;
  /** How many calls of one answer may run at a time. */
  maxParallelTools: number;
  /** The last turn that ended well. */
  lastTurn: ResponseTurn | undefined;
  readonly #client: ResponsesClient;
  readonly #queue: TurnQueue = new TurnQueue();
  readonly #history: ResponseHistory;

  /**
   * Begins a conversation; nothing is sent yet.
   *
   * @param client what asks the model
   * @param options standing params, `tools`, `state`, `items`, `maxSteps` and `maxParallelTools`
   * @throws InputError where an item or a declaration is malformed
   */
  constructor(client: ResponsesClient, options: ResponsesSessionOptions<Kind> = {}) {
    const { previous_response_id, model, instructions, tools, items = [], state = "server", maxSteps = 8, maxParallelTools = 5, ...params } = options;
    for (const [name, value] of Object.entries({ maxSteps, maxParallelTools })) {
      if (!(value >= 1)) throw new InputError(name, "a number from 1", String(value));
    }
    checkResponseTools(tools);
    this.#client = client;
    this.items = items.map((item, at) => checkItem(item, `items[${at}]`));
    this.currentResponseId = previous_response_id ?? undefined;
    this.#history = new ResponseHistory(this);
    this.tools = tools;
    this.model = model;
    this.instructions = instructions;
    this.params = params;
    this.state = state;
    this.maxSteps = maxSteps;
    this.maxParallelTools = maxParallelTools;
  }

  /**
   * Says something, and waits for the answer. The input is among the items from the start of the turn; the answer once it is complete.
   *
   * @param input what the user says, an item, or several (such as the results of several calls)
   * @returns the text; the response where it holds calls that nobody runs
   * @throws InputError, and nothing was said; whatever `createResponse()` throws, after which `generateResponse()` asks again
   */
  async send<P extends ResponseTurnParams>(input: ResponseTurnInput, params?: P, options?: ResponseOptions): Promise<ResponseAnswer<Kind>> {
    return await this.#answer(input, params, options) as ResponseAnswer<Kind>;
  }

  /**
   * Asks for an answer to what was not yet answered: after a failure, or where results were added to `items`.
   *
   * @returns the text; the response where it holds calls that nobody runs
   * @throws whatever `createResponse()` throws
   */
  async generateResponse<P extends ResponseTurnParams>(params?: P, options?: ResponseOptions): Promise<ResponseAnswer<Kind>> {
    return await this.#answer(undefined, params, options) as ResponseAnswer<Kind>;
  }

  /**
   * Says something, and gives the turn as a stream of events, once the API has accepted the first request. Until it is read to its
   * end, left or cancelled, later turns wait; if nobody reads it, not longer than its total timeout.
   *
   * @param input as for `send()`; left out, what was not yet answered is
   * @throws InputError, and nothing was said; whatever `streamResponse()` throws
   */
  async stream<P extends ResponseTurnParams>(
    input?: ResponseTurnInput,
    params?: P,
    options?: StreamResponseOptions,
  ): Promise<TurnStream<ResponseTurnEvent, ResponseTurn>> {
    const { total: timeout } = resolveTimeouts(true, options?.timeout);
    const stopper = new AbortController();
    let current: ResponseStepStream | undefined;
    let ended: ResponseTurn | undefined;
    const events = this.#turn(input, params, options, {
      stopper,
      streamed: true,
      onStream: (stream) => (current = stream),
      onTurn: (turn) => (ended = turn),
    });
    return new TurnStream(events, await events.next(), {
      timeout,
      stop: (reason) => stopper.abort(reason),
      held: () => current?.partial,
      turn: () => ended,
      frames: () => new ResponseFrames(),
    });
  }

  async #answer(input: ResponseTurnInput | undefined, params: ResponseTurnParams | undefined, options: ResponseOptions | undefined): Promise<string | ResponseObject> {
    const onChunk = options?.onChunk;
    checkOnChunk(onChunk);
    // A background response's whole answer comes before it is made; its stream lasts until it is.
    const streamed = onChunk !== undefined || (params?.background ?? this.params.background) === true;
    const turn = this.#turn(input, params, options, { stopper: new AbortController(), streamed, onChunk });
    for (;;) {
      const { done, value } = await turn.next();
      if (done) return value.ending === "tool_calls" ? value.response : value.text;
    }
  }

  /** Waits for its place in the queue, then runs a turn. */
  async *#turn(
    input: ResponseTurnInput | undefined,
    params: ResponseTurnParams | undefined,
    options: ResponseOptions | undefined,
    { stopper, streamed, ...hooks }: { stopper: AbortController; streamed: boolean } & Pick<ResponseTurnContext, "onChunk" | "onStream" | "onTurn">,
  ): AsyncGenerator<ResponseTurnEvent, ResponseTurn, undefined> {
    const said = input === undefined ? [] : toItems(input);
    const { onChunk: _onChunk, signal: given, ...own } = options ?? {};
    const leave = await this.#queue.enter(given);
    const onAbort = (): void => stopper.abort(given?.reason);
    given?.addEventListener("abort", onAbort);
    const { signal } = stopper;
    const { previous_response_id, ...rest } = params ?? {};
    const standing = this.#params(rest);
    const history = this.#history.begin(previous_response_id, standing);
    let accepted = false;
    try {
      checkResponseTools(this.tools);
      history.add(said, typeof input === "string");
      return yield* runResponseTurn({
        ...hooks,
        signal,
        items: this.items,
        tools: this.tools ?? [],
        maxSteps: this.maxSteps,
        maxParallelTools: this.maxParallelTools,
        ask: async () => {
          const answer = await history.ask<ResponseObject | ResponseStepStream>(({ input: unanswered, ...asked }) =>
            this.#client[streamed ? "streamResponse" : "createResponse"](unanswered, asked, { ...own, signal }));
          accepted = true;
          return answer;
        },
        keep: (response) => history.keep(response),
        recovered: () => history.recovered,
        onBroken: leave,
        onTurn: (turn) => {
          this.lastTurn = turn;
          hooks.onTurn?.(turn);
        },
      });
    } catch (error) {
      if (!accepted && isInputError(error)) history.takeBack(said);
      throw error;
    } finally {
      history.end();
      given?.removeEventListener("abort", onAbort);
      leave();
    }
  }

  #params(own: ResponseTurnParams): ResponseParams {
    const { params, model, instructions, tools } = this;
    const offered = { model, instructions, tools: tools?.length ? tools.map(responseTool) : undefined };
    const all = [params, offered, own].flatMap((layer) => Object.entries(layer));
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
}

function toItems(input: ResponseTurnInput): InputItem[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const isList = Array.isArray(input);
  const list: readonly unknown[] = isList ? input as unknown[] : [input];
  if (list.length === 0) throw new InputError("input", "what to say", "an empty list");
  return list.map((item, at) => checkItem(item, isList ? `input[${at}]` : "input"));
}
