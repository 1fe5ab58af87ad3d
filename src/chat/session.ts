import { checkOnChunk } from "../endpoints/request.ts";
import type { ChatOptions, StreamChatOptions } from "../endpoints/chat.ts";
import { abortError, InputError, isInputError } from "../errors.ts";
import { resolveTimeouts } from "../http/timeouts.ts";
import type { RequestOptions } from "../http/transport.ts";
import { checkDeclarations, checkMessage, parseMessages } from "../schemas/messages.ts";
import type { AssistantMessage, ChatChunk, ChatCompletion, ChatParams, FunctionDeclaration, Message, NotParams } from "../types.ts";
import { addMessages, takeBack } from "./history.ts";
import type { HandTool, RunTool } from "./tools.ts";
import { runTurn } from "./turn.ts";
import type { StepStream, Turn, TurnContext, TurnEvent } from "./turn.ts";
import { TurnQueue } from "./turnQueue.ts";
import { TurnStream } from "./turnStream.ts";

/** What a session needs of a client. It keeps to `options.signal`: an aborted call ends at once. */
export interface ChatClient {
  /** Asks for a whole answer. */
  chat(messages: readonly Message[], params?: ChatParams, options?: ChatOptions): Promise<ChatCompletion>;
  /** Asks for an answer as a stream. */
  streamChat(messages: readonly Message[], params?: ChatParams, options?: StreamChatOptions): Promise<StepStream>;
}

