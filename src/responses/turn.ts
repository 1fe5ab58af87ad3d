import { sum } from "../chat/step.ts";
import type { TurnEnding } from "../chat/step.ts";
import type { TurnEventOf } from "../chat/turn.ts";
import { ToolRun } from "../chat/toolRun.ts";
import type { HandTool, RunTool } from "../chat/tools.ts";
import { APIError } from "../errors.ts";
import type { AssistantMessage, GoodEnding } from "../types.ts";
import type { HeldResponse, ResponseChunk } from "../types/responseEvents.ts";
import type { InputItem, ResponseObject, ResponseTool, ResponseUsage } from "../types/responses.ts";
import { chatCall, isRunTool } from "./calls.ts";
import { endingOfResponse } from "./ending.ts";
import { follow } from "./follow.ts";
import { resultItem, toMessages, toOutput } from "./items.ts";
import { openItems, outputCalls, outputRefusal, outputText } from "./output.ts";
import type { OutputCall } from "./output.ts";

/** One request of a turn, and its response. */
export interface ResponseStep {
  /** The response as the API sent it, or as assembled from its stream. */
  readonly response: ResponseObject;
  /** How the response ended. */
  readonly ending: GoodEnding;
  /** Tokens used, where the provider says. */
  readonly usage: ResponseUsage | undefined;
}

/** A finished turn: what the program or the user said, and everything up to the answer. */
export interface ResponseTurn {
  /** The answer's text; a refusal where there is no other. */
  readonly text: string;
  /** The last response. */
  readonly response: ResponseObject;
  /** How the turn ended. */
  readonly ending: TurnEnding;
  /** Tokens used, summed over the steps. */
  readonly usage: ResponseUsage | undefined;
  /** The requests that it took, in order. */
  readonly steps: readonly ResponseStep[];
  /** Whether the provider had lost the conversation's id, so that all items were sent again. */
  readonly recovered: boolean;
}

/** What happens in a turn of a Responses session, in order: the same events, with the Responses API's chunks and steps. */
export type ResponseTurnEvent = TurnEventOf<ResponseChunk, ResponseStep>;

/** A stream as a turn needs it. `final()` is called while the loop runs, and gives the loop's outcome. */
export interface ResponseStepStream extends AsyncIterable<ResponseChunk> {
  /** The whole response. */
  final(): Promise<ResponseObject>;
  /** What has arrived so far. */
  readonly partial: HeldResponse;
}

/** What a turn works with: taken from the session when it starts. */
export interface ResponseTurnContext {
  /** The history, changed as the turn goes. */
  readonly items: InputItem[];
  readonly tools: readonly (RunTool | HandTool | ResponseTool)[];
  readonly maxSteps: number;
  readonly maxParallelTools: number;
  readonly signal: AbortSignal;
  /** Asks for an answer to the items: whole, or as a stream. */
  ask(): Promise<ResponseObject | ResponseStepStream>;
  /** Takes an answer into the history. */
  keep(response: ResponseObject, ending: GoodEnding): void;
  /** Whether the items had to be sent anew. */
  recovered(): boolean;
  onChunk?: ((chunk: ResponseChunk) => unknown) | undefined;
  /** Called when a response is being streamed. */
  onStream?: ((stream: ResponseStepStream) => void) | undefined;
  /** Called when a stream broke, also where nobody reads it: the turn will write nothing more. */
  onBroken?: (() => void) | undefined;
  /** Called when the turn has come to its end, before its last event. */
  onTurn?: ((turn: ResponseTurn) => void) | undefined;
}

type Events<T> = AsyncGenerator<ResponseTurnEvent, T, undefined>;

/** Runs a turn: asks, runs the tools that can be run, asks again, until there is an answer or the steps are used up. */
export async function* runResponseTurn(context: ResponseTurnContext): Events<ResponseTurn> {
  const { items, tools, maxSteps } = context;
  const steps: ResponseStep[] = [];
  for (;;) {
    const step = toStep(yield* ask(context));
    steps.push(step);
    context.keep(step.response, step.ending);
    const calls = step.ending === "tool_calls" ? outputCalls(step.response) : [];
    const runnable = calls.filter((call) => isRunnable(call, tools));
    if (runnable.length === 0) return yield* end(steps, step.ending, context);
    if (steps.length >= maxSteps) {
      for (const call of calls) items.push(resultItem(call, "Not run: the turn had used up its steps."));
      return yield* end(steps, "max_steps", context);
    }
    yield* runCalls(runnable, step, context);
    if (runnable.length === openItems(step.response).length) continue;
    // The others are the program's own.
    const turn = toTurn(steps, "tool_calls", context);
    context.onTurn?.(turn);
    return turn;
  }
}

/** Runs calls; however that ends, each has its result among the items. */
async function* runCalls(calls: readonly OutputCall[], step: ResponseStep, context: ResponseTurnContext): Events<void> {
  const { items, tools, signal, maxParallelTools } = context;
  const said: AssistantMessage = { role: "assistant", content: outputText(step.response) || null, tool_calls: calls.map(chatCall) };
  const told = new Set<string>();
  const run = new ToolRun(said.tool_calls ?? [], said, {
    signal,
    maxParallelTools,
    tools: tools.filter(isRunTool),
    messages: [...toMessages(items), said],
    onResult: ({ id }, content) => {
      // At its end, the run gives every call a result once more: for those that have none.
      if (!told.has(id)) items.push(resultItem({ type: "function_call", call_id: id }, toOutput(content)));
      told.add(id);
    },
  });
  try {
    yield { type: "step_end", content: "", step };
    yield* run.events() as Events<void>;
  } finally {
    run.close();
  }
}

/** Tells of the turn before its last event: it has ended, also where its reader leaves there. */
function* end(steps: readonly ResponseStep[], ending: TurnEnding, context: ResponseTurnContext): Generator<ResponseTurnEvent, ResponseTurn, undefined> {
  const turn = toTurn(steps, ending, context);
  context.onTurn?.(turn);
  yield { type: "step_end", content: "", step: steps.at(-1) as ResponseStep };
  return turn;
}

async function* ask(context: ResponseTurnContext): Events<ResponseObject> {
  const answer = await context.ask();
  const isStream = Symbol.asyncIterator in answer;
  if (isStream) context.onStream?.(answer);
  yield { type: "step_start", content: "" };
  return isStream ? yield* follow(answer, context) : answer;
}

function toStep(response: ResponseObject): ResponseStep {
  const ending = endingOfResponse(response);
  if (!ending) throw new APIError("The response is not finished", { status: 200, code: response.status, body: response });
  return { response, ending, usage: response.usage ?? undefined };
}

function toTurn(steps: readonly ResponseStep[], ending: TurnEnding, context: ResponseTurnContext): ResponseTurn {
  const { response } = steps.at(-1) as ResponseStep;
  const usages = steps.flatMap(({ usage }) => usage ?? []);
  const usage = usages.length > 1 ? usages.reduce(sum) : usages[0];
  return { text: outputText(response) || outputRefusal(response), response, ending, usage, steps, recovered: context.recovered() };
}

/** With tools that run, an unknown name is for the model to mend; without, every call is the program's own. */
function isRunnable({ type, name }: OutputCall, tools: ResponseTurnContext["tools"]): boolean {
  if (type !== "function_call") return false;
  const known = tools.find((one) => nameOf(one) === name);
  return known ? isRunTool(known) : tools.some(isRunTool);
}

function nameOf(declared: object): unknown {
  const { name, function: fn, custom } = declared as { name?: unknown; function?: { name: string }; custom?: { name: string } };
  return name ?? fn?.name ?? custom?.name;
}
