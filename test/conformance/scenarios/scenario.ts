import type { FailedEnding, GoodEnding } from "../../../src/index.ts";
import type { RawReply } from "../../support/script.ts";

/** A streamed answer as a server may send it, and the truth about it: what any client should make of it. */
export interface Scenario {
  /** A sentence; unique. */
  readonly name: string;
  /** Set where the server, the network or the provider misbehaves. */
  readonly hostile?: boolean;
  readonly reply: RawReply;
  /** How it ends, truly. */
  readonly ending: GoodEnding | FailedEnding;
  /** The text, all of it; what had arrived where it ends badly. */
  readonly text: string;
  readonly reasoning?: string;
  readonly refusal?: string;
  /** Names and arguments of the calls that may be handed out. */
  readonly calls?: readonly (readonly [name: string, args: string])[];
  /** Tokens in all, where the server told. */
  readonly tokens?: number;
  /** The provider's code, in a provider's error. */
  readonly code?: string | number;
  /** What the error's message says. */
  readonly message?: RegExp;
  /** The texts of further choices, by index. */
  readonly choices?: readonly string[];
  /** Fields that the assembled message must hold, to be sent back. */
  readonly keeps?: object;
  /** Only cut in these ways: a long body in pieces of one byte takes long. */
  readonly streams?: readonly ("whole" | 1 | 7 | 16384)[];
}
