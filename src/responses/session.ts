import { responseTool } from "./tools.ts";
import { defined, fieldOf } from "../wire/read.ts";
import {
  checkResponsesFields,
  checkResponsesParams,
  checkSessionOptions,
  checkStandingParams,
  checkTurn,
  GENERATE_OPTIONS,
  RESPONSES_SESSION,
  RESPONSES_STANDING,
  RESPONSES_TURN,
  TURN_OPTIONS,
  TURN_STREAM_OPTIONS,
} from "../endpoints/sessionArguments.ts";
import type { CallNote } from "../conversation/approval.ts";
import type { Budget, Spent } from "../conversation/budget.ts";
import type { StreamOf } from "./turnGenerator.ts";
import { TurnRunner } from "./turnRunner.ts";
import type { PausedTurn, SessionLimits, TurnWatcher } from "./turnRunner.ts";
import type { HandTool, NamespaceTool, RunTool } from "../conversation/tools.ts";
import type { TurnStream } from "./turnStream.ts";
import type { ResponseOptions, StreamResponseOptions } from "../endpoints/responses.ts";
import { InputError } from "../errors.ts";
import { ownOptions, readable, shown } from "../options.ts";
import { checkItem, checkItems, checkResponseTools } from "../check/responses.ts";
import { checkSaved } from "../check/saved.ts";
import type { ToolCall } from "../wire/index.ts";
import type { ResponseChunk } from "../wire/responseEvents.ts";
import type {
  HostedTool,
  InputItem,
  OutputItem,
  ResponseInput,
  ResponseObject,
  ResponseParams,
  ResponseTool,
  ResponseUsage,
} from "../wire/responses.ts";

import { ResponseFrames } from "./frames.ts";
import { ResponseHistory } from "./history.ts";
import type { HistoryRequest } from "./history.ts";
import { openCalls } from "./items.ts";
import type { KnownItems } from "./items.ts";
import { NO_RESPONSE } from "../decode/responseEnding.ts";
import { toHistory, withoutDeep } from "./normalize.ts";
import { responseTask } from "./turn.ts";
import type { ResponseStep, ResponseStepStream, ResponseTurn, ResponseTurnEvent } from "./turn.ts";

/** What a Responses session needs of a client. It keeps to `options.signal`: an aborted call ends at once. */
export interface ResponsesClient {
  /** The model that is asked where none is named. */
  readonly model?: string | undefined;
  /** Asks for a whole response. */
  createResponse(
    input: ResponseInput | undefined,
    params?: ResponseParams,
    options?: ResponseOptions,
  ): Promise<ResponseObject>;
  /** Asks for a response as a stream. */
  streamResponse(
    input: ResponseInput | undefined,
    params?: ResponseParams,
    options?: StreamResponseOptions,
  ): Promise<ResponseStepStream>;
}

/** A tool of a Responses session: of `tool()`, declared as in chat, or as the Responses API has it; or a namespace with such tools. */
export type ResponsesSessionTool = RunTool | HandTool | NamespaceTool | ResponseTool;

/** What `generateResponse()` and `stream()` may be told besides their params. */
export interface GenerateResponseOptions extends ResponseOptions {
  /** `false`: items and ids stay as they are, and no tool runs. Default true. */
  append?: boolean | undefined;
}

/** A session as it can be kept, as JSON: what was said, and what came of it. How it asks is the program's to say again. */
export interface SavedResponsesChat {
  /** The version of this form. */
  version: 1;
  /** The conversation as far as the session has seen it. */
  items: InputItem[];
  /** The last response. */
  response?: ResponseObject | undefined;
  /** The last response's id. */
  currentResponseId?: string | undefined;
  /** How much of the items the provider knows. Default: all up to the last of the model's, where there is an id. */
  known?: KnownItems | undefined;
  /** What was spent. */
  spent: Spent<ResponseUsage>;
  /** Calls of the last response that have no result: they wait for a yes, were decided on, or had begun. */
  calls?: CallNote[] | undefined;
  /** The turn that was paused. */
  turn?: PausedTurn<ResponseParams, ResponseUsage> | undefined;
}

