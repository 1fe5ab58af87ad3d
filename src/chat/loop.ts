import type { GoodEnding, HeldAnswer, ToolCall } from "../types.ts";
import { estimateTokens, sum } from "./budget.ts";
import { ToolRun } from "./toolRun.ts";
import type { ToolRunContext, ToolRunEvent } from "./toolRun.ts";

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
export interface TurnTask<Chunk, Answer extends object, OneStep extends AnyStep, U extends object, Whole> extends Pick<ToolRunContext, "messages" | "record"> {
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

/** What the loop needs of its session. */
export interface LoopContext<Chunk, Answer, U, Whole> extends Pick<ToolRunContext, "tools" | "signal" | "maxParallelTools" | "notes" | "onApproval" | "save"> {
  readonly maxSteps: number;
  /** Steps and usage of the turn before it was paused. */
  readonly before: { readonly steps: number; readonly usage: U | undefined };
  /** Whether an answer may be begun anew. */
  readonly restarts: boolean;
  /** Counts what was used. */
  spend(usage: U): void;
  /** Counts a request that was accepted. */
  onAccepted(): void;
  /** Whether nothing more may be spent. */
  isUsedUp(): boolean;
  /** Whether the signal was aborted because the budget's time was up. */
  isTimeUp(): boolean;
  onStream?: ((stream: StreamOf<Chunk, Answer>) => void) | undefined;
  /** Called when the turn has come to its end, before its last event. */
  onTurn(turn: Whole, ending: TurnEnding, steps: number, usage: U | undefined): void;
}

/**
 * Runs a turn: asks, runs the tools that can be run, asks again, until there is an answer, a call waits, or a limit is reached. The
 * history is answerable at every point: a call is in it only once its answer is complete, and gets exactly one result whatever happens.
 */
export class TurnLoop<Chunk, Answer extends object, OneStep extends AnyStep, U extends object, Whole> {
  readonly #task: TurnTask<Chunk, Answer, OneStep, U, Whole>;
  readonly #context: LoopContext<Chunk, Answer, U, Whole>;
  readonly #steps: OneStep[] = [];
  #usage: U | undefined;
  #stream: StreamOf<Chunk, Answer> | undefined;

  /** @param task how to ask, and what becomes of answers @param context limits, tools, and who wants to know */
  constructor(task: TurnTask<Chunk, Answer, OneStep, U, Whole>, context: LoopContext<Chunk, Answer, U, Whole>) {
    this.#task = task;
    this.#context = context;
    this.#usage = context.before.usage;
  }

  /** Runs the turn. @throws whatever asking throws; the abort */
  async *run(): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Whole, undefined> {
    try {
      let asked = this.#task.paused();
      for (;;) {
        const end = asked && (yield* this.#runCalls(asked));
        if (end) return end;
        const step = this.#task.toStep(yield* this.#answer());
        this.#steps.push(step);
        this.#stream = undefined;
        this.#count(step);
        // An id may come again: what is noted is of the answer before.
        this.#context.notes.clear();
        asked = this.#task.keep(step);
        const ending = asked.runnable.length === 0 ? step.ending : this.#limit(asked);
        if (ending) return yield* this.#close(ending);
      }
    } catch (error) {
      if (!this.#context.isTimeUp()) throw error;
      return this.#end("budget");
    }
  }

  /** Whether there is a limit that keeps calls from being run, and the model from being asked again. */
  #limit({ calls }: AskedCalls): TurnEnding | undefined {
    const { maxSteps, before, isUsedUp } = this.#context;
    const limit = this.#steps.length + before.steps >= maxSteps ? "max_steps" : isUsedUp() ? "budget" : undefined;
    if (limit) for (const call of calls) this.#task.record(call, `Not run: the turn had used up its ${limit === "budget" ? limit : "steps"}.`);
    return limit;
  }

  /** @returns the turn, where it ends here: with calls that wait, or that are the program's own */
  async *#runCalls({ runnable, hasOthers }: AskedCalls): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Whole | undefined, undefined> {
    const step = this.#steps.at(-1);
    const { messages, record } = this.#task;
    const run = new ToolRun(runnable, { ...this.#context, messages, record });
    try {
      if (step) yield { type: "step_end", content: "", step };
      yield* run.events();
    } finally {
      run.close();
    }
    const { waiting } = run;
    if (waiting.length === 0) return hasOthers ? this.#end("tool_calls") : undefined;
    const turn = this.#end("approval", waiting);
    for (const call of waiting) yield { type: "approval", content: "", call };
    return turn;
  }

  async *#answer(): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Answer, undefined> {
    const { onStream, onAccepted, restarts, before } = this.#context;
    const answer = await this.#task.ask(this.#steps.length + before.steps > 0);
    onAccepted();
    const stream = typeof answer === "object" && answer !== null && Symbol.asyncIterator in answer ? answer : undefined;
    this.#stream = stream;
    if (stream) onStream?.(stream);
    const events = stream && this.#task.follow(stream);
    yield { type: "step_start", content: "" };
    if (!events) return answer as Answer;
    let isWhole = false;
    try {
      const whole = yield* restarts ? this.#noting(events) : events;
      isWhole = true;
      return whole;
    } finally {
      if (!isWhole) this.#estimate(stream.partial);
    }
  }

  /** Counts what an answer had brought before it was begun anew. */
  async *#noting(events: AsyncGenerator<TurnEventOf<Chunk, OneStep>, Answer, undefined>): AsyncGenerator<TurnEventOf<Chunk, OneStep>, Answer, undefined> {
    let heard = "";
    try {
      for (;;) {
        const { done, value } = await events.next();
        if (done) return value;
        if (value.type === "restart") this.#estimate({ text: heard });
        heard = value.type === "restart" ? "" : heard + textIn(value);
        yield value;
      }
    } finally {
      await events.return(undefined as never);
    }
  }

  /** A turn's usage is what the provider told; the session's is estimated where it told nothing. */
  #count(step: OneStep): void {
    const usage = step.usage as U | undefined;
    this.#context.spend(usage ?? this.#estimated(this.#task.answered(step)));
    if (usage) this.#usage = this.#usage ? sum(this.#usage, usage) : usage;
  }

  /** Counts an answer that did not come to its end: what the provider said of it, else what it seems to be. */
  #estimate(held: Partial<HeldAnswer>): void {
    const { text, reasoning, toolCalls } = held;
    const usage = held.usage as U | undefined ?? this.#estimated([text, reasoning, toolCalls]);
    this.#context.spend(usage);
    this.#usage = this.#usage ? sum(this.#usage, usage) : usage;
  }

  #estimated(answer: unknown): U {
    return { ...this.#task.usage(estimateTokens(this.#task.asked()), estimateTokens(answer)), estimated: true };
  }

  #end(ending: TurnEnding, pending: readonly ToolCall[] = []): Whole {
    const turn = this.#task.toTurn({ steps: this.#steps, ending, pending, usage: this.#usage, held: this.#stream?.partial });
    this.#context.onTurn(turn, ending, this.#steps.length, this.#usage);
    return turn;
  }

  /** Tells of the turn before its last event: it has ended, also where its reader leaves there. */
  *#close(ending: TurnEnding): Generator<TurnEventOf<Chunk, OneStep>, Whole, undefined> {
    const turn = this.#end(ending);
    yield { type: "step_end", content: "", step: this.#steps.at(-1) as OneStep };
    return turn;
  }
}

function textIn(event: { readonly type: string }): string {
  const { content, reasoning, arguments: text } = event as { content?: string; reasoning?: string; arguments?: string };
  return `${content ?? ""}${reasoning ?? ""}${text ?? ""}`;
}
