import { expect } from "vitest";
import { ChatDecoder } from "../../src/decode/chat.ts";
import type { ChatClient } from "../../src/conversation/session.ts";
import type { StepStream } from "../../src/conversation/turn.ts";
import { abortError } from "../../src/errors.ts";
import { checkMessages } from "../../src/testing/index.ts";
import type {
  AssistantMessage,
  ChatChunk,
  ChatCompletion,
  ChatParams,
  Message,
  ToolCall,
} from "../../src/wire/index.ts";

type Options = { signal?: AbortSignal | null | undefined } | undefined;

/** What the fake API answers: a text, a message, a whole completion, an error; for "hang" nothing until the request is aborted. */
export type FakeReply =
  string | Partial<AssistantMessage> | { completion: unknown } | Error | ((request: FakeRequest) => unknown);

export interface FakeRequest {
  readonly messages: Message[];
  readonly params: ChatParams;
  readonly options: Record<string, unknown>;
  readonly streamed: boolean;
}

/** A function call, as the API sends it. */
export function call(id: string, name: string, args: unknown = {}): ToolCall {
  return {
    id,
    type: "function",
    function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
  };
}

/** A whole answer. */
export function completionOf(message: Partial<AssistantMessage>, finish?: string | null): ChatCompletion {
  const called = !!message.tool_calls?.length;
  return {
    id: "c",
    object: "chat.completion",
    created: 1,
    model: "m",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: null, ...message },
        finish_reason: finish === undefined ? (called ? "tool_calls" : "stop") : finish,
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
}

/** The smallest client: replies in order; every request's messages are held to the API's rules. */
export class FakeClient implements ChatClient {
  readonly requests: FakeRequest[] = [];
  readonly #replies: FakeReply[];

  constructor(...replies: FakeReply[]) {
    this.#replies = replies;
  }

  /** The messages of the last request. */
  get sent(): Message[] {
    return this.requests.at(-1)?.messages ?? [];
  }

  reply(...replies: FakeReply[]): void {
    this.#replies.push(...replies);
  }

  async chat(messages: readonly Message[], params?: ChatParams, options?: object): Promise<ChatCompletion> {
    return (await this.#take(messages, params, options, false)) as ChatCompletion;
  }

  async streamChat(messages: readonly Message[], params?: ChatParams, options?: object): Promise<StepStream> {
    const answer = await this.#take(messages, params, options, true);
    return isStream(answer) ? answer : fakeStream(chunksOf(answer as ChatCompletion), (options as Options)?.signal);
  }

  async #take(
    messages: readonly Message[],
    params: ChatParams = {},
    options: object = {},
    streamed: boolean,
  ): Promise<unknown> {
    const request: FakeRequest = {
      messages: structuredClone([...messages]),
      params,
      options: { ...options },
      streamed,
    };
    this.requests.push(request);
    expect(checkMessages(request.messages)).toBeUndefined();
    const { signal } = options as NonNullable<Options>;
    if (signal?.aborted) throw abortError(signal.reason);
    let reply = this.#replies.shift() ?? "…";
    if (reply === "hang") return await untilAborted(signal);
    if (typeof reply === "function") reply = (await reply(request)) as FakeReply;
    if (reply instanceof Error) throw reply;
    if (isStream(reply)) return reply;
    if (typeof reply === "string") return completionOf({ content: reply });
    return "completion" in reply ? reply.completion : completionOf(reply as Partial<AssistantMessage>);
  }
}

function isStream(value: unknown): value is StepStream {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}

/** Waits for the abort, and rejects with it. */
export function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener("abort", () => reject(abortError(signal.reason)));
  });
}

/** The wire's chunks of a whole answer, a character each. */
export function chunksOf(completion: ChatCompletion): object[] {
  const { message, finish_reason } = completion.choices[0]!;
  const event = (delta: object, finish: string | null = null): object => ({
    id: "c",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const texts = Array.from(typeof message.content === "string" ? message.content : "", (one) => one).map((content) =>
    event({ content }),
  );
  const calls = (message.tool_calls ?? []).flatMap((one, index) => {
    if (one.type === "custom") return [event({ tool_calls: [{ index, ...one }] })];
    const { name, arguments: text } = one.function;
    return [
      event({ tool_calls: [{ index, id: one.id, type: "function", function: { name, arguments: "" } }] }),
      ...Array.from(text).map((part) => event({ tool_calls: [{ index, function: { arguments: part } }] })),
    ];
  });
  const { content: _content, tool_calls: _calls, ...rest } = message;
  return [event(rest), ...texts, ...calls, event({}, finish_reason), { id: "c", choices: [], usage: completion.usage }];
}

/** A stream of wire chunks; an Error among them breaks it, a promise holds it. */
export function fakeStream(
  events: readonly (object | Error | Promise<unknown>)[],
  signal?: AbortSignal | null,
): StepStream {
  const fold = new ChatDecoder(1e6);
  let settle: { resolve(value: ChatCompletion): void; reject(error: unknown): void };
  const outcome = new Promise<ChatCompletion>((resolve, reject) => (settle = { resolve, reject }));
  outcome.catch(() => undefined);
  signal?.addEventListener("abort", () => settle.reject(abortError(signal.reason)));
  async function* chunks(): AsyncGenerator<ChatChunk> {
    try {
      for (const event of events) {
        if (signal?.aborted) throw abortError(signal.reason);
        if (event instanceof Error) throw event;
        if (event instanceof Promise) {
          await Promise.race([event, untilAborted(signal)]);
          continue;
        }
        const out: ChatChunk[] = [];
        fold.take(event, out, 1);
        yield* out;
      }
      settle.resolve(fold.result());
    } catch (error) {
      settle.reject(error);
      throw error;
    }
  }
  const iterator = chunks();
  return {
    [Symbol.asyncIterator]: () => iterator,
    final: () => outcome,
    get partial() {
      return fold.partial();
    },
  };
}

/** A promise with its handles outside. */
export function deferred<T = void>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let handles!: { resolve(value: T): void; reject(error: unknown): void };
  const promise = new Promise<T>((resolve, reject) => (handles = { resolve, reject }));
  promise.catch(() => undefined);
  return { promise, ...handles };
}

/** Lets everything that is due happen. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 50; round++) await Promise.resolve();
}

/** The roles of a history, with the ids of results. */
export function outline(messages: readonly Message[]): string[] {
  return messages.map((message) =>
    message.role === "tool"
      ? `tool ${message.tool_call_id}`
      : message.role === "assistant" && message.tool_calls
        ? `calls ${message.tool_calls.map(({ id }) => id).join(" ")}`
        : message.role,
  );
}
