import { APIError } from "../errors.ts";
import { tooLarge } from "../http/errorBody.ts";
import type { ChunkSink, StreamProtocol } from "../sse/protocol.ts";
import type {
  ChatChunk,
  ChatCompletion,
  ChatCompletionChunk,
  Choice,
  Delta,
  GoodEnding,
  HeldAnswer,
  Usage,
} from "../types.ts";
import { ChoiceFold } from "./choiceFold.ts";
import { isBroken } from "./finish.ts";

/** How many choices one answer may hold. OpenAI allows 128. */
const MOST_CHOICES = 1_024;

type Fields = Record<string, unknown>;

/** Folds the chunks of a streamed chat completion into a completion: from values to values, with no clock and no stream. */
export class ChatFold implements StreamProtocol<ChatChunk, ChatCompletion> {
  readonly done: boolean = false;
  #choices: ChoiceFold[] = [];
  #top: Fields = {};
  #usage: Usage | undefined;
  #size = 0;
  #unfinished = 0;
  #marked = false;
  /** Whether the present event brought something to keep besides content. */
  #grown = false;
  readonly #limit: number;
  readonly #expected: number;

  /** @param limit the most characters of collected text @param expected how many choices were asked for */
  constructor(limit: number, expected = 1) {
    this.#limit = limit;
    this.#expected = expected;
  }

  take(raw: object, out: ChunkSink<ChatChunk>, length: number): boolean {
    const event = raw as ChatCompletionChunk;
    this.#grown = false;
    this.#takeTop(event);
    const { choices } = event;
    let size = 0;
    if (!Array.isArray(choices) || choices.length === 0) out.push(this.#chunk(0, "", "", undefined, event));
    else for (const choice of choices) if (choice) size += this.#takeChoice(choice, event, out);
    // Of what is kept beside the content only the event's size is known, which is no less.
    this.#size += this.#grown ? Math.max(size, length) : size;
    if (this.#size > this.#limit) throw tooLarge("The answer", this.#limit);
    return size > 0;
  }

  takeWhole(raw: object, out: ChunkSink<ChatChunk>): boolean {
    const { choices, ...top } = raw as ChatCompletion;
    if (!Array.isArray(choices) || !choices[0]?.message) return false;
    const deltas = choices.map(({ message, ...rest }) => ({ ...rest, delta: message as Delta }));
    this.take({ ...top, object: "chat.completion.chunk", choices: deltas }, out, 0);
    return true;
  }

  ending(): GoodEnding | undefined {
    if (this.#unfinished > 0 || this.#choices.length === 0) return undefined;
    return this.#first()?.ending();
  }

  over(): boolean {
    return this.#choices.length >= this.#expected && this.ending() !== undefined;
  }

  result(): ChatCompletion {
    const choices: Choice[] = this.#sorted().map((choice) => choice.choice());
    const completion = { id: "", created: 0, model: "", ...this.#top, object: "chat.completion" as const, choices };
    return this.#usage ? { ...completion, usage: this.#usage } : completion;
  }

  held(): HeldAnswer {
    const first = this.#first();
    return {
      text: first?.content ?? "",
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
    this.#marked = marked;
  }

  #takeTop(event: ChatCompletionChunk): void {
    for (const key in event) {
      if (key === "choices" || key === "object" || key === "obfuscation") continue;
      const value = (event as unknown as Fields)[key];
      if (value === this.#top[key]) continue;
      if (key === "usage") this.#usage = (value as Usage | null | undefined) ?? this.#usage;
      else if (value != null && key !== "__proto__" && (value !== "" || this.#top[key] === undefined)) {
        if (!Object.hasOwn(this.#top, key)) this.#grown = true;
        this.#top[key] = value;
      }
    }
  }

  #takeChoice(
    event: ChatCompletionChunk["choices"][number],
    raw: ChatCompletionChunk,
    out: ChunkSink<ChatChunk>,
  ): number {
    const choice = this.#choice(event.index);
    let size = 0;
    let text = "";
    let reasoning = "";
    if (typeof event.delta === "object" && event.delta !== null) {
      size = choice.add(event.delta);
      text = choice.newText;
      reasoning = choice.newReasoning;
    }
    choice.addFields(event);
    if (choice.grown) this.#grown = true;
    const reason = event.finish_reason;
    if (reason) this.#finish(choice, reason);
    out.push(this.#chunk(choice.index, text, reasoning, reason ?? undefined, raw));
    return size;
  }

  #finish(choice: ChoiceFold, reason: string): void {
    if (isBroken(reason))
      throw new APIError(`The provider broke off: finish_reason "${reason}"`, { status: 200, code: reason });
    if (choice.finishReason === undefined) this.#unfinished--;
    choice.finishReason = reason;
  }

  #choice(given: unknown): ChoiceFold {
    const index = typeof given === "number" ? given : 0;
    const last = this.#choices[this.#choices.length - 1];
    if (last?.index === index) return last;
    const found = this.#choices.find((one) => one.index === index);
    if (found) return found;
    if (this.#choices.length >= MOST_CHOICES)
      throw new APIError(`More than ${MOST_CHOICES} choices in one answer`, { status: 200, code: "too_large" });
    const choice = new ChoiceFold(index);
    this.#choices.push(choice);
    this.#unfinished++;
    return choice;
  }

  #first(): ChoiceFold | undefined {
    return this.#choices.length < 2 ? this.#choices[0] : this.#sorted()[0];
  }

  #sorted(): ChoiceFold[] {
    return this.#choices.toSorted((a, b) => a.index - b.index);
  }

  #chunk(
    index: number,
    content: string,
    reasoning: string,
    finishReason: string | undefined,
    raw: ChatCompletionChunk,
  ): ChatChunk {
    const restarted = this.#marked;
    this.#marked = false;
    return { content, reasoning, index, finishReason, restarted, raw };
  }
}
