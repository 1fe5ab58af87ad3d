import type { MockProvider } from "./providers.ts";

/**
 * How fast the mock API talks, in milliseconds.
 */
export interface Pace {
  /** From the request to the first token (and to the response's headers). Default 150. */
  firstToken?: number | undefined;
  /** Between tokens. Default 20. */
  perToken?: number | undefined;
}

/** How a request that the mock API answered came to its end. */
export type RequestStatus = "open" | "complete" | "cancelled" | "broken";

/**
 * One request as the mock API saw it.
 */
export interface RecordedRequest {
  /** Which call it was: 1 for the first since the mock API was made or reset. */
  readonly number: number;
  /** Upper case. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** The address's path, as sent: `/v1/chat/completions`. */
  readonly path: string;
  /** The address's query; of a name given twice, the last. */
  readonly query: Record<string, string>;
  /** Names in lower case. They hold the key that was sent: this is a test's record, not a log. */
  readonly headers: Record<string, string>;
  /**
   * Parsed JSON, else the fields of a multipart form (a file as its {@link UploadedFile}), else text, else bytes where it is no valid
   * UTF-8; `undefined` where there was none.
   */
  readonly body: unknown;
  /** Whether the request's signal fired before the answer had ended. */
  readonly signalAborted: boolean;
  /**
   * `open` while the answer goes on, `complete` when its last byte was taken, `cancelled` when the caller aborted or cancelled,
   * `broken` when a fault broke the connection.
   */
  readonly status: RequestStatus;
  /** Resolves to the status when it is no longer `open`; never rejects. */
  readonly ended: Promise<RequestStatus>;
}

/** A tool call that a scripted reply makes. */
export interface ReplyToolCall {
  /** The tool's name. */
  name: string;
  /** A string is sent as it is, whole JSON or not; anything else as its JSON. */
  arguments?: unknown;
  /** Default: a deterministic `call_…`. */
  id?: string | undefined;
}

/** The API's error object. */
export interface ErrorBody {
  /** What is wrong, for people. */
  message: string;
  /** The kind of error: `invalid_request_error`, `server_error`, … */
  type?: string | null | undefined;
  /** The parameter at fault, as a path. */
  param?: string | null | undefined;
  /** What is wrong, for programs; other providers send numbers. */
  code?: string | number | null | undefined;
}

/** What can be changed on every reply. */
export interface ReplyOverrides {
  /** Instead of the finish reason that follows from the reply. */
  finishReason?: string | null | undefined;
  /** Instead of the counted usage, sent as it is. */
  usage?: object | undefined;
  /** Added to the response's headers, in place of those of the same name. */
  headers?: Record<string, string> | undefined;
  /** Instead of the mock API's pace. */
  pace?: Pace | "instant" | undefined;
  /** What goes wrong, applied in the given order. */
  fault?: Fault | readonly Fault[] | undefined;
}

/** What a message says. With none of these fields the mock API thinks of an answer itself. */
export interface MessageReply extends ReplyOverrides {
  /** The content. */
  text?: string | undefined;
  /** A refusal, in the place of the content. */
  refusal?: string | undefined;
  /** Sent as `reasoning_content`, before the text, as DeepSeek and others do. */
  reasoning?: string | undefined;
  /** Calls of tools; the finish reason is then `tool_calls`. */
  toolCalls?: readonly ReplyToolCall[] | undefined;
  /** The legacy single call. */
  functionCall?: ReplyToolCall | undefined;
}

/** An HTTP error, or any other status. */
export interface StatusReply extends ReplyOverrides {
  /** 200 to 599. Below 400, and with neither `error` nor `body`, the body is empty. */
  status: number;
  /** A text is the message of an error object whose type and code fit the status. Default: OpenAI's words for the status. */
  error?: string | ErrorBody | undefined;
  /** Instead of an error object: a string or bytes, or an array of them, is sent as it is (see {@link BodyReply}), all else as JSON. */
  body?: unknown;
}

/** The stream's chunks, each sent as one event, then `[DONE]`. */
export interface ChunksReply extends ReplyOverrides {
  /** Each is one event's data. */
  chunks: readonly object[];
  /** Whether `[DONE]` follows. Default true. */
  done?: boolean | undefined;
}

/** The stream's text, event by event, each sent as it is: blank lines and `[DONE]` are the caller's. */
export interface EventsReply extends ReplyOverrides {
  /** With their `data:` and their blank lines. */
  events: readonly string[];
}

