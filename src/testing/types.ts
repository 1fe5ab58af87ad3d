import type { MockProvider } from "./providers.ts";

/** The speed of the mock API's answers. */
export interface Pace {
  /**
   * Milliseconds from the request to the response's headers and the first token.
   *
   * @default 150
   */
  firstToken?: number | undefined;
  /**
   * Milliseconds between tokens.
   *
   * @default 20
   */
  perToken?: number | undefined;
}

/** The state of a request. */
export type RequestStatus = "open" | "complete" | "cancelled" | "broken";

/** A request as the mock API received it. */
export interface RecordedRequest {
  /** The number of the call: 1 for the first since the mock API was created or reset. */
  readonly number: number;
  /** The HTTP method in upper case. */
  readonly method: string;
  /** The whole address. */
  readonly url: string;
  /** The path of the address: `/v1/chat/completions`. */
  readonly path: string;
  /** The query of the address; the last value if a name occurs twice. */
  readonly query: Record<string, string>;
  /** The headers, with names in lower case. They include the key, so do not log them. */
  readonly headers: Record<string, string>;
  /**
   * The body: parsed JSON, or the fields of a multipart form with files as {@link UploadedFile}, or text, or bytes that
   * are not valid UTF-8; `undefined` without a body.
   */
  readonly body: unknown;
  /** True if the caller's signal fired before the answer had ended. */
  readonly signalAborted: boolean;
  /**
   * `open` while the answer is being sent, `complete` when its last byte was read, `cancelled` when the caller aborted
   * or cancelled, `broken` when a fault broke the connection.
   */
  readonly status: RequestStatus;
  /** Resolves when the request is no longer `open`. Never rejects. */
  readonly ended: Promise<RequestStatus>;
}

/** A tool call of a scripted reply. */
export interface ReplyToolCall {
  /** The tool's name. */
  name: string;
  /**
   * The arguments: a string is sent as it is, even if it is not valid JSON; any other value as its JSON.
   *
   * @default {}
   */
  arguments?: unknown;
  /**
   * The call's id.
   *
   * @default a deterministic `call_…`
   */
  id?: string | undefined;
}

/** The API's error object. */
export interface ErrorBody {
  /** The error's description. */
  message: string;
  /** The type of error: `invalid_request_error`, `server_error`, … */
  type?: string | null | undefined;
  /** The path of the parameter at fault. */
  param?: string | null | undefined;
  /** The error's code. Some providers send numbers. */
  code?: string | number | null | undefined;
}

/** Overrides that every reply can have. */
export interface ReplyOverrides {
  /**
   * The finish reason.
   *
   * @default the one that follows from the content
   */
  finishReason?: string | null | undefined;
  /**
   * The usage, sent as it is.
   *
   * @default counted tokens
   */
  usage?: object | undefined;
  /** Headers to add or replace. */
  headers?: Record<string, string> | undefined;
  /**
   * The speed of this answer.
   *
   * @default the mock API's pace
   */
  pace?: Pace | "instant" | undefined;
  /** The faults of this answer, applied in order. */
  fault?: Fault | readonly Fault[] | undefined;
}

/** The content of an answer. Without any of these fields it is the default answer. */
export interface MessageReply extends ReplyOverrides {
  /** The text. */
  text?: string | undefined;
  /** The refusal, in place of the text. */
  refusal?: string | undefined;
  /** The reasoning, sent before the text as `reasoning_content`, as DeepSeek and others do. */
  reasoning?: string | undefined;
  /** The tool calls. The finish reason is then `tool_calls`. */
  toolCalls?: readonly ReplyToolCall[] | undefined;
  /** The call of a legacy function. */
  functionCall?: ReplyToolCall | undefined;
}

/** An HTTP error, or any other status. */
export interface StatusReply extends ReplyOverrides {
  /** The status, 200 to 599. Below 400 the body is empty unless `error` or `body` is given. */
  status: number;
  /**
   * The error object, or its message; its type and code then fit the status.
   *
   * @default OpenAI's error for the status
   */
  error?: string | ErrorBody | undefined;
  /**
   * The body in place of an error object: a string, bytes, or a list of them as it is (see {@link BodyReply}), anything
   * else as JSON.
   */
  body?: unknown;
}

/** A stream of chunks. */
export interface ChunksReply extends ReplyOverrides {
  /** The chunks, each sent as the data of one event. */
  chunks: readonly object[];
  /**
   * Sends `[DONE]` after the chunks.
   *
   * @default true
   */
  done?: boolean | undefined;
}

/** A stream of raw events. */
export interface EventsReply extends ReplyOverrides {
  /** The events, sent as they are: with their `data:`, their blank lines, and `[DONE]`. */
  events: readonly string[];
}

