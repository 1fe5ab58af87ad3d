import type { FailedEnding, GoodEnding } from "../../../src/index.ts";
import type { RawReply } from "../../support/script.ts";

/** A streamed answer and its true outcome for any client. */
export interface Scenario {
  /** A sentence, unique. */
  readonly name: string;
  /** Set if the server, the network or the provider misbehaves. */
  readonly hostile?: boolean;
  readonly reply: RawReply;
  /** The true ending. */
  readonly ending: GoodEnding | FailedEnding;
  /** The whole text, or the part that had arrived before a bad ending. */
  readonly text: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  /** Names and arguments of the calls that a client may return. */
  readonly calls?: readonly (readonly [name: string, args: string])[];
  /** The total tokens, if the server sends them. */
  readonly tokens?: number;
  /** The code of a provider's error. */
  readonly code?: string | number;
  /** The expected message of the error. */
  readonly message?: RegExp;
  /** The texts of further choices, by index. */
  readonly choices?: readonly string[];
  /** Fields that the assembled message must keep for the provider. */
  readonly keeps?: object;
  /** Only these chunk sizes: a long body in chunks of one byte takes long. */
  readonly streams?: readonly ("whole" | 1 | 7 | 16384)[];
}
