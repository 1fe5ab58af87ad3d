import { eventFrame } from "../stream/toResponse.ts";
import { numberOf, stringOf } from "../wire/read.ts";
import type { Turn, TurnEnding, TurnEvent } from "./turn.ts";
import type { FrameWriter } from "./turnStream.ts";

/** The API's words for how a turn ended, which other clients know. */
const FINISH_REASONS: Readonly<Record<TurnEnding, string>> = {
  complete: "stop",
  length: "length",
  content_filter: "content_filter",
  tool_calls: "tool_calls",
  max_steps: "length",
  budget: "length",
  approval: "tool_calls",
};

/** Writes a turn as one chat completion in the API's wire format: the text of all steps, and one finish reason at the end. */
export function turnFrames(): FrameWriter<TurnEvent, Turn> {
  /** What all frames have in common: a completion has one id, and a turn may have several answers. */
  let common: object | undefined;
  let over = false;

  const write = (answer: unknown, delta: object, finish_reason: string | null): string => {
    const role = common ? undefined : { role: "assistant" };
    common ??= {
      id: stringOf(answer, "id"),
      object: "chat.completion.chunk",
      created: numberOf(answer, "created"),
      model: stringOf(answer, "model"),
    };
    return eventFrame(
      JSON.stringify({ ...common, choices: [{ index: 0, delta: { ...role, ...delta }, finish_reason }] }),
    );
  };

  return {
    of: (event) => {
      if (event.type === "text") return write(event.chunk.raw, { content: event.content }, null);
      if (event.type === "reasoning") return write(event.chunk.raw, { reasoning_content: event.reasoning }, null);
      return undefined;
    },
    // The calls that are left open, the finish reason, the usage of all steps.
    last: (turn) => {
      if (!turn || over) return undefined;
      over = true;
      const { steps, message, ending, usage, pending } = turn;
      const { refusal, function_call } = message;
      const called = ending === "tool_calls";
      const calls = ending === "approval" ? pending : called ? message.tool_calls : undefined;
      const delta = {
        ...(refusal && { refusal }),
        ...(calls?.length && { tool_calls: calls.map((call, index) => ({ index, ...call })) }),
        ...(called && function_call && { function_call }),
      };
      const end = write(steps.at(-1)?.raw, delta, FINISH_REASONS[ending]);
      return usage ? end + eventFrame(JSON.stringify({ ...common, choices: [], usage })) : end;
    },
  };
}
