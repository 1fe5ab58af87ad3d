import { abortError } from "../errors.ts";
import type { Message, ToolCall } from "../wire/index.ts";
import { note } from "./approval.ts";
import type { Approval } from "./approval.ts";
import { addResult, UNKNOWN_OUTCOME } from "./history.ts";
import { failedCall, findTool, nameOfCall, runCall, textOfCall } from "./tools.ts";
import type { CallOutcome, RunTool, ToolContext } from "./tools.ts";
import type { Asked, CallEvent, RunningTurn, TurnEvent } from "./turn.ts";

const NOT_RUN = "Not run: the turn had ended before the call began.";
const NOT_APPROVED = "it was not approved.";

/**
 * Runs the calls of one answer: `maxParallelTools` at a time, begun in the order asked. Each result is in the history as soon as it
 * exists. When the run ends, for whatever reason, each call has one result or waits for approval.
 *
 * @param asked the answer with its calls
 * @param first an event to emit before any call begins
 * @returns the calls that wait for approval
 * @throws the abort; what `save` throws
 */
export async function runCalls(run: RunningTurn, asked: Asked, first: TurnEvent | undefined): Promise<ToolCall[]> {
  const calls = new CallRun(run, asked);
  const { signal } = run.state.stopper;
  const close = (): void => calls.close();
  signal.addEventListener("abort", close);
  try {
    if (first) await run.emit(first);
    return await calls.run();
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}

/**
 * The state of one call. `deciding`: its approval is asked for, or the session is being stored before it begins. `recorded`: its result is
 * in the history, and the session is being stored.
 */
type CallState = "queued" | "deciding" | "running" | "recorded" | "waiting";

/** The calls of one answer while they run. */
class CallRun {
  readonly #turn: RunningTurn;
  readonly #asked: Asked;
  /** The calls that are not finished. */
  readonly #calls: Map<ToolCall, CallState>;
  /** The index of the next call to begin. */
  #next = 0;
  readonly #events: CallEvent[] = [];
  /** The number of calls that are decided on or run, and of those that wait. */
  #active = 0;
  #waiting = 0;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = (): void => undefined;

  constructor(turn: RunningTurn, asked: Asked) {
    this.#turn = turn;
    this.#asked = asked;
    this.#calls = new Map(asked.runnable.map((call) => [call, "queued"]));
    // With these notes another process knows which calls have not begun, so it may run them.
    if (turn.save) for (const { id } of asked.runnable) if (!turn.notes.has(id)) note(turn.notes, id, "ready");
  }

  async run(): Promise<ToolCall[]> {
    const { emit, state } = this.#turn;
    const { signal } = state.stopper;
    if (!signal.aborted) this.#begin();
    for (;;) {
      if (signal.aborted) throw abortError(signal.reason);
      if (this.#failure) throw this.#failure.error;
      const event = this.#events.shift();
      if (event) await emit(event);
      else if (this.#waiting === this.#calls.size) return [...this.#calls.keys()];
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends the run. A call that has begun is of unknown outcome and never runs again. If others are cut, waiting calls end with them. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const isOver = [...this.#calls.values()].every((state) => state === "waiting" || state === "recorded");
    for (const [call, state] of isOver ? [] : this.#calls)
      if (state !== "recorded") this.#record(call, state === "running" ? UNKNOWN_OUTCOME : NOT_RUN);
    this.#wake();
  }

  /** Begins as many calls as may run at a time. */
  #begin(): void {
    const { signal } = this.#turn.state.stopper;
    let messages: readonly Message[] | undefined;
    while (!this.#closed && this.#active < this.#turn.maxParallelTools) {
      const call = this.#asked.runnable[this.#next++];
      if (!call) return;
      this.#active++;
      this.#calls.set(call, "deciding");
      messages ??= [...this.#turn.messages];
      this.#take(call, { signal, toolCallId: call.id, messages }).catch((error: unknown) => {
        this.#failure = { error };
        this.#wake();
      });
    }
  }

  async #take(call: ToolCall, context: ToolContext): Promise<void> {
    const { notes, save } = this.#turn;
    const outcome = await this.#outcomeOf(call, context);
    if (this.#closed) return;
    this.#active--;
    if (outcome) {
      this.#record(call, outcome.content);
      if (save) await save();
      this.#calls.delete(call);
      this.#events.push({ type: "tool_result", content: "", outcome });
    } else {
      note(notes, call.id, "waiting");
      this.#calls.set(call, "waiting");
      this.#waiting++;
    }
    this.#begin();
    this.#wake();
  }

  #record(call: ToolCall, content: CallOutcome["content"]): void {
    const { messages, notes } = this.#turn;
    this.#calls.set(call, "recorded");
    notes.delete(call.id);
    if (this.#asked.said) addResult(messages, this.#asked.said, { role: "tool", tool_call_id: call.id, content });
  }

  /** Decides on a call and runs it. @returns `undefined` if it waits, or the run has ended */
  async #outcomeOf(call: ToolCall, context: ToolContext): Promise<CallOutcome | undefined> {
    const { notes, save } = this.#turn;
    const { state, reason } = notes.get(call.id) ?? {};
    if (state === "begun")
      return failedCall(call, new Error(`${nameOfCall(call)} had begun, and has no recorded result`), UNKNOWN_OUTCOME);
    try {
      const needsApproval = state === "approved" ? undefined : findTool(call, this.#asked.tools)?.needsApproval;
      // Nothing is awaited that need not be: calls begin in the order asked.
      const approval =
        state === "rejected"
          ? (reason ?? false)
          : needsApproval
            ? await this.#askFor(needsApproval, call, context)
            : true;
      if (approval === undefined) return undefined;
      if (approval !== true) return failedCall(call, new Error("Not approved"), `Not run: ${approval || NOT_APPROVED}`);
    } catch (cause) {
      return failedCall(call, cause);
    }
    if (this.#closed) return undefined;
    note(notes, call.id, "begun");
    if (save) await save();
    if (this.#closed) return undefined;
    this.#calls.set(call, "running");
    this.#events.push({ type: "tool_call", content: "", call });
    this.#wake();
    return runCall(call, this.#asked.tools, context);
  }

  async #askFor(
    needsApproval: NonNullable<RunTool["needsApproval"]>,
    call: ToolCall,
    context: ToolContext,
  ): Promise<Approval> {
    const { onApproval, state } = this.#turn;
    const { needed, args } = await needsApproval(textOfCall(call), context);
    if (!needed) return true;
    if (this.#closed) return undefined;
    const { messages } = context;
    return onApproval?.({ call, name: nameOfCall(call), args, messages, signal: state.stopper.signal });
  }
}