/** A raw body. Its content type is JSON unless `headers` has another. */
export interface BodyReply extends ReplyOverrides {
  /** The body; each item of a list is sent as one chunk. */
  body: string | Uint8Array | readonly (string | Uint8Array)[];
  /**
   * The status.
   *
   * @default 200
   */
  status?: number | undefined;
}

/** A reply with faults: the result of calling a {@link Fault}. */
export interface FaultyReply {
  /** The reply; `undefined` for the default reply. */
  reply: Reply | undefined;
  /** The faults, applied after the reply's own faults. */
  fault: Fault | readonly Fault[];
}

/** Creates the reply to a request, or returns `undefined` for the default answer. */
export type ReplyFunction = (
  request: RecordedRequest,
) => Reply | Response | undefined | Promise<Reply | Response | undefined>;

/** A scripted reply: a text, an object, or a function of the request. */
export type Reply =
  string | MessageReply | StatusReply | ChunksReply | EventsReply | BodyReply | FaultyReply | ReplyFunction;

/**
 * One piece of a response's body: bytes that are sent after `wait` ms, or a fault in their place. The body ends after
 * the last piece.
 */
export type Piece =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly wait: number }
  | { readonly kind: "stall" }
  | { readonly kind: "break"; readonly error: unknown };

/** A response before it is sent, for faults to change. */
export interface Draft {
  /** The HTTP status. */
  readonly status: number;
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The delay before the headers in ms, `"forever"`, or an error for `fetch` to reject with. */
  readonly before: number | "forever" | Error;
  /**
   * The pieces of the body, read once and lazily, so that they may be endless. An event stream has one piece per event.
   */
  readonly pieces: Iterable<Piece>;
}

/**
 * A fault of a response. Use it as the `fault` of a reply, or call it with a reply; called without one, it applies to
 * the default reply.
 */
export interface Fault {
  (reply?: Reply): FaultyReply;
  /** The fault's name. */
  readonly fault: string;
  /** Turns the sound response into the faulty one. */
  readonly apply: (draft: Draft) => Draft;
}

/** The options of {@link createMockAPI}. */
export interface MockAPIOptions {
  /**
   * The speed of answers. `"instant"` starts no timer.
   *
   * @default { firstToken: 150, perToken: 20 }
   */
  pace?: Pace | "instant" | undefined;
  /**
   * The keys that the mock API accepts. With `[]` no request needs a key.
   *
   * @default any key
   */
  apiKeys?: readonly string[] | undefined;
  /**
   * The service to imitate. As OpenAI the mock API refuses unknown fields, and fields that a model does not accept.
   * Other services accept unknown fields and have their own rules for messages.
   *
   * @default "openai"
   */
  provider?: MockProvider | undefined;
  /**
   * The models that it lists.
   *
   * @default some of OpenAI's models
   */
  models?: readonly string[] | undefined;
  /**
   * Refuses models that are not listed. Otherwise it accepts any name that a test invents, and applies OpenAI's rules
   * to OpenAI's names.
   *
   * @default false
   */
  strictModels?: boolean | undefined;
  /**
   * Checks keys, parameters and messages before any reply, even a scripted one.
   *
   * @default true
   */
  checkRequests?: boolean | undefined;
  /**
   * Answers the requests for which no reply is queued. Without it, or if its function returns `undefined`, the mock API
   * repeats the prompt, calls the tools that the prompt names, and fits the schema of the request.
   */
  defaultReply?: Reply | undefined;
  /**
   * Returns the time in ms since 1970. If given, models whose announced shutdown is over at that time are refused.
   *
   * @default Date.now
   */
  now?: (() => number) | undefined;
}

/** A mock of the OpenAI API. {@link createMockAPI} creates it. */
export interface MockAPI {
  /**
   * Replaces `fetch`; can be called unbound. Rejects as `fetch` does: with the signal's reason, or with a TypeError for
   * a broken connection or wrong arguments.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /**
   * Handles requests as a server: a Worker's `fetch`, or the handler of `Deno.serve` or `Bun.serve`. It ignores further
   * arguments. If the client disconnects before the headers, it returns a 499 that nobody reads. The fault `reset`
   * before the headers rejects.
   */
  readonly handle: (request: Request) => Promise<Response>;
  /** Queues replies. Each is used once, in order. Returns the mock API. */
  readonly reply: (...replies: readonly Reply[]) => MockAPI;
  /**
   * Sets the reply to the n-th call, counted from 1 since creation or reset, ahead of the queue. Returns the mock API.
   */
  readonly failOn: (call: number, reply: Reply) => MockAPI;
  /** All requests so far, in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** The number of queued replies. */
  readonly pending: number;
  /**
   * Deletes requests, queued replies, failures, files and stored responses, and restarts the count. Running answers
   * continue.
   */
  readonly reset: () => void;
}
