import type * as FetchatModule from "../../src/index.ts";
import type * as MediaModule from "../../src/media/index.ts";
import type * as ResponsesModule from "../../src/responses/index.ts";
import type * as TestingModule from "../../src/testing/index.ts";
import type * as VectorStoresModule from "../../src/vector-stores/index.ts";
import type * as WebhooksModule from "../../src/webhooks/index.ts";
import type { Exchange, Reply } from "../support/script.ts";

/** The exports of the built package's entries that cases use, in one object: those of test/runners/entry.ts. */
export type Fetchat = typeof FetchatModule &
  typeof MediaModule &
  typeof ResponsesModule &
  typeof VectorStoresModule &
  typeof WebhooksModule;

/** The namespace of the package's `testing` entry. */
export type Testing = typeof TestingModule;

/** The chunks of a reply's body: one write, or pieces of so many bytes. */
export type Pieces = "whole" | 1 | 7 | 16384;

/** All chunk sizes. A streaming case runs with each of them. */
export const PIECES: readonly Pieces[] = ["whole", 1, 7, 16384];

/** One promise of the package, as a function without a test runner, so that it runs in any runtime. */
export interface ConformanceCase {
  /** A sentence, unique in the suite. */
  readonly name: string;
  /** Set if the server, the network or the provider misbehaves. */
  readonly hostile?: boolean;
  /** Runs the case with every chunk size (`true`) or with a list of them. Without it: once, with a whole body. */
  readonly streams?: boolean | readonly Pieces[];
  /** Set if the case mostly waits for a time limit: it then runs beside other cases. */
  readonly waits?: boolean;
  /** Milliseconds until the case counts as hanging. Default 5000. */
  readonly timeout?: number;
  /** Resolves if the promise holds, rejects with the fault otherwise. */
  readonly run: (context: Context) => Promise<void>;
}

/** The time limits of a client in milliseconds. */
export interface Limits {
  readonly headers?: number;
  readonly firstContent: number;
  readonly idle: number;
  readonly grace: number;
}

/** A script at the server, with the requests that it received. */
export interface Script {
  /** The base URL for `createClient` or `createConnection`, which ends in `/v1`. */
  readonly baseURL: string;
  /** Returns the requests so far, in order, without preflights. */
  exchanges(): Promise<Exchange[]>;
  /** Returns the preflights of a browser; none on other runtimes. */
  preflights(): Promise<Exchange[]>;
  /**
   * Resolves when the server has noticed that the client disconnected from the last request.
   *
   * @param milliseconds the longest wait. Default 2000
   */
  left(milliseconds?: number): Promise<Exchange>;
}

/** The tools of a case. */
export interface Context {
  readonly fetchat: Fetchat;
  readonly testing: Testing;
  /** The runtime's own fetch, bound. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** The origin of the fault server: `http://127.0.0.1:PORT`. */
  readonly server: string;
  /** The chunk size of this run. */
  readonly pieces: Pieces;
  /** Short time limits for cases about silence. */
  readonly limits: Limits;
  /** Gives replies to the server: the first request gets the first reply, and so on. */
  script(...replies: Reply[]): Promise<Script>;
  /** Creates a client for a script, with the key `sk-test`, the model `gpt-6-luna`, no retries, and `options`. */
  client(script: Script, options?: Parameters<Fetchat["createClient"]>[0]): ReturnType<Fetchat["createClient"]>;
  /** Does both: creates a script and its client. */
  talk(...replies: Reply[]): Promise<{ script: Script; client: ReturnType<Fetchat["createClient"]> }>;
}

/** The result of one run of one case. */
export interface Result {
  readonly case: string;
  readonly pieces: Pieces;
  readonly ok: boolean;
  readonly error?: string;
  /** The reason why a first attempt with less time failed. */
  readonly late?: string;
  readonly ms: number;
}

/** The runs to execute, as JSON for any runtime. */
export interface Selection {
  /** Only cases whose name contains this word. */
  readonly word?: string | undefined;
  /** Only cases with these names. */
  readonly names?: readonly string[] | undefined;
  /** Only these chunk sizes. */
  readonly pieces?: readonly Pieces[] | undefined;
  /** Milliseconds for each case, without a second attempt: for a broken package, which may wait for ever. */
  readonly deadline?: number | undefined;
}

/** Returns the chunk sizes of a case. */
export function piecesOf(test: ConformanceCase): readonly Pieces[] {
  if (test.streams === true) return PIECES;
  return typeof test.streams === "object" ? test.streams : ["whole"];
}
