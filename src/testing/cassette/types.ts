/** A piece of a recorded body: text, or base64 where it is no valid UTF-8 of itself. */
export interface CassettePiece {
  /** When it came, in ms after the response's headers. */
  at: number;
  /** The piece as text. */
  text?: string | undefined;
  /** The piece's bytes. */
  base64?: string | undefined;
}

/** A recorded request, with keys removed. */
export interface CassetteRequest {
  /** Upper case. */
  method: string;
  /** The whole address. */
  url: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON, text, or a form's fields; not there where there was none. */
  body?: unknown;
}

/** A recorded response, with keys removed. */
export interface CassetteResponse {
  /** When its headers came, in ms after the request. */
  at: number;
  /** The HTTP status. */
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The body, as it came. */
  pieces: CassettePiece[];
  /** How the body ended: `cancelled` by its reader, `broken` by the connection, `open` where the recording stopped before it did. */
  ending: "complete" | "cancelled" | "broken" | "open";
}

/** One request and what came of it: a response, or the message of the error that `fetch` rejected with. */
export interface Exchange {
  /** What was asked. */
  request: CassetteRequest;
  /** What was answered. */
  response?: CassetteResponse | undefined;
  /** Why there was no answer. */
  failure?: string | undefined;
}

/** Recorded exchanges as plain JSON. */
export interface Cassette {
  /** Of this format. */
  version: 1;
  /** In the order in which the requests were made. */
  exchanges: Exchange[];
}
