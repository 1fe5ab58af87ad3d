import { expect } from "vitest";
import { abortError } from "../../src/errors.ts";
import { Connection } from "../../src/http/connection.ts";
import { checkMessages } from "../../src/testing/index.ts";
import type { AnswerMessage, ChatCompletion, ChatParams, Message, ToolCall } from "../../src/wire/index.ts";

/** Events of a stream, as the API sends them. */
export interface FakeStream {
  readonly events: readonly (object | Error | Promise<unknown>)[];
}

/** A reply of the fake API: a text, a message, any JSON, a stream, or an error of the connection; "hang" answers never. */
export type FakeReply =
  | string
  | Partial<AnswerMessage>
  | { completion: unknown }
  | FakeStream
  | Error
  | Response
  | ((request: FakeRequest) => unknown);

export interface FakeRequest {
  readonly messages: Message[];
  /** The other fields of the body. */
  readonly params: ChatParams;
  readonly signal: AbortSignal;
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
export function completionOf(message: Partial<AnswerMessage>, finish?: string | null): ChatCompletion {
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

const MODEL = "the-default";

/** A connection to a fake API: replies in order. Every request's messages are checked against the API's rules. */
export class FakeClient extends Connection {
  readonly requests: FakeRequest[] = [];
  readonly #replies: FakeReply[];

  constructor(...replies: FakeReply[]) {
    super({ apiKey: "k", model: MODEL, maxRetries: 0, fetch: (_url, init) => this.#answer(init) });
    this.#replies = replies;
  }

  /** The messages of the last request. */
  get sent(): Message[] {
    return this.requests.at(-1)?.messages ?? [];
  }

  reply(...replies: FakeReply[]): void {
    this.#replies.push(...replies);
  }

  async #answer({ body, signal }: RequestInit): Promise<Response> {
    const {
      messages,
      stream,
      stream_options: _,
      model,
      ...rest
    } = JSON.parse(body as string) as Omit<ChatParams, "stream"> & {
      messages: Message[];
      stream?: boolean;
    };
    const params = model === MODEL ? rest : { ...rest, model };
    const request = { messages, params, signal: signal as AbortSignal, streamed: stream === true };
    this.requests.push(request);
    expect(checkMessages(messages)).toBeUndefined();
    const reply = this.#replies.shift() ?? "…";
    return Promise.race([untilAborted(signal), responseTo(request, reply)]);
  }
}

async function responseTo(request: FakeRequest, reply: FakeReply): Promise<Response> {
  if (reply === "hang") return new Promise(() => undefined);
  if (typeof reply === "function") return responseTo(request, (await reply(request)) as FakeReply);
  if (reply instanceof Error) throw reply;
  if (reply instanceof Response) return reply;
  if (typeof reply !== "string" && "events" in reply) return eventResponse(reply.events, request.signal);
  const completion =
    typeof reply === "string"
      ? completionOf({ content: reply })
      : "completion" in reply
        ? reply.completion
        : completionOf(reply);
  return request.streamed
    ? eventResponse(chunksOf(completion as ChatCompletion), request.signal)
    : Response.json(completion);
}

/** A response with server-sent events. An Error among them breaks the connection, a promise holds it. */
function eventResponse(events: FakeStream["events"], signal: AbortSignal): Response {
  const left = [...events, "[DONE]"];
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        let event = left.shift();
        for (; event instanceof Promise; event = left.shift()) await Promise.race([untilAborted(signal), event]);
        if (event === undefined) controller.close();
        else if (event instanceof Error) controller.error(event);
        else controller.enqueue(encoder.encode(frame(event)));
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

const frame = (event: unknown): string => `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;

/** A streamed answer that the server sends in one piece. */
export function atOnce(completion: ChatCompletion): Response {
  const body = [...chunksOf(completion), "[DONE]"].map(frame).join("");
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** A reply that is a stream of these events. */
export function fakeStream(events: FakeStream["events"]): FakeStream {
  return { events };
}

/** Waits for the abort, and rejects with it. */
export function untilAborted(signal: AbortSignal | null | undefined): Promise<never> {
  const aborted = new Promise<never>((_resolve, reject) => {
    const stop = (): void => reject(abortError(signal?.reason));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
  aborted.catch(() => undefined);
  return aborted;
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

/** A promise with its handles outside. */
export function deferred<T = void>(): { promise: Promise<T>; resolve(value: T): void; reject(error: unknown): void } {
  let handles!: { resolve(value: T): void; reject(error: unknown): void };
  const promise = new Promise<T>((resolve, reject) => (handles = { resolve, reject }));
  promise.catch(() => undefined);
  return { promise, ...handles };
}

/** Not the fake one, where timers are. */
const realImmediate = setImmediate;

/** Lets everything happen that is due. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    for (let tick = 0; tick < 20; tick++) await Promise.resolve();
    await new Promise((resolve) => realImmediate(resolve));
  }
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
