import type {
  AssistantMessage,
  CallDelta,
  Choice,
  FunctionCall,
  GoodEnding,
  Logprobs,
  ToolCall,
} from "../wire/index.ts";
import { fieldOf, fieldsOf, listOf, numberOf, stringOf } from "../wire/read.ts";
import type { Fields } from "../wire/read.ts";
import { CallBuilder, isSurelyWhole, isWhole, nameOf, textOf } from "./calls.ts";
import { readContent } from "./content.ts";
import { endingOf } from "./finish.ts";
import { itemsOf, partOf } from "./malformed.ts";
import { GrowingText, mergeField } from "./merge.ts";
import { ThinkSplitter } from "./thinkTags.ts";
import type { SplitText, ThinkTags } from "./thinkTags.ts";

/** The names under which providers send the model's reasoning. */
const REASONING: ReadonlySet<string> = new Set(["reasoning_content", "reasoning", "reasoning_text", "thinking"]);
/** Where reasoning goes that a provider sends as a part of the content. */
const REASONING_IN_CONTENT = "reasoning_content";
/** Fields of a choice that are read by themselves; a whole message beside a delta only repeats what was assembled. */
const OWN: ReadonlySet<string> = new Set(["delta", "message", "index", "finish_reason"]);
/** The calls of an event that brings none. */
export const NO_CALLS: readonly CallDelta[] = [];

/** How a choice is read. */
export interface ChoiceOptions {
  /** Whether the message comes whole, and not in pieces. */
  whole?: boolean | undefined;
  /** Whether the content may begin with reasoning between tags. */
  thinkTags?: ThinkTags | undefined;
}

/** One choice as it grows. */
export class ChoiceBuilder {
  readonly index: number;
  finishReason: string | undefined;
  /** Whether the server has said that the answer is over, but not why. */
  isSilentlyOver = false;
  /** Whether the last event brought something to keep besides content. */
  grown = false;
  /** The text, the reasoning and the calls that the last event brought. */
  newText = "";
  newReasoning = "";
  newCalls: readonly CallDelta[] = NO_CALLS;
  #calls: CallBuilder | undefined;
  #content: GrowingText | undefined;
  #hasText = false;
  #reasoning: GrowingText | undefined;
  #transcript: GrowingText | undefined;
  #legacyCalls: CallBuilder | undefined;
  #refusal: GrowingText | undefined;
  #logprobs: Record<string, unknown> | undefined;
  /** Everything else that the provider sends, to be given back. */
  #extra: Record<string, unknown> | undefined;
  /** Whether anything has come in deltas, and the content of messages that came instead. */
  #hasDeltas = false;
  #messageText = "";
  /** The texts among it that grow. */
  #texts: Record<string, GrowingText> | undefined;
  #beside: Record<string, unknown> | undefined;
  #audio: Record<string, unknown> | undefined;
  /** The sound, as it grows. */
  #sound: GrowingText | undefined;
  /** Whether the sound has its `expires_at`, which comes last. */
  #isSoundOver = false;
  /** Whether reasoning came as text; the same text in `reasoning_details` is not told twice then. */
  #hasPlainReasoning = false;
  readonly #splitter: ThinkSplitter | undefined;
  readonly #isWhole: boolean;

  constructor(index: number, { thinkTags = false, whole = false }: ChoiceOptions = {}) {
    this.index = index;
    this.#isWhole = whole;
    if (thinkTags !== false) this.#splitter = new ThinkSplitter(thinkTags);
  }

  /** All the text; the transcript where the answer is sound; `undefined` where neither was sent. */
  get text(): string | undefined {
    return this.#text() || this.#transcript?.toString();
  }

