import { textOf } from "./content.ts";
import type { ChunkSink, Decoder, EventPart } from "./decoder.ts";
import type { ChatChunk, Choice, Chunk, FinishReason, GoodEnding, HeldAnswer, Usage } from "../wire/index.ts";
import { fieldOf, fieldsOf, listOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { ChatDecoder } from "./chat.ts";
import { expectList, expectObject } from "./malformed.ts";

/** A whole text completion, as the API sends it (or as assembled from its stream, in the same shape). */
export interface Completion {
  /** The completion's id. */
  id: string;
  /** The object type. */
  object: "text_completion";
  /** Unix time of the completion, in seconds. */
  created: number;
  /** The model that answered. */
  model: string;
  /** The texts: `n` for each prompt. */
  choices: {
    /** The text. */
    text: string;
    /** Index of the text among the choices, from 0. */
    index: number;
    /** Log probabilities, if `logprobs` requested them. */
    logprobs: {
      /** The offset of each token in the text, in characters. */
      text_offset?: number[] | undefined;
      /** The log probability of each token; null if it has none. */
      token_logprobs?: (number | null)[] | undefined;
      /** The text of each token. */
      tokens?: string[] | undefined;
      /** The most likely tokens at each position, with their log probabilities. */
      top_logprobs?: (Record<string, number> | null)[] | null | undefined;
    } | null;
    /** The reason why the model stopped; null in a stream until it has. */
    finish_reason: FinishReason | null;
  }[];
  /** Tokens used, if the provider reports them. */
  usage?: Usage | null | undefined;
  /** The provider's configuration that answered. If it changes, the same `seed` may give another text. */
  system_fingerprint?: string | null | undefined;
}

/** The part of one event that belongs to one choice. */
export type CompletionChunk = Chunk<Completion>;

/** Decodes the events of a streamed text completion. They are read as those of a chat, which ends the same way. */
export class CompletionDecoder implements Decoder<CompletionChunk, Completion> {
  readonly #chat: ChatDecoder;

  /** @param limit the most characters that are kept @param expected the number of choices that were requested */
  constructor(limit: number, expected: number) {
    this.#chat = new ChatDecoder(limit, { expected });
  }

  take(raw: object, out: ChunkSink<CompletionChunk>, size: number): EventPart {
    return this.#chat.take(asChat(raw), chunksOf(raw, out), size);
  }

  takeWhole(raw: object, out: ChunkSink<CompletionChunk>): boolean {
    if (!isTextCompletion(raw)) return false;
    const choices = expectList(asChat(raw)["choices"], "choices").map((choice) => {
      const { delta, ...rest } = fieldsOf(choice) ?? {};
      return { ...rest, message: delta };
    });
    return this.#chat.takeWhole({ ...raw, choices }, chunksOf(raw, out));
  }

  ending(): GoodEnding | undefined {
    return this.#chat.ending();
  }

  expects(): "content" | "trailer" {
    return this.#chat.expects();
  }

  finish(): void {
    this.#chat.finish();
  }

  result(): Completion {
    const { choices, ...rest } = this.#chat.result();
    return { ...rest, object: "text_completion", choices: choices.map(asText) };
  }

  partial(): HeldAnswer {
    return { ...this.#chat.partial(), message: undefined };
  }
}

/** Returns a sink for a chat's chunks, which passes them on with the event as sent. */
function chunksOf(raw: object, out: ChunkSink<CompletionChunk>): ChunkSink<ChatChunk> {
  return { push: (chunk) => out.push({ ...chunk, raw: raw as Completion }) };
}

/** Returns `true` for a text completion: its first choice has a text. */
export function isTextCompletion(value: unknown): value is object {
  return stringOf(listOf(value, "choices")[0], "text") !== undefined;
}

/** Returns an event of a text completion in the form of a chat's event. */
function asChat(raw: object): Fields {
  const choices = expectList(fieldOf(raw, "choices"), "choices").map((item) => {
    const choice = expectObject(item, "a choice");
    if (!choice) return item;
    const { text, ...rest } = choice;
    return { ...rest, delta: { content: text } };
  });
  return { ...raw, choices };
}

function asText({ message, ...choice }: Choice): Completion["choices"][number] {
  const logprobs: object | null = choice.logprobs ?? null;
  return { ...choice, text: textOf(message), logprobs };
}
