import type { AssistantMessage, ChatChunk, ChatCompletion, ChatParams, GoodEnding, HeldAnswer, Message, ToolCall, Usage } from "../types.ts";
import { endingOf } from "./finish.ts";
import { callsOf, missingResult, openCalls, toHistory, toRequest } from "./history.ts";
import { runCall } from "./tools.ts";
import type { CallOutcome, HandTool, RunTool } from "./tools.ts";

/** How a turn can end well: as its last answer did, or because it had used up its steps. */
export type TurnEnding = GoodEnding | "max_steps";

/** One request of a turn, and its answer. */
export interface Step {
  readonly message: AssistantMessage;
  readonly ending: GoodEnding;
  readonly usage: Usage | undefined;
  readonly completion: ChatCompletion;
}

/** A finished turn: what the program or the user said, and everything up to the answer. */
export interface Turn {
  /** The answer's text; a refusal where there is no other. */
  readonly text: string;
  /** The last answer. */
  readonly message: AssistantMessage;
  readonly ending: TurnEnding;
  /** Tokens used, summed over the steps. */
  readonly usage: Usage | undefined;
  readonly steps: readonly Step[];
}

/** What happens in a turn, in order. Every event has `content`: the new text, `""` where there is none. */
export type TurnEvent =
  | { readonly type: "text"; readonly content: string; readonly chunk: ChatChunk }
  | { readonly type: "reasoning"; readonly content: ""; readonly reasoning: string; readonly chunk: ChatChunk }
  | { readonly type: "chunk"; readonly content: ""; readonly chunk: ChatChunk }
  | { readonly type: "restart"; readonly content: ""; readonly chunk: ChatChunk }
  | { readonly type: "tool_call"; readonly content: ""; readonly call: ToolCall }
  | { readonly type: "tool_result"; readonly content: ""; readonly outcome: CallOutcome }
  | { readonly type: "step_end"; readonly content: ""; readonly step: Step };

/** A stream as a turn needs it. */
export interface StepStream extends AsyncIterable<ChatChunk> {
  final(): Promise<ChatCompletion>;
  readonly partial: HeldAnswer;
}

/** What a turn works with: taken from the session when it starts. */
export interface TurnContext {
  /** The history, changed as the turn goes. */
  readonly messages: Message[];
  readonly tools: readonly (RunTool | HandTool)[];
  readonly maxSteps: number;
  /** Whether answers go into the history; without it no tool runs. */
  readonly append: boolean;
  readonly signal: AbortSignal;
  /** The params of a request. */
  params(): ChatParams;
  /** Asks for a whole answer; or for a stream, where the turn is streamed. */
  ask(messages: Message[], params: ChatParams): Promise<ChatCompletion | StepStream>;
}

/**
 * Runs a turn: asks, runs the tools that can be run, asks again, until there is an answer or the steps are used up. The history is
 * answerable at every point: a call is in it only once its answer is complete, and gets exactly one result whatever happens.
 */
export async function* runTurn(context: TurnContext): AsyncGenerator<TurnEvent, Turn, undefined> {
  const { messages, append, tools } = context;
  const steps: Step[] = [];
  try {
    for (;;) {
      settleCalls(messages, append);
      const answer = await context.ask(toRequest(messages), context.params());
      const completion = "choices" in answer ? answer : yield* follow(answer);
      const step = toStep(completion);
      steps.push(step);
      const kept = toHistory(step.message);
      if (append && kept) messages.push(kept);
      const calls = append && step.ending === "tool_calls" ? callsOf(kept) : [];
      yield { type: "step_end", content: "", step };
      const runnable = calls.filter((call) => isRunnable(call, tools));
      if (runnable.length === 0) return toTurn(steps, step.ending);
      if (steps.length >= context.maxSteps) {
        for (const call of calls) messages.push(missingResult(call, "Not run: the turn had used up its steps."));
        return toTurn(steps, "max_steps");
      }
      yield* runCalls(runnable, context);
      if (runnable.length < calls.length) return toTurn(steps, "tool_calls");
    }
  } finally {
    if (append && steps.at(-1) && context.signal.aborted) settleCalls(messages, true);
  }
}

/** With tools that run, an unknown name is for the model to mend; without, every call is the program's own. */
function isRunnable(call: ToolCall, tools: readonly (RunTool | HandTool)[]): boolean {
  if (call.type === "custom" || !tools.some((one) => one.execute)) return false;
  const known = tools.find((one) => one.type === "function" && one.function.name === call.function.name);
  return !known || known.execute !== undefined;
}

/** Gives every call that will get no other result its one result. */
function settleCalls(messages: Message[], append: boolean): void {
  if (append) for (const call of openCalls(messages)) messages.push(missingResult(call));
}

async function* follow(stream: StepStream): AsyncGenerator<TurnEvent, ChatCompletion, undefined> {
  for await (const chunk of stream) {
    if (chunk.index !== 0) continue;
    if (chunk.restarted) yield { type: "restart", content: "", chunk };
    if (chunk.reasoning !== "") yield { type: "reasoning", content: "", reasoning: chunk.reasoning, chunk };
    if (chunk.content !== "") yield { type: "text", content: chunk.content, chunk };
    else if (chunk.reasoning === "") yield { type: "chunk", content: "", chunk };
  }
  return stream.final();
}

async function* runCalls(calls: readonly ToolCall[], context: TurnContext): AsyncGenerator<TurnEvent, void, undefined> {
  const { messages, signal } = context;
  for (const call of calls) yield { type: "tool_call", content: "", call };
  const before = [...messages];
  const outcomes = await Promise.all(
    calls.map((call) => runCall(call, context.tools, { signal, toolCallId: call.id, messages: before })),
  );
  for (const { call, content } of outcomes) messages.push({ role: "tool", tool_call_id: call.id, content });
  for (const outcome of outcomes) yield { type: "tool_result", content: "", outcome };
  signal.throwIfAborted();
}

function toStep(completion: ChatCompletion): Step {
  const choice = completion.choices[0];
  if (!choice?.message) throw new TypeError("The answer has no choices");
  const { message, finish_reason } = choice;
  const called = !!message.tool_calls?.length || !!message.function_call;
  return { message, completion, usage: completion.usage ?? undefined, ending: endingOf(finish_reason ?? "stop", called) };
}

function toTurn(steps: readonly Step[], ending: TurnEnding): Turn {
  const { message } = steps.at(-1) as Step;
  return { text: textOf(message), message, ending, usage: sumUsage(steps), steps };
}

/** The text of a message; its refusal where there is no other. */
export function textOf({ content, refusal }: AssistantMessage): string {
  const text = typeof content === "string" ? content : content?.map((part) => (part.type === "text" ? part.text : part.refusal)).join("");
  return text || refusal || "";
}

function sumUsage(steps: readonly Step[]): Usage | undefined {
  const told = steps.flatMap(({ usage }) => usage ?? []);
  if (told.length < 2) return told[0];
  const sum = (name: "prompt_tokens" | "completion_tokens" | "total_tokens"): number => told.reduce((total, usage) => total + usage[name], 0);
  return { prompt_tokens: sum("prompt_tokens"), completion_tokens: sum("completion_tokens"), total_tokens: sum("total_tokens") };
}
