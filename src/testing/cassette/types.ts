/** A piece of a recorded body: text, or base64 if it is not valid UTF-8 by itself. */
export interface CassettePiece {
  /** The time in ms since the response's headers. */
  at: number;
  /** The piece as text. */
  text?: string | undefined;
  /** The piece as base64. */
  base64?: string | undefined;
}

/** A recorded request without keys. */
export interface CassetteRequest {
  /** The HTTP method in upper case. */
  method: string;
  /** The whole address. */
  url: string;
  /** The headers, with names in lower case. */
  headers: Record<string, string>;
  /** Parsed JSON, text, or the fields of a form; missing without a body. */
  body?: unknown;
}

/** A recorded response without keys. */
export interface CassetteResponse {
  /** The time of its headers in ms since the request. */
  at: number;
  /** The HTTP status. */
  status: number;
  /** The headers, with names in lower case. */
  headers: Record<string, string>;
  /** The pieces of the body as they arrived. */
  pieces: CassettePiece[];
  /**
   * The end of the body: `cancelled` by its reader, `broken` by the connection, `open` if the recording stopped first.
   */
  ending: "complete" | "cancelled" | "broken" | "open";
}

/** A request with its response, or with the message of the error that `fetch` rejected with. */
export interface Exchange {
  /** The request. */
  request: CassetteRequest;
  /** The response. */
  response?: CassetteResponse | undefined;
  /** The error's message. */
  failure?: string | undefined;
}

/** Recorded exchanges as plain JSON. */
export interface Cassette {
  /** The version of this format. */
  version: 1;
  /** The exchanges in the order of their requests. */
  exchanges: Exchange[];
}
