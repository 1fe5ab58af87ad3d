import { abortError, InputError } from "../errors.ts";
import type { RequestOptions } from "../http/transport.ts";
import { checkDeclarations, checkMessage } from "../schemas/messages.ts";
import type { AssistantMessage, ChatChunk, ChatCompletion, ChatParams, FunctionDeclaration, Message, NotParams } from "../types.ts";
import type { ChatOptions, StreamChatOptions } from "../endpoints/chat.ts";
import type { HandTool, RunTool } from "./tools.ts";
import { runTurn } from "./turn.ts";
import type { StepStream, Turn, TurnContext, TurnEvent } from "./turn.ts";
import { TurnStream } from "./turnStream.ts";

/** What a session needs of a client. */
export interface ChatClient {
  chat(messages: readonly Message[], params?: ChatParams, options?: ChatOptions): Promise<ChatCompletion>;
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
export type TurnParams = Omit<ChatParams, "tools" | "functions">;

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
  /** Tools offered to the model. */
  tools: readonly Kind[] | undefined;
  /** Functions offered to the model in the legacy manner. */
  functions: readonly F[] | undefined;
  /** The model; the client's where it is undefined. */
  model: string | undefined;
  /** Sampling temperature, 0 to 2. */
  temperature: number | null | undefined;
  /** The other standing params, sent with every request. */
  params: ChatParams;
  /** How many requests a turn may take. */
  maxSteps: number;
  /** The last turn that ended well. */
  lastTurn: Turn | undefined;
  readonly #client: ChatClient;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * @param client what asks the model
   * @param options standing params, `messages`, `tools`, `functions` and `maxSteps`
   * @throws InputError where a message or a declaration is malformed
   */
  constructor(client: ChatClient, options: SessionOptions<Kind, F> = {}) {
    const { messages, tools, functions, model, temperature, maxSteps = 8, ...params } = options;
    if (!(maxSteps >= 1)) throw new InputError("maxSteps", "a number from 1", String(maxSteps));
    checkDeclarations({ functions, tools });
    this.#client = client;
    this.appendMessage(...messages ?? []);
    this.tools = tools;
    this.functions = functions;
    this.model = model;
    this.temperature = temperature;
    this.params = params;
    this.maxSteps = maxSteps;
  }

  /**
   * Adds messages to the history, all or none.
   *
   * @throws InputError where one is malformed; nothing is added then
   */
  appendMessage(...messages: readonly Message[]): void {
    messages.forEach((message, at) => checkMessage(message, messages.length > 1 ? `messages[${at}]` : "message"));
    this.messages.push(...messages);
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
   * @throws InputError before anything changes; whatever `chat()` throws, after which `generateResponse()` asks again
   */
  async send(input: TurnInput, params?: TurnParams, options?: TurnOptions): Promise<Answer<Kind, F>> {
    return this.#answer(toMessages(input), params, options);
  }

  /**
   * Asks for an answer to the history as it stands.
   *
   * @returns the text; the assistant's message where it holds calls that nobody runs
   * @throws whatever `chat()` throws
   */
  async generateResponse(params?: TurnParams, options?: GenerateOptions): Promise<Answer<Kind, F>> {
    return this.#answer([], params, options);
  }

  /**
   * Says something, and gives the turn as a stream of events, once the API has accepted the first request.
   *
   * @param input as for `send()`; left out, the history is answered as it stands
   * @throws InputError before anything changes; whatever `streamChat()` throws
   */
  async stream(input?: TurnInput, params?: TurnParams, options?: Omit<GenerateOptions, "onChunk">): Promise<TurnStream> {
    const messages = input === undefined ? [] : toMessages(input);
    const stopper = new AbortController();
    const { turn, release } = await this.#begin(messages, params, options, stopper, true);
    const events = closing(turn, release);
    return new TurnStream(events, await events.next(), (reason) => {
      stopper.abort(abortError(reason));
      // An unread stream would hold the queue otherwise.
      release();
    });
  }

  async #answer(input: Message[], params: TurnParams | undefined, options: GenerateOptions | undefined): Promise<Answer<Kind, F>> {
    const onChunk = options?.onChunk;
    const stopper = new AbortController();
    const { turn, release } = await this.#begin(input, params, options, stopper, onChunk !== undefined);
    try {
      for (;;) {
        const { done, value } = await turn.next();
        if (done) return answerOf(value) as Answer<Kind, F>;
        if (onChunk && "chunk" in value && value.type !== "restart") await onChunk(value.chunk);
      }
    } catch (error) {
      stopper.abort(error);
      await turn.return(undefined as never).catch(() => undefined);
      throw error;
    } finally {
      release();
    }
  }

