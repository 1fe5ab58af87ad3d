import type * as FetchatModule from "../../src/index.ts";
import type * as MediaModule from "../../src/media/index.ts";
import type * as ResponsesModule from "../../src/responses/index.ts";
import type * as TestingModule from "../../src/testing/index.ts";
import type { Exchange, Reply } from "../support/script.ts";

/** The exports of the built package's entries `fetchat`, `fetchat/media` and `fetchat/responses`, in one object. */
export type Fetchat = typeof FetchatModule & typeof MediaModule & typeof ResponsesModule;

/** The namespace of the package's `testing` entry. */
export type Testing = typeof TestingModule;

/** How the server cuts its reply's body: in one write, or in pieces of so many bytes. */
export type Pieces = "whole" | 1 | 7 | 16384;

/** Every way of cutting; a streaming case runs in each of them. */
export const PIECES: readonly Pieces[] = ["whole", 1, 7, 16384];

/** One promise of the package, as a function that imports no test runner and so runs in any runtime. */
export interface ConformanceCase {
  /** A sentence; unique in the suite. */
  readonly name: string;
  /** Set where the server, the network or the provider misbehaves. */
  readonly hostile?: boolean;
  /** Run once for every way of cutting the reply: `true` for all of them, or a list. Without it: once, whole. */
  readonly streams?: boolean | readonly Pieces[];
  /** Milliseconds until the case counts as hanging; 5000 if not given. */
  readonly timeout?: number;
  /** Resolves when the promise is kept, rejects with what was wrong. */
  readonly run: (context: Context) => Promise<void>;
}

/** Time limits of a client, in milliseconds. */
export interface Limits {
  readonly headers?: number;
  readonly firstContent: number;
  readonly idle: number;
  readonly grace: number;
}

/** A script that waits at the server, and what the server saw of it. */
export interface Script {
  /** Give this to `createClient` or `createConnection`; ends in `/v1`. */
  readonly baseURL: string;
  /** What the server has received for this script until now, in order, without preflights. */
  exchanges(): Promise<Exchange[]>;
  /** The preflights that a browser sent for this script; empty on every other runtime. */
  preflights(): Promise<Exchange[]>;
  /** Resolves when the server has seen the client leave the last request; rejects after `milliseconds` (2000 if not given). */
  left(milliseconds?: number): Promise<Exchange>;
}

/** What a case is given. */
export interface Context {
  readonly fetchat: Fetchat;
  readonly testing: Testing;
  /** The runtime's own fetch, bound. */
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** The fault server's origin: `http://127.0.0.1:PORT`. */
  readonly server: string;
  /** How this run cuts the replies of its scripts. */
  readonly pieces: Pieces;
  /** Milliseconds that a client waits where a case is about silence: short, so that none waits for the defaults. */
  readonly limits: Limits;
  /** Leaves a script of replies at the server: the first request gets the first reply, and so on. */
  script(...replies: Reply[]): Promise<Script>;
  /** A client of a script: key `sk-test`, model `gpt-6-luna`, no retries, then whatever `options` say. */
  client(script: Script, options?: Parameters<Fetchat["createClient"]>[0]): ReturnType<Fetchat["createClient"]>;
  /** `script` and `client` in one, for the case that needs no more. */
  talk(...replies: Reply[]): Promise<{ script: Script; client: ReturnType<Fetchat["createClient"]> }>;
}

/** What came of one run of one case. */
export interface Result {
  readonly case: string;
  readonly pieces: Pieces;
  readonly ok: boolean;
  readonly error?: string;
  /** Why a first attempt failed, which had less time. */
  readonly late?: string;
  readonly ms: number;
}

/** Which runs of the suite are wanted. It is JSON, so that any runtime can be told. */
export interface Selection {
  /** Only cases whose name contains this. */
  readonly word?: string | undefined;
  /** Only the cases of these names. */
  readonly names?: readonly string[] | undefined;
  /** Only cut in these ways. */
  readonly pieces?: readonly Pieces[] | undefined;
  /** Milliseconds that each may take, with no second attempt: for a broken package, that waits for what never comes. */
  readonly deadline?: number | undefined;
}

/** The ways of cutting in which a case runs. */
export function piecesOf(test: ConformanceCase): readonly Pieces[] {
  if (test.streams === true) return PIECES;
  return typeof test.streams === "object" ? test.streams : ["whole"];
}