  /** All the reasoning. */
  get reasoning(): string {
    return (this.#reasoning?.toString() ?? "") + (this.#splitter?.held.reasoning ?? "");
  }

  /**
   * Takes one delta, or a whole message.
   *
   * @returns how many characters of content (text, reasoning, refusal, calls, sound) it brought
   * @throws APIError where something essential in it has the wrong type
   */
  add(delta: Fields): number {
    const size = this.#add(delta);
    if (size > 0) this.#hasDeltas = true;
    return size;
  }

  /**
   * Takes what a message brings that has not come in deltas. Where none came, its content goes on with that of earlier messages, which
   * it may begin with.
   *
   * @returns as `add()` does
   */
  complete(message: Fields): number {
    const missing = Object.keys(message).filter((key) => !this.#has(key));
    const added: Record<string, unknown> = Object.fromEntries(missing.map((key) => [key, message[key]]));
    const content = stringOf(message, "content");
    if (content !== undefined && !this.#hasDeltas) {
      const isWhole = this.#messageText !== "" && content.startsWith(this.#messageText);
      added["content"] = isWhole ? content.slice(this.#messageText.length) : content;
      this.#messageText = isWhole ? content : this.#messageText + content;
    }
    return this.#add(added);
  }

  /** Returns whether a field of the message has come. */
  #has(key: string): boolean {
    if (key === "content") return !!this.text;
    if (key === "refusal") return this.#refusal !== undefined;
    if (REASONING.has(key)) return this.reasoning !== "";
    if (key === "tool_calls") return !!this.#calls?.size;
    if (key === "function_call") return !!this.#legacyCalls?.size;
    if (key === "audio") return this.#audio !== undefined;
    return Object.hasOwn(this.#extra ?? {}, key);
  }

  #add(delta: Fields): number {
    let size = 0;
    for (const key of Object.keys(delta)) {
      const value = delta[key];
      if (value == null || key === "role") continue;
      if (key === "content") size += this.#addContent(value);
      else if (key === "refusal") size += this.#addRefusal(value);
      else if (REASONING.has(key)) size += this.#addReasoningField(key, value);
      else if (key === "tool_calls") size += this.#addCalls(value);
      else if (key === "function_call") size += this.#addFunctionCall(value);
      else if (key === "audio") size += this.#addAudio(value);
      else if (key !== "name" || (typeof value === "string" && value !== "")) this.#keep(key, value);
    }
    if (!this.#hasPlainReasoning) size += this.#addDetails(listOf(delta, "reasoning_details"));
    if (size > 0 && numberOf(fieldOf(delta, "audio"), "expires_at") === undefined) this.#isSoundOver = false;
    return size;
  }

  /** Forgets what the last event brought: the next one begins. */
  startEvent(): void {
    this.newText = this.newReasoning = "";
    this.newCalls = NO_CALLS;
    this.grown = false;
  }

  /** Takes what stands beside the delta: log probabilities, and whatever the provider adds. */
  addFields(choice: Fields): void {
    for (const key of Object.keys(choice)) {
      const value = choice[key];
      if (value == null || OWN.has(key) || key === "__proto__") continue;
      const beside = (this.#beside ??= {});
      if (typeof value === "object" || !Object.hasOwn(beside, key)) this.grown = true;
      if (key === "logprobs") this.#addLogprobs(fieldsOf(value));
      // Reports are told in parts, and an empty one takes nothing back; a list is told as a whole.
      else if (!Array.isArray(value)) mergeField(beside, key, value);
      else if (value.length > 0) beside[key] = [...(value as unknown[])];
    }
  }

  /** Gives out text that was held back until it was clear whether it is reasoning. */
  flush(): void {
    if (this.#splitter) this.#addSplit(this.#splitter.end());
  }

  /** Returns how this choice ended; `undefined` as long as nothing says so. */
  ending(): GoodEnding | undefined {
    const hasCalls = !!this.#calls?.size || !!this.#legacyCalls?.size;
    if (this.finishReason !== undefined) return endingOf(this.finishReason, hasCalls);
    if (!this.isSilentlyOver && !this.#isSoundOver) return undefined;
    if (!hasCalls) return "complete";
    return this.#listCalls(false).every(isWhole) ? "tool_calls" : undefined;
  }

  /** Returns the calls that may be handed out: those that are whole. */
  toolCalls(): ToolCall[] {
    return this.ending() === "tool_calls" ? this.#listCalls(false).filter(isWhole) : this.#listCalls(true);
  }

  /** Returns the message as it stands. Calls are in it only once the choice ended with them; cut ones never. */
  message(): AssistantMessage {
    const ending = this.ending();
    const calls = ending === undefined ? [] : this.#listCalls(ending !== "tool_calls");
    const legacy = ending === undefined ? undefined : this.#legacyCall(ending);
    const called = calls.length > 0 || legacy !== undefined;
    const content = this.#text();
    const refusal = this.#refusal?.toString();
    const empty = content === undefined || (content === "" && (called || refusal !== undefined));
    const message: AssistantMessage = { role: "assistant", content: empty ? null : content };
    if (refusal !== undefined) message.refusal = refusal;
    Object.assign(message, this.#extra);
    for (const key in this.#texts) if (this.#extra?.[key] === "") Object.assign(message, { [key]: this.#textOf(key) });
    if (this.#audio) message.audio = this.#soundOf(this.#audio);
    if (calls.length > 0) message.tool_calls = calls;
    if (legacy) message.function_call = legacy;
    return message;
  }

  /** Returns the choice in the API's form. */
  choice(): Choice {
    const choice: Choice = {
      index: this.index,
      message: this.message(),
      finish_reason: this.finishReason ?? null,
      ...this.#beside,
    };
    if (this.#logprobs) choice.logprobs = this.#logprobs as unknown as Logprobs;
    return choice;
  }

  /** Returns whether nothing worth keeping has come. */
  isEmpty(): boolean {
    const { content, refusal, tool_calls, function_call, audio } = this.message();
    return !content && !refusal && !tool_calls && !function_call && !audio;
  }

  #text(): string | undefined {
    const held = this.#splitter?.held.content;
    return this.#content === undefined && !held ? undefined : (this.#content?.toString() ?? "") + (held ?? "");
  }

  #textOf(key: string): string {
    const held = key === REASONING_IN_CONTENT ? this.#splitter?.held.reasoning : undefined;
    return String(this.#texts?.[key] ?? "") + (held ?? "");
  }

  #listCalls(wholeOnly: boolean): ToolCall[] {
    return this.#calls?.list(wholeOnly) ?? [];
  }

  #legacyCall(ending: GoodEnding): FunctionCall | undefined {
    const [first] = this.#legacyCalls?.list(false) ?? [];
    const call = first?.type === "custom" ? undefined : first?.function;
    if (!call || (ending !== "tool_calls" && !isSurelyWhole("function", call.name, call.arguments))) return undefined;
    return call;
  }

  #soundOf(audio: Fields): NonNullable<AssistantMessage["audio"]> {
    const data = this.#sound?.toString();
    const transcript = this.#transcript?.toString();
    return {
      id: "",
      ...audio,
      ...(data === undefined ? undefined : { data }),
      ...(transcript === undefined ? undefined : { transcript }),
    };
  }

  #keep(key: string, value: unknown): void {
    this.grown = true;
    mergeField((this.#extra ??= {}), key, value, { whole: this.#isWhole });
  }

  #addContent(value: unknown): number {
    const read = readContent(value);
    if (!read) return 0;
    const { text, reasoning, refusal } = read;
    if (reasoning !== "") this.#addReasoning(REASONING_IN_CONTENT, reasoning);
    if (refusal !== "") this.#addRefusal(refusal);
    if (this.#splitter && typeof value === "string") this.#addSplit(this.#splitter.add(text));
    else if (text !== "" || typeof value === "string") this.#addText(text);
    return text.length + reasoning.length + refusal.length;
  }

  #addSplit({ content, reasoning }: SplitText): void {
    if (reasoning !== "") this.#addReasoning(REASONING_IN_CONTENT, reasoning);
    this.#addText(content);
  }

  #addText(text: string): void {
    if (text !== "") this.#hasText = true;
    this.newText += text;
    (this.#content ??= new GrowingText()).add(text);
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
    // Some send the same words under two names at once.
    if (this.newReasoning !== value) this.#think(value);
    // An empty text keeps its place.
    const extra = (this.#extra ??= {});
    const texts = (this.#texts ??= {});
    if (extra[key] !== "") texts[key] = new GrowingText();
    extra[key] = "";
    texts[key]?.add(value);
    return value.length;
  }

  /** Reads the reasoning of a provider that tells it in details alone; the details themselves are kept as they are. */
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

  #addRefusal(value: unknown): number {
    if (typeof value !== "string" || value === "") return 0;
    (this.#refusal ??= new GrowingText()).add(value);
    return value.length;
  }

  #addCalls(value: unknown): number {
    let size = 0;
    const news: CallDelta[] = [];
    itemsOf(value, "tool_calls").forEach((item, at) => {
      const calls = (this.#calls ??= new CallBuilder());
      // Whole calls are told apart by their places, not by ids, which some providers leave out or give twice.
      const added = calls.add(item, this.#isWhole ? at : undefined);
      if (calls.grown) this.grown = true;
      if (!added) return;
      size += added.arguments.length + added.name.length;
      news.push(added);
    });
    if (news.length > 0) this.newCalls = news;
    return size;
  }

  #addFunctionCall(value: unknown): number {
    const fn = partOf(value, "function_call");
    // Servers that write every field send an empty one where there is none.
    if (nameOf(fn) === "" && textOf(fieldOf(fn, "arguments")) === "") return 0;
    const added = (this.#legacyCalls ??= new CallBuilder()).add({ index: 0, function: fn });
    return added ? added.name.length + added.arguments.length : 0;
  }

  #addAudio(value: unknown): number {
    const audio: Record<string, unknown> = { ...fieldsOf(value) };
    const data = stringOf(audio, "data") ?? "";
    const transcript = stringOf(audio, "transcript") ?? "";
    const expires = numberOf(audio, "expires_at");
    if (data !== "") (this.#sound ??= new GrowingText()).add(data);
    if (transcript !== "") this.#addTranscript(transcript);
    if (expires) this.#isSoundOver = true;
    Object.assign(audio, { id: stringOf(audio, "id"), data: undefined, transcript: undefined, expires_at: expires });
    for (const key of Object.keys(audio)) {
      // Servers that write every field send zero values where there is no sound.
      if (audio[key]) mergeField((this.#audio ??= {}), key, audio[key]);
    }
    if (data !== "" || transcript !== "") this.#audio ??= {};
    return data.length + transcript.length;
  }

  /** The transcript is the text of an answer that has no other. */
  #addTranscript(text: string): void {
    if (!this.#hasText) this.newText += text;
    (this.#transcript ??= new GrowingText()).add(text);
  }

  #addLogprobs(logprobs: Fields | undefined): void {
    if (!logprobs) return;
    const known = (this.#logprobs ??= {});
    for (const key of Object.keys(logprobs)) mergeField(known, key, logprobs[key], { whole: true });
  }
}
