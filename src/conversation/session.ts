import { checkDeclarations, checkMessage, checkMessages } from "../check/messages.ts";
import { checkSaved, checkSpent } from "../check/saved.ts";
import {
  CHAT_SESSION,
  CHAT_TURN,
  checkSessionOptions,
  checkStandingParams,
  checkTurn,
  GENERATE_OPTIONS,
  TURN_OPTIONS,
  TURN_STREAM_OPTIONS,
} from "../endpoints/sessionArguments.ts";
import { checkConnection } from "../endpoints/arguments.ts";
import { abortError, InputError, isInputError } from "../errors.ts";
import { resolveTimeouts } from "../http/timeouts.ts";
import type { Connection, RequestOptions } from "../http/connection.ts";
import { ownOptions, readable, shown } from "../options.ts";
import type { AnswerMessage, ChatParams, Chunk, FunctionDeclaration, Message, ToolCall, Usage } from "../wire/index.ts";
import { defined, fieldOf, fieldsOf, objectOf } from "../wire/read.ts";
import type { HostedTool } from "../wire/responses.ts";
import type { Api, BackgroundPlace } from "./apis/api.ts";
import { chatCompletions } from "./apis/chat.ts";
import { note } from "./approval.ts";
import type { Approval, ApprovalRequest, CallNote, CallNotes } from "./approval.ts";
import { checkBudget, checkBudgetFields, startClock } from "./budget.ts";
import type { Budget, Spent } from "./budget.ts";
import { addMessages, functionsAsTools, takeBack } from "./history.ts";
import { isAnswerToModel } from "./hostedApprovals.ts";
import { toMessages } from "./input.ts";
import type { TurnInput } from "./input.ts";
import { runTurn } from "./loop.ts";
import { decideOn, pendingCalls, restoreNotes, savedNotes } from "./pending.ts";
import { checkApi } from "./prepareStep.ts";
import type { PrepareStep } from "./prepareStep.ts";
import type { RunTool, SessionTool } from "./tools.ts";
import { newTurnState } from "./turn.ts";
import type { Emit, Turn, TurnParams, TurnSettings, TurnState } from "./turn.ts";
import { TurnQueue } from "./turnQueue.ts";
import { turnStream } from "./turnSource.ts";
import type { TurnStream } from "./turnSource.ts";

/** Limits of a session, and its hooks. */
export interface SessionLimits {
  /** Limit on the requests of a turn. @default 8 */
  maxSteps?: number | undefined;
  /** Limit on the calls of one answer that run at the same time. @default 5 */
  maxParallelTools?: number | undefined;
  /** Limits on what all turns spend together. A turn that reaches one ends with `budget` and the text so far. @default no limit */
  budget?: Budget | undefined;
  /** Decides on calls of tools with `needsApproval`. Without it, or if it returns `undefined`, the call waits and the turn ends with `approval`. */
  onApproval?: ((request: ApprovalRequest) => Approval | Promise<Approval>) | undefined;
  /** Changes what one request of a turn sends: trims messages, selects tools, asks another model or API. */
  prepareStep?: PrepareStep | undefined;
  /** Stores the session: before a call begins, after each result and at a turn's end. It is awaited; what it throws fails the turn. */
  save?: ((saved: SavedChat) => unknown) | undefined;
}

/** The data to resume a turn that waits for approval, or for a response in the background. */
export interface PausedTurn {
  /** The number of its requests so far. */
  steps: number;
  /** Tokens used so far. */
  usage?: Usage | undefined;
  /** Its own params. */
  params?: TurnParams | undefined;
  /** The response that is made in the background. The turn continues it. */
  background?: BackgroundPlace | undefined;
}

/** A session as JSON: its history, and the state of its turn. The program gives tools, model and params again. */
export interface SavedChat {
  /** The version of this format. */
  version: 1;
  /** The history. */
  messages: Message[];
  /** The sums of all turns. */
  spent: Spent;
  /** Calls of the last answer that have no result: they wait for approval, were decided on, or had begun. */
  calls?: CallNote[] | undefined;
  /** The turn that is not finished. */
  turn?: PausedTurn | undefined;
}

