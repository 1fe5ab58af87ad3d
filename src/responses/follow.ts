import type { StreamOf } from "./turnGenerator.ts";
import { abortError } from "../errors.ts";
import type { ResponseChunk } from "../wire/responseEvents.ts";
import type { ResponseObject } from "../wire/responses.ts";
import type { ResponseTurnContext, ResponseTurnEvent } from "./turn.ts";

/** Reads one response's stream, and yields what each event brings. */
export async function* follow(
  stream: StreamOf<ResponseChunk, ResponseObject>,
  { signal, onChunk, onBroken }: Pick<ResponseTurnContext, "signal" | "onChunk" | "onBroken">,
): AsyncGenerator<ResponseTurnEvent, ResponseObject, undefined> {
  const chunks = stream[Symbol.asyncIterator]();
  // A broken stream ends its turn, also where nobody reads on.
  stream.final().catch(() => onBroken?.());
  for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
    await onChunk?.(chunk);
    if (chunk.restarted) yield { type: "restart", content: "", chunk };
    yield* eventsOf(chunk);
    if (signal.aborted) throw abortError(signal.reason);
  }
  return stream.final();
}

function eventsOf(chunk: ResponseChunk): ResponseTurnEvent[] {
  const events: ResponseTurnEvent[] = [];
  const { content, reasoning, calls } = chunk;
  if (reasoning !== "") events.push({ type: "reasoning", content: "", reasoning, chunk });
  if (content !== "") events.push({ type: "text", content, chunk });
  for (const call of calls) events.push({ type: "tool_call_delta", content: "", ...call, chunk });
  return events.length > 0 ? events : [{ type: "chunk", content: "", chunk }];
}
