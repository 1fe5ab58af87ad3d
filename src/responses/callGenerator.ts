import { abortError } from "../errors.ts";
import type { Message, ToolCall } from "../wire/index.ts";
import { note } from "../conversation/approval.ts";
import type { Approval, ApprovalRequest, CallNotes } from "../conversation/approval.ts";
import { UNKNOWN_OUTCOME } from "../conversation/history.ts";
import { failedCall, findTool, nameOfCall, runCall, textOfCall } from "../conversation/tools.ts";
import type { CallOutcome, RunTool, ToolContext } from "../conversation/tools.ts";

/** What a run needs of its turn. */
export interface ToolRunContext {
  readonly tools: readonly object[];
  readonly signal: AbortSignal;
  readonly maxParallelTools: number;
  /** What is known of calls from before. */
  readonly notes: CallNotes;
  /** Decides on calls that need a yes. Without it they wait. */
  readonly onApproval?: ((request: ApprovalRequest) => Approval | Promise<Approval>) | undefined;
  /** Keeps the session as it stands; waited for before a call begins, and after it has its result. */
  readonly save?: (() => Promise<void>) | undefined;
}

/** The conversation that calls belong to. */
export interface CallHistory {
  /** The conversation up to the calls. */
  messages(): readonly Message[];
  /** Puts a result into the history. */
  record(call: ToolCall, content: CallOutcome["content"]): void;
}

/** What happens in a run. */
export type ToolRunEvent =
  | { readonly type: "tool_call"; readonly content: ""; readonly call: ToolCall }
  | { readonly type: "tool_result"; readonly content: ""; readonly outcome: CallOutcome };

const NOT_RUN = "Not run: the turn had ended before the call began.";
const NOT_APPROVED = "it was not approved.";

/**
 * Runs the calls of one answer: so many at a time, begun in the order asked. Each result is in the history the moment it is there;
 * when the run ends, however it does, each call has one, or waits for a yes.
 *
 * @param calls those that are to be run
 * @param history where they stand
 * @param first an event to be told before any call begins
 * @returns those that wait for a yes
 * @throws the abort; what `save` throws
 */
export async function* runCalls<First>(
  calls: readonly ToolCall[],
  history: CallHistory,
  { tools, signal, maxParallelTools, notes, onApproval, save }: ToolRunContext,
  first?: First,
): AsyncGenerator<First | ToolRunEvent, readonly ToolCall[], undefined> {
  const queue = [...calls];
  /** Those that have no result, and do not wait. */
  const open = new Set(calls);
  const running = new Set<ToolCall>();
  const waiting: ToolCall[] = [];
  const events: ToolRunEvent[] = [];
  let unfinished = calls.length;
  let closed = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;

  const record = (call: ToolCall, content: CallOutcome["content"]): void => {
    open.delete(call);
    notes.delete(call.id);
    history.record(call, content);
  };

  /** What has begun and not ended is of unknown outcome, and never run again; calls that wait go on waiting if the run has come to its end. */
  const close = (): void => {
    if (closed) return;
    closed = true;
    signal.removeEventListener("abort", close);
    if (open.size > 0) for (const call of waiting.splice(0)) open.add(call);
    for (const call of open) record(call, running.has(call) ? UNKNOWN_OUTCOME : NOT_RUN);
    wake();
  };

  const ask = async (
    needsApproval: NonNullable<RunTool["needsApproval"]>,
    call: ToolCall,
    context: ToolContext,
  ): Promise<Approval> => {
    const { needed, args } = await needsApproval(textOfCall(call), context);
    if (!needed) return true;
    return closed
      ? undefined
      : onApproval?.({ call, name: nameOfCall(call), args, messages: context.messages, signal });
  };

  /** Decides on a call and runs it. Nothing is waited for that need not be: calls begin in the order asked. @returns `undefined` where it waits */
  const outcomeOf = async (call: ToolCall, context: ToolContext): Promise<CallOutcome | undefined> => {
    const { state, reason } = notes.get(call.id) ?? {};
    if (state === "begun")
      return failedCall(call, new Error(`${nameOfCall(call)} had begun, and has no recorded result`), UNKNOWN_OUTCOME);
    try {
      const needsApproval = state === "approved" ? undefined : findTool(call, tools)?.needsApproval;
      const approval =
        state === "rejected" ? (reason ?? false) : needsApproval ? await ask(needsApproval, call, context) : true;
      if (approval === undefined) return undefined;
      if (approval !== true) return failedCall(call, new Error("Not approved"), `Not run: ${approval || NOT_APPROVED}`);
    } catch (cause) {
      return failedCall(call, cause);
    }
    if (closed) return undefined;
    note(notes, call.id, "begun");
    if (save) await save();
    if (closed) return undefined;
    running.add(call);
    events.push({ type: "tool_call", content: "", call });
    wake();
    return runCall(call, tools, context);
  };

  const take = async (call: ToolCall, context: ToolContext): Promise<void> => {
    const outcome = await outcomeOf(call, context);
    if (closed) return;
    if (outcome) {
      record(call, outcome.content);
      if (save) await save();
      events.push({ type: "tool_result", content: "", outcome });
    } else {
      note(notes, call.id, "waiting");
      open.delete(call);
      waiting.push(call);
    }
    unfinished--;
    next();
    wake();
  };

  const next = (): void => {
    const messages = history.messages();
    while (!closed && open.size - queue.length < maxParallelTools) {
      const call = queue.shift();
      if (!call) return;
      take(call, { signal, toolCallId: call.id, messages }).catch((error: unknown) => {
        failure = { error };
        wake();
      });
    }
  };

  signal.addEventListener("abort", close);
  // What is kept before each call is known to be exact: what it says has not begun may be run by another process.
  if (save) for (const { id } of calls) if (!notes.has(id)) note(notes, id, "ready");
  try {
    if (first) yield first;
    if (!signal.aborted) next();
    for (;;) {
      if (signal.aborted) throw abortError(signal.reason);
      if (failure) throw failure.error;
      const event = events.shift();
      if (event) yield event;
      else if (unfinished === 0) return waiting;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    close();
  }
}