/** Options of a session: standing params, and the session's own. */
export interface SessionOptions<Kind extends SessionTool = RunTool | HostedTool, F extends FunctionDeclaration = never>
  extends Omit<ChatParams, "tools" | "functions">, SessionLimits {
  /** The API to ask. @default chatCompletions */
  api?: Api | undefined;
  /** The messages that the conversation begins with. */
  messages?: readonly Message[] | undefined;
  /**
   * A session as `toJSON()` returned it: its messages replace the instructions in `messages`, which are for a new chat. It is trusted, because
   * an approval in it lets a call run, so it must not come from anybody who may not approve.
   */
  saved?: SavedChat | null | undefined;
  /** Tools. The session runs those with `execute`, the provider runs hosted ones, and calls of others are returned to the caller. */
  tools?: readonly Kind[] | undefined;
  /** Functions in the legacy form; their calls are returned to the caller. */
  functions?: readonly F[] | undefined;
}

/** Options of a turn. */
export interface TurnOptions extends RequestOptions {
  /** Called with every chunk of the first choice of an answer that is streamed internally. The turn awaits it. */
  onChunk?: ((chunk: Chunk) => unknown) | undefined;
  /** `"restart"` to repeat a request if its stream breaks after content. The turn then has an event `restart`. @default no restart */
  resume?: "restart" | undefined;
  /** Reads reasoning between `<think>` and `</think>` as reasoning, as in {@link StreamChatOptions}. The Responses API needs none. */
  thinkTags?: boolean | "opened" | undefined;
  /** `false` takes the input out of the history again if asking fails. @default true */
  keepInput?: boolean | undefined;
  /** The API to ask in this turn alone. @default the session's */
  api?: Api | undefined;
}

/** Options of `generateResponse()`. */
export interface GenerateOptions extends TurnOptions {
  /** `false` leaves the history as it is and runs no tool. @default true */
  append?: boolean | undefined;
}

/** The outcome of `send()`: the text, or the answer's message if it may hold calls that the session does not run. */
export type Answer<Kind, F> = [F] extends [never]
  ? [Kind] extends [RunTool | HostedTool]
    ? string
    : string | AnswerMessage
  : string | AnswerMessage;

/** The tools that may replace a session's. If the session runs all of its tools, it must be able to run the new ones too. */
export type ToolsOf<Kind> = [Kind] extends [RunTool | HostedTool] ? RunTool | HostedTool : SessionTool;

/** A conversation that can be continued: a session, or one that lives elsewhere. */
export interface Conversation {
  /** The history. */
  readonly messages: readonly Message[];
  /** The calls that wait for approval. */
  readonly pending: readonly ToolCall[];
  /** Sends input and waits for the answer. */
  send(input: TurnInput, params?: TurnParams, options?: TurnOptions): Promise<string | AnswerMessage>;
  /** Sends input and returns the turn as a stream of events. */
  stream(input?: TurnInput, params?: TurnParams, options?: Omit<TurnOptions, "onChunk">): Promise<TurnStream>;
  /** Approves calls that wait; all of them if none is named. */
  approve(...calls: readonly (string | ToolCall)[]): void | Promise<void>;
  /** Rejects a call that waits. */
  reject(call: string | ToolCall, reason?: string): void | Promise<void>;
}

/** A turn that has started, with what undoes its start. */
interface StartedTurn {
  readonly settings: TurnSettings;
  /** Ends the measuring of the turn's time. */
  stopClock(): void;
  /** Takes the input out of the history again. */
  takeBack(): void;
  readonly keepInput: boolean;
}

/**
 * A conversation with its history. One turn runs at a time, and later calls wait in order. After any failure `generateResponse()`
 * continues from `messages`.
 *
 * @example
 * const chat = new ChatSession(client, { tools: [weather] });
 * console.log(await chat.send("Is it raining in Oslo?"));
 */
