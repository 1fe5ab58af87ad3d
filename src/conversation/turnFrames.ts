import { eventFrame } from "../stream/toResponse.ts";
import { numberOf, objectOf, stringOf } from "../wire/read.ts";
import type { Turn, TurnEnding, TurnEvent } from "./turn.ts";

/** The API's words for the endings of a turn, which other clients know. */
const FINISH_REASONS: Readonly<Record<TurnEnding, string>> = {
  complete: "stop",
  length: "length",
  content_filter: "content_filter",
  tool_calls: "tool_calls",
  max_steps: "length",
  budget: "length",
  approval: "tool_calls",
};

/**
 * Writes a turn as one chat completion in the wire format, whichever API carried it: the text of all steps, and one finish reason at the
 * end.
 */
export class TurnFrames {
  /** The fields that all frames have in common: a completion has one id, and a turn may have several answers. */
  #common: object | undefined;
  #hasRole = false;

  /** Returns the frame of one event; `undefined` if it has nothing to pass on. */
  of(event: TurnEvent): string | undefined {
    if ("chunk" in event) this.#common ??= commonOf(event.chunk.raw);
    if (event.type === "text") return this.#frame({ content: event.content }, null);
    if (event.type === "reasoning") return this.#frame({ reasoning_content: event.reasoning }, null);
    return undefined;
  }

  /** Returns the last frames: open calls, the finish reason, the usage of all steps. */
  last({ steps, message, ending, usage, pending }: Turn): string {
    this.#common ??= commonOf(steps.at(-1)?.raw);
    const { refusal, function_call } = message;
    const isCalled = ending === "tool_calls";
    const calls = ending === "approval" ? pending : isCalled ? message.tool_calls : undefined;
    const delta = {
      ...(refusal && { refusal }),
      ...(calls?.length && { tool_calls: calls.map((call, index) => ({ index, ...call })) }),
      ...(isCalled && function_call && { function_call }),
    };
    const end = this.#frame(delta, FINISH_REASONS[ending]);
    return usage ? end + eventFrame(JSON.stringify({ ...this.#common, choices: [], usage })) : end;
  }

  #frame(delta: object, finish_reason: string | null): string {
    const role = this.#hasRole ? undefined : { role: "assistant" };
    this.#hasRole = true;
    const choices = [{ index: 0, delta: { ...role, ...delta }, finish_reason }];
    return eventFrame(JSON.stringify({ ...this.#common, choices }));
  }
}

/** @param raw an event or an answer of either API */
function commonOf(raw: unknown): object {
  const answer = objectOf(raw, "response") ?? raw;
  return {
    id: stringOf(answer, "id"),
    object: "chat.completion.chunk",
    created: numberOf(answer, "created") ?? numberOf(answer, "created_at"),
    model: stringOf(answer, "model"),
  };
}
