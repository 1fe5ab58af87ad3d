import { send, serviceNameOf, settingsOf } from "../http/connection.ts";
import { defined } from "../wire/read.ts";
import { forProvider } from "./forProvider.ts";
import { ChatDecoder } from "../decode/chat.ts";
import { bodyStream } from "../stream/body.ts";
import type { Stream } from "../stream/stream.ts";
import { isCompletion } from "../decode/chat.ts";
import { toTextContent } from "../decode/content.ts";
import { splitThinkTags } from "../decode/thinkTags.ts";
import type { ThinkTags } from "../decode/thinkTags.ts";
import { InputError } from "../errors.ts";
import { OPENAI } from "../http/openai.ts";
import type { Provider } from "../http/provider.ts";
import type { RequestOptions, Connection } from "../http/connection.ts";
import { anything } from "../options.ts";
import type { ChatChunk, ChatCompletion, ChatParams, Message } from "../wire/index.ts";
import { listOf, objectOf, objectsIn, stringOf } from "../wire/read.ts";
import { aListOf, CHAT_OPTIONS, checkCall, OF_A_CHAT, RESUME, STREAM_OPTIONS } from "./arguments.ts";

import { checked } from "./checked.ts";
import { jsonCall, readJSON } from "./request.ts";

const PATH = "/chat/completions";

/** Options of a streamed chat. */
export interface StreamChatOptions extends RequestOptions {
  /** `"restart"` to repeat the request if the stream breaks after content. The first new chunk then has `restarted: true`. @default no restart */
  resume?: "restart" | undefined;
  /**
   * Answers whose content may begin with the model's reasoning between `<think>` and `</think>`, which is then read as reasoning: `"opened"` for
   * answers that begin with `<think>`, `true` also for answers without the opening tag. A stream holds text back until it is clear what it is.
   *
   * @default the provider's `thinkTags`, or false
   */
  thinkTags?: boolean | "opened" | undefined;
}

/** Options of a chat. */
export interface ChatOptions extends StreamChatOptions {
  /** Called with every chunk of an answer that is streamed internally. `chat()` awaits it and rejects with its error. @default none */
  onChunk?: ((chunk: ChatChunk) => unknown) | undefined;
}

/**
 * Requests a chat completion. `POST /chat/completions`, https://platform.openai.com/docs/api-reference/chat/create
 *
 * @param messages the conversation, sent as it is except for fields that the provider refuses
 * @param params fields of the API, sent as they are
 * @returns the answer as the API sent it, or as assembled from its stream
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort; StreamError with `onChunk`
 */
export async function chat(
  connection: Connection,
  messages: readonly Message[],
  params?: ChatParams,
  options?: ChatOptions,
): Promise<ChatCompletion> {
  const streams = "streamChat(), or onChunk among the options";
  checkCall(connection, params, options, {
    rules: { ...CHAT_OPTIONS, thinkTags: anything },
    input: "messages",
    elsewhere: { ...RESUME, ...OF_A_CHAT },
    streams,
  });
  someMessages(messages, "messages");
  const { onChunk } = options ?? {};
  if (!onChunk) {
    const tags = thinkTagsOf(connection, options);
    const exchange = await send(connection, jsonCall(PATH, bodyOf(connection, messages, params), options, "messages"));
    const completion = checked(await readJSON(exchange, settingsOf(connection).limits.answer), exchange, isCompletion);
    splitThinkTags(completion, tags);
    for (const choice of objectsIn(completion.choices)) {
      const message = objectOf(choice, "message");
      if (message)
        toTextContent(message, { from: serviceNameOf(connection), model: params?.model ?? connection.model });
    }
    return completion as ChatCompletion;
  }
  const stream = await open(connection, messages, params, options);
  for await (const chunk of stream) await onChunk(chunk);
  return stream.final();
}

/** A streamed chat completion: {@link ChatChunk}s to loop over, a whole to wait for, or a `Response` to pass on. */
export type ChatStream = Stream<ChatChunk, ChatCompletion>;

/**
 * Requests a chat completion as a stream.
 *
 * @param messages the conversation, sent as it is except for fields that the provider refuses
 * @param params the API's own fields, sent as they are, with `stream: true` and, unless they say otherwise, usage asked for
 * @returns the stream, once the API has accepted the request
 * @throws APIError, ConnectionError, TimeoutError, InputError, or the abort
 */
export async function streamChat(
  connection: Connection,
  messages: readonly Message[],
  params?: ChatParams,
  options?: StreamChatOptions,
): Promise<ChatStream> {
  checkCall(connection, params, options, {
    rules: { ...STREAM_OPTIONS, thinkTags: anything },
    input: "messages",
    elsewhere: { ...RESUME, ...OF_A_CHAT },
    streams: true,
  });
  someMessages(messages, "messages");
  return open(connection, messages, params, options);
}

/** The least that a list of messages must be. A client checks each message as well. */
const someMessages = aListOf('messages, such as [{ role: "user", content: "…" }]', "role");

async function open(
  connection: Connection,
  messages: readonly Message[],
  params: ChatParams | undefined,
  options: StreamChatOptions | undefined,
): Promise<ChatStream> {
  const body = {
    ...(settingsOf(connection).includeUsage ? { stream_options: { include_usage: true } } : undefined),
    ...bodyOf(connection, messages, params),
    stream: true,
  };
  const call = { ...jsonCall(PATH, body, options, "messages"), streamed: true };
  const expected = typeof params?.n === "number" ? params.n : 1;
  const thinkTags = thinkTagsOf(connection, options);
  const exchange = await send(connection, call);
  return bodyStream(
    exchange,
    (restarted) => new ChatDecoder(settingsOf(connection).limits.answer, { expected, thinkTags, restarted }),
    { connection, maxRetries: options?.maxRetries, resume: options?.resume },
  );
}

function bodyOf(connection: Connection, messages: readonly Message[], params: ChatParams | undefined): object {
  const { provider } = settingsOf(connection);
  const model = params?.model ?? connection.model;
  const body = {
    model,
    messages: forProvider(messages, provider, model, serviceNameOf(connection)),
    ...defined(params),
  };
  const effort = effortFor(body, provider ?? OPENAI);
  return effort === undefined ? body : { ...body, reasoning_effort: effort };
}

/** Returns the effort that the provider's models need for function tools, unless the caller sets one. */
function effortFor(
  { model, tools, functions, reasoning_effort }: ChatParams,
  { toolEffort }: Pick<Provider, "toolEffort">,
): string | undefined {
  if (!toolEffort || reasoning_effort !== undefined || typeof model !== "string") return undefined;
  const asksForTools =
    listOf({ functions }, "functions").length > 0 ||
    listOf({ tools }, "tools").some((tool) => stringOf(tool, "type") === "function");
  return asksForTools && new RegExp(toolEffort.models).test(model) ? toolEffort.effort : undefined;
}

function thinkTagsOf(connection: Connection, options: StreamChatOptions | undefined): ThinkTags {
  const { provider } = settingsOf(connection);
  const tags: unknown = options?.thinkTags ?? provider?.thinkTags ?? false;
  if (tags === true || tags === false || tags === "opened") return tags;
  throw new InputError(
    "options.thinkTags",
    'true, false or "opened"',
    typeof tags === "string" ? "another text" : typeof tags,
  );
}
