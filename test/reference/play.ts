import { createClient } from "../../src/index.ts";
import type { ChatSession, Message, OpenAI, TurnParams } from "../../src/index.ts";
import * as media from "../../src/media/index.ts";
import { gemini, openrouter } from "../../src/providers/index.ts";
import * as responsesEntry from "../../src/responses/index.ts";
import type { ResponsesOptions } from "../../src/responses/index.ts";
import { watchedApi } from "../support/watchedApi.ts";
import type { RecordedCall, RecordedClient, Recording, RecordedRequest } from "./recording.ts";
import { createWire } from "./wire.ts";
import type { Wire } from "./wire.ts";

/** What came of a call. */
export interface Played {
  readonly request: RecordedRequest | undefined;
  /** What it gave, or what it threw. */
  readonly value?: unknown;
  readonly error?: unknown;
  /** What a callback was given. */
  readonly chunks: unknown[];
  /** The session's messages afterwards. */
  readonly history: Message[] | undefined;
  /** A Responses session afterwards. */
  readonly session: { id: string | null; history: string[] } | undefined;
}

/** A session over the Responses API, and what the reference knows of one. */
interface ResponsesSession {
  readonly chat: ChatSession;
  readonly options: ResponsesOptions;
  id: string | undefined;
  /** The ids of the responses that came. */
  history: string[];
}

/** Options of the reference's session that are the chat session's here. */
const SESSION_OPTIONS = ["model", "temperature", "tool_choice"];

type Args = readonly unknown[];
type Callback = (chunk: unknown) => void;

/** The client's methods, by the reference's names. */
type Methods = Record<string, (...args: never[]) => Promise<unknown>>;

const PROVIDERS = { gemini, openrouter };

/** Plays one scenario through fetchat. Every call starts from the state that the reference had, so that a difference does not spread. */
export class Player {
  readonly #wire: Wire;
  readonly #client: RecordedClient;
  #chat: ChatSession | undefined;
  #session: ResponsesSession | undefined;
  #set: RecordedClient = {};

  constructor(recording: Recording) {
    this.#wire = createWire();
    this.#client = recording.client;
  }

  /** Makes one call. */
  async play(call: RecordedCall): Promise<Played> {
    if (call.set) this.#set = call.set;
    const chunks: unknown[] = [];
    this.#wire.expect(call);
    let outcome: { value: unknown } | { error: unknown };
    try {
      outcome = {
        value: await this.#call(
          call,
          (call.args ?? []).map((arg) => argument(arg, chunks)),
        ),
      };
    } catch (error) {
      outcome = { error };
    }
    const played = {
      ...outcome,
      request: this.#wire.sent(),
      chunks,
      history: this.#chat && structuredClone(this.#chat.messages),
      session: this.#state(),
    };
    this.#resume(call, played);
    return played;
  }

  /** What the reference had after the call is what the next one starts with. */
  #resume({ outcome, args = [] }: RecordedCall, played: Played): void {
    if (this.#chat && outcome?.history) this.#chat.messages = [...outcome.history] as Message[];
    const { session } = outcome ?? {};
    if (
      !this.#session ||
      !session ||
      (!("error" in played) && this.#isKept() && JSON.stringify(session) === JSON.stringify(played.session))
    )
      return;
    // The reference keeps no messages: what was said in a call that failed is gone.
    this.#session.chat.messages = [];
    this.#session.history = [...session.history];
    this.#continue(session.id ?? (args[0] as { previous_response_id?: string } | undefined)?.previous_response_id);
  }

  /** Returns whether the last response is in the history: one that says nothing is not. */
  #isKept(): boolean {
    return this.#session?.chat.messages.at(-1)?.responses?.id === this.#session?.id;
  }

  /** Goes on from a response that the session's messages do not tell of. */
  #continue(id: string | undefined): void {
    const session = this.#session;
    if (!session) return;
    session.id = id;
    const api = responsesEntry.responses({ ...session.options, state: "server", previous_response_id: id });
    session.chat.api = watchedApi(api, (step) => {
      session.id = (step.raw as { id?: string }).id;
      session.history = [...session.history, session.id ?? ""];
    });
  }

  #state(): Played["session"] {
    return this.#session && { id: this.#session.id ?? null, history: this.#session.history };
  }

  async #call(call: RecordedCall, args: Args): Promise<unknown> {
    if (call.other !== undefined || call.set) return undefined;
    if (call.on === "client") return this.#onClient(call, args);
    if (call.on === "chat") return this.#onChat(call, args);
    return this.#onSession(call, args);
  }

  #open(own: RecordedClient = this.#client): OpenAI {
    const { apiKey, baseURL, provider } = { ...own, ...this.#set };
    return createClient({
      apiKey,
      baseURL,
      provider: provider && PROVIDERS[provider],
      fetch: this.#wire.fetch,
      maxRetries: 0,
    });
  }

  async #onClient({ call = "", as, then, client: own }: RecordedCall, args: Args): Promise<unknown> {
    const client = this.#open(own);
    if (call === "new_chat_session") {
      const chat = client.newChatSession(args[0] as object | undefined);
      if (as === "chat") this.#chat = chat;
      return then === undefined ? undefined : chat[then as "messages" | "functions" | "tools"];
    }
    if (call === "new_responses_chat_session") {
      const given = Object.entries((args[0] ?? {}) as ResponsesOptions);
      const isOwn = ([name]: [string, unknown]): boolean => SESSION_OPTIONS.includes(name);
      const { previous_response_id: id, ...options }: ResponsesOptions = Object.fromEntries(
        given.filter((one) => !isOwn(one)),
      );
      const chat = client.newChatSession(Object.fromEntries(given.filter(isOwn)));
      this.#session = { chat, options, id: undefined, history: [] };
      this.#continue(id ?? undefined);
      return undefined;
    }
    return onClient(client, call, args);
  }

  async #onChat({ call, get }: RecordedCall, args: Args): Promise<unknown> {
    const chat = this.#chat as ChatSession;
    if (get !== undefined) return chat[get as "messages" | "functions" | "tools"];
    if (call === "last_message") return chat.lastMessage();
    if (call === "append_message") return chat.appendMessage(...(args as Message[]));
    const { params, options } = sessionArguments(args[1]);
    if (call === "send") return chat.send(args[0] as string, params, options);
    if (call === "generate_response") return chat.generateResponse(params, { ...options, append: args[0] !== false });
    throw new Error(`there is no chat:${String(call)}`);
  }

  async #onSession({ call }: RecordedCall, args: Args): Promise<unknown> {
    const { chat } = this.#session as ResponsesSession;
    if (call !== "send" && call !== "create_response") throw new Error(`there is no session:${String(call)}`);
    const { params, options } = sessionArguments(args[1]);
    return chat.send(args[0] as string, params, options);
  }
}

