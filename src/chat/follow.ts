import { abortError } from "../errors.ts";
import type { ChatChunk, ChatCompletion, ToolCall, ToolCallDelta } from "../types.ts";
import { CallFold } from "./calls.ts";
import { nameOfCall, textOfCall } from "./tools.ts";
import type { StepStream, TurnContext, TurnEvent } from "./turn.ts";

/** What a reader needs of its turn. */
type FollowContext = Pick<TurnContext, "signal" | "onChunk" | "onBroken">;

/** Reads one answer's stream, from this call on, and tells what each chunk of its first choice brings. */
export function follow(
  stream: StepStream,
  context: FollowContext,
): AsyncGenerator<TurnEvent, ChatCompletion, undefined> {
  const chunks = stream[Symbol.asyncIterator]();
  // A broken stream ends its turn, also where nobody reads on.
  stream.final().catch(() => context.onBroken?.());
  return read({ [Symbol.asyncIterator]: () => chunks }, stream, context);
}

async function* read(
  chunks: AsyncIterable<ChatChunk>,
  stream: StepStream,
  { signal, onChunk }: FollowContext,
): AsyncGenerator<TurnEvent, ChatCompletion, undefined> {
  let calls = new CallTracker();
  for await (const chunk of chunks) {
    if (chunk.index !== 0) continue;
    await onChunk?.(chunk);
    if (chunk.restarted) {
      calls = new CallTracker();
      yield { type: "restart", content: "", chunk };
    }
    for (const event of eventsOf(chunk, calls)) yield event;
    if (signal.aborted) throw abortError(signal.reason);
  }
  return stream.final();
}

/** What one chunk brings, in the order in which models say it: reasoning, text, calls. */
function eventsOf(chunk: ChatChunk, calls: CallTracker): TurnEvent[] {
  const events: TurnEvent[] = [];
  const { content, reasoning } = chunk;
  if (reasoning !== "") events.push({ type: "reasoning", content: "", reasoning, chunk });
  if (content !== "") events.push({ type: "text", content, chunk });
  const delta = chunk.raw.choices?.find(({ index }) => (index ?? 0) === 0)?.delta;
  for (const fragment of delta?.tool_calls ?? []) {
    const grown = fragment && calls.add(fragment);
    if (grown) events.push({ type: "tool_call_delta", content: "", ...grown, chunk });
  }
  return events.length > 0 ? events : [{ type: "chunk", content: "", chunk }];
}

/** Tells which call a fragment belongs to, and what it adds: some providers send no index. */
class CallTracker {
  readonly #fold = new CallFold();
  #before: ToolCall[] = [];

  add(fragment: ToolCallDelta): { index: number; id: string; name: string; arguments: string } | undefined {
    this.#fold.add(fragment);
    const before = this.#before;
    const after = (this.#before = this.#fold.list(false));
    const index = after.findIndex((call, at) => sizeOf(call) !== sizeOf(before[at]));
    const call = after[index];
    if (!call) return undefined;
    const had = after.length > before.length ? undefined : before[index];
    return {
      index,
      id: call.id,
      name: nameOfCall(call),
      arguments: textOfCall(call).slice(had && textOfCall(had).length),
    };
  }
}

/** How much there is of a call: names and texts only grow. */
function sizeOf(call: ToolCall | undefined): number | undefined {
  return call && nameOfCall(call).length + textOfCall(call).length;
}
