/** What a test may ask of the fault server, as JSON, so that a case in any runtime can ask it. */

/** A piece of a body, in order: text, bytes, or something that happens between them. */
export type Part =
  | string
  | { readonly bytes: readonly number[] }
  /** Milliseconds of silence. */
  | { readonly wait: number }
  /** The same text again and again, until the client leaves or `times` are up. */
  | { readonly repeat: string; readonly every: number; readonly times?: number }
  /** Nothing more comes, and the connection stays open. */
  | { readonly hang: true }
  /** The connection breaks: the body never ends properly. */
  | { readonly reset: true };

/** A reply made by hand, byte by byte. */
export interface RawReply {
  /** 200 if not given. */
  readonly status?: number;
  /** `content-type: text/event-stream` if not given. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the headers. */
  readonly delay?: number;
  /** Breaks the connection instead of sending headers. */
  readonly refuse?: true;
  readonly body?: readonly Part[];
}

/** A reply that the mock API of `fetchat/testing` gives. */
export interface MockAPIReply {
  /** What its `reply()` takes, as far as it is JSON. */
  readonly mock: string | object;
  /** Faults of `fetchat/testing` by name, with their arguments: `["cut", 3]`. Without `mock`'s functions this is JSON too. */
  readonly faults?: readonly (readonly [name: string, ...args: unknown[]])[];
}

/** The reply to one request: made by hand, or asked of the mock API, or what the mock API says of its own accord. */
export type Reply = RawReply | MockAPIReply | "mock";

/** What `POST /script` takes. Requests beyond the last reply go to the mock API. */
export interface ScriptRequest {
  readonly pieces: "whole" | number;
  readonly replies: readonly Reply[];
}

/** One request as the server saw it, and what became of it. */
export interface Exchange {
  readonly method: string;
  /** From `/v1` on, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON; the fields of a form that the mock API read; else text. */
  readonly body: unknown;
  /** `open` while it runs; `sent` whole; `left` where the client closed first; `broken` by the script. */
  readonly state: "open" | "sent" | "left" | "broken";
  /** Milliseconds from the request to its end. */
  readonly ms?: number;
  /** Bytes of body written. */
  readonly sent: number;
}
