import { textOf } from "../decode/content.ts";
import type {
  AssistantMessage,
  ChatChunk,
  ChatCompletion,
  ChatParams,
  Message,
  ToolCall,
  Usage,
} from "../wire/index.ts";
import type { CallNotes } from "./approval.ts";
import { usageOf } from "./budget.ts";
import { follow } from "./follow.ts";
import { normalizeAnswer } from "../decode/answer.ts";
import { addResult, callsOf, lastAnswer, openCalls, settleCalls, toHistory, toRequest } from "./history.ts";
import type { AskedCalls, StreamOf, TurnEnd, TurnEventOf, TurnTask } from "./loop.ts";
import { toStep } from "./step.ts";
import type { Step, Turn } from "./step.ts";
import { unforced } from "./toolChoice.ts";
import { isRunnable } from "./tools.ts";
import type { Declared } from "./tools.ts";

export type { TurnEnding, TurnEventOf } from "./loop.ts";
export type { Step, Turn } from "./step.ts";

/** What happens in a turn of a chat session, in order. */
export type TurnEvent = TurnEventOf<ChatChunk, Step>;

/** A stream as a turn needs it. */
export type StepStream = StreamOf<ChatChunk, ChatCompletion>;

/** What a turn works with: taken from the session when it starts. */
export interface TurnContext {
  /** The history, changed as the turn goes. */
  readonly messages: Message[];
  readonly params: ChatParams;
  readonly tools: readonly Declared[];
  readonly notes: CallNotes;
  /** Whether answers go into the history; without it no tool runs. */
  readonly append: boolean;
  readonly signal: AbortSignal;
  /** Asks for a whole answer; or for a stream, where the turn is streamed. */
  ask(messages: Message[], params: ChatParams): Promise<ChatCompletion | StepStream>;
  onChunk?: ((chunk: ChatChunk) => unknown) | undefined;
  /** Called when a stream broke, also where nobody reads it: the turn will write nothing more. */
  onBroken?: (() => void) | undefined;
}

/** A turn of a chat session: how its history is asked about, and what becomes of answers and results. */
export function chatTask(context: TurnContext): TurnTask<ChatChunk, ChatCompletion, Step, Usage, Turn> {
  const { messages, append, tools, params, notes } = context;
  const isMine = (call: ToolCall): boolean => isRunnable(call, tools);
  const asked = (calls: readonly ToolCall[], runnable: readonly ToolCall[]): AskedCalls => {
    const own = new Set(runnable);
    return { calls, runnable, hasOthers: calls.some((call) => !own.has(call) && !isMine(call)) };
  };
  let said = lastAnswer(messages);
  return {
    messages: () => [...messages],
    record: (call, content) => said && addResult(messages, said, { role: "tool", tool_call_id: call.id, content }),
    paused: () => {
      const calls = openCalls(messages);
      const noted = calls.filter(({ id }) => notes.has(id));
      return append && noted.length > 0 ? asked(calls, noted) : undefined;
    },
    ask: (goesOn) => {
      if (append) settleCalls(messages);
      return context.ask(toRequest(messages), goesOn ? unforced(params) : params);
    },
    follow: (stream) => follow(stream, context),
    toStep: (answer) => {
      const step = toStep(answer);
      return { ...step, message: normalizeAnswer(step.message), usage: usageOf(step.usage) };
    },
    keep: (step) => {
      said = append ? keep(step, messages) : undefined;
      const calls = callsOf(said);
      return asked(calls, calls.filter(isMine));
    },
    asked: () => [messages, params.tools, params.functions],
    answered: ({ message }) => message,
    usage: (prompt, completion) => ({
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: prompt + completion,
    }),
    toTurn: (end) => toTurn(end, said),
  };
}

/** What a turn comes to. Cut by the budget's time, it has what had arrived. */
function toTurn({ held, ...end }: TurnEnd<Step, Usage>, said: AssistantMessage | undefined): Turn {
  const message = held?.message ?? end.steps.at(-1)?.message ?? said ?? { role: "assistant", content: "" };
  return { text: held?.text || textOf(message), message, ...end };
}

/** Appends an answer. Calls in one that was cut or filtered are not asked for: they never run, and want no result. */
function keep({ message, ending }: Step, messages: Message[]): AssistantMessage | undefined {
  const { tool_calls: _calls, function_call: _call, ...rest } = message;
  const kept = toHistory(ending === "tool_calls" ? message : rest);
  if (kept) messages.push(kept);
  return kept;
}
