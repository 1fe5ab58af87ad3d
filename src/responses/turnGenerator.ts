import type { GoodEnding, HeldAnswer, ToolCall } from "../wire/index.ts";
import { estimateTokens, sum, usageOf, usedUp } from "../conversation/budget.ts";
import type { Budget, Spent } from "../conversation/budget.ts";
import { runCalls } from "./callGenerator.ts";
import type { CallHistory, ToolRunContext, ToolRunEvent } from "./callGenerator.ts";

/**
 * How a turn can end well: as its last answer did; because it had used up its steps, or the session's budget; or with calls that wait
 * for approval.
 */
export type TurnEnding = GoodEnding | "max_steps" | "budget" | "approval";

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
  /** A call begins to run (`tool_call`); it has its result, and the result is in the history (`tool_result`). */
  | ToolRunEvent
  /** A call waits for a yes, and the turn ends: `session.approve()` or `session.reject()`, then `generateResponse()` goes on. */
  | { readonly type: "approval"; readonly content: ""; readonly call: ToolCall };

/** What the loop knows of a step. */
export interface AnyStep {
  readonly ending: GoodEnding;
  readonly usage: object | undefined;
}

/** A stream as a turn needs it. `final()` is called while the loop runs, and gives the loop's outcome. */
export interface StreamOf<Chunk, Answer> extends AsyncIterable<Chunk> {
  /** The whole answer. */
  final(): Promise<Answer>;
  /** What has arrived so far. */
  readonly partial: HeldAnswer;
}

/** The calls of an answer. */
export interface AskedCalls {
  /** Those of functions and custom tools. */
  readonly calls: readonly ToolCall[];
  /** Those that the session runs. */
  readonly runnable: readonly ToolCall[];
  /** Whether the program has others to answer. */
  readonly hasOthers: boolean;
}

/** How a turn has gone that is to be told. */
export interface TurnEnd<OneStep, U> {
  readonly steps: readonly OneStep[];
  readonly ending: TurnEnding;
  readonly usage: U | undefined;
  readonly pending: readonly ToolCall[];
  /** What had arrived of an answer that was cut by the budget's time. */
  readonly held: HeldAnswer | undefined;
}

/** What the loop needs of an API: how to ask, and what becomes of answers and results. */
export interface TurnTask<
  Chunk,
  Answer extends object,
  OneStep extends AnyStep,
  U extends object,
  Whole,
> extends CallHistory {
  /** The calls to go on with: those of the last answer, where some waited for a yes or had begun. */
  paused(): AskedCalls | undefined;
  /** Asks for an answer to the history: whole, or as a stream. @param goesOn whether the turn has called tools before */
  ask(goesOn: boolean): Promise<Answer | StreamOf<Chunk, Answer>>;
  /** Reads a stream to its end. */
  follow(stream: StreamOf<Chunk, Answer>): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Answer, undefined>;
  /** Reads an answer. @throws APIError where it is none */
  toStep(answer: Answer): OneStep;
  /** Takes an answer into the history. */
  keep(step: OneStep): AskedCalls;
  /** What was asked, as far as it holds text. */
  asked(): unknown;
  /** What a step's answer says. */
  answered(step: OneStep): unknown;
  /** Tokens used, in the API's words. */
  usage(prompt: number, completion: number): U;
  /** What the turn came to. */
  toTurn(end: TurnEnd<OneStep, U>): Whole;
}

/** What a session may spend, and what it has spent: as they stand at any time. */
export interface Account<U> {
  readonly budget: Budget | undefined;
  readonly spent: Spent<U>;
}

/** One turn, as it is seen from without. */
export interface TurnWatcher<Stream, Whole> {
  readonly stopper: AbortController;
  readonly streamed: boolean;
  /** The last request's stream. */
  stream?: Stream | undefined;
  /** The turn, once it has ended. */
  turn?: Whole | undefined;
  /** Whether a request was accepted. */
  accepted?: boolean;
  /** Whether the turn was stopped because the budget's time was up. */
  timeUp?: boolean;
}

/** What the loop needs of its session: limits and tools as they stand when the turn starts, and the rest. */
export interface LoopContext<Chunk, Answer, U, Whole> extends ToolRunContext {
  readonly maxSteps: number;
  readonly session: Account<U>;
  readonly watcher: TurnWatcher<StreamOf<Chunk, Answer>, Whole>;
  /** Steps and usage of the turn before it was paused. */
  readonly before: { readonly steps: number; readonly usage: U | undefined };
  /** Whether an answer may be begun anew. */
  readonly restarts: boolean;
  /** Called when the turn has come to its end, before its last event. */
  onTurn(turn: Whole): void;
}

