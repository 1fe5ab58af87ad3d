import { abortError } from "../errors.ts";
import type { ChatChunk, ChatCompletion } from "../wire/index.ts";
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
  for await (const chunk of chunks) {
    if (chunk.index !== 0) continue;
    await onChunk?.(chunk);
    if (chunk.restarted) yield { type: "restart", content: "", chunk };
    for (const event of eventsOf(chunk)) yield event;
    if (signal.aborted) throw abortError(signal.reason);
  }
  return stream.final();
}

/** What one chunk brings, in the order in which models say it: reasoning, text, calls. */
function eventsOf(chunk: ChatChunk): TurnEvent[] {
  const events: TurnEvent[] = [];
  const { content, reasoning, calls } = chunk;
  if (reasoning !== "") events.push({ type: "reasoning", content: "", reasoning, chunk });
  if (content !== "") events.push({ type: "text", content, chunk });
  for (const call of calls) events.push({ type: "tool_call_delta", content: "", ...call, chunk });
  return events.length > 0 ? events : [{ type: "chunk", content: "", chunk }];
}
