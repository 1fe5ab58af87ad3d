import { eventFrame } from "../sse/toResponse.ts";
import type { Turn, TurnEvent } from "./turn.ts";
import type { FrameWriter } from "./turnStream.ts";

interface Named {
  readonly id?: string | undefined;
  readonly created?: number | undefined;
  readonly model?: string | undefined;
}

/** Writes a turn as one chat completion in the API's wire format: the text of all steps, and one finish reason at the end. */
export function turnFrames(): FrameWriter<TurnEvent, Turn> {
  /** What all frames have in common: a completion has one id, and a turn may have several answers. */
  let common: object | undefined;
  let over = false;

  const write = ({ id, created, model }: Named, delta: object, finish_reason: string | null): string => {
    const role = common ? undefined : { role: "assistant" };
    common ??= { id, object: "chat.completion.chunk", created, model };
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
    // Calls that the program is to run, the finish reason, the usage of all steps.
    last: (turn) => {
      if (!turn || over) return undefined;
      over = true;
      const { steps, message, ending, usage } = turn;
      const { refusal, tool_calls, function_call } = message;
      const called = ending === "tool_calls";
      const delta = {
        ...(refusal && { refusal }),
        ...(called && tool_calls && { tool_calls: tool_calls.map((call, index) => ({ index, ...call })) }),
        ...(called && function_call && { function_call }),
      };
      const end = write(
        steps.at(-1)?.completion ?? {},
        delta,
        ending === "complete" ? "stop" : ending === "max_steps" ? "length" : ending,
      );
      return usage ? end + eventFrame(JSON.stringify({ ...common, choices: [], usage })) : end;
    },
  };
}
