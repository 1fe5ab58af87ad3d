import type { AssistantMessage, Choice, Delta, FunctionCall, Logprobs, ToolCall } from "../types.ts";
import { CallFold, isSurelyWhole, isWhole, textOf } from "./calls.ts";
import { endingOf } from "./finish.ts";
import { GrowingText, mergeField } from "./merge.ts";
import type { GoodEnding } from "../types.ts";

type Fields = Record<string, unknown>;

/** The names under which providers send the model's reasoning. */
const REASONING: ReadonlySet<string> = new Set(["reasoning_content", "reasoning", "reasoning_text", "thinking"]);

/** One choice as it grows. */
export class ChoiceFold {
  readonly index: number;
  finishReason: string | undefined;
  calls: CallFold | undefined;
  /** Whether the last event brought something to keep besides content. */
  grown = false;
  #content: GrowingText | undefined;
  #reasoning: GrowingText | undefined;
  #functionCall: FunctionCall | undefined;
  #refusal: string | undefined;
  #logprobs: Fields | undefined;
  /** Everything else that the provider sends, to be given back. */
  #extra: Fields | undefined;
  /** The texts among it that grow. */
  #texts: Record<string, GrowingText> | undefined;
  #beside: Fields | undefined;
  /** The text and the reasoning that the last delta brought. */
  newText = "";
  newReasoning = "";

  constructor(index: number) {
    this.index = index;
  }

  /** All the text; `undefined` where none was sent. */
  get content(): string | undefined {
    return this.#content?.toString();
  }

  /** All the reasoning. */
  get reasoning(): string {
    return this.#reasoning?.toString() ?? "";
  }

  /**
   * Takes one delta.
   *
   * @returns how many characters of content (text, reasoning, refusal, calls) it brought
   */
  add(delta: Delta): number {
    this.newText = this.newReasoning = "";
    this.grown = false;
    let size = 0;
    for (const key in delta) {
      const value = (delta as Fields)[key];
      if (key === "content") size += this.#addContent(value);
      else if (value === undefined || key === "role") continue;
      else if (key === "refusal") size += this.#addRefusal(value);
      else if (REASONING.has(key) && typeof value === "string") size += this.#addReasoning(key, value);
      else if (key === "tool_calls" && Array.isArray(value))
        size += this.#addCalls(value as Parameters<CallFold["add"]>[0][]);
      else if (key === "function_call" && value) size += this.#addFunctionCall(value);
      else if (key === "audio" && value) size += this.#addAudio(value as Fields);
      else if (key !== "tool_calls" && key !== "function_call") this.#keep(key, value);
    }
    return size;
  }

