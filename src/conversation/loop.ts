import { textOf } from "../decode/content.ts";
import { abortError } from "../errors.ts";
import type { Chunk, HeldAnswer, Message, ToolCall, Usage } from "../wire/index.ts";
import { stringOf } from "../wire/read.ts";
import type { AnswerStream, ApiRequest, Step } from "./apis/api.ts";
import { estimateTokens, sum, usageOf, usedUp } from "./budget.ts";
import { addResult, appendAnswer, callsOf, lastAnswer, openCalls } from "./history.ts";
import { decideApprovals, isAnswerToModel, isDecided, openApprovals, openItems } from "./hostedApprovals.ts";
import { prepareRequest } from "./prepareStep.ts";
import type { PreparedRequest } from "./prepareStep.ts";
import { runCalls } from "./toolRun.ts";
import { isRunnable } from "./tools.ts";
import type { Asked, RunningTurn, Turn, TurnEnding, TurnEvent } from "./turn.ts";

/**
 * Runs a turn: asks, runs the tools that can be run, and asks again, until there is an answer, a call waits, or a limit is reached. The
 * history is answerable at every point: it gets a call only with its complete answer, and each call gets exactly one result.
 *
 * @throws whatever asking throws; the abort; what `prepareStep`, `onChunk` and `save` throw
 */
export async function runTurn(run: RunningTurn): Promise<Turn> {
  try {
    let asked = resume(run);
    for (;;) {
      const answered = asked && (await answerCalls(run, asked));
      if (answered) return answered;
      const request = await prepareRequest(run);
      const step = await ask(run, request);
      asked = keepAnswer(run, step, request);
      const ending = isForSession(run, asked, step) ? limitReached(run, asked) : step.ending;
      if (!ending) continue;
      const turn = endTurn(run, ending);
      await run.emit({ type: "step_end", content: "", step });
      return turn;
    }
  } catch (error) {
    if (!run.state.timeUp) throw error;
    return endTurn(run, "budget");
  }
}

/** Returns the last answer if the turn resumes its calls: they waited for approval, or had begun. */
function resume({ api, append, messages, notes, tools }: RunningTurn): Asked | undefined {
  const said = lastAnswer(messages);
  if (!append || !said) return undefined;
  const calls = openCalls(messages);
  const runnable = calls.filter(({ id }) => notes.has(id));
  const isOpen =
    runnable.length > 0 || openApprovals(messages).some((call) => api.name === "responses" || isDecided(notes, call));
  return isOpen ? { said, calls, runnable, tools } : undefined;
}

/** Runs the calls of an answer and asks for approvals. @returns the turn if it ends here: somebody else has to answer */
async function answerCalls(run: RunningTurn, asked: Asked): Promise<Turn | undefined> {
  const step = run.state.steps.at(-1);
  const waiting = await runCalls(run, asked, step && { type: "step_end", content: "", step });
  waiting.push(...(await decideApprovals(run)));
  if (waiting.length > 0) {
    const turn = endTurn(run, "approval", waiting);
    for (const call of waiting) await run.emit({ type: "approval", content: "", call });
    return turn;
  }
  const last = run.messages.at(-1);
  // Something new was said instead of an answer.
  if (!step && last && last.role !== "assistant" && !isAnswerToModel(last)) return undefined;
  const own = new Set(asked.runnable);
  const isOthers = (call: ToolCall): boolean => !own.has(call) && !isRunnable(call, asked.tools);
  return asked.calls.some(isOthers) || openItems(run.messages).length > 0 ? endTurn(run, "tool_calls") : undefined;
}

/** Sends one request and receives its answer. */
async function ask(run: RunningTurn, { api, request }: PreparedRequest): Promise<Step> {
  const { account, state } = run;
  let step: Step;
  if (state.streamed) {
    state.stream = await api.stream(request);
    accept(run);
    step = await readAnswer(run, request, state.stream);
  } else {
    step = await api.ask(request);
    accept(run);
    await run.emit({ type: "step_start", content: "" });
  }
  state.steps.push(step);
  const reported = usageOf(step.usage);
  // A turn's usage is what the provider reports; the session's is estimated where it reports none.
  account.spent.usage = sum(account.spent.usage, reported ?? estimate(request, step.message));
  if (reported) state.usage = sum(state.usage, reported);
  return step;
}

function accept({ account, state }: RunningTurn): void {
  state.accepted = true;
  account.spent.steps++;
}

