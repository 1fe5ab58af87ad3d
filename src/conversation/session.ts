import { defined } from "../wire/read.ts";
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
import type { ChatOptions, StreamChatOptions } from "../endpoints/chat.ts";
import { InputError } from "../errors.ts";
import type { RequestOptions } from "../http/connection.ts";
import { ownOptions, readable, shown } from "../options.ts";
import { checkDeclarations, checkMessage, parseMessages } from "../check/messages.ts";
import { checkSaved } from "../check/saved.ts";
import type {
  AssistantMessage,
  ChatChunk,
  ChatCompletion,
  ChatParams,
  FunctionDeclaration,
  Message,
  NotParams,
  ToolCall,
  Usage,
} from "../wire/index.ts";
import { fieldOf, fieldsOf, objectOf } from "../wire/read.ts";
import type { CallNote } from "./approval.ts";

import type { Budget, Spent } from "./budget.ts";
import { addMessages, openCalls, takeBack } from "./history.ts";
import { TurnRunner } from "./runner.ts";
import type { PausedTurn, SessionLimits, TurnWatcher } from "./runner.ts";
import type { HandTool, RunTool } from "./tools.ts";
import { chatTask } from "./turn.ts";
import type { Step, StepStream, Turn, TurnEvent } from "./turn.ts";
import type { TurnStream } from "./turnStream.ts";

/** What a session needs of a client. It keeps to `options.signal`: an aborted call ends at once. */
export interface ChatClient {
  /** Asks for a whole answer. */
  chat(messages: readonly Message[], params?: ChatParams, options?: ChatOptions): Promise<ChatCompletion>;
  /** Asks for an answer as a stream. */
  streamChat(messages: readonly Message[], params?: ChatParams, options?: StreamChatOptions): Promise<StepStream>;
}

/** A session as it can be kept, as JSON: what was said, and what came of it. How it asks is the program's to say again. */
export interface SavedChat {
  /** The version of this form. */
  version: 1;
  /** The history. */
  messages: Message[];
  /** What was spent. */
  spent: Spent<Usage>;
  /** Calls of the last answer that have no result: they wait for a yes, were decided on, or had begun. */
  calls?: CallNote[] | undefined;
  /** The turn that was paused. */
  turn?: PausedTurn<ChatParams, Usage> | undefined;
}

/** Standing params of a session, and what is the session's own. */
export interface SessionOptions<Kind extends RunTool | HandTool = RunTool, F extends FunctionDeclaration = never>
  extends Omit<ChatParams, "tools" | "functions">, NotParams, SessionLimits<SavedChat> {
  /** How the conversation begins. */
  messages?: readonly Message[] | undefined;
  /**
   * A session as `toJSON()` gave it, to go on with: its messages stand in place of `messages`. It is trusted: an approval in it lets a
   * call run, so it must not come from anybody who may not approve.
   */
  saved?: SavedChat | null | undefined;
  /** Tools with `execute` are run by the session; others are handed out. */
  tools?: readonly Kind[] | undefined;
  /** Functions in the legacy manner; calls of them are handed out. */
  functions?: readonly F[] | undefined;
}

/** What a turn may be told besides its params. */
export interface TurnOptions extends RequestOptions {
  /** Streams underneath and is called with every chunk of the first choice. */
  onChunk?: ((chunk: ChatChunk) => unknown) | undefined;
  /** See {@link StreamChatOptions}. */
  resume?: "restart" | undefined;
}

/** What `generateResponse()` may be told besides its params. */
export interface GenerateOptions extends TurnOptions {
  /** `false`: the history stays as it is, and no tool runs. Default true. */
  append?: boolean | undefined;
}

/** Params of one turn; they lie over the session's. Tools and functions are changed on the session itself. */
export interface TurnParams extends Omit<ChatParams, "tools" | "functions"> {
  /** Not here: `session.tools`. */
  tools?: never;
  /** Not here: `session.functions`. */
  functions?: never;
  /** Not here: `session.messages`. */
  messages?: never;
  /** Not here: an option. */
  append?: never;
  /** Not here: an option. */
  resume?: never;
}

/** What a turn gives: text, and the assistant's message where it may hold calls that nobody runs. */
export type Answer<Kind, F> = [F] extends [never]
  ? [Kind] extends [RunTool]
    ? string
    : string | AssistantMessage
  : string | AssistantMessage;

/** One message, several, or what the user says. */
export type TurnInput = string | Message | readonly Message[];

