import { abortError } from "../errors.ts";
import type { Message, ToolCall } from "../types.ts";
import { note } from "./approval.ts";
import type { Approval, ApprovalRequest, CallNotes } from "./approval.ts";
import { UNKNOWN_OUTCOME } from "./history.ts";
import { failedCall, findTool, nameOfCall, runCall, textOfCall } from "./tools.ts";
import type { CallOutcome, Declared, RunTool, ToolContext } from "./tools.ts";

/** What a run needs of its turn. */
export interface ToolRunContext {
  readonly tools: readonly Declared[];
  readonly signal: AbortSignal;
  readonly maxParallelTools: number;
  /** What is known of calls from before. */
  readonly notes: CallNotes;
  /** The conversation up to the calls. */
  messages(): readonly Message[];
  /** Puts a result into the history. */
  record(call: ToolCall, content: CallOutcome["content"]): void;
  /** Decides on calls that need a yes. Without it they wait. */
  onApproval?: ((request: ApprovalRequest) => Approval | Promise<Approval>) | undefined;
  /** Keeps the session as it stands; waited for before a call begins, and after it has its result. */
  save?: (() => Promise<void>) | undefined;
}

/** What happens in a run. */
export type ToolRunEvent =
  | { readonly type: "tool_call"; readonly content: ""; readonly call: ToolCall }
  | { readonly type: "tool_result"; readonly content: ""; readonly outcome: CallOutcome };

const NOT_RUN = "Not run: the turn had ended before the call began.";
const NOT_APPROVED = "it was not approved.";

/**
 * The calls of one answer, as they run: so many at a time, begun in the order asked. Each result is in the history the moment it is
 * there; when the run ends, however it does, each call has one, or waits for a yes.
 */
export class ToolRun {
  /** Calls that wait for a yes. */
  readonly waiting: ToolCall[] = [];
  readonly #calls: readonly ToolCall[];
  readonly #context: ToolRunContext;
  readonly #events: ToolRunEvent[] = [];
  readonly #open: Set<ToolCall>;
  readonly #running: Set<ToolCall> = new Set();
  #taken = 0;
  #ended = 0;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake = (): void => undefined;
  readonly #onAbort = (): void => this.close();

  /** @param calls those that are to be run */
  constructor(calls: readonly ToolCall[], context: ToolRunContext) {
    this.#calls = calls;
    this.#open = new Set(calls);
    this.#context = context;
    context.signal.addEventListener("abort", this.#onAbort);
    // What is kept before each call is known to be exact: what it says has not begun may be run by another process.
    if (context.save) for (const { id } of calls) if (!context.notes.has(id)) note(context.notes, id, "ready");
  }

  /** Runs the calls, and tells what happens as it happens. @throws the abort; what `save` throws */
  async *events(): AsyncGenerator<ToolRunEvent, void, undefined> {
    const { signal } = this.#context;
    if (!signal.aborted) this.#next();
    for (;;) {
      if (signal.aborted) throw abortError(signal.reason);
      if (this.#failure) throw this.#failure.error;
      const event = this.#events.shift();
      if (event) yield event;
      else if (this.#ended === this.#calls.length) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Ends the run. What has begun and not ended is of unknown outcome, and never run again; calls that wait go on waiting if it has run to its end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.signal.removeEventListener("abort", this.#onAbort);
    if (this.#ended < this.#calls.length) for (const call of this.waiting.splice(0)) this.#open.add(call);
    for (const call of this.#open) this.#record(call, this.#running.has(call) ? UNKNOWN_OUTCOME : NOT_RUN);
    this.#wake();
  }

  #next(): void {
    const { signal, maxParallelTools } = this.#context;
    const messages = this.#context.messages();
    while (!this.#closed && this.#taken < this.#calls.length && this.#taken - this.#ended < maxParallelTools) {
      const call = this.#calls[this.#taken++] as ToolCall;
      this.#take(call, { signal, toolCallId: call.id, messages }).catch((error: unknown) => {
        this.#failure = { error };
        this.#wake();
      });
    }
  }

  /** Nothing is waited for here that need not be: calls begin in the order asked. */
  async #take(call: ToolCall, context: ToolContext): Promise<void> {
    const outcome = await this.#outcome(call, context);
    if (this.#closed) return;
    this.#ended++;
    if (outcome) await this.#settle(outcome);
    else {
      note(this.#context.notes, call.id, "waiting");
      this.#open.delete(call);
      this.waiting.push(call);
    }
    this.#next();
    this.#wake();
  }

  async #settle(outcome: CallOutcome): Promise<void> {
    const { save } = this.#context;
    this.#record(outcome.call, outcome.content);
    if (save) await save();
    this.#events.push({ type: "tool_result", content: "", outcome });
  }

  /** Decides on a call and runs it. @returns `undefined` where it waits */
  async #outcome(call: ToolCall, context: ToolContext): Promise<CallOutcome | undefined> {
    const { notes, tools, save } = this.#context;
    try {
      const { state, reason } = notes.get(call.id) ?? {};
      const why = `${nameOfCall(call)} had begun, and has no recorded result`;
      if (state === "begun") return failedCall(call, new Error(why), UNKNOWN_OUTCOME);
      const found = state === "approved" ? undefined : findTool(call, tools);
      const approval = state === "rejected" ? reason ?? false : found?.needsApproval ? await this.#ask(found.needsApproval, call, context) : true;
      if (approval === undefined) return undefined;
      if (approval !== true) return failedCall(call, new Error("Not approved"), `Not run: ${approval || NOT_APPROVED}`);
    } catch (cause) {
      return failedCall(call, cause);
    }
    if (save) {
      note(notes, call.id, "begun");
      await save();
    }
    if (this.#closed) return undefined;
    note(notes, call.id, "begun");
    this.#running.add(call);
    this.#events.push({ type: "tool_call", content: "", call });
    this.#wake();
    return runCall(call, tools, context);
  }

  async #ask(needsApproval: NonNullable<RunTool["needsApproval"]>, call: ToolCall, context: ToolContext): Promise<Approval> {
    const { needed, args } = await needsApproval(textOfCall(call), context);
    if (!needed) return true;
    const { signal, messages } = context;
    return this.#closed ? undefined : this.#context.onApproval?.({ call, name: nameOfCall(call), args, messages, signal });
  }

  #record(call: ToolCall, content: CallOutcome["content"]): void {
    this.#open.delete(call);
    this.#context.notes.delete(call.id);
    this.#context.record(call, content);
  }
}
