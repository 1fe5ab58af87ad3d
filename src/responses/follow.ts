import type { StreamOf } from "../chat/loop.ts";
import { abortError } from "../errors.ts";
import type { ResponseChunk } from "../types/responseEvents.ts";
import type { ResponseObject } from "../types/responses.ts";
import { isCall } from "./output.ts";
import type { ResponseTurnContext, ResponseTurnEvent } from "./turn.ts";

type Fields = Record<string, unknown>;

/** Reads one response's stream, and tells what each event brings. */
export async function* follow(
  stream: StreamOf<ResponseChunk, ResponseObject>,
  { signal, onChunk, onBroken }: Pick<ResponseTurnContext, "signal" | "onChunk" | "onBroken">,
): AsyncGenerator<ResponseTurnEvent, ResponseObject, undefined> {
  const calls = new Map<unknown, Fields>();
  const chunks = stream[Symbol.asyncIterator]();
  // A broken stream ends its turn, also where nobody reads on.
  stream.final().catch(() => onBroken?.());
  for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
    await onChunk?.(chunk);
    if (chunk.restarted) yield { type: "restart", content: "", chunk };
    yield eventOf(chunk, calls);
    if (signal.aborted) throw abortError(signal.reason);
  }
  return stream.final();
}

function eventOf(chunk: ResponseChunk, calls: Map<unknown, Fields>): ResponseTurnEvent {
  const { content, reasoning, type } = chunk;
  const { output_index: index, item, delta } = chunk.raw as Fields;
  if (reasoning !== "") return { type: "reasoning", content: "", reasoning, chunk };
  if (content !== "") return { type: "text", content, chunk };
  if (type === "response.output_item.added" && isCall(item)) calls.set(index, item as object as Fields);
  const call = /call_(arguments|input)\.delta$/.test(type) ? calls.get(index) : undefined;
  return call
    ? {
        type: "tool_call_delta",
        content: "",
        index: index as number,
        id: String(call["call_id"]),
        name: String(call["name"]),
        arguments: String(delta),
        chunk,
      }
    : { type: "chunk", content: "", chunk };
}