/**
 * A conversation with its history. One turn at a time: calls that are made while one runs wait in order. Whatever fails,
 * `generateResponse()` goes on from what is in `messages`.
 */
export class ChatSession<Kind extends RunTool | HandTool = RunTool, F extends FunctionDeclaration = never> {
  /** The whole history. A turn works on the list that stands here when it starts. */
  messages: Message[] = [];
  /** Tools offered to the model. Where every tool runs, only such may take their place. */
  declare tools: readonly ([Kind] extends [RunTool] ? RunTool : RunTool | HandTool)[] | undefined;
  /** Functions offered to the model in the legacy manner. */
  declare functions: readonly ([F] extends [never] ? never : FunctionDeclaration)[] | undefined;
  /** The model; the client's where it is undefined. */
  declare model: string | undefined;
  /** Sampling temperature, 0 to 2. */
  declare temperature: number | null | undefined;
  /** The other standing params, sent with every request. */
  declare params: ChatParams;
  /** How many requests a turn may take. */
  declare maxSteps: number;
  /** How many calls of one answer may run at a time. */
  declare maxParallelTools: number;
  /** What the session may spend in all. */
  declare budget: Budget | undefined;
  /** What it has spent, whatever became of its turns. */
  spent: Spent<Usage> = { usage: undefined, steps: 0, time: 0 };
  /** Decides on calls that need a yes. */
  declare onApproval: SessionLimits<SavedChat>["onApproval"];
  /** Keeps the session as it stands. */
  declare save: SessionLimits<SavedChat>["save"];
  /** The last turn that ended well. */
  lastTurn: Turn | undefined;
  readonly #client: ChatClient;
  readonly #runner: TurnRunner<ChatChunk, ChatCompletion, Step, Usage, Turn, SavedChat>;

