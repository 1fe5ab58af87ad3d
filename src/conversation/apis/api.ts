import type { Connection, RequestOptions } from "../../http/connection.ts";
import type {
  AnswerMessage,
  ChatCompletion,
  ChatParams,
  Chunk,
  GoodEnding,
  HeldAnswer,
  Message,
  Usage,
} from "../../wire/index.ts";
import type { ResponseObject } from "../../wire/responses.ts";

/** The position in a background response, as a saved turn keeps it. */
export interface BackgroundPlace {
  /** The response's id, once it is known. */
  id?: string | undefined;
  /** The `sequence_number` of the last event that has arrived. */
  after?: number | undefined;
}

/** One request of a turn, in chat's form. The API turns `messages` into what its endpoint accepts and never writes to them. */
export interface ApiRequest {
  /** The connection to send through. */
  readonly connection: Connection;
  /** The document as this request shows it. */
  readonly messages: readonly Message[];
  /** Session and turn params in chat's form, `tools` included. */
  readonly params: ChatParams;
  /** Options of the request. */
  readonly options: RequestOptions & {
    readonly resume?: "restart" | undefined;
    readonly thinkTags?: boolean | "opened" | undefined;
  };
  /**
   * The turn's background response. An API that makes one writes here how far it has come, and clears it at the end. If it has an `id`, the
   * request continues that response.
   */
  readonly background?: BackgroundPlace | undefined;
  /** Stores the session. An API awaits it once it knows the id of a background response. */
  readonly save?: (() => Promise<void>) | undefined;
}

/** One request of a turn and its answer, in chat's form whichever API gave it. */
export interface Step {
  /** The answer's message, in the form of chat completions. */
  readonly message: AnswerMessage;
  /** The answer's ending. */
  readonly ending: GoodEnding;
  /** Tokens used, if the provider reports them. */
  readonly usage: Usage | undefined;
  /** The answer as the API sent it, or as assembled from its stream. */
  readonly raw: ChatCompletion | ResponseObject;
}

/** A streamed answer. */
export interface AnswerStream extends AsyncIterable<Chunk> {
  /** The part that has arrived so far. */
  readonly partial: HeldAnswer;
  /** Waits for the whole answer. Does not read the stream while a loop does. */
  final(): Promise<Step>;
}

/** An API that a session asks: `chatCompletions` (the default), or a value of `responses()` of `fetchat/responses`. */
export interface Api {
  /** The API's name. */
  readonly name: "chat" | "responses";
}

/** The methods that a session calls. Programs see the name alone. */
export interface AskableApi extends Api {
  /**
   * Asks for a whole answer.
   *
   * @throws InputError, before anything is sent; APIError, ConnectionError, TimeoutError, or the abort
   */
  ask(request: ApiRequest): Promise<Step>;
  /**
   * Asks for an answer as a stream. Resolves once the API has accepted the request.
   *
   * @throws InputError, before anything is sent; APIError, ConnectionError, TimeoutError, or the abort
   */
  stream(request: ApiRequest): Promise<AnswerStream>;
}
