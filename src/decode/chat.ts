import { APIError } from "../errors.ts";
import { tooLarge } from "../http/errorBody.ts";
import type { ChunkSink, Decoder } from "./decoder.ts";
import type {
  ChatChunk,
  ChatCompletion,
  ChatCompletionChunk,
  Choice,
  GoodEnding,
  HeldAnswer,
  Usage,
} from "../wire/index.ts";
import { fieldOf, fieldsOf, indexOf, listOf, objectOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { ChoiceBuilder, NO_CALLS } from "./choice.ts";
import { endingOf, finishReasonOf, isBroken } from "./finish.ts";
import { itemsOf, partOf } from "./malformed.ts";
import type { ThinkTags } from "./thinkTags.ts";

/** How many choices one answer may hold. OpenAI allows 128. */
const MOST_CHOICES = 1_024;
/** Fields beside the choices that have one type. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["id", "string"],
  ["model", "string"],
  ["created", "number"],
  ["system_fingerprint", "string"],
  ["service_tier", "string"],
]);
/** Fields that are read by themselves, or only pad an event. */
const OWN: ReadonlySet<string> = new Set(["choices", "object", "usage", "obfuscation", "__proto__"]);

/** How a chat completion is read. */
export interface ChatDecoderOptions {
  /** How many choices were asked for. Default 1. */
  expected?: number | undefined;
  /** Whether the content may begin with reasoning between tags. */
  thinkTags?: ThinkTags | undefined;
}

/** Folds the chunks of a streamed chat completion into a completion: from values to values, with no clock and no stream. */
export class ChatDecoder implements Decoder<ChatChunk, ChatCompletion> {
  readonly done: boolean = false;
  #choices: ChoiceBuilder[] = [];
  #top: Record<string, unknown> = {};
  #usage: Usage | undefined;
  #size = 0;
  #unfinished = 0;
  #marked = false;
  /** Whether usage was told, and no content since. */
  #isUsageLast = false;
  /** Whether the present event brought something to keep besides content. */
  #grown = false;
  #isWhole = false;
  readonly #limit: number;
  readonly #expected: number;
  readonly #thinkTags: ThinkTags | undefined;

  /** @param limit the most characters of collected text */
  constructor(limit: number, { expected = 1, thinkTags }: ChatDecoderOptions = {}) {
    this.#limit = limit;
    this.#expected = expected;
    this.#thinkTags = thinkTags;
  }

  take(raw: object, out: ChunkSink<ChatChunk>, length: number): boolean {
    const event = raw as Fields;
    this.#grown = false;
    this.#takeTop(event);
    const choices = itemsOf(fieldOf(event, "choices"), "choices");
    let size = 0;
    for (let at = 0; at < choices.length; at++) size += this.#takeChoice(choices[at], at, event, out);
    if (choices.length === 0) out.push(this.#chunk(undefined, undefined, event));
    // Of what is kept beside the content only the event's size is known, which is no less.
    this.#size += this.#grown ? Math.max(size, length) : size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    if (size > 0) this.#isUsageLast = false;
    else if (tellsUsage(usageIn(event))) this.#isUsageLast = true;
    return size > 0;
  }

  takeWhole(raw: object, out: ChunkSink<ChatChunk>): boolean {
    if (!isCompletion(raw)) return false;
    this.#isWhole = true;
    const choices = raw.choices.map((choice) => {
      const fields = fieldsOf(choice);
      if (!fields) return choice;
      const { message, ...rest } = fields;
      return { ...rest, delta: message };
    });
    this.take({ ...raw, object: "chat.completion.chunk", choices }, out, 0);
    for (const choice of this.#choices) choice.isSilentlyOver = true;
    return true;
  }

  isForeign(raw: object): boolean {
    return listOf(raw, "choices").length === 0 && usageIn(raw as Fields) === undefined;
  }

  ending(): GoodEnding | undefined {
    // A choice that goes on keeps the whole answer open.
    const endings = this.#sorted().map((choice) => choice.ending());
    return endings.includes(undefined) ? undefined : endings[0];
  }

  over(): boolean {
    return this.#unfinished === 0 && this.#choices.length >= Math.max(1, this.#expected);
  }

  /** Some servers never send a finish reason, but usage as the last word of a whole answer. */
  end(): void {
    if (!this.#isUsageLast || this.#choices.some(({ finishReason }) => finishReason !== undefined)) return;
    for (const choice of this.#choices) choice.isSilentlyOver = true;
  }

  result(): ChatCompletion {
    const choices: Choice[] = this.#sorted().map((choice) => choice.choice());
    const completion = { id: "", created: 0, model: "", ...this.#top, object: "chat.completion" as const, choices };
    return this.#usage ? { ...completion, usage: this.#usage } : completion;
  }

  held(): HeldAnswer {
    const first = this.#sorted()[0];
    return {
      text: first?.text ?? "",
      reasoning: first?.reasoning ?? "",
      message: first && !first.isEmpty() ? first.message() : undefined,
      toolCalls: first?.toolCalls() ?? [],
      usage: this.#usage,
    };
  }

  restart(marked: boolean): void {
    this.#choices = [];
    this.#top = {};
    this.#usage = undefined;
    this.#size = this.#unfinished = 0;
    this.#isWhole = this.#isUsageLast = false;
    this.#marked = marked;
  }

  #takeTop(event: Fields): void {
    const usage = usageIn(event);
    // Servers that write every field send an empty usage, also behind the real one.
    if (usage && (!this.#usage || tellsUsage(usage))) this.#usage = usage as unknown as Usage;
    for (const key of Object.keys(event)) {
      const value = event[key];
      if (OWN.has(key) || value === this.#top[key] || value == null) continue;
      const type = TYPES.get(key);
      if (type !== undefined && typeof value !== type) continue;
      const isKnown = Object.hasOwn(this.#top, key);
      if (isKnown && isZero(value)) continue;
      if (!isKnown) this.#grown = true;
      this.#top[key] = value;
    }
  }

  #takeChoice(item: unknown, at: number, raw: Fields, out: ChunkSink<ChatChunk>): number {
    const event = partOf(item, "a choice");
    if (!event) return 0;
    const choice = this.#choice(indexOf(event) ?? at);
    choice.startEvent();
    const delta = partOf(fieldOf(event, "delta"), "a choice's delta");
    let size = delta ? choice.add(delta) : 0;
    // Some servers stream nothing but whole messages, or leave to one at the end what their deltas do not hold.
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
    // Some servers say it twice; a plain "stop" takes back nothing that was said before.
    if (choice.finishReason === undefined || endingOf(reason, false) !== "complete") choice.finishReason = reason;
    choice.flush();
  }

  #choice(index: number): ChoiceBuilder {
    const last = this.#choices[this.#choices.length - 1];
    if (last?.index === index) return last;
    const found = this.#choices.find((one) => one.index === index);
    if (found) return found;
    if (this.#choices.length >= MOST_CHOICES)
      throw new APIError(`More than ${MOST_CHOICES} choices in one answer`, { status: 200, code: "too_large" });
    const choice = new ChoiceBuilder(index, { thinkTags: this.#thinkTags, whole: this.#isWhole });
    this.#choices.push(choice);
    this.#unfinished++;
    return choice;
  }

  #sorted(): ChoiceBuilder[] {
    return this.#choices.toSorted((a, b) => a.index - b.index);
  }

  #chunk(choice: ChoiceBuilder | undefined, finishReason: string | undefined, raw: Fields): ChatChunk {
    const restarted = this.#marked;
    this.#marked = false;
    return {
      content: choice?.newText ?? "",
      reasoning: choice?.newReasoning ?? "",
      calls: choice?.newCalls ?? NO_CALLS,
      index: choice?.index ?? 0,
      finishReason,
      restarted,
      raw: raw as unknown as ChatCompletionChunk,
    };
  }
}

/** Returns whether a value is a chat completion: it has choices, and the first of them has a message. */
export function isCompletion(value: unknown): value is { choices: readonly unknown[] } {
  const choices = fieldOf(value, "choices");
  return Array.isArray(choices) && objectOf((choices as readonly unknown[])[0], "message") !== undefined;
}

function isZero(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

/** Returns the usage that an event tells. Moonshot has it beside the delta, and Groq in a field of its own. */
function usageIn(event: Fields): Fields | undefined {
  const [choice] = listOf(event, "choices");
  const places = [event, choice, fieldOf(event, "x_groq")].map((holder) => objectOf(holder, "usage"));
  return places.find(tellsUsage) ?? places[0];
}

/** Returns whether any tokens are counted: servers that write every field send zeros all along. */
function tellsUsage(usage: Fields | undefined): boolean {
  return usage !== undefined && Object.values(usage).some((count) => typeof count === "number" && count > 0);
}