/** Reads an answer's stream to its end and emits what each chunk of its first choice brings. */
async function readAnswer(run: RunningTurn, request: ApiRequest, stream: AnswerStream): Promise<Step> {
  const { emit, onChunk, state } = run;
  const { signal } = state.stopper;
  const restarts = request.options.resume === "restart";
  const chunks = stream[Symbol.asyncIterator]();
  let received = "";
  let step: Step | undefined;
  // A broken stream ends its turn, also if nobody reads on.
  stream.final().catch(() => run.release());
  try {
    await emit({ type: "step_start", content: "" });
    for await (const chunk of { [Symbol.asyncIterator]: () => chunks }) {
      if (chunk.index !== 0) continue;
      await onChunk?.(chunk);
      if (chunk.restarted) {
        spendEstimate(run, request, { text: received });
        received = "";
        await emit({ type: "restart", content: "", chunk });
      }
      if (restarts) received += textOfChunk(chunk);
      for (const event of eventsOf(chunk)) await emit(event);
      if (signal.aborted) throw abortError(signal.reason);
    }
    step = await stream.final();
    return step;
  } finally {
    if (!step) {
      state.cut = stream.partial;
      spendEstimate(run, request, state.cut);
    }
  }
}

/** Returns a chunk's events in the order in which models write: reasoning, text, calls. */
function eventsOf(chunk: Chunk): TurnEvent[] {
  const { content, reasoning, calls } = chunk;
  const events: TurnEvent[] = [];
  if (reasoning !== "") events.push({ type: "reasoning", content: "", reasoning, chunk });
  if (content !== "") events.push({ type: "text", content, chunk });
  for (const call of calls) events.push({ type: "tool_call_delta", content: "", ...call, chunk });
  return events.length > 0 ? events : [{ type: "chunk", content: "", chunk }];
}

function textOfChunk({ content, reasoning, calls }: Chunk): string {
  return content + reasoning + calls.map((call) => call.arguments).join("");
}

/** Counts an answer that did not come to its end: what the provider reported of it, else an estimate. */
function spendEstimate(
  { account, state }: RunningTurn,
  request: ApiRequest,
  { text, reasoning, toolCalls, usage }: Partial<HeldAnswer>,
): void {
  const used = usageOf(usage) ?? estimate(request, [text, reasoning, toolCalls]);
  account.spent.usage = sum(account.spent.usage, used);
  state.usage = sum(state.usage, used);
}

function estimate({ messages, params }: ApiRequest, answer: unknown): Usage {
  const prompt_tokens = estimateTokens(messages, params.tools, params.functions);
  const completion_tokens = estimateTokens(answer);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, estimated: true };
}

/** Appends an answer to the history. */
function keepAnswer({ append, messages, notes }: RunningTurn, step: Step, { tools }: PreparedRequest): Asked {
  // Providers reuse call ids across answers, so drop the notes on the previous answer's calls.
  notes.clear();
  const said = append ? appendAnswer(messages, step) : undefined;
  const calls = callsOf(said);
  return { said, calls, runnable: calls.filter((call) => isRunnable(call, tools)), tools };
}

/** Returns whether the session has something to do for an answer before it asks again. */
function isForSession({ messages }: RunningTurn, { said, runnable }: Asked, { ending }: Step): boolean {
  const isWhole = said !== undefined && (ending === "complete" || ending === "tool_calls");
  return runnable.length > 0 || (isWhole && openApprovals(messages).length > 0);
}

/** Returns the limit that keeps the turn from running calls and asking again. The calls are answered then. */
function limitReached(run: RunningTurn, asked: Asked): "max_steps" | "budget" | undefined {
  const { account, maxSteps, messages, state, stepsBefore } = run;
  const isOver = state.timeUp || usedUp(account.budget, account.spent) !== undefined;
  const limit = stepsBefore + state.steps.length >= maxSteps ? "max_steps" : isOver ? "budget" : undefined;
  const content = `Not run: the turn had used up its ${limit === "budget" ? "budget" : "steps"}.`;
  if (limit && asked.said) for (const { id } of asked.calls) addResult(messages, asked.said, resultOf(id, content));
  return limit;
}

function resultOf(id: string, content: string): Message & { role: "tool" } {
  return { role: "tool", tool_call_id: id, content };
}

/** Returns the turn, and records it on the session. If the budget's time cut the answer, the turn has what had arrived. */
function endTurn(run: RunningTurn, ending: TurnEnding, pending: readonly ToolCall[] = []): Turn {
  const { messages, state } = run;
  const { cut, steps, usage } = state;
  const message = cut?.message ?? steps.at(-1)?.message ?? lastAnswer(messages) ?? { role: "assistant", content: "" };
  const text = cut?.text || textOf(message);
  const content = stringOf(message, "content") ?? null;
  const turn = { text, message: { ...message, content }, ending, usage, steps: [...steps], pending };
  state.turn = turn;
  run.onEnd(turn);
  return turn;
}
