import type { StreamOf } from "../conversation/loop.ts";
import { abortError } from "../errors.ts";
import type { ResponseChunk } from "../wire/responseEvents.ts";
import type { ResponseObject } from "../wire/responses.ts";
import { numberOf, objectOf, stringOf } from "../wire/read.ts";
import { callIdOf, isCall } from "../decode/output.ts";
import type { OutputCall } from "../decode/output.ts";
import type { ResponseTurnContext, ResponseTurnEvent } from "./turn.ts";

/** Reads one response's stream, and yields what each event brings. */
export async function* follow(
  stream: StreamOf<ResponseChunk, ResponseObject>,
  { signal, onChunk, onBroken }: Pick<ResponseTurnContext, "signal" | "onChunk" | "onBroken">,
): AsyncGenerator<ResponseTurnEvent, ResponseObject, undefined> {
  let calls = new CallTracker();
  const chunks = stream[Symbol.asyncIterator]();
  // A broken stream ends its turn, also where nobody reads on.
  stream.final().catch(() => onBroken?.());
  for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
    await onChunk?.(chunk);
    if (chunk.restarted) {
      calls = new CallTracker();
      yield { type: "restart", content: "", chunk };
    }
    yield eventOf(chunk, calls);
    if (signal.aborted) throw abortError(signal.reason);
  }
  return stream.final();
}

/** A call that is being written, and its place in the output. */
interface WrittenCall {
  readonly item: OutputCall;
  readonly index: number;
}

/** Tells which call an event belongs to: some providers send an item's place, others its id, others neither. */
class CallTracker {
  readonly #calls = new Map<string | number, WrittenCall>();
  #last: WrittenCall | undefined;
  #items = 0;

  /** Takes an item that begins. */
  begin(event: unknown): void {
    const item = objectOf(event, "item");
    const index = numberOf(event, "output_index") ?? this.#items;
    this.#items = index + 1;
    this.#last = isCall(item) ? { item, index } : undefined;
    if (!this.#last) return;
    this.#calls.set(index, this.#last);
    const id = stringOf(item, "id");
    if (id !== undefined) this.#calls.set(id, this.#last);
  }

  /** Returns the call that a delta belongs to. */
  of(event: unknown): WrittenCall | undefined {
    const key = numberOf(event, "output_index") ?? stringOf(event, "item_id");
    return key === undefined ? this.#last : this.#calls.get(key);
  }
}

function eventOf(chunk: ResponseChunk, calls: CallTracker): ResponseTurnEvent {
  const { content, reasoning, type, raw } = chunk;
  if (reasoning !== "") return { type: "reasoning", content: "", reasoning, chunk };
  if (content !== "") return { type: "text", content, chunk };
  if (type === "response.output_item.added") calls.begin(raw);
  const delta = CALL_DELTAS.has(type) ? stringOf(raw, "delta") : undefined;
  const call = delta === undefined ? undefined : calls.of(raw);
  if (delta === undefined || !call) return { type: "chunk", content: "", chunk };
  const { item, index } = call;
  return {
    type: "tool_call_delta",
    content: "",
    index,
    id: callIdOf(item, index),
    name: stringOf(item, "name") ?? "",
    arguments: delta,
    chunk,
  };
}

const CALL_DELTAS: ReadonlySet<string> = new Set([
  "response.function_call_arguments.delta",
  "response.custom_tool_call_input.delta",
]);