/** The second argument of `send`: a callback, or params with `stream_callback` among them. */
function sessionArguments(given: unknown): { params: TurnParams; options: { onChunk?: Callback } } {
  if (typeof given === "function") return { params: {}, options: { onChunk: given as Callback } };
  if (typeof given === "string") return { params: {}, options: { onChunk: given as unknown as Callback } };
  const { stream_callback: onChunk, ...params } = (given ?? {}) as { stream_callback?: Callback };
  return { params: params, options: onChunk ? { onChunk } : {} };
}

async function onClient(client: OpenAI, call: string, args: Args): Promise<unknown> {
  const methods = client as unknown as Methods;
  const functions = { ...media, ...responsesEntry } as unknown as Methods;
  const beta = { headers: { "openai-beta": "assistants=v2" } };
  const ask = (name: string, ...given: Args): Promise<unknown> => {
    const method = methods[name];
    if (method) return method.apply(client, given as never[]);
    const call = functions[name];
    if (call === undefined) throw new Error(`there is no ${name}()`);
    return call(...([client, ...given] as never[]));
  };
  // A callback means a stream; `stream: true` beside it says the same twice.
  const streamed = (name: string): Promise<unknown> => {
    const { stream, ...rest } = (args[1] ?? {}) as { stream?: boolean };
    const callback = args[2] as Callback | undefined;
    const params = stream === undefined || (stream && callback) ? rest : { ...rest, stream };
    return ask(name, args[0], params, callback === undefined ? {} : { onChunk: callback });
  };
  switch (call) {
    case "chat":
    case "create_chat_completion":
      return streamed("chat");
    case "create_response":
      return streamed("createResponse");
    case "completion":
    case "embedding":
    case "moderation":
      return ask(call, ...args);
    case "models":
    case "files":
    case "file":
      return ask(call, ...args);
    case "delete_file":
      return ask("deleteFile", ...args);
    case "response":
      return ask("response", ...args);
    case "delete_response":
      return ask("deleteResponse", ...args);
    case "cancel_response":
      return ask("cancelResponse", ...args);
    case "image_generation": {
      const { prompt, ...params } = (args[0] ?? {}) as { prompt?: string };
      return ask("imageGeneration", prompt, params);
    }
    case "assistants":
      return client.request("/assistants", undefined, beta);
    case "threads":
      return client.request("/threads", undefined, beta);
    case "thread_messages":
      return client.request(`/threads/${String(args[0])}/messages`, undefined, beta);
    case "delete_thread":
      return client.request(`/threads/${String(args[0])}`, undefined, { ...beta, method: "DELETE" });
    default:
      throw new Error(`there is no client:${call}`);
  }
}

function argument(given: unknown, chunks: unknown[]): unknown {
  const special = given as { $nil?: true; $callback?: string } | null;
  if (special?.$nil) return undefined;
  if (special?.$callback === "throws")
    return () => {
      throw new Error("boom in callback");
    };
  if (special?.$callback !== undefined) return (chunk: unknown) => void chunks.push(chunk);
  if (Array.isArray(given)) return given.map((one) => argument(one, chunks));
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, argument(value, chunks)]));
}
