/** The signature of fetch, which every client under test accepts. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A client under test, created as its own documentation says. */
export interface Client {
  /** Runs one streamed chat; `onText` gets each piece of text. Resolves at the end of the stream. */
  stream(onText: (text: string) => void): Promise<void>;
  /** Runs one streamed chat that is answered by a tool call; `onText` gets each piece of its arguments. */
  calls?(onText: (text: string) => void): Promise<void>;
  /** Runs one streamed response of the Responses API; `onText` gets each piece of text. */
  responses?(onText: (text: string) => void): Promise<void>;
  /** Runs one chat with a whole answer and resolves to its text. Some floors have none. */
  chat?(): Promise<string>;
}

/** A client and its constructor. */
export interface Adapter {
  readonly name: string;
  create(fetch: FetchLike): Client;
}

/**
 * No request reaches this address, because fetch is passed in. Only `chat` runs over loopback, with the server's
 * address from outside.
 */
export const BASE_URL: string = process.env["BENCH_BASE_URL"] ?? "https://api.example.com/v1";
export const MODEL = "gpt-6-luna";
export const KEY = "sk-bench-0123456789";
export const MESSAGES: { role: "user"; content: string }[] = [{ role: "user", content: "Name three rivers." }];

/** The adapters' files in the order of the tables, the floors last. */
export const ADAPTERS = ["fetchat", "openai", "ai", "xsai", "openaiFetch", "openaiEdge", "parser", "byHand"] as const;

export type AdapterName = (typeof ADAPTERS)[number];

/** The titles in tables. */
export const TITLES: Readonly<Record<AdapterName, string>> = {
  fetchat: "fetchat",
  openai: "openai",
  ai: "ai + @ai-sdk/openai",
  xsai: "@xsai/stream-text",
  openaiFetch: "openai-fetch",
  openaiEdge: "openai-edge + eventsource-parser",
  parser: "floor: eventsource-parser",
  byHand: "floor: by hand",
};

/** Loads one adapter and none of the others. */
export async function loadAdapter(name: AdapterName): Promise<Adapter> {
  const module = (await import(`../adapters/${name}.ts`)) as { adapter: Adapter };
  return module.adapter;
}
