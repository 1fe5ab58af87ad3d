import { textOf } from "./content.ts";
import type { ChunkSink, Decoder } from "./decoder.ts";
import type { ChatChunk, ChatCompletion, FinishReason, GoodEnding, HeldAnswer, Usage } from "../wire/index.ts";
import { fieldOf, fieldsOf, listOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { ChatDecoder } from "./chat.ts";
import { expectList, expectObject } from "./malformed.ts";

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

/** Text completions end as chats do, so a chat decoder does the work. */
export class CompletionDecoder implements Decoder<CompletionChunk, Completion> {
  readonly done: boolean = false;
  readonly #chat: ChatDecoder;

  /** @param limit the most characters of collected text @param expected how many choices were asked for */
  constructor(limit: number, expected: number) {
    this.#chat = new ChatDecoder(limit, { expected });
  }

  take(raw: object, out: ChunkSink<CompletionChunk>, size: number): boolean {
    const chunks: ChatChunk[] = [];
    const content = this.#chat.take(asChat(raw), chunks, size);
    this.#give(chunks, raw, out);
    return content;
  }

  takeWhole(raw: object, out: ChunkSink<CompletionChunk>): boolean {
    if (!isTextCompletion(raw)) return false;
    const chunks: ChatChunk[] = [];
    const choices = expectList(asChat(raw)["choices"], "choices").map((choice) => {
      const { delta, ...rest } = fieldsOf(choice) ?? {};
      return { ...rest, message: delta };
    });
    this.#chat.takeWhole({ ...raw, choices }, chunks);
    this.#give(chunks, raw, out);
    return true;
  }

  isForeign(raw: object): boolean {
    return this.#chat.isForeign(raw);
  }

  ending(): GoodEnding | undefined {
    return this.#chat.ending();
  }

  over(): boolean {
    return this.#chat.over();
  }

  end(): void {
    this.#chat.end();
  }

  result(): Completion {
    const { choices, ...rest } = this.#chat.result();
    return { ...rest, object: "text_completion", choices: choices.map(asText) };
  }

  held(): HeldAnswer {
    return { ...this.#chat.held(), message: undefined };
  }

  restart(marked: boolean): void {
    this.#chat.restart(marked);
  }

  #give(chunks: readonly ChatChunk[], raw: object, out: ChunkSink<CompletionChunk>): void {
    for (const { content, index, finishReason } of chunks)
      out.push({ content, index, finishReason, raw: raw as Completion });
  }
}

/** Returns whether a value is a text completion: it has choices, and the first of them has a text. */
export function isTextCompletion(value: unknown): value is object {
  return stringOf(listOf(value, "choices")[0], "text") !== undefined;
}

/** Returns a completion's event in the form of a chat's. */
function asChat(raw: object): Fields {
  const choices = expectList(fieldOf(raw, "choices"), "choices").map((item) => {
    const choice = expectObject(item, "a choice");
    if (!choice) return item;
    const { text, ...rest } = choice;
    return { ...rest, delta: { content: text } };
  });
  return { ...raw, choices };
}

function asText({ message, logprobs = null, ...choice }: ChatCompletion["choices"][number]): CompletionChoice {
  return { ...choice, text: textOf(message), logprobs: logprobs as CompletionLogprobs | null };
}
