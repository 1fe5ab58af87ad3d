import { APIError } from "../errors.ts";
import { tooLarge } from "../http/errorBody.ts";
import type { ChunkSink, Decoder, EventPart } from "./decoder.ts";
import type { ChatChunk, ChatCompletion, ChatCompletionChunk, GoodEnding, HeldAnswer, Usage } from "../wire/index.ts";
import { fieldOf, fieldsOf, indexOf, listOf, objectOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { ChoiceBuilder, NO_CALLS } from "./choice.ts";
import { endingOf, finishReasonOf, isBroken } from "./finish.ts";
import { expectList, expectObject, tooMany } from "./malformed.ts";
import type { Assembled } from "./merge.ts";
import type { ThinkTags } from "./thinkTags.ts";

/** The most choices of one answer. OpenAI allows 128. */
const MOST_CHOICES = 1_024;
/** Types of the fields beside the choices. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["id", "string"],
  ["model", "string"],
  ["created", "number"],
  ["system_fingerprint", "string"],
  ["service_tier", "string"],
]);

/** Settings of a {@link ChatDecoder}. */
export interface ChatDecoderOptions {
  /** The number of choices that were requested. Default 1. */
  expected?: number | undefined;
  /** Answers whose content may begin with reasoning between tags. Default false. */
  thinkTags?: ThinkTags | undefined;
  /** `true` if an earlier attempt has given out content, which is void now: the first chunk says so. Default false. */
  restarted?: boolean | undefined;
}

/** Decodes the events of a streamed chat completion. */
export class ChatDecoder implements Decoder<ChatChunk, ChatCompletion> {
  readonly #choices: ChoiceBuilder[] = [];
  /** Fields beside the choices. */
  readonly #top: Assembled = {};
  #usage: Usage | undefined;
  /** Characters that are kept. */
  #size = 0;
  /** The number of choices that have begun and not ended. */
  #unfinished = 0;
  #isRestarted: boolean;
  /** `true` if usage has come, and no content since. */
  #isUsageLast = false;
  /** `true` if the present event brought a field besides content. */
  #grown = false;
  #isWhole = false;
  readonly #limit: number;
  readonly #expected: number;
  readonly #thinkTags: ThinkTags | undefined;

  /** @param limit the most characters that are kept */
  constructor(limit: number, { expected = 1, thinkTags, restarted = false }: ChatDecoderOptions = {}) {
    this.#isRestarted = restarted;
    this.#limit = limit;
    this.#expected = expected;
    this.#thinkTags = thinkTags;
  }

  take(raw: object, out: ChunkSink<ChatChunk>, length: number): EventPart {
    this.#grown = false;
    const usage = usageIn(raw);
    this.#addTop(raw, usage);
    const choices = expectList(fieldOf(raw, "choices"), "choices");
    let size = 0;
    for (let at = 0; at < choices.length; at++) size += this.#addChoice(choices[at], at, raw, out);
    if (choices.length === 0) out.push(this.#chunk(undefined, undefined, raw));
    // Of the fields besides content only the size of their event is known, which is no less.
    this.#size += this.#grown ? Math.max(size, length) : size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    if (size > 0) this.#isUsageLast = false;
    else if (countsTokens(usage)) this.#isUsageLast = true;
    if (size > 0) return "content";
    return choices.length === 0 && usage === undefined ? "foreign" : "other";
  }

  takeWhole(raw: object, out: ChunkSink<ChatChunk>): boolean {
    if (!isCompletion(raw)) return false;
    this.#isWhole = true;
    const choices = listOf(raw, "choices").map((choice) => {
      const fields = fieldsOf(choice);
      return fields ? { ...fields, delta: fields["message"], message: undefined } : choice;
    });
    this.take({ ...raw, object: "chat.completion.chunk", choices }, out, 0);
    for (const choice of this.#choices) choice.isSilentlyOver = true;
    return true;
  }

  ending(): GoodEnding | undefined {
    // One choice without an ending keeps the whole answer open.
    const endings = this.#sorted().map((choice) => choice.ending());
    return endings.includes(undefined) ? undefined : endings[0];
  }

  expects(): "content" | "trailer" {
    return this.#unfinished === 0 && this.#choices.length >= Math.max(1, this.#expected) ? "trailer" : "content";
  }

  /** Ends the choices of servers that send usage after a whole answer, but never a finish reason. */
  finish(): void {
    if (!this.#isUsageLast || this.#choices.some(({ finishReason }) => finishReason !== undefined)) return;
    for (const choice of this.#choices) choice.isSilentlyOver = true;
  }

  result(): ChatCompletion {
    const choices = this.#sorted().map((choice) => choice.choice());
    const completion = { id: "", created: 0, model: "", ...this.#top, object: "chat.completion" as const, choices };
    return this.#usage ? { ...completion, usage: this.#usage } : completion;
  }

  partial(): HeldAnswer {
    const first = this.#sorted()[0];
    return {
      text: first?.text ?? "",
      reasoning: first?.reasoning ?? "",
      message: first && !first.isEmpty() ? first.message() : undefined,
      toolCalls: first?.toolCalls() ?? [],
      usage: this.#usage,
    };
  }

  #addTop(raw: object, usage: Fields | undefined): void {
    // Servers that write every field send an empty usage, also after the real one.
    if (usage && (!this.#usage || countsTokens(usage))) this.#usage = usage as object as Usage;
    const event: Fields = fieldsOf(raw) ?? {};
    for (const key in event) {
      const value = event[key];
      if (value == null || value === this.#top[key] || isOwn(key)) continue;
      const type = TYPES.get(key);
      if (type !== undefined && typeof value !== type) continue;
      const isKnown = Object.hasOwn(this.#top, key);
      if (isKnown && isZero(value)) continue;
      if (!isKnown) this.#grown = true;
      this.#top[key] = value;
    }
  }

  #addChoice(item: unknown, at: number, raw: object, out: ChunkSink<ChatChunk>): number {
    const event = expectObject(item, "a choice");
    if (!event) return 0;
    const choice = this.#choice(indexOf(event) ?? at);
    choice.startEvent();
    const delta = expectObject(fieldOf(event, "delta"), "a choice's delta");
    let size = delta ? choice.add(delta) : 0;
    // Some servers stream only whole messages, or send at the end what their deltas lack.
    const message = objectOf(event, "message");
    if (message) size += choice.complete(message);
    choice.addFields(event);
    const reason = finishReasonOf(event);
    if (reason !== undefined) this.#finish(choice, reason);
    if (choice.grown) this.#grown = true;
    out.push(this.#chunk(choice, reason, raw));
    return size;
  }

  #finish(choice: ChoiceBuilder, reason: string): void {
    if (isBroken(reason))
      throw new APIError(`The provider broke off: finish_reason "${reason}"`, { status: 200, code: reason });
    if (choice.finishReason === undefined) this.#unfinished--;
    // Some servers send two reasons: a plain "stop" does not replace another one.
    if (choice.finishReason === undefined || endingOf(reason, false) !== "complete") choice.finishReason = reason;
    choice.flush();
  }

  #choice(index: number): ChoiceBuilder {
    const last = this.#choices[this.#choices.length - 1];
    if (last?.index === index) return last;
    const found = this.#choices.find((one) => one.index === index);
    if (found) return found;
    if (this.#choices.length >= MOST_CHOICES) throw tooMany(`${MOST_CHOICES} choices in one answer`);
    const choice = new ChoiceBuilder(index, { thinkTags: this.#thinkTags, whole: this.#isWhole });
    this.#choices.push(choice);
    this.#unfinished++;
    return choice;
  }

  #sorted(): ChoiceBuilder[] {
    return this.#choices.toSorted((a, b) => a.index - b.index);
  }

  #chunk(choice: ChoiceBuilder | undefined, finishReason: string | undefined, raw: object): ChatChunk {
    const restarted = this.#isRestarted;
    this.#isRestarted = false;
    return {
      content: choice?.newText ?? "",
      reasoning: choice?.newReasoning ?? "",
      calls: choice?.newCalls ?? NO_CALLS,
      index: choice?.index ?? 0,
      finishReason,
      restarted,
      raw: raw as ChatCompletionChunk,
    };
  }
}

/** Returns `true` for a chat completion: its first choice has a message. */
export function isCompletion(value: unknown): value is { choices: readonly unknown[] } {
  return objectOf(listOf(value, "choices")[0], "message") !== undefined;
}

/** Returns `true` for the fields of an event that have a meaning here, or only pad it. A comparison is faster than a set, and runs per field. */
function isOwn(key: string): boolean {
  return key === "choices" || key === "object" || key === "usage" || key === "obfuscation" || key === "__proto__";
}

function isZero(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** Returns the usage in an event. Moonshot sends it beside the delta, and Groq in a field of its own. */
function usageIn(event: object): Fields | undefined {
  const usage = objectOf(event, "usage");
  if (countsTokens(usage)) return usage;
  const beside = objectOf(listOf(event, "choices")[0], "usage");
  if (countsTokens(beside)) return beside;
  const own = objectOf(fieldOf(event, "x_groq"), "usage");
  return countsTokens(own) ? own : usage;
}

/** Returns `true` if any tokens are counted: servers that write every field send zeros all along. */
function countsTokens(usage: Fields | undefined): boolean {
  return usage !== undefined && Object.values(usage).some((count: unknown) => typeof count === "number" && count > 0);
}