/** Standing params of a session, and what is the session's own. */
export interface SessionOptions<Kind extends RunTool | HandTool = RunTool, F extends FunctionDeclaration = never>
  extends Omit<ChatParams, "tools" | "functions">, NotParams {
  /** How the conversation begins. */
  messages?: readonly Message[] | undefined;
  /** Tools with `execute` are run by the session; others are handed out. */
  tools?: readonly Kind[] | undefined;
  /** Functions in the legacy manner; calls of them are handed out. */
  functions?: readonly F[] | undefined;
  /** How many requests a turn may take. Default 8. */
  maxSteps?: number | undefined;
  /** How many calls of one answer may run at a time. Default 5. */
  maxParallelTools?: number | undefined;
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
export type Answer<Kind, F> = [F] extends [never] ? ([Kind] extends [RunTool] ? string : string | AssistantMessage) : string | AssistantMessage;

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
  tools: readonly ([Kind] extends [RunTool] ? RunTool : RunTool | HandTool)[] | undefined;
  /** Functions offered to the model in the legacy manner. */
  functions: readonly ([F] extends [never] ? never : FunctionDeclaration)[] | undefined;
  /** The model; the client's where it is undefined. */
  model: string | undefined;
  /** Sampling temperature, 0 to 2. */
  temperature: number | null | undefined;
  /** The other standing params, sent with every request. */
  params: ChatParams;
  /** How many requests a turn may take. */
  maxSteps: number;
  /** How many calls of one answer may run at a time. */
  maxParallelTools: number;
  /** The last turn that ended well. */
  lastTurn: Turn | undefined;
  readonly #client: ChatClient;
  readonly #queue: TurnQueue = new TurnQueue();

  /**
   * Begins a conversation; nothing is sent yet.
   *
   * @param client what asks the model
   * @param options standing params, `messages`, `tools`, `functions`, `maxSteps` and `maxParallelTools`
   * @throws InputError where a message or a declaration is malformed
   */
  constructor(client: ChatClient, options: SessionOptions<Kind, F> = {}) {
    const { messages = [], tools, functions, model, temperature, maxSteps = 8, maxParallelTools = 5, ...params } = options;
    for (const [name, value] of Object.entries({ maxSteps, maxParallelTools })) {
      if (!(value >= 1)) throw new InputError(name, "a number from 1", String(value));
    }
    checkDeclarations({ functions, tools });
    this.#client = client;
    this.messages = [...parseMessages(messages)];
    this.tools = tools as typeof this.tools;
    this.functions = functions as typeof this.functions;
    this.model = model;
    this.temperature = temperature;
    this.params = params;
    this.maxSteps = maxSteps;
    this.maxParallelTools = maxParallelTools;
  }

  /**
   * Adds messages to the history, all or none.
   *
   * @throws InputError where one is malformed; nothing is added then
   */
  appendMessage(...messages: readonly Message[]): void {
    messages.forEach((message, at) => checkMessage(message, messages.length > 1 ? `messages[${at}]` : "message"));
    addMessages(this.messages, messages);
  }

  /** The last message of the history, if there is one. */
  lastMessage(): Message | undefined {
    return this.messages.at(-1);
  }

  /**
   * Says something, and waits for the answer. The input is in the history from the start of the turn; the answer once it is complete.
   *
   * @param input what the user says, a message, or several (such as the results of several calls)
   * @returns the text; the assistant's message where it holds calls that nobody runs
   * @throws InputError, and nothing was said; whatever `chat()` throws, after which `generateResponse()` asks again
   */
  async send<P extends TurnParams>(input: TurnInput, params?: P, options?: TurnOptions): Promise<Answer<Kind, F>> {
    return await this.#answer(toMessages(input), params, options) as Answer<Kind, F>;
  }

  /**
   * Asks for an answer to the history as it stands.
   *
   * @returns the text; the assistant's message where it holds calls that nobody runs (with `append: false` nobody does)
   * @throws whatever `chat()` throws
   */
  generateResponse<P extends TurnParams>(params: P | undefined, options: GenerateOptions & { append: false }): Promise<string | AssistantMessage>;
  /** Asks for an answer to the history as it stands, and appends it. */
  generateResponse<P extends TurnParams>(params?: P, options?: GenerateOptions): Promise<Answer<Kind, F>>;
  async generateResponse(params?: TurnParams, options?: GenerateOptions): Promise<string | AssistantMessage> {
    return this.#answer([], params, options);
  }

  /**
   * Says something, and gives the turn as a stream of events, once the API has accepted the first request. Until it is read to its
   * end, left or cancelled, later turns wait; if nobody reads it, not longer than its total timeout.
   *
   * @param input as for `send()`; left out, the history is answered as it stands
   * @throws InputError, and nothing was said; whatever `streamChat()` throws
   */
  async stream<P extends TurnParams>(input?: TurnInput, params?: P, options?: Omit<GenerateOptions, "onChunk">): Promise<TurnStream> {
    const messages = input === undefined ? [] : toMessages(input);
    const { total } = resolveTimeouts(true, options?.timeout);
    const stopper = new AbortController();
    let current: StepStream | undefined;
    let ended: Turn | undefined;
    const events = this.#turn(messages, params, options, {
      stopper,
      streamed: true,
      onStream: (stream) => (current = stream),
      onTurn: (turn) => (ended = turn),
    });
    const first = await events.next();
    return new TurnStream(events, first, { stop: (reason) => stopper.abort(reason), held: () => current?.partial, turn: () => ended, timeout: total });
  }

  async #answer(input: Message[], params: TurnParams | undefined, options: GenerateOptions | undefined): Promise<string | AssistantMessage> {
    const onChunk = options?.onChunk;
    checkOnChunk(onChunk);
    const turn = this.#turn(input, params, options, { stopper: new AbortController(), streamed: onChunk !== undefined, onChunk });
    for (;;) {
      const { done, value } = await turn.next();
      if (done) return answerOf(value);
    }
  }

  /** Waits for its place in the queue, then runs a turn. */
  async *#turn(
    input: Message[],
    params: TurnParams | undefined,
    options: GenerateOptions | undefined,
    { stopper, streamed, ...hooks }: { stopper: AbortController; streamed: boolean } & Pick<TurnContext, "onChunk" | "onStream" | "onTurn">,
  ): AsyncGenerator<TurnEvent, Turn, undefined> {
    const { append = true, onChunk: _onChunk, signal: given, ...own } = options ?? {};
    const leave = await this.#queue.enter(given);
    const onAbort = (): void => stopper.abort(given?.reason);
    given?.addEventListener("abort", onAbort);
    const { signal } = stopper;
    const messages = append ? this.messages : [...this.messages];
    let accepted = false;
    try {
      if (given?.aborted) throw abortError(given.reason);
      checkDeclarations(this);
      addMessages(messages, input);
      return yield* runTurn({
        ...hooks,
        messages,
        append,
        signal,
        params: this.#params(params),
        tools: this.tools ?? [],
        maxSteps: this.maxSteps,
        maxParallelTools: this.maxParallelTools,
        ask: async (request, asked) => {
          const answer = await this.#client[streamed ? "streamChat" : "chat"](request, asked, { ...own, signal });
          accepted = true;
          return answer;
        },
        onBroken: leave,
        onTurn: (turn) => {
          this.lastTurn = turn;
          hooks.onTurn?.(turn);
        },
      });
    } catch (error) {
      if (!accepted && isInputError(error)) takeBack(messages, input);
      throw error;
    } finally {
      given?.removeEventListener("abort", onAbort);
      leave();
    }
  }

  #params(own: TurnParams | undefined): ChatParams {
    const { params, model, temperature, functions, tools } = this;
    const offered = { model, temperature, functions: listed(functions), tools: listed(tools) };
    const all = [params, offered, own ?? {}].flatMap((layer) => Object.entries(layer));
    return Object.fromEntries(all.filter(([, value]) => value !== undefined));
  }
}

/** The API refuses empty lists. */
function listed<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}

function toMessages(input: TurnInput): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const isList = Array.isArray(input);
  const list: readonly unknown[] = isList ? input as unknown[] : [input];
  if (list.length === 0) throw new InputError("input", "what to say", "an empty list");
  return list.map((message, at) => checkMessage(message, isList ? `input[${at}]` : "input"));
}

function answerOf({ message, text, ending }: Turn): string | AssistantMessage {
  return ending === "tool_calls" && (message.tool_calls?.length || message.function_call) ? message : text;
}
