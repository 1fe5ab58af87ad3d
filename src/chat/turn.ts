import type { AssistantMessage, ChatChunk, ChatCompletion, ChatParams, HeldAnswer, Message, ToolCall } from "../types.ts";
import { follow } from "./follow.ts";
import { callsOf, settleCalls, toHistory, toRequest } from "./history.ts";
import { toStep, toTurn } from "./step.ts";
import type { Step, Turn, TurnEnding } from "./step.ts";
import { ToolRun } from "./toolRun.ts";
import { nameOfCall, nameOfTool } from "./tools.ts";
import type { CallOutcome, HandTool, RunTool } from "./tools.ts";

export type { Step, Turn, TurnEnding } from "./step.ts";

/** What happens in a turn, in order. Every event has `content`: the new text, `""` where there is none. */
export type TurnEventOf<Chunk, OneStep> =
  /** The API has accepted a request, the first of a turn or a later one. */
  | { readonly type: "step_start"; readonly content: "" }
  | { readonly type: "text"; readonly content: string; readonly chunk: Chunk }
  | { readonly type: "reasoning"; readonly content: ""; readonly reasoning: string; readonly chunk: Chunk }
  /** A call that is being written: `arguments` is what is new of its arguments (of a custom tool's input), not yet to be relied on. */
  | {
    readonly type: "tool_call_delta";
    readonly content: "";
    /** The call's place in its message. */
    readonly index: number;
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
    readonly chunk: Chunk;
  }
  /** Anything else that came, such as a refusal or the finish reason. */
  | { readonly type: "chunk"; readonly content: ""; readonly chunk: Chunk }
  /** The answer is begun anew: what came of this step is void. Only with `resume: "restart"`. */
  | { readonly type: "restart"; readonly content: ""; readonly chunk: Chunk }
  /** The answer is complete, and in the history. */
  | { readonly type: "step_end"; readonly content: ""; readonly step: OneStep }
  /** A call begins to run. */
  | { readonly type: "tool_call"; readonly content: ""; readonly call: ToolCall }
  /** A call has its result, and the result is in the history. */
  | { readonly type: "tool_result"; readonly content: ""; readonly outcome: CallOutcome };

/** What happens in a turn of a chat session, in order. */
export type TurnEvent = TurnEventOf<ChatChunk, Step>;

/** A stream as a turn needs it. `final()` is called while the loop runs, and gives the loop's outcome. */
export interface StepStream extends AsyncIterable<ChatChunk> {
  /** The whole answer. */
  final(): Promise<ChatCompletion>;
  /** What has arrived so far. */
  readonly partial: HeldAnswer;
}

/** What a turn works with: taken from the session when it starts. */
export interface TurnContext {
  /** The history, changed as the turn goes. */
  readonly messages: Message[];
  readonly params: ChatParams;
  readonly tools: readonly (RunTool | HandTool)[];
  readonly maxSteps: number;
  readonly maxParallelTools: number;
  /** Whether answers go into the history; without it no tool runs. */
  readonly append: boolean;
  readonly signal: AbortSignal;
  /** Asks for a whole answer; or for a stream, where the turn is streamed. */
  ask(messages: Message[], params: ChatParams): Promise<ChatCompletion | StepStream>;
  onChunk?: ((chunk: ChatChunk) => unknown) | undefined;
  /** Called when a call has its result. */
  onResult?: ((call: ToolCall, content: CallOutcome["content"]) => void) | undefined;
  /** Called when an answer is being streamed. */
  onStream?: ((stream: StepStream) => void) | undefined;
  /** Called when a stream broke, also where nobody reads it: the turn will write nothing more. */
  onBroken?: (() => void) | undefined;
  /** Called when the turn has come to its end, before its last event. */
  onTurn?: ((turn: Turn) => void) | undefined;
}

/**
 * Runs a turn: asks, runs the tools that can be run, asks again, until there is an answer or the steps are used up. The history is
 * answerable at every point: a call is in it only once its answer is complete, and gets exactly one result whatever happens.
 */
export async function* runTurn(context: TurnContext): AsyncGenerator<TurnEvent, Turn, undefined> {
  const { messages, append, tools } = context;
  const steps: Step[] = [];
  for (;;) {
    if (append) settleCalls(messages);
    const step = toStep(yield* ask(context));
    steps.push(step);
    const said = append ? keep(step, messages) : undefined;
    const runnable = callsOf(said).filter((call) => isRunnable(call, tools));
    if (!said || runnable.length === 0) return yield* end(steps, step.ending, context);
    if (steps.length >= context.maxSteps) {
      new ToolRun(callsOf(said), said, context).close("Not run: the turn had used up its steps.");
      return yield* end(steps, "max_steps", context);
    }
    const run = new ToolRun(runnable, said, context);
    try {
      yield { type: "step_end", content: "", step };
      yield* run.events();
    } finally {
      run.close();
    }
    if (runnable.length === callsOf(said).length) continue;
    // The other calls are the program's own.
    const turn = toTurn(steps, "tool_calls");
    context.onTurn?.(turn);
    return turn;
  }
}

/** Tells of the turn before its last event: it has ended, also where its reader leaves there. */
function* end(steps: readonly Step[], ending: TurnEnding, { onTurn }: TurnContext): Generator<TurnEvent, Turn, undefined> {
  const turn = toTurn(steps, ending);
  onTurn?.(turn);
  yield { type: "step_end", content: "", step: steps.at(-1) as Step };
  return turn;
}

async function* ask(context: TurnContext): AsyncGenerator<TurnEvent, ChatCompletion, undefined> {
  const answer = await context.ask(toRequest(context.messages), context.params);
  const stream = typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer ? answer : undefined;
  if (stream) context.onStream?.(stream);
  const events = stream && follow(stream, context);
  yield { type: "step_start", content: "" };
  return events ? yield* events : answer as ChatCompletion;
}

/** Appends an answer. Calls in one that was cut or filtered are not asked for: they never run, and want no result. */
function keep({ message, ending }: Step, messages: Message[]): AssistantMessage | undefined {
  const { tool_calls: _calls, function_call: _call, ...rest } = message;
  const kept = toHistory(ending === "tool_calls" ? message : rest);
  if (kept) messages.push(kept);
  return kept;
}

/** With tools that run, an unknown name is for the model to mend; without, every call is the program's own. */
function isRunnable(call: ToolCall, tools: readonly (RunTool | HandTool)[]): boolean {
  const known = tools.find((one) => nameOfTool(one) === nameOfCall(call));
  return known ? known.execute !== undefined : tools.some((one) => one.execute);
}