/**
 * Runs a turn: asks, runs the tools that can be run, asks again, until there is an answer, a call waits, or a limit is reached. The
 * history is answerable at every point: a call is in it only once its answer is complete, and gets exactly one result whatever happens.
 *
 * @param task how to ask, and what becomes of answers
 * @param context limits, tools, and who wants to know
 * @throws whatever asking throws; the abort
 */
export async function* runTurn<Chunk, Answer extends object, OneStep extends AnyStep, U extends object, Whole>(
  task: TurnTask<Chunk, Answer, OneStep, U, Whole>,
  context: LoopContext<Chunk, Answer, U, Whole>,
): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Whole, undefined> {
  const { before, notes, session, watcher } = context;
  const steps: OneStep[] = [];
  let { usage } = before;
  let stream: StreamOf<Chunk, Answer> | undefined;

  const taken = (): number => before.steps + steps.length;
  const estimated = (answer: unknown): U => ({
    ...task.usage(estimateTokens(task.asked()), estimateTokens(answer)),
    estimated: true,
  });

  const spend = (used: U): void => {
    session.spent.usage = sum(session.spent.usage, used);
  };

  /** Counts an answer that did not come to its end: what the provider said of it, else what it seems to be. */
  const estimate = ({ text, reasoning, toolCalls, usage: told }: Partial<HeldAnswer>): void => {
    const used = usageOf<U>(told) ?? estimated([text, reasoning, toolCalls]);
    spend(used);
    usage = sum(usage, used);
  };

  /** A turn's usage is what the provider told; the session's is estimated where it told nothing. */
  const count = (step: OneStep): void => {
    const told = usageOf<U>(step.usage);
    spend(told ?? estimated(task.answered(step)));
    if (told) usage = sum(usage, told);
  };

  /** Whether there is a limit that keeps calls from being run, and the model from being asked again. */
  const limit = ({ calls }: AskedCalls): TurnEnding | undefined => {
    const reached =
      taken() >= context.maxSteps
        ? "max_steps"
        : watcher.timeUp || usedUp(session.budget, session.spent)
          ? "budget"
          : undefined;
    if (reached)
      for (const call of calls)
        task.record(call, `Not run: the turn had used up its ${reached === "budget" ? reached : "steps"}.`);
    return reached;
  };

  /** Tells of the turn, before its last event: it has ended, also where its reader leaves there. */
  const end = (ending: TurnEnding, pending: readonly ToolCall[] = []): Whole => {
    const turn = task.toTurn({ steps, ending, pending, usage, held: stream?.partial });
    watcher.turn = turn;
    context.onTurn(turn);
    return turn;
  };

  async function* ask(): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Answer, undefined> {
    const answer = await task.ask(taken() > 0);
    watcher.accepted = true;
    session.spent.steps++;
    const streamed = Symbol.asyncIterator in Object(answer) ? (answer as StreamOf<Chunk, Answer>) : undefined;
    stream = watcher.stream = streamed;
    const events = streamed && task.follow(streamed);
    yield { type: "step_start", content: "" };
    if (!events) return answer as Answer;
    let isWhole = false;
    let heard = "";
    try {
      for (;;) {
        const { done, value } = await events.next();
        isWhole = done === true;
        if (done) return value;
        if (context.restarts) {
          const isAnew = value.type === "restart";
          if (isAnew) estimate({ text: heard });
          heard = isAnew ? "" : heard + textIn(value);
        }
        yield value;
      }
    } finally {
      if (!isWhole) {
        await events.return(undefined as never);
        estimate(streamed.partial);
      }
    }
  }

  try {
    let asked = task.paused();
    for (;;) {
      if (asked) {
        const step = steps.at(-1);
        const waiting = yield* runCalls(asked.runnable, task, context, step && { type: "step_end", content: "", step });
        if (waiting.length > 0) {
          const turn = end("approval", waiting);
          for (const call of waiting) yield { type: "approval", content: "", call };
          return turn;
        }
        if (asked.hasOthers) return end("tool_calls");
      }
      const step = task.toStep(yield* ask());
      steps.push(step);
      stream = undefined;
      count(step);
      // Providers reuse call ids across answers, so drop the notes on the previous answer's calls.
      notes.clear();
      asked = task.keep(step);
      const ending = asked.runnable.length === 0 ? step.ending : limit(asked);
      if (ending) {
        const turn = end(ending);
        yield { type: "step_end", content: "", step };
        return turn;
      }
    }
  } catch (error) {
    if (!watcher.timeUp) throw error;
    return end("budget");
  }
}

function textIn(event: { readonly type: string }): string {
  const { content, reasoning, arguments: text } = event as { content?: string; reasoning?: string; arguments?: string };
  return [content, reasoning, text].join("");
}
