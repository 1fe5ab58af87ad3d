import type {
  AnswerMessage,
  AssistantMessage,
  CallDelta,
  Choice,
  FunctionToolCall,
  GoodEnding,
  ToolCall,
} from "../wire/index.ts";
import { fieldOf, fieldsOf, listOf, numberOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { CallBuilder, isSurelyWhole, isWhole, nameOf } from "./calls.ts";
import { readContent } from "./content.ts";
import { endingOf } from "./finish.ts";
import { argumentsText, expectList, expectObject } from "./malformed.ts";
import { GrowingText, mergeField } from "./merge.ts";
import type { Assembled } from "./merge.ts";
import { ThinkSplitter } from "./thinkTags.ts";
import type { SplitText, ThinkTags } from "./thinkTags.ts";

/** Names under which providers send the model's reasoning. */
const REASONING: ReadonlySet<string> = new Set(["reasoning_content", "reasoning", "reasoning_text", "thinking"]);
/** Field for reasoning that a provider sends within the content. */
const REASONING_IN_CONTENT = "reasoning_content";
/** Fields of a choice that have a meaning here. A whole message beside a delta only repeats what was assembled. */
const OWN: ReadonlySet<string> = new Set(["delta", "message", "index", "finish_reason"]);
/** The calls of an event that brings none. */
export const NO_CALLS: readonly CallDelta[] = [];

/** Settings of a {@link ChoiceBuilder}. */
export interface ChoiceOptions {
  /** `true` if the message comes whole. Default false: in pieces. */
  whole?: boolean | undefined;
  /** Answers whose content may begin with reasoning between tags. Default false. */
  thinkTags?: ThinkTags | undefined;
}

/** One choice of an answer while it arrives. */
export class ChoiceBuilder {
  readonly index: number;
  finishReason: string | undefined;
  /** `true` once the server has ended the answer without a finish reason. */
  isSilentlyOver = false;
  /** `true` if the last event brought a field besides content. */
  grown = false;
  /** The text that the last event brought. */
  newText = "";
  /** The reasoning that the last event brought. */
  newReasoning = "";
  /** The fragments of calls that the last event brought. */
  newCalls: readonly CallDelta[] = NO_CALLS;
  /** Texts that grow, by field: `content`, `refusal`, `audio.data`, `audio.transcript`, and each field with reasoning. */
  readonly #texts: Record<string, GrowingText> = {};
  /** The reasoning of all fields. */
  #reasoning: GrowingText | undefined;
  #calls: CallBuilder | undefined;
  #legacyCalls: CallBuilder | undefined;
  #audio: Assembled | undefined;
  /** Other fields of the message, to be sent back to the provider. Those with reasoning are `""` here and grow in the texts. */
  readonly #extra: Assembled = {};
  /** Fields beside the message. */
  readonly #beside: Assembled = {};
  #hasText = false;
  /** `true` once a delta has brought content. */
  #hasDeltas = false;
  /** The content of the messages that came instead of deltas. */
  #messageText = "";
  /** `true` once the audio has its `expires_at`, which comes last. */
  #isAudioOver = false;
  /** `true` once reasoning has come as text. The same text in `reasoning_details` is not added again. */
  #hasPlainReasoning = false;
  readonly #splitter: ThinkSplitter | undefined;
  readonly #isWhole: boolean;

  constructor(index: number, { thinkTags = false, whole = false }: ChoiceOptions = {}) {
    this.index = index;
    this.#isWhole = whole;
    if (thinkTags !== false) this.#splitter = new ThinkSplitter(thinkTags);
  }

  /** The text so far, or the transcript of an answer in audio; `undefined` if neither was sent. */
  get text(): string | undefined {
    return this.#content() || this.#textOf("audio.transcript");
  }

  /** The reasoning so far. */
  get reasoning(): string {
    return String(this.#reasoning ?? "") + (this.#splitter?.held.reasoning ?? "");
  }

  /** Begins the next event: clears what the last one brought. */
  startEvent(): void {
    this.newText = this.newReasoning = "";
    this.newCalls = NO_CALLS;
    this.grown = false;
  }

  /**
   * Adds a delta, or a whole message.
   *
   * @returns how many characters of content (text, reasoning, refusal, calls, audio) it brought
   * @throws APIError if something essential in it has the wrong type
   */
  add(delta: Fields): number {
    const size = this.#add(delta);
    if (size > 0) this.#hasDeltas = true;
    return size;
  }

  /**
   * Adds the fields of a message that no delta has brought. If there were no deltas at all, its content continues the content of earlier
   * messages, which it may repeat.
   *
   * @returns the same as `add()`
   */
  complete(message: Fields): number {
    const missing = Object.keys(message).filter((key) => !this.#has(key));
    const added: Assembled = Object.fromEntries(missing.map((key) => [key, message[key]]));
    const content = stringOf(message, "content");
    if (content !== undefined && !this.#hasDeltas) {
      const repeats = this.#messageText !== "" && content.startsWith(this.#messageText);
      added["content"] = repeats ? content.slice(this.#messageText.length) : content;
      this.#messageText = repeats ? content : this.#messageText + content;
    }
    return this.#add(added);
  }

  /** Adds what stands beside the delta: log probabilities, and whatever the provider sends. */
  addFields(choice: Fields): void {
    for (const key in choice) {
      const value = choice[key];
      if (value == null || OWN.has(key) || key === "__proto__") continue;
      if (typeof value === "object" || !Object.hasOwn(this.#beside, key)) this.grown = true;
      if (key === "logprobs") {
        if (fieldsOf(value)) mergeField(this.#beside, key, value, { whole: true });
      } else if (!Array.isArray(value)) mergeField(this.#beside, key, value);
      // A list replaces the one before, unless it is empty.
      else if (value.length > 0) this.#beside[key] = value.slice();
    }
  }

  /** Adds text that was held back until it was clear if it is reasoning. */
  flush(): void {
    if (this.#splitter) this.#addSplit(this.#splitter.end());
  }

  /** Returns the ending of this choice; `undefined` until it has ended. */
  ending(): GoodEnding | undefined {
    const hasCalls = !!this.#calls?.size || !!this.#legacyCalls?.size;
    if (this.finishReason !== undefined) return endingOf(this.finishReason, hasCalls);
    if (!this.isSilentlyOver && !this.#isAudioOver) return undefined;
    if (!hasCalls) return "complete";
    return this.#listCalls(false).every(isWhole) ? "tool_calls" : undefined;
  }

  /** Returns the calls that are whole. */
  toolCalls(): ToolCall[] {
    return this.ending() === "tool_calls" ? this.#listCalls(false).filter(isWhole) : this.#listCalls(true);
  }

  /** Returns the message so far. It has calls only once the choice has ended with them, and never calls that were cut. */
  message(): AnswerMessage {
    const ending = this.ending();
    const calls = ending === undefined ? [] : this.#listCalls(ending !== "tool_calls");
    const legacy = ending === undefined ? undefined : this.#legacyCall(ending);
    const hasCalls = calls.length > 0 || legacy !== undefined;
    const content = this.#content();
    const refusal = this.#textOf("refusal");
    const isEmpty = content === undefined || (content === "" && (hasCalls || refusal !== undefined));
    const message: AnswerMessage = { role: "assistant", content: isEmpty ? null : content };
    if (refusal !== undefined) message.refusal = refusal;
    Object.assign(message, this.#extra);
    for (const key in this.#texts)
      if (this.#extra[key] === "") Object.assign(message, { [key]: this.#reasoningOf(key) });
    if (this.#audio) message.audio = this.#audioOf(this.#audio);
    if (calls.length > 0) message.tool_calls = calls;
    if (legacy) message.function_call = legacy;
    return message;
  }

  /** Returns the choice in the API's form. */
  choice(): Choice {
    return {
      index: this.index,
      message: this.message(),
      finish_reason: this.finishReason ?? null,
      ...this.#beside,
    };
  }

  /** Returns `true` until something worth keeping has come. */
  isEmpty(): boolean {
    const { content, refusal, tool_calls, function_call, audio } = this.message();
    return !content && !refusal && !tool_calls && !function_call && !audio;
  }

  /** Returns `true` if a field of the message has come. */
  #has(key: string): boolean {
    if (key === "content") return !!this.text;
    if (key === "tool_calls") return !!this.#calls?.size;
    if (key === "function_call") return !!this.#legacyCalls?.size;
    if (key === "audio") return this.#audio !== undefined;
    if (REASONING.has(key)) return this.reasoning !== "";
    return (key === "refusal" && this.#texts[key] !== undefined) || Object.hasOwn(this.#extra, key);
  }

  #add(delta: Fields): number {
    let size = 0;
    for (const key in delta) {
      const value = delta[key];
      if (value == null || key === "role") continue;
      if (key === "content") size += this.#addContent(value);
      else if (key === "refusal") size += this.#grow(key, stringOf(delta, key) ?? "");
      else if (REASONING.has(key)) size += this.#addReasoningField(key, value);
      else if (key === "tool_calls") size += this.#addCalls(value);
      else if (key === "function_call") size += this.#addFunctionCall(value);
      else if (key === "audio") size += this.#addAudio(value);
      else if (key !== "name" || (typeof value === "string" && value !== "")) this.#keep(key, value);
    }
    if (!this.#hasPlainReasoning) size += this.#addDetails(listOf(delta, "reasoning_details"));
    if (this.#isAudioOver && size > 0 && numberOf(fieldOf(delta, "audio"), "expires_at") === undefined)
      this.#isAudioOver = false;
    return size;
  }

  /** Appends to a text of which only pieces that are not empty count. @returns the size of the piece */
  #grow(key: string, piece: string): number {
    if (piece !== "") (this.#texts[key] ??= new GrowingText()).add(piece);
    return piece.length;
  }

  #textOf(key: string): string | undefined {
    return this.#texts[key]?.toString();
  }

  #content(): string | undefined {
    const held = this.#splitter?.held.content;
    const text = this.#textOf("content");
    return text === undefined && !held ? undefined : (text ?? "") + (held ?? "");
  }

  #reasoningOf(key: string): string {
    const held = key === REASONING_IN_CONTENT ? this.#splitter?.held.reasoning : undefined;
    return (this.#textOf(key) ?? "") + (held ?? "");
  }

  #listCalls(wholeOnly: boolean): ToolCall[] {
    return this.#calls?.list(wholeOnly) ?? [];
  }

  #legacyCall(ending: GoodEnding): FunctionToolCall["function"] | undefined {
    const [first] = this.#legacyCalls?.list(false) ?? [];
    const call = first?.type === "custom" ? undefined : first?.function;
    if (!call || (ending !== "tool_calls" && !isSurelyWhole("function", call.name, call.arguments))) return undefined;
    return call;
  }

  #audioOf(audio: Fields): NonNullable<AssistantMessage["audio"]> {
    const data = this.#textOf("audio.data");
    const transcript = this.#textOf("audio.transcript");
    return {
      id: "",
      ...audio,
      ...(data === undefined ? undefined : { data }),
      ...(transcript === undefined ? undefined : { transcript }),
    };
  }

  #keep(key: string, value: unknown): void {
    this.grown = true;
    mergeField(this.#extra, key, value, { whole: this.#isWhole });
  }

  #addContent(value: unknown): number {
    if (typeof value === "string") {
      if (this.#splitter) this.#addSplit(this.#splitter.add(value));
      else this.#addText(value);
      return value.length;
    }
    const read = readContent(value);
    if (!read) return 0;
    const { text, reasoning, refusal } = read;
    if (reasoning !== "") this.#addReasoning(REASONING_IN_CONTENT, reasoning);
    this.#grow("refusal", refusal);
    if (text !== "") this.#addText(text);
    return text.length + reasoning.length + refusal.length;
  }

  #addSplit({ content, reasoning }: SplitText): void {
    if (reasoning !== "") this.#addReasoning(REASONING_IN_CONTENT, reasoning);
    this.#addText(content);
  }

  /** Appends to the content. An empty text is content too: it differs from none. */
  #addText(text: string): void {
    if (text !== "") this.#hasText = true;
    this.newText += text;
    (this.#texts["content"] ??= new GrowingText()).add(text);
  }

  #addReasoningField(key: string, value: unknown): number {
    if (typeof value === "string") {
      if (value !== "") this.#hasPlainReasoning = true;
      return this.#addReasoning(key, value);
    }
    if (typeof value === "object") this.#keep(key, value);
    return 0;
  }

  #addReasoning(key: string, value: string): number {
    // Some servers send the same words under two names in one event.
    if (this.newReasoning !== value) this.#think(value);
    // The empty text in its place keeps the order of the fields.
    if (this.#extra[key] !== "") this.#texts[key] = new GrowingText();
    this.#extra[key] = "";
    this.#texts[key]?.add(value);
    return value.length;
  }

  /** Reads the reasoning of a provider that sends it in details alone. The details themselves are kept as they are. */
  #addDetails(details: readonly unknown[]): number {
    let size = 0;
    for (const detail of details) {
      const text = stringOf(detail, "text") ?? stringOf(detail, "summary") ?? "";
      this.#think(text);
      size += text.length;
    }
    return size;
  }

  #think(text: string): void {
    this.newReasoning += text;
    (this.#reasoning ??= new GrowingText()).add(text);
  }

  #addCalls(value: unknown): number {
    let size = 0;
    const added: CallDelta[] = [];
    expectList(value, "tool_calls").forEach((item, at) => {
      const calls = (this.#calls ??= new CallBuilder());
      // Whole calls differ by their places: some providers leave out ids or repeat them.
      const delta = calls.add(item, this.#isWhole ? at : undefined);
      if (calls.grown) this.grown = true;
      if (!delta) return;
      size += delta.arguments.length + delta.name.length;
      added.push(delta);
    });
    if (added.length > 0) this.newCalls = added;
    return size;
  }

  #addFunctionCall(value: unknown): number {
    const fn = expectObject(value, "function_call");
    // Servers that write every field send an empty call if there is none.
    if (nameOf(fn) === "" && argumentsText(fieldOf(fn, "arguments")) === "") return 0;
    const added = (this.#legacyCalls ??= new CallBuilder()).add({ index: 0, function: fn });
    return added ? added.name.length + added.arguments.length : 0;
  }

  #addAudio(value: unknown): number {
    const data = stringOf(value, "data") ?? "";
    const transcript = stringOf(value, "transcript") ?? "";
    const expires = numberOf(value, "expires_at");
    if (expires) this.#isAudioOver = true;
    // The transcript is the text of an answer that has no other.
    if (!this.#hasText) this.newText += transcript;
    const size = this.#grow("audio.data", data) + this.#grow("audio.transcript", transcript);
    const rest = { ...fieldsOf(value), id: stringOf(value, "id"), data: "", transcript: "", expires_at: expires };
    for (const [key, field] of Object.entries(rest)) {
      // Servers that write every field send zero values if there is no audio.
      if (field) mergeField((this.#audio ??= {}), key, field);
    }
    if (size > 0) this.#audio ??= {};
    return size;
  }
}