  /**
   * Begins a conversation, or goes on with a saved one; nothing is sent yet.
   *
   * @param client what asks the model
   * @param options standing params, `messages` or `saved`, `tools`, `functions`, limits, and what decides on calls and keeps the session
   * @throws InputError where a message, a declaration, a limit or what was saved is malformed
   */
  constructor(client: ChatClient, options: SessionOptions<Kind, F> = {}) {
    checkObject(client, "client");
    checkSessionOptions(options, CHAT_SESSION);
    const {
      messages = [],
      saved,
      tools,
      functions,
      model,
      temperature,
      maxSteps = 8,
      maxParallelTools = 5,
      budget,
      onApproval,
      save,
      ...params
    } = options;
    checkDeclarations({ functions, tools });
    this.#client = client;
    const own = { tools, functions, model, temperature, params, maxSteps, maxParallelTools, budget, onApproval, save };
    Object.assign(this, own satisfies { [Name in keyof ChatSession]?: unknown });
    this.#runner = new TurnRunner(this, () => openCalls(this.#list()));
    const known = saved == null ? undefined : checkSaved(saved);
    this.messages = [...(known ? parseMessages(known.messages, "saved.messages") : parseMessages(messages))];
    if (known) this.#runner.restore(known);
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
  toJSON(): SavedChat {
    return { version: 1, messages: [...this.#list()], spent: { ...this.spent }, ...this.#runner.toJSON() };
  }

  /**
   * Adds messages to the history, all or none.
   *
   * @throws InputError where one is malformed; nothing is added then
   */
  appendMessage(...messages: readonly Message[]): void {
    if (messages.length > 1) parseMessages(messages);
    else messages.forEach((message) => checkMessage(message));
    addMessages(this.#list(), messages);
  }

  /** The last message of the history, if there is one. */
  lastMessage(): Message | undefined {
    return this.#list().at(-1);
  }

  /** The history. @throws InputError where the program has put something else in its place */
  #list(): Message[] {
    const { messages } = this;
    if (!Array.isArray(messages)) throw new InputError("messages", "a list", shown(messages));
    return messages;
  }

  /**
   * Says something, and waits for the answer. The input is in the history from the start of the turn; the answer once it is complete.
   *
   * @param input what the user says, a message, or several (such as the results of several calls)
   * @returns the text; the assistant's message where it holds calls that nobody runs
   * @throws InputError, and nothing was said; whatever `chat()` throws, after which `generateResponse()` asks again
   */
  async send<P extends TurnParams>(input: TurnInput, params?: P, options?: TurnOptions): Promise<Answer<Kind, F>> {
    checkTurn(params, options, TURN_OPTIONS, CHAT_TURN);
    return (await this.#answer(
      readable("input", () => toMessages(input)),
      params,
      options,
    )) as Answer<Kind, F>;
  }

  /**
   * Asks for an answer to the history as it stands.
   *
   * @returns the text; the assistant's message where it holds calls that nobody runs (with `append: false` nobody does)
   * @throws whatever `chat()` throws
   */
  generateResponse<P extends TurnParams>(
    params: P | undefined,
    options: GenerateOptions & { append: false },
  ): Promise<string | AssistantMessage>;
  /** Asks for an answer to the history as it stands, and appends it. */
  generateResponse<P extends TurnParams>(params?: P, options?: GenerateOptions): Promise<Answer<Kind, F>>;
  async generateResponse(params?: TurnParams, options?: GenerateOptions): Promise<string | AssistantMessage> {
    checkTurn(params, options, GENERATE_OPTIONS, CHAT_TURN);
    return this.#answer([], params, options);
  }

  /**
   * Says something, and gives the turn as a stream of events, once the API has accepted the first request. Until it is read to its
   * end, left or cancelled, later turns wait; if nobody reads it, not longer than its total timeout.
   *
   * @param input as for `send()`; left out, the history is answered as it stands
   * @throws InputError, and nothing was said; whatever `streamChat()` throws
   */
  async stream<P extends TurnParams>(
    input?: TurnInput,
    params?: P,
    options?: Omit<GenerateOptions, "onChunk">,
  ): Promise<TurnStream> {
    checkTurn(params, options, TURN_STREAM_OPTIONS, CHAT_TURN);
    const messages = input === undefined ? [] : readable("input", () => toMessages(input));
    return this.#runner.stream((watcher) => this.#turn(messages, params, options, watcher), options);
  }

  async #answer(
    input: Message[],
    params: TurnParams | undefined,
    options: GenerateOptions | undefined,
  ): Promise<string | AssistantMessage> {
    const onChunk = options?.onChunk;
    const turn = this.#turn(input, params, options, {
      stopper: new AbortController(),
      streamed: onChunk !== undefined,
    });
    for (;;) {
      const { done, value } = await turn.next();
      if (done) return answerOf(value);
    }
  }

  #turn(
    input: Message[],
    params: TurnParams | undefined,
    options: GenerateOptions | undefined,
    watcher: TurnWatcher<StepStream, Turn>,
  ): AsyncGenerator<TurnEvent, Turn, undefined> {
    const { append = true, onChunk, signal: given, ...own } = ownOptions(options ?? {}, GENERATE_OPTIONS);
    // Results alone go on with what was said before.
    const isNew = input.some(({ role }) => role !== "tool");
    const runner = this.#runner;
    return runner.run(given, watcher, (signal, onBroken) => {
      checkStandingParams(this.params, CHAT_TURN);
      checkDeclarations(this);
      checkHistory(this.#list());
      const messages = append ? this.messages : [...this.messages];
      const { tools = [] } = this;
      const goesOn = append && runner.paused && !isNew ? { ...runner.paused.params, ...params } : params;
      const ask = (request: Message[], asked: ChatParams): Promise<ChatCompletion | StepStream> =>
        this.#client[watcher.streamed ? "streamChat" : "chat"](request, asked, { ...own, signal });
      addMessages(messages, input);
      return {
        append,
        isNew,
        params: goesOn,
        restarts: own.resume === "restart",
        task: chatTask({
          messages,
          append,
          tools,
          signal,
          onChunk,
          onBroken,
          ask,
          notes: runner.notes,
          params: this.#params(goesOn),
        }),
        takeBack: (declined) => takeBack(messages, input, declined),
      };
    });
  }

  #params(own: TurnParams | undefined): ChatParams {
    const { params, model, temperature, functions, tools } = this;
    return {
      ...defined(params),
      ...defined({ model, temperature, functions: listed(functions), tools: listed(tools) }),
      ...defined(own),
    };
  }
}

/** The API refuses empty lists. */
function listed<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}

function checkObject(value: unknown, name: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(name, "an object", shown(value));
}

/**
 * Throws unless a history can be worked with. The client checks the rest, in what is sent: to check a long history twice costs as much again.
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

function toMessages(input: TurnInput): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  if (!Array.isArray(input)) return [checkMessage(input, "input")];
  if (input.length === 0) throw new InputError("input", "what to say", "an empty list");
  return [...parseMessages(input, "input")];
}

function answerOf({ message, text, ending }: Turn): string | AssistantMessage {
  return ending === "tool_calls" && (message.tool_calls?.length || message.function_call) ? message : text;
}
