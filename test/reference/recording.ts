import { readdirSync, readFileSync } from "node:fs";

/** A value as recorded: JSON, with `{"$nil": true}` for a missing argument and `{"$callback": "records" | "throws"}` for a function. */
export type Recorded = unknown;

/** A client of the reference. */
export interface RecordedClient {
  readonly apiKey?: string;
  readonly baseURL?: string;
  /** One of the reference's compatible clients. */
  readonly provider?: "gemini" | "openrouter";
  /** What the reference was given besides. */
  readonly config?: { readonly [name: string]: string };
}

/** A request that the reference made. Headers that belong to the platform (`host`, `content-length`) are left out. */
export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Recorded;
  /** Whether it never arrived: refused, or malformed on the wire. */
  readonly unsent?: boolean;
}

/** An answer that the server gave. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Recorded;
  /** A streamed body, piece by piece. */
  readonly chunks?: readonly (string | { readonly base64: string })[];
}

/** What came of a call in the reference; of the fields those that apply. An empty Lua table is written `{}`, list or not. */
export interface RecordedOutcome {
  /** It raised an error, with this text. */
  readonly raised?: string;
  /** It returned nothing and this text. */
  readonly error?: string;
  /** It returned status, body and headers; the body is the response's, unless it is here. */
  readonly status?: number;
  readonly body?: Recorded;
  /** It returned a text; a message; a response of the Responses API; another value; nothing. */
  readonly text?: string;
  readonly message?: Recorded;
  readonly response?: { readonly id: string; readonly text: string };
  readonly value?: Recorded;
  readonly nothing?: boolean;
  /** What the callback was given, call by call; `raw` where it was given the event itself. */
  readonly chunks?: readonly {
    readonly content?: string;
    readonly index?: number;
    readonly tool_calls?: Recorded;
    readonly raw?: Recorded;
  }[];
  /** The session's messages afterwards. */
  readonly history?: readonly Recorded[];
  /** A Responses session's id and its history's ids afterwards. */
  readonly session?: { readonly id: string | null; readonly history: readonly string[] };
}

/** One call of the reference. */
export interface RecordedCall {
  readonly note?: string;
  /** A look at the library itself, which has no counterpart on the wire: what was looked at. */
  readonly other?: string;
  /** On what: the client, a chat session, a Responses session. */
  readonly on?: "client" | "chat" | "session";
  /** A client of its own, where it is not the scenario's. */
  readonly client?: RecordedClient;
  /** The method, under the reference's name, and its arguments. */
  readonly call?: string;
  readonly args?: readonly Recorded[];
  /** Or a field that is read, or that is set. */
  readonly get?: string;
  readonly set?: { readonly baseURL: string };
  /** A field of the result that is read. */
  readonly then?: string;
  /** What the result is kept as. */
  readonly as?: "chat" | "session";
  readonly request?: RecordedRequest;
  readonly response?: RecordedResponse;
  readonly outcome?: RecordedOutcome;
}

/** A scenario as one or several versions of the reference went through it. */
export interface Recording {
  readonly scenario: string;
  readonly versions: readonly string[];
  readonly client: RecordedClient;
  readonly calls: readonly RecordedCall[];
}

/** Every recording in `scenarios/`. */
export function readRecordings(): Recording[] {
  const folder = `${import.meta.dirname}/scenarios`;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => {
      const { scenario, recordings } = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as {
        scenario: string;
        recordings: Omit<Recording, "scenario">[];
      };
      return recordings.map((recording) => ({ scenario, ...recording }));
    });
}
