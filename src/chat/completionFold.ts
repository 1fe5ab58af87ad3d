import type { ChunkSink, StreamProtocol } from "../sse/protocol.ts";
import type { ChatChunk, ChatCompletion, FinishReason, GoodEnding, HeldAnswer, Usage } from "../types.ts";
import { ChatFold } from "./fold.ts";

/** Log probabilities of a text completion, a list item for each token. */
export interface CompletionLogprobs {
  /** Where each token begins in the text, in characters. */
  text_offset?: number[] | undefined;
  /** The log probability of each token; null where it has none. */
  token_logprobs?: (number | null)[] | undefined;
  /** The text of each token. */
  tokens?: string[] | undefined;
  /** The likeliest tokens at each place, with their log probabilities. */
  top_logprobs?: (Record<string, number> | null)[] | null | undefined;
}

/** One of the texts. */
export interface CompletionChoice {
  /** The text. */
  text: string;
  /** Which of the texts it is, from 0. */
  index: number;
  /** Log probabilities, where `logprobs` asked for them. */
  logprobs: CompletionLogprobs | null;
  /** Why the model stopped; null in a streamed one that goes on. */
  finish_reason: FinishReason | null;
}

/** A whole text completion, as the API sends it (or as assembled from its stream, in the same shape). */
export interface Completion {
  /** The completion's id. */
  id: string;
  /** What this is. */
  object: "text_completion";
  /** When it was made, in seconds since 1970. */
  created: number;
  /** The model that answered. */
  model: string;
  /** The texts: `n` for each prompt. */
  choices: CompletionChoice[];
  /** Tokens used, where the provider says. */
  usage?: Usage | null | undefined;
  /** Which configuration of the provider's answered: where it changes, a `seed` may give something else. */
  system_fingerprint?: string | null | undefined;
}

/** What one event brought to one choice. */
export interface CompletionChunk {
  /** The new text; `""` where there was none. */
  readonly content: string;
  /** Which of the choices this belongs to. */
  readonly index: number;
  /** Why the model stopped, in the choice's last chunk. */
  readonly finishReason: FinishReason | undefined;
  /** The event as sent. */
  readonly raw: Completion;
}

/** Text completions end as chats do, so a chat's fold does the work. */
export class CompletionFold implements StreamProtocol<CompletionChunk, Completion> {
  readonly done: boolean = false;
  readonly #fold: ChatFold;

  /** @param limit the most characters of collected text @param expected how many choices were asked for */
  constructor(limit: number, expected: number) {
    this.#fold = new ChatFold(limit, expected);
  }

  take(raw: object, out: ChunkSink<CompletionChunk>, size: number): boolean {
    const chunks: ChatChunk[] = [];
    const content = this.#fold.take(asChat(raw as Completion), chunks, size);
    for (const { content: text, index, finishReason } of chunks)
      out.push({ content: text, index, finishReason, raw: raw as Completion });
    return content;
  }

  takeWhole(raw: object, out: ChunkSink<CompletionChunk>): boolean {
    if (typeof (raw as Partial<Completion>).choices?.[0]?.text !== "string") return false;
    this.take(raw, out, 0);
    return true;
  }

  ending(): GoodEnding | undefined {
    return this.#fold.ending();
  }

  over(): boolean {
    return this.#fold.over();
  }

  result(): Completion {
    const { choices, ...rest } = this.#fold.result();
    return { ...rest, object: "text_completion", choices: choices.map(asText) };
  }

  held(): HeldAnswer {
    return { ...this.#fold.held(), message: undefined };
  }

  restart(marked: boolean): void {
    this.#fold.restart(marked);
  }
}

/** The lists of `logprobs` go into the delta, where lists grow. */
function asChat({ choices, ...rest }: Completion): object {
  return {
    ...rest,
    choices: choices?.map(({ text, logprobs, ...choice }) => ({ ...choice, delta: { content: text, ...logprobs } })),
  };
}

function asText({ message, ...choice }: ChatCompletion["choices"][number]): CompletionChoice {
  const { role: _, content, ...logprobs } = message;
  const found = Object.keys(logprobs).length > 0 ? (logprobs as CompletionLogprobs) : null;
  return { ...choice, text: (content as string | null) ?? "", logprobs: found };
}