/** Standing params of a session, and what is the session's own. */
export interface ResponsesSessionOptions<Kind extends ResponsesSessionTool = RunTool>
  extends Omit<ResponseParams, "tools">, SessionLimits<SavedResponsesChat> {
  /** Tools with `execute` are run by the session, hosted ones by the provider; calls of others are handed out. */
  tools?: readonly Kind[] | undefined;
  /**
   * Who keeps the conversation. `"server"`: the provider, by `previous_response_id`. `"local"`: the session, which sends all items
   * every time; so also with `store: false`, and where a provider says that it did not store. Default `"server"`.
   */
  state?: "server" | "local" | undefined;
  /** How the conversation begins; with `previous_response_id` all that led to that response, so that it can do without the id. */
  items?: readonly InputItem[] | undefined;
  /** A session as `toJSON()` gave it, to go on with: it stands in place of `items` and `previous_response_id`. */
  saved?: SavedResponsesChat | null | undefined;
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
export class ResponsesChatSession<Kind extends ResponsesSessionTool = RunTool> {
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
  /** What the session may spend in all. */
  budget: Budget | undefined;
  /** What it has spent, whatever became of its turns. */
  spent: Spent<ResponseUsage> = { usage: undefined, steps: 0, time: 0 };
  /** Decides on calls that need a yes. */
  onApproval: SessionLimits<SavedResponsesChat>["onApproval"];
  /** Keeps the session as it stands. */
  save: SessionLimits<SavedResponsesChat>["save"];
  /** The last turn that ended well. */
  lastTurn: ResponseTurn | undefined;
  readonly #client: ResponsesClient;
  readonly #runner: TurnRunner<
    ResponseChunk,
    ResponseObject,
    ResponseStep,
    ResponseUsage,
    ResponseTurn,
    SavedResponsesChat
  >;
  readonly #history: ResponseHistory;

  /**
   * Begins a conversation, or goes on with a saved one; nothing is sent yet.
   *
   * @param client what asks the model
   * @param options standing params, `tools`, `state`, `items` or `saved`, limits, and what decides on calls and keeps the session
   * @throws InputError where an item, a declaration, a limit or what was saved is malformed
   */
  constructor(client: ResponsesClient, options: ResponsesSessionOptions<Kind> = {}) {
    checkSessionOptions(options, RESPONSES_SESSION);
    const {
      previous_response_id,
      model,
      instructions,
      tools,
      saved,
      state = "server",
      maxSteps = 8,
      maxParallelTools = 5,
      budget,
      onApproval,
      save,
      items = [],
      ...params
    } = options;
    checkResponseTools(tools);
    const known = saved ? checkSaved(saved) : undefined;
    this.#client = client;
    this.items = [...checkItems(known?.items ?? items, known ? "saved.items" : "items")];
    this.currentResponseId = (known ? known.currentResponseId : previous_response_id) ?? undefined;
    this.tools = tools;
    this.model = model;
    this.instructions = instructions;
    this.params = params;
    this.state = state;
    this.maxSteps = maxSteps;
    this.maxParallelTools = maxParallelTools;
    this.budget = budget;
    this.onApproval = onApproval;
    this.save = save;
    this.#history = new ResponseHistory(this, client.model, known?.known);
    this.#runner = new TurnRunner(this, () => openCalls(this.#list()));
    if (known) this.#runner.restore(known);
    if (known?.response) this.responseHistory.push(known.response);
  }

  /** Calls that wait for a yes: `approve()` or `reject()` them, then `generateResponse()` or `stream()` goes on with the turn. */
  get pending(): ToolCall[] {
    return this.#runner.pending();
  }

  /**
   * Lets calls run that wait for a yes. They run once the turn goes on.
   *
   * @param calls calls or their ids. Default: all that wait
   * @throws InputError where one does not wait; nothing is approved then
   */
  approve(...calls: readonly (string | ToolCall)[]): void {
    this.#runner.decide(calls, "approved");
  }

  /**
   * Keeps a call that waits for a yes from running.
   *
   * @param call the call or its id
   * @param reason what the model is told
   * @throws InputError where it does not wait
   */
  reject(call: string | ToolCall, reason?: string): void {
    this.#runner.decide([call], "rejected", reason);
  }

  /** The session as it stands, to be kept as JSON; `saved` goes on with it, also in another process. */
  toJSON(): SavedResponsesChat {
    checkResponsesFields(this);
    const { spent, currentResponseId } = this;
    const response = this.#history.last;
    return {
      version: 1,
      items: [...this.#list()],
      known: this.#history.known,
      spent: { ...spent },
      ...(currentResponseId !== undefined && { currentResponseId }),
      ...(response && { response: savedResponse(response) }),
      ...this.#runner.toJSON(),
    };
  }

  /**
   * Says something, and waits for the answer. The input is among the items from the start of the turn; the answer once it is complete.
   *
   * @param input what the user says, an item, or several (such as the results of several calls)
   * @returns the text; the response where it holds calls that nobody runs
   * @throws InputError, and nothing was said; whatever `createResponse()` throws, after which `generateResponse()` asks again
   */
  async send<P extends ResponseTurnParams>(
    input: ResponseTurnInput,
    params?: P,
    options?: ResponseOptions,
  ): Promise<ResponseAnswer<Kind>> {
    checkTurn(params, options, TURN_OPTIONS, RESPONSES_TURN);
    return (await this.#answer(input, params, options)) as ResponseAnswer<Kind>;
  }

  /**
   * Asks for an answer to what was not yet answered: after a failure, or where results were added to `items`.
   *
   * @returns the text; the response where it holds calls that nobody runs
   * @throws whatever `createResponse()` throws
   */
  generateResponse<P extends ResponseTurnParams>(
    params: P | undefined,
    options: GenerateResponseOptions & { append: false },
  ): Promise<string | ResponseObject>;
  /** Asks for an answer to what was not yet answered, and keeps it. */
  generateResponse<P extends ResponseTurnParams>(
    params?: P,
    options?: GenerateResponseOptions,
  ): Promise<ResponseAnswer<Kind>>;
  async generateResponse(
    params?: ResponseTurnParams,
    options?: GenerateResponseOptions,
  ): Promise<string | ResponseObject> {
    checkTurn(params, options, GENERATE_OPTIONS, RESPONSES_TURN);
    return this.#answer(undefined, params, options);
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
    options?: StreamResponseOptions & Pick<GenerateResponseOptions, "append">,
  ): Promise<TurnStream<ResponseTurnEvent, ResponseTurn>> {
    checkTurn(params, options, TURN_STREAM_OPTIONS, RESPONSES_TURN);
    return this.#runner.stream(
      (watcher) => this.#turn(input, params, options, watcher),
      options,
      () => new ResponseFrames(),
    );
  }

  async #answer(
    input: ResponseTurnInput | undefined,
    params: ResponseTurnParams | undefined,
    options: GenerateResponseOptions | undefined,
  ): Promise<string | ResponseObject> {
    // A background response's whole answer comes before it is made; its stream lasts until it is.
    const streamed =
      options?.onChunk !== undefined || (fieldOf(params, "background") ?? fieldOf(this.params, "background")) === true;
    const turn = this.#turn(input, params, options, { stopper: new AbortController(), streamed });
    for (;;) {
      const { done, value } = await turn.next();
      if (done) return value.ending === "tool_calls" ? value.response : value.text;
    }
  }

  #turn(
    input: ResponseTurnInput | undefined,
    params: ResponseTurnParams | undefined,
    options: GenerateResponseOptions | undefined,
    watcher: TurnWatcher<StreamOf<ResponseChunk, ResponseObject>, ResponseTurn>,
  ): AsyncGenerator<ResponseTurnEvent, ResponseTurn, undefined> {
    const said = input === undefined ? [] : readable("input", () => toItems(input));
    const { append = true, onChunk, signal: given, ...own } = ownOptions(options ?? {}, GENERATE_OPTIONS);
    const isNew = said.some((item) => !("call_id" in item));
    const runner = this.#runner;
    return runner.run(given, watcher, (signal, onBroken) => {
      this.#check();
      const { tools = [] } = this;
      const goesOn = append && !isNew && runner.paused ? { ...runner.paused.params, ...params } : params;
      const whole = this.#params(goesOn);
      checkResponsesParams({ ...whole, ...goesOn });
      const history = append ? this.#history : this.#history.fork();
      history.begin(goesOn?.previous_response_id, whole);
      history.add(said, typeof input === "string");
      const send = ({ input: unanswered, ...request }: HistoryRequest): Promise<ResponseObject | ResponseStepStream> =>
        this.#client[watcher.streamed ? "streamResponse" : "createResponse"](unanswered, request, { ...own, signal });
      return {
        append,
        isNew,
        params: goesOn,
        restarts: own.resume === "restart",
        task: responseTask({ history, tools, append, signal, onChunk, onBroken, send, notes: runner.notes }),
        takeBack: (declined) => history.takeBack(said, declined),
        finish: () => history.end(),
      };
    });
  }

  /** Checks what a program may set between turns. @throws InputError that names the field; nothing was said then */
  #check(): void {
    checkStandingParams(this.params, RESPONSES_STANDING);
    checkResponsesFields(this);
    checkResponseTools(this.tools);
    checkItems(this.items, "items");
    this.currentResponseId ??= undefined;
  }

  /** The conversation. @throws InputError where the program has put something else in its place */
  #list(): InputItem[] {
    const { items } = this;
    if (!Array.isArray(items)) throw new InputError("items", "a list", shown(items));
    return items;
  }

  #params(own: ResponseTurnParams | undefined): ResponseParams {
    const { params, model, instructions, tools } = this;
    const offered = { model, instructions, tools: tools?.length ? tools.map(responseTool) : undefined };
    // The history knows what to go on from.
    return { ...defined(params), ...defined(offered), ...defined({ ...own, previous_response_id: undefined }) };
  }
}

/** Returns a response as it can be written as JSON. */
function savedResponse(response: ResponseObject): ResponseObject {
  const flat = withoutDeep(response) as ResponseObject;
  return flat === response ? response : { ...NO_RESPONSE, ...flat, output: toHistory(response.output) as OutputItem[] };
}

function toItems(input: ResponseTurnInput): InputItem[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const isList = Array.isArray(input);
  const list: readonly unknown[] = isList ? (input as unknown[]) : [input];
  if (list.length === 0) throw new InputError("input", "what to say", "an empty list");
  return Array.from(list, (item, at) => checkItem(item, isList ? `input[${at}]` : "input"));
}