/** The response's body as it is, in one piece or in the given ones; the content type is JSON unless `headers` says another. */
export interface BodyReply extends ReplyOverrides {
  /** Each item is sent as one piece. */
  body: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Default 200. */
  status?: number | undefined;
}

/** A reply with faults around it: what a {@link Fault} gives when it is called. */
export interface FaultyReply {
  /** Not there: what the mock API says itself. */
  reply: Reply | undefined;
  /** What goes wrong, applied after the reply's own faults. */
  fault: Fault | readonly Fault[];
}

/** Makes the reply to a request; `undefined` stands for the default answer. */
export type ReplyFunction = (
  request: RecordedRequest,
) => Reply | Response | undefined | Promise<Reply | Response | undefined>;

/** What a test can have the mock API answer. */
export type Reply =
  string | MessageReply | StatusReply | ChunksReply | EventsReply | BodyReply | FaultyReply | ReplyFunction;

/**
 * One piece of a response's body: `bytes` after `wait` ms, or what happens in their stead. The end of the pieces is the end of the body.
 */
export type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly wait: number }
  | { readonly kind: "stall" }
  | { readonly kind: "break"; readonly error: unknown };

/** A response before it is one: what faults work on. */
export interface Draft {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Silence before the headers, in ms; `"forever"` until the caller gives up; an Error is what `fetch` rejects with. */
  readonly before: number | "forever" | Error;
  /** Read once, lazily: it may be endless. An event stream has one piece an event. */
  readonly pieces: Iterable<Piece>;
}

/**
 * Something that goes wrong with a reply. As a value it is given as a reply's `fault`; called with a reply it gives the faulty reply,
 * and called with none, the mock API's own answer with the fault.
 */
export interface Fault {
  (reply?: Reply): FaultyReply;
  /** What the fault does. */
  readonly fault: string;
  /** Turns the sound response into the faulty one. */
  readonly apply: (draft: Draft) => Draft;
}

/** The options of {@link createMockAPI}. */
export interface MockAPIOptions {
  /** Default 150 ms to the first token and 20 ms between tokens. `"instant"` starts no timer at all. */
  pace?: Pace | "instant" | undefined;
  /** The keys that are good. Default: any; `[]`: no request needs one. */
  apiKeys?: readonly string[] | undefined;
  /**
   * The service that is played. OpenAI refuses unknown fields, and holds its models to their rules, the tools rule among them; the others
   * are open to fields that OpenAI does not know, and keep their own rules for messages.
   *
   * @default "openai"
   */
  provider?: MockProvider | undefined;
  /** The models that are listed. Default: a few that OpenAI serves. */
  models?: readonly string[] | undefined;
  /**
   * Whether a model that is not listed is refused. Without it any name passes, so that a test may invent one; a name of OpenAI's is under
   * that model's rules, and one that has shut down is refused.
   *
   * @default false
   */
  strictModels?: boolean | undefined;
  /** Whether keys, parameters and messages are checked before any reply, scripted ones too. Default true. */
  checkRequests?: boolean | undefined;
  /**
   * Answers every request that no queued reply answers. A function can return `undefined` for the default answer, which repeats the
   * prompt, calls the tools that the prompt names, and fits the schema that the request gives.
   */
  defaultReply?: Reply | undefined;
  /** The time, in ms since 1970. Default `Date.now`. With it, models whose announced shutdown has passed at that time are refused. */
  now?: (() => number) | undefined;
}

/** A mock of the OpenAI API: see {@link createMockAPI}. */
export interface MockAPI {
  /**
   * A drop-in for `fetch` that may be called unbound. Rejects as `fetch` does: with the signal's reason, with a TypeError where the
   * connection breaks or the arguments are wrong.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /**
   * The same as a server's handler (a Worker's `fetch`, `Deno.serve`, `Bun.serve`): further arguments are ignored, and a client that
   * left before there were headers gets a 499 that nobody reads. A handler cannot break its connection before the headers: there the
   * fault `reset` rejects.
   */
  readonly handle: (request: Request) => Promise<Response>;
  /** Queues replies: each is used once, in order, before the mock API thinks of answers itself. Gives the mock API. */
  readonly reply: (...replies: readonly Reply[]) => MockAPI;
  /** Has the n-th call (1 is the first since the mock API was made or reset) answered so, ahead of the queue. Gives the mock API. */
  readonly failOn: (call: number, reply: Reply) => MockAPI;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** How many queued replies are left. */
  readonly pending: number;
  /** Forgets requests, queued replies and failures, and counts from one again. Answers that are under way go on. */
  readonly reset: () => void;
}