export class ChatSession<
  Kind extends SessionTool = RunTool | HostedTool,
  F extends FunctionDeclaration = never,
> implements Conversation {
  /** The whole history. A turn works on the list that is here when it starts. */
  messages: Message[];
  /** The API to ask; `chatCompletions` if undefined. It may change between turns. */
  api: Api | undefined;
  /** Tools offered to the model. If the session runs all of them, it must be able to run those that replace them. */
  tools: readonly ToolsOf<Kind>[] | undefined;
  /** Functions offered to the model in the legacy form. */
  functions: readonly ([F] extends [never] ? never : FunctionDeclaration)[] | undefined;
  /** The model; the client's if undefined. */
  model: string | undefined;
  /** Sampling temperature, 0 to 2. */
  temperature: number | null | undefined;
  /** The other standing params, sent with every request. */
  params: ChatParams;
  /** Limit on the requests of a turn. */
  maxSteps: number;
  /** Limit on the calls of one answer that run at the same time. */
  maxParallelTools: number;
  /** Limits on what all turns spend together. */
  budget: Budget | undefined;
  /** The sums of all turns, including those that failed. */
  spent: Spent = { usage: undefined, steps: 0, time: 0 };
  /** Decides on calls that need approval. */
  onApproval: SessionLimits["onApproval"];
  /** Changes what one request of a turn sends. */
  prepareStep: PrepareStep | undefined;
  /** Stores the session. */
  save: SessionLimits["save"];
  /** The last turn that ended well. */
  lastTurn: Turn | undefined;
  readonly #connection: Connection;
  readonly #queue: TurnQueue = new TurnQueue();
  /** Notes on the last answer's calls. */
  readonly #notes: CallNotes = new Map();
  #paused: PausedTurn | undefined;
  /** Returns the turn that runs, if it waits for a response in the background. */
  #running: (() => PausedTurn | undefined) | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  /**
   * Begins a conversation, or continues a saved one. Nothing is sent yet.
   *
   * @param connection the client, or what `createConnection()` returns
   * @param options standing params, `api`, `messages` or `saved`, `tools`, `functions`, limits and hooks
   * @throws InputError if a message, a declaration, a limit or what was saved is malformed
   */
  constructor(connection: Connection, options: SessionOptions<Kind, F> = {}) {
    checkConnection(connection);
    checkSessionOptions(options, CHAT_SESSION);
    const { messages = [], saved, tools, functions, model, temperature, api, maxSteps = 8, ...others } = options;
    const { maxParallelTools = 5, budget, onApproval, prepareStep, save, ...params } = others;
    checkDeclarations({ functions, tools });
    if (api !== undefined) checkApi(api, "api");
    this.#connection = connection;
    this.api = api;
    this.tools = tools as readonly ToolsOf<Kind>[] | undefined;
    this.functions = functions as readonly never[] | undefined;
    this.model = model;
    this.temperature = temperature;
    this.params = params;
    this.maxSteps = maxSteps;
    this.maxParallelTools = maxParallelTools;
    this.budget = budget;
    this.onApproval = onApproval;
    this.prepareStep = prepareStep;
    this.save = save;
    this.#checkLimits();
    checkBudgetFields(budget);
    const known = saved == null ? undefined : checkSaved(saved);
    const beginning = checkMessages(messages, "messages");
    this.messages = [...(known ? checkMessages(known.messages, "saved.messages") : beginning)];
    if (known) readable("messages", () => checkBeginning(beginning, known.messages));
    if (!known) return;
    restoreNotes(this.messages, this.#notes, known.calls ?? []);
    Object.assign(this.spent, known.spent);
    this.#paused = known.turn;
  }

  /** Calls that wait for approval: `approve()` or `reject()` them, then `generateResponse()` or `stream()` resumes the turn. */
  get pending(): ToolCall[] {
    return pendingCalls(this.#list(), this.#notes);
  }

  /**
   * Approves calls that wait. They run once the turn is resumed.
   *
   * @param calls calls or their ids. Default: all that wait
   * @throws InputError if one does not wait; nothing is approved then
   */
  approve(...calls: readonly (string | ToolCall)[]): void {
    decideOn(this.#list(), this.#notes, calls, "approved");
  }

  /**
   * Rejects a call that waits, so that it never runs.
   *
   * @param call the call or its id
   * @param reason the reason, for the model to read
   * @throws InputError if it does not wait
   */
  reject(call: string | ToolCall, reason?: string): void {
    decideOn(this.#list(), this.#notes, [call], "rejected", reason);
  }

  /** Returns the session as JSON can hold it. The option `saved` continues it, also in another process. */
  toJSON(): SavedChat {
    const messages = [...this.#list()];
    const calls = savedNotes(messages, this.#notes);
    const turn = this.#paused ?? this.#running?.();
    const state = { ...(calls.length > 0 && { calls }), ...(turn && { turn }) };
    return { version: 1, messages, spent: { ...this.spent }, ...state };
  }

  /**
   * Adds messages to the history, all or none.
   *
   * @throws InputError if one is malformed; nothing is added then
   */
  appendMessage(...messages: readonly Message[]): void {
    if (messages.length > 1) checkMessages(messages, "messages");
    else messages.forEach((message) => checkMessage(message));
    addMessages(this.#list(), functionsAsTools(this.#list(), messages));
  }

  /** Returns the last message of the history. */
  lastMessage(): Message | undefined {
    return this.#list().at(-1);
  }

  /** Returns the history. @throws InputError if the program has replaced it with something else */
  #list(): Message[] {
    const { messages } = this;
    if (!Array.isArray(messages)) throw new InputError("messages", "a list", shown(messages));
    return messages;
  }

  /**
   * Sends input and waits for the answer. The input is in the history from the start of the turn, the answer once it is complete.
   *
   * @param input the user's text, a message, or several (such as the results of several calls)
   * @param params params of this turn, over the session's
   * @param options options of this turn
   * @returns the text; the answer's message if it holds calls that the session does not run
   * @throws InputError, and the history is unchanged; whatever asking throws, after which `generateResponse()` asks again
   * @example
   * const text = await chat.send("Is it raining in Oslo?");
   */
  async send(input: TurnInput, params?: TurnParams, options: TurnOptions = {}): Promise<Answer<Kind, F>> {
    checkTurn(params, options, TURN_OPTIONS, CHAT_TURN);
    const turn = await this.#run(toMessages(input), params, options, newTurnState(options.onChunk !== undefined));
    return answerOf(turn) as Answer<Kind, F>;
  }

  /**
   * Asks for an answer to the history as it is.
   *
   * @returns the text; the answer's message if it holds calls that the session does not run (with `append: false` it runs none)
   * @throws whatever asking throws
   */
  generateResponse(
    params: TurnParams | undefined,
    options: GenerateOptions & { append: false },
  ): Promise<string | AnswerMessage>;
  /** Asks for an answer to the history as it is, and appends it. */
  generateResponse(params?: TurnParams, options?: GenerateOptions): Promise<Answer<Kind, F>>;
  async generateResponse(params?: TurnParams, options: GenerateOptions = {}): Promise<string | AnswerMessage> {
    checkTurn(params, options, GENERATE_OPTIONS, CHAT_TURN);
    return answerOf(await this.#run([], params, options, newTurnState(options.onChunk !== undefined)));
  }

  /**
   * Sends input and returns the turn as a stream of events, once the API has accepted the first request. Until the stream is read to its
   * end, left or cancelled, later turns wait; if nobody reads it, until its total timeout.
   *
   * @param input as for `send()`; without it the history is answered as it is
   * @param params params of this turn, over the session's
   * @param options options of this turn
   * @throws InputError, and the history is unchanged; whatever asking throws
   * @example
   * for await (const event of await chat.stream("Tell me a story.")) process.stdout.write(event.content);
   */
  async stream(
    input?: TurnInput,
    params?: TurnParams,
    options: Omit<GenerateOptions, "onChunk"> = {},
  ): Promise<TurnStream> {
    checkTurn(params, options, TURN_STREAM_OPTIONS, CHAT_TURN);
    const messages = input === undefined ? [] : toMessages(input);
    const { total: timeout } = resolveTimeouts(true, options.timeout);
    const state = newTurnState(true);
    return turnStream(state, timeout, (emit) => this.#run(messages, params, options, state, emit));
  }

  /** Waits for earlier turns, then runs one. */
  async #run(
    input: readonly Message[],
    params: TurnParams | undefined,
    options: GenerateOptions,
    state: TurnState,
    emit: Emit = () => undefined,
  ): Promise<Turn> {
    const { stopper } = state;
    const { signal } = stopper;
    const { signal: given } = options;
    const { ready, leave } = this.#queue.enter(signal);
    const onAbort = (): void => stopper.abort(given?.reason);
    if (given?.aborted) onAbort();
    given?.addEventListener("abort", onAbort);
    let started: StartedTurn | undefined;
    let saved = false;
    try {
      await ready;
      if (signal.aborted) throw abortError(signal.reason);
      started = this.#start(input, params, options, state, leave);
      const turn = await runTurn({ ...started.settings, state, emit });
      saved = true;
      if (started.settings.append) await this.#save();
      return turn;
    } catch (error) {
      const isRefused = !state.accepted && isInputError(error);
      const isUnanswered = state.steps.length === 0 && !state.turn;
      if (isRefused || (isUnanswered && !started?.keepInput)) started?.takeBack();
      else if (started?.settings.append) this.#paused ??= this.#running?.();
      throw error;
    } finally {
      started?.stopClock();
      if (started?.settings.append) this.#running = undefined;
      if (!saved && started?.settings.append) await this.#save().catch(() => undefined);
      given?.removeEventListener("abort", onAbort);
      leave();
    }
  }

  /** Reads and checks the session's settings, and adds the input to the history. @throws InputError; nothing has changed then */
  #start(
    given: readonly Message[],
    params: TurnParams | undefined,
    options: GenerateOptions,
    state: TurnState,
    release: () => void,
  ): StartedTurn {
    this.#check();
    const known = ownOptions(options, GENERATE_OPTIONS);
    const { append = true, keepInput = true, onChunk, api = this.api ?? chatCompletions, ...own } = known;
    checkApi(api, options.api ? "options.api" : "api");
    const input = functionsAsTools(this.messages, given);
    const isNew = !input.every(isAnswerToModel);
    const paused = append ? this.#paused : undefined;
    const resumed = isNew ? undefined : paused;
    const turnParams = resumed ? { ...resumed.params, ...params } : params;
    const messages = append ? this.messages : [...this.messages];
    const notes = append ? this.#notes : new Map(this.#notes);
    const declined = append && isNew ? this.pending : [];
    for (const { id } of declined) note(notes, id, "rejected", "the conversation went on without a yes.");
    addMessages(messages, input);
    if (append) this.#paused = undefined;
    const steps = resumed?.steps ?? 0;
    const background = { ...resumed?.background };
    state.usage = resumed?.usage;
    const unfinished = (): PausedTurn => pausedTurn(steps, state, turnParams, background);
    if (append) this.#running = () => (background.id === undefined ? undefined : unfinished());
    return {
      keepInput,
      stopClock: startClock(this, () => {
        state.timeUp = true;
        state.stopper.abort();
      }),
      takeBack: () => {
        takeBack(messages, input, declined);
        for (const { id } of declined) note(notes, id, "waiting");
        if (append) this.#paused = paused;
      },
      settings: {
        ...this.#fields(),
        api,
        messages,
        append,
        notes,
        background,
        release,
        onChunk,
        stepsBefore: steps,
        params: this.#params(turnParams),
        options: { ...own, signal: state.stopper.signal },
        save: append && this.save ? () => this.#save() : undefined,
        onEnd: (turn) => {
          if (turn.ending === "approval") this.#paused = unfinished();
          this.lastTurn = turn;
        },
      },
    };
  }

  /** Returns the settings that the session's fields hold. */
  #fields(): Pick<
    TurnSettings,
    "account" | "connection" | "tools" | "maxSteps" | "maxParallelTools" | "onApproval" | "prepareStep"
  > {
    const { maxSteps, maxParallelTools, onApproval, prepareStep, tools = [] } = this;
    return { account: this, connection: this.#connection, tools, maxSteps, maxParallelTools, onApproval, prepareStep };
  }

  /** Checks what a program may set between turns. @throws InputError that names the field */
  #check(): void {
    this.#checkLimits();
    checkSpent(this.spent, "spent");
    checkBudget(this.budget, this.spent);
    checkStandingParams(this.params, CHAT_TURN);
    checkDeclarations(this);
    checkHistory(this.#list());
  }

  #checkLimits(): void {
    for (const name of ["maxSteps", "maxParallelTools"] as const) {
      const limit: unknown = this[name];
      if (!(typeof limit === "number" && limit >= 1)) throw new InputError(name, "a number from 1", shown(limit));
    }
    for (const name of ["onApproval", "prepareStep", "save"] as const) checkHook(this[name], name);
  }

  #params(own: TurnParams | undefined): ChatParams {
    const { params, model, temperature, functions } = this;
    const offered = functions?.length ? functions : undefined;
    const standing: ChatParams = { ...defined(params), ...defined({ model, temperature, functions: offered }) };
    // Two names of one limit: the turn's overrides the session's.
    if (own?.max_tokens !== undefined) delete standing.max_completion_tokens;
    if (own?.max_completion_tokens !== undefined) delete standing.max_tokens;
    return { ...standing, ...defined(own) };
  }

  /** Stores the session, one call of `save` after another. */
  async #save(): Promise<void> {
    const saving = this.#saving.then(() => {
      // The program may have set it while the turn ran.
      checkHook(this.save, "save");
      return this.save?.(this.toJSON());
    });
    this.#saving = saving.catch(() => undefined);
    await saving;
  }
}

/** Returns what an unfinished turn needs to be resumed. */
function pausedTurn(
  stepsBefore: number,
  { steps, usage }: TurnState,
  params: TurnParams | undefined,
  background: BackgroundPlace,
): PausedTurn {
  return {
    steps: stepsBefore + steps.length,
    ...(usage && { usage }),
    ...(params && { params }),
    ...(background.id !== undefined && { background: { ...background } }),
  };
}

/**
 * Throws if messages beside a saved session would be lost. Instructions for a new chat may stay there, whatever the saved one began with.
 *
 * @throws InputError that names the message
 */
function checkBeginning(messages: readonly Message[], saved: readonly Message[]): void {
  for (const [at, message] of messages.entries()) {
    const { role } = message;
    if (role === "system" || role === "developer" || JSON.stringify(message) === JSON.stringify(saved[at])) continue;
    const expected = "instructions alone beside saved, which has the messages (add others by appendMessage())";
    throw new InputError(`messages[${at}]`, expected, `a message with role ${JSON.stringify(role)}`);
  }
}

function checkHook(hook: unknown, name: string): void {
  if (hook !== undefined && typeof hook !== "function") throw new InputError(name, "a function", shown(hook));
}

/**
 * Checks that a turn can work with a history. The API checks what it sends.
 *
 * @throws InputError that names the message
 */
function checkHistory(messages: readonly unknown[]): void {
  for (const [at, message] of messages.entries()) {
    if (!fieldsOf(message)) throw new InputError(`messages[${at}]`, "an object", shown(message));
    const calls = fieldOf(message, "tool_calls") ?? [];
    if (!Array.isArray(calls) || !calls.every((call) => objectOf(call, "function") ?? objectOf(call, "custom")))
      throw new InputError(`messages[${at}].tool_calls`, "a list of calls", shown(calls));
  }
}

function answerOf({ message, text, ending }: Turn): string | AnswerMessage {
  const isAsking = message.tool_calls?.length || message.function_call || fieldOf(message, "responses");
  return ending === "tool_calls" && isAsking ? message : text;
}
