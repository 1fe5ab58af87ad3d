/** The scripts of the fault server, as JSON, so that a case in any runtime can send them. */

/** A part of a body: text, bytes, or an event between them. */
export type Part =
  | string
  | { readonly bytes: readonly number[] }
  /** Milliseconds of silence. */
  | { readonly wait: number }
  /** The same text again and again, until the client disconnects or after `times`. */
  | { readonly repeat: string; readonly every: number; readonly times?: number }
  /** Sends nothing more and keeps the connection open. */
  | { readonly hang: true }
  /** Breaks the connection, so that the body never ends properly. */
  | { readonly reset: true };

/** A reply written byte by byte. */
export interface RawReply {
  /** The status. Default 200. */
  readonly status?: number;
  /** The headers. Default `content-type: text/event-stream`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the headers. */
  readonly delay?: number;
  /** Breaks the connection instead of sending headers. */
  readonly refuse?: true;
  readonly body?: readonly Part[];
}

/** A reply of the mock API of `fetchat/testing`. */
export interface MockAPIReply {
  /** The argument of its `reply()`, as far as it is JSON. */
  readonly mock: string | object;
  /** Faults of `fetchat/testing` by name, with their arguments: `["cut", 3]`. */
  readonly faults?: readonly (readonly [name: string, ...args: unknown[]])[];
}

/** The reply to one request: raw, scripted in the mock API, or the mock API's default answer. */
export type Reply = RawReply | MockAPIReply | "mock";

/** The body of `POST /script`. The mock API answers requests beyond the last reply. */
export interface ScriptRequest {
  readonly pieces: "whole" | number;
  readonly replies: readonly Reply[];
}

/** One request to the server and its outcome. */
export interface Exchange {
  readonly method: string;
  /** The path from `/v1` on, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, the fields of a form, or text. */
  readonly body: unknown;
  /**
   * `open` while it runs, `sent` after the last byte, `left` if the client disconnected first, `broken` by the script.
   */
  readonly state: "open" | "sent" | "left" | "broken";
  /** Milliseconds from the request to its end. */
  readonly ms?: number;
  /** Bytes of the body that were written. */
  readonly sent: number;
}
