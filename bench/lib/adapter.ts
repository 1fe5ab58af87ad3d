/** Anything with fetch's signature; every client under test takes one. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** A client under test, made as its own documentation tells. */
export interface Client {
  /** One streamed chat; `onText` gets each piece of text as it comes. Resolves at the end of the stream. */
  stream(onText: (text: string) => void): Promise<void>;
  /** One streamed chat that is answered by a tool call; `onText` gets each piece of its arguments. */
  calls?(onText: (text: string) => void): Promise<void>;
  /** One streamed response of the Responses API; `onText` gets each piece of text. */
  responses?(onText: (text: string) => void): Promise<void>;
  /** One chat that is answered whole. Resolves to its text. Not every floor has it. */
  chat?(): Promise<string>;
}

/** A client and how to make it. */
export interface Adapter {
  readonly name: string;
  create(fetch: FetchLike): Client;
}

/** No request reaches it: fetch is handed in. Only `chat` is measured over loopback, where the server's address comes from outside. */
export const BASE_URL: string = process.env["BENCH_BASE_URL"] ?? "https://api.example.com/v1";
export const MODEL = "gpt-6-luna";
export const KEY = "sk-bench-0123456789";
export const MESSAGES: { role: "user"; content: string }[] = [{ role: "user", content: "Name three rivers." }];

/** Every adapter's file, the floors last. The order of the tables. */
export const ADAPTERS = ["fetchat", "openai", "ai", "xsai", "openaiFetch", "openaiEdge", "parser", "byHand"] as const;

export type AdapterName = (typeof ADAPTERS)[number];

/** How each is called in a table. */
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

/** Loads an adapter, and nothing of the others. */
export async function loadAdapter(name: AdapterName): Promise<Adapter> {
  const module = (await import(`../adapters/${name}.ts`)) as { adapter: Adapter };
  return module.adapter;
}