  /** Takes what stands beside the delta: log probabilities, and whatever the provider adds. */
  addFields(choice: Fields): void {
    for (const key in choice) {
      if (key === "delta" || key === "index" || key === "finish_reason") continue;
      const value = choice[key];
      if (value == null || key === "__proto__") continue;
      const beside = (this.#beside ??= {});
      if (!Object.hasOwn(beside, key)) this.grown = true;
      if (key !== "logprobs") beside[key] = value;
      else
        for (const list of ["content", "refusal"]) mergeField((this.#logprobs ??= {}), list, (value as Fields)[list]);
    }
  }

  #keep(key: string, value: unknown): void {
    if (value !== null) this.grown = true;
    mergeField((this.#extra ??= {}), key, value);
  }

  /** How this choice ended; `undefined` as long as it has no finish reason. */
  ending(): GoodEnding | undefined {
    const reason = this.finishReason;
    return reason === undefined ? undefined : endingOf(reason, !!this.calls?.size || this.#functionCall !== undefined);
  }

  /** The calls that may be handed out: those that are whole. */
  toolCalls(): ToolCall[] {
    if (!this.calls) return [];
    return this.ending() === "tool_calls" ? this.calls.list(false).filter(isWhole) : this.calls.list(true);
  }

  /** The message as it stands. Calls are in it only once the choice ended with them; cut ones never. */
  message(): AssistantMessage {
    const ending = this.ending();
    const calls = ending === undefined ? [] : (this.calls?.list(ending !== "tool_calls") ?? []);
    const legacy = ending === undefined ? undefined : this.#legacyCall(ending);
    const called = calls.length > 0 || legacy !== undefined;
    const { content } = this;
    const empty = content === undefined || (content === "" && (called || this.#refusal !== undefined));
    const message: AssistantMessage = { role: "assistant", content: empty ? null : content };
    if (this.#refusal !== undefined) message.refusal = this.#refusal;
    Object.assign(message, this.#extra);
    for (const key in this.#texts)
      if (this.#extra?.[key] === "") (message as unknown as Fields)[key] = String(this.#texts[key]);
    if (calls.length > 0) message.tool_calls = calls;
    if (legacy) message.function_call = legacy;
    return message;
  }

  #legacyCall(ending: GoodEnding): FunctionCall | undefined {
    const call = this.#functionCall;
    return call && (ending === "tool_calls" || isSurelyWhole({ id: "", type: "function", function: call }))
      ? { ...call }
      : undefined;
  }

  /** The choice in the API's form. */
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

  /** Whether nothing worth keeping has come. */
  isEmpty(): boolean {
    const { content, refusal, tool_calls, function_call, audio } = this.message();
    return !content && !refusal && !tool_calls && !function_call && !audio;
  }

  #addContent(value: unknown): number {
    if (typeof value === "string") {
      this.newText += value;
      (this.#content ??= new GrowingText()).add(value);
      return value.length;
    }
    if (!Array.isArray(value)) return 0;
    // Mistral: a list of parts, in which thinking stands beside text.
    let size = 0;
    for (const part of value as Fields[]) {
      const thought = part["thinking"];
      if (typeof part["text"] === "string") size += this.#addContent(part["text"]);
      else if (typeof thought === "string") size += this.#addReasoning("reasoning_content", thought);
      else if (Array.isArray(thought))
        for (const { text } of thought as Fields[])
          size += typeof text === "string" ? this.#addReasoning("reasoning_content", text) : 0;
    }
    return size;
  }

  #addReasoning(key: string, value: string): number {
    // Some send the same words under two names at once.
    if (this.newReasoning !== value) {
      this.newReasoning += value;
      (this.#reasoning ??= new GrowingText()).add(value);
    }
    // An empty text keeps its place.
    const extra = (this.#extra ??= {});
    const texts = (this.#texts ??= {});
    if (extra[key] !== "") texts[key] = new GrowingText();
    extra[key] = "";
    texts[key]?.add(value);
    return value.length;
  }

  #addRefusal(value: unknown): number {
    if (typeof value !== "string") return 0;
    this.#refusal = (this.#refusal ?? "") + value;
    return value.length;
  }

  #addCalls(deltas: Parameters<CallFold["add"]>[0][]): number {
    let size = 0;
    for (const delta of deltas)
      if (typeof delta === "object" && delta !== null) size += (this.calls ??= new CallFold()).add(delta);
    if (this.calls?.grown) this.grown = true;
    return size;
  }

  #addFunctionCall(value: unknown): number {
    const { name, arguments: given } = value as { name?: string; arguments?: unknown };
    const text = textOf(given);
    const call = (this.#functionCall ??= { name: "", arguments: "" });
    if (name && name !== call.name) call.name += name;
    call.arguments += text;
    return (name?.length ?? 0) + text.length;
  }

  #addAudio(value: Fields): number {
    const audio = ((this.#extra ??= {})["audio"] ??= {}) as Fields;
    let size = 0;
    for (const [key, field] of Object.entries(value)) {
      if ((key === "data" || key === "transcript") && typeof field === "string") {
        const had = audio[key];
        audio[key] = typeof had === "string" ? had + field : field;
        size += field.length;
      } else mergeField(audio, key, field);
    }
    return size;
  }
}
