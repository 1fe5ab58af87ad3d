import { abortError } from "../errors.ts";
import type { AssistantMessage, ToolCall, ToolMessage } from "../types.ts";
import { addResult, UNKNOWN_OUTCOME } from "./history.ts";
import { runCall } from "./tools.ts";
import type { TurnContext, TurnEvent } from "./turn.ts";

/** What a run needs of its turn. */
export type ToolRunContext = Pick<TurnContext, "tools" | "messages" | "signal" | "maxParallelTools" | "onResult">;

const NOT_RUN = "Not run: the turn had ended before the call began.";

/**
 * The calls of one answer, as they run: so many at a time, begun in the order asked. Each result is in the history the moment it is
 * there; when the run ends, however it does, each call has one.
 */
export class ToolRun {
  readonly #calls: readonly ToolCall[];
  readonly #said: AssistantMessage;
  readonly #context: ToolRunContext;
  readonly #events: TurnEvent[] = [];
  #begun = 0;
  #ended = 0;
  #closed = false;
  #wake = (): void => undefined;
  readonly #onAbort = (): void => this.close();

  /** @param calls those that are to be run @param said the message that made them */
  constructor(calls: readonly ToolCall[], said: AssistantMessage, context: ToolRunContext) {
    this.#calls = calls;
    this.#said = said;
    this.#context = context;
    context.signal.addEventListener("abort", this.#onAbort);
  }

  /** Runs the calls, and tells what happens as it happens. @throws the abort */
  async *events(): AsyncGenerator<TurnEvent, void, undefined> {
    const { signal } = this.#context;
    if (!signal.aborted) this.#begin();
    for (;;) {
      if (signal.aborted) throw abortError(signal.reason);
      const event = this.#events.shift();
      if (event) yield event;
      else if (this.#ended === this.#calls.length) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /**
   * Ends the run. What has begun and not ended is of unknown outcome, and never run again.
   *
   * @param why what the model is told of calls that were not begun
   */
  close(why: string = NOT_RUN): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.signal.removeEventListener("abort", this.#onAbort);
    this.#calls.forEach((call, place) => this.#record(call, place < this.#begun ? UNKNOWN_OUTCOME : why));
    this.#wake();
  }

  #begin(): void {
    const { tools, messages, signal, maxParallelTools } = this.#context;
    const before = [...messages];
    while (this.#begun < this.#calls.length && this.#begun - this.#ended < maxParallelTools) {
      const call = this.#calls[this.#begun++] as ToolCall;
      this.#tell({ type: "tool_call", content: "", call });
      void runCall(call, tools, { signal, toolCallId: call.id, messages: before }).then((outcome) => {
        if (this.#closed) return;
        this.#ended++;
        this.#record(call, outcome.content);
        this.#tell({ type: "tool_result", content: "", outcome });
        this.#begin();
      });
    }
  }

  #record(call: ToolCall, content: ToolMessage["content"]): void {
    addResult(this.#context.messages, this.#said, { role: "tool", tool_call_id: call.id, content });
    this.#context.onResult?.(call, content);
  }

  #tell(event: TurnEvent): void {
    this.#events.push(event);
    this.#wake();
  }
}
