import { eventFrame } from "../sse/toResponse.ts";
import type { Turn, TurnEvent } from "./turn.ts";

interface Named {
  readonly id?: string | undefined;
  readonly created?: number | undefined;
  readonly model?: string | undefined;
}

/** Writes a turn as one chat completion in the API's wire format: the text of all steps, and one finish reason at the end. */
export class TurnFrames {
  /** What all frames have in common: a completion has one id, and a turn may have several answers. */
  #frame: object | undefined;
  #over = false;

  /** The frame of one event; `undefined` where there is nothing to pass on. */
  of(event: TurnEvent): string | undefined {
    if (event.type === "text") return this.#write(event.chunk.raw, { content: event.content }, null);
    if (event.type === "reasoning") return this.#write(event.chunk.raw, { reasoning_content: event.reasoning }, null);
    return undefined;
  }

  /** What is left to tell at the end: calls that the program is to run, the finish reason, the usage of all steps. Once. */
  last(turn: Turn | undefined): string | undefined {
    if (!turn || this.#over) return undefined;
    this.#over = true;
    const { steps, message, ending, usage } = turn;
    const completion: Named = steps.at(-1)?.completion ?? {};
    const { refusal, tool_calls, function_call } = message;
    const delta: Record<string, unknown> = {};
    if (refusal) delta["refusal"] = refusal;
    if (ending === "tool_calls" && tool_calls) delta["tool_calls"] = tool_calls.map((call, index) => ({ index, ...call }));
    if (ending === "tool_calls" && function_call) delta["function_call"] = function_call;
    const reason = ending === "complete" ? "stop" : ending === "max_steps" ? "length" : ending;
    const end = this.#write(completion, delta, reason);
    return usage ? end + eventFrame(JSON.stringify({ ...this.#frame, choices: [], usage })) : end;
  }

  #write({ id, created, model }: Named, delta: object, finish_reason: string | null): string {
    const role = this.#frame ? undefined : { role: "assistant" };
    this.#frame ??= { id, object: "chat.completion.chunk", created, model };
    return eventFrame(JSON.stringify({ ...this.#frame, choices: [{ index: 0, delta: { ...role, ...delta }, finish_reason }] }));
  }
}