  /** Waits for its place in the queue, then starts a turn. */
  async #begin(
    input: Message[],
    params: TurnParams | undefined,
    options: GenerateOptions | undefined,
    stopper: AbortController,
    streamed: boolean,
  ): Promise<{ turn: AsyncGenerator<TurnEvent, Turn, undefined>; release: () => void }> {
    checkDeclarations(this);
    const release = await this.#enqueue(options?.signal);
    const detach = linkSignal(options?.signal, stopper);
    const finish = (): void => {
      detach();
      release();
    };
    const { append = true, onChunk: _onChunk, ...own } = options ?? {};
    const requestOptions = { ...own, signal: stopper.signal };
    const messages = append ? this.messages : [...this.messages];
    messages.push(...input);
    const context: TurnContext = {
      messages,
      append,
      tools: this.tools ?? [],
      maxSteps: this.maxSteps,
      signal: stopper.signal,
      params: () => this.#params(params),
      ask: (request, asked) => streamed
        ? this.#client.streamChat(request, asked, requestOptions)
        : this.#client.chat(request, asked, requestOptions),
    };
    return { turn: this.#remember(runTurn(context)), release: finish };
  }

  async *#remember(turn: AsyncGenerator<TurnEvent, Turn, undefined>): AsyncGenerator<TurnEvent, Turn, undefined> {
    const result = yield* turn;
    this.lastTurn = result;
    return result;
  }

  #params(own: TurnParams | undefined): ChatParams {
    const { model, temperature, functions, tools } = this;
    const offered: ChatParams = {};
    if (model !== undefined) offered.model = model;
    if (temperature !== undefined) offered.temperature = temperature;
    if (tools?.length) offered.tools = tools;
    if (functions?.length) offered.functions = functions;
    return { ...this.params, ...offered, ...own };
  }

  async #enqueue(signal: AbortSignal | null | undefined): Promise<() => void> {
    if (signal?.aborted) throw abortError(signal.reason);
    const before = this.#queue;
    let release = (): void => undefined;
    this.#queue = new Promise<void>((resolve) => (release = resolve)).then(() => before);
    try {
      await abortable(before, signal);
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }
}

function toMessages(input: TurnInput): Message[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const list = Array.isArray(input) ? input as readonly Message[] : [input as Message];
  if (list.length === 0) throw new InputError("input", "what to say", "an empty list");
  list.forEach((message, at) => checkMessage(message, Array.isArray(input) ? `input[${at}]` : "input"));
  return [...list];
}

function answerOf({ message, text, ending }: Turn): string | AssistantMessage {
  return ending === "tool_calls" && (message.tool_calls?.length || message.function_call) ? message : text;
}

async function* closing(turn: AsyncGenerator<TurnEvent, Turn, undefined>, release: () => void): AsyncGenerator<TurnEvent, Turn, undefined> {
  try {
    return yield* turn;
  } finally {
    release();
  }
}

function linkSignal(signal: AbortSignal | null | undefined, stopper: AbortController): () => void {
  const onAbort = (): void => stopper.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort);
  return () => signal?.removeEventListener("abort", onAbort);
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | null | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(abortError(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
