import type { CallNotes } from "../conversation/approval.ts";
import { UNKNOWN_OUTCOME } from "../conversation/history.ts";
import type { StreamOf, TurnEnd, TurnEnding, TurnEventOf, TurnTask } from "./turnGenerator.ts";
import { unforced } from "../conversation/toolChoice.ts";
import { isRunnable } from "../conversation/tools.ts";
import { APIError } from "../errors.ts";
import type { AssistantMessage, GoodEnding, ToolCall } from "../wire/index.ts";
import type { HeldResponse, ResponseChunk } from "../wire/responseEvents.ts";
import type { ResponseObject, ResponseUsage } from "../wire/responses.ts";
import { chatCalls } from "../decode/responseCalls.ts";
import { endingOfResponse, NO_RESPONSE, usageOf } from "../decode/responseEnding.ts";
import { follow } from "./follow.ts";
import type { HistoryRequest, ResponseHistory } from "./history.ts";
import { addResult, openCalls, toMessages, toOutput } from "./items.ts";
import { openItems, outputRefusal, outputText } from "../decode/output.ts";

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
  /** Tokens used, summed over the steps, also those before a pause; with `estimated: true` where an answer was begun anew or cut. */
  readonly usage: ResponseUsage | undefined;
  /** The requests that it took, in order. Of a turn that goes on after a pause, those behind the pause. */
  readonly steps: readonly ResponseStep[];
  /** Calls that wait for a yes, in the words of chat completions; the ending is `approval` then. */
  readonly pending: readonly ToolCall[];
  /** Whether the provider had lost the conversation's id, so that all items were sent again. */
  readonly recovered: boolean;
}

/** What happens in a turn of a Responses session, in order: the same events, with the Responses API's chunks and steps. */
export type ResponseTurnEvent = TurnEventOf<ResponseChunk, ResponseStep>;

/** A stream as a turn needs it. `final()` is called while the loop runs, and gives the loop's outcome. */
export interface ResponseStepStream extends StreamOf<ResponseChunk, ResponseObject> {
  /** What has arrived so far. */
  readonly partial: HeldResponse;
}

/** What a turn works with: taken from the session when it starts. */
export interface ResponseTurnContext {
  /** The history, changed as the turn goes. */
  readonly history: ResponseHistory;
  readonly tools: readonly object[];
  readonly notes: CallNotes;
  /** Whether answers go into the history; without it no tool runs. */
  readonly append: boolean;
  readonly signal: AbortSignal;
  /** Asks for a response: whole, or as a stream. */
  send(request: HistoryRequest): Promise<ResponseObject | ResponseStepStream>;
  onChunk?: ((chunk: ResponseChunk) => unknown) | undefined;
  /** Called when a stream broke, also where nobody reads it: the turn will write nothing more. */
  onBroken?: (() => void) | undefined;
}

/** A turn of a Responses session: how its items are asked about, and what becomes of answers and results. */
export function responseTask(
  context: ResponseTurnContext,
): TurnTask<ResponseChunk, ResponseObject, ResponseStep, ResponseUsage, ResponseTurn> {
  const { history, append, tools, notes, send } = context;
  const { items, params } = history;
  let said = saidBy("", openCalls(items));
  const isMine = (call: ToolCall): boolean => call.type !== "custom" && isRunnable(call, tools);
  const record = (call: ToolCall, content: Parameters<typeof toOutput>[0]): void =>
    addResult(items, call, toOutput(content));
  return {
    record,
    messages: () => [...toMessages(items), said],
    paused: () => {
      const calls = openCalls(items);
      const runnable = calls.filter(({ id }) => notes.has(id));
      return append && runnable.length > 0
        ? { calls, runnable, hasOthers: calls.some((call) => !notes.has(call.id) && !isMine(call)) }
        : undefined;
    },
    ask: (goesOn) => {
      for (const call of openCalls(items)) record(call, UNKNOWN_OUTCOME);
      return history.ask((request) => send(goesOn ? unforced(request) : request));
    },
    follow: (stream) => follow(stream, context),
    toStep,
    keep: ({ response, ending }) => {
      history.keep(response);
      const calls = append && ending === "tool_calls" ? chatCalls(response) : [];
      const runnable = calls.filter(isMine);
      said = saidBy(outputText(response), runnable);
      return { calls, runnable, hasOthers: runnable.length < openItems(response).length };
    },
    asked: () => [items, params.instructions, params.tools],
    answered: ({ response }) => response.output,
    usage: (prompt, completion) => ({
      input_tokens: prompt,
      output_tokens: completion,
      total_tokens: prompt + completion,
    }),
    toTurn: (end) => toTurn(end, history),
  };
}

function saidBy(text: string, calls: ToolCall[]): AssistantMessage {
  return { role: "assistant", content: text || null, tool_calls: calls };
}

function toStep(response: ResponseObject): ResponseStep {
  const ending = endingOfResponse(response);
  if (!ending)
    throw new APIError("The response is not finished", { status: 200, code: response.status, body: response });
  return { response, ending, usage: usageOf(response) };
}

/** What a turn comes to. Cut by the budget's time, it has what had arrived. */
function toTurn({ held, ...end }: TurnEnd<ResponseStep, ResponseUsage>, history: ResponseHistory): ResponseTurn {
  const response = (held as HeldResponse | undefined)?.response ??
    end.steps.at(-1)?.response ??
    history.last ?? { ...NO_RESPONSE, status: "incomplete" };
  return { text: outputText(response) || outputRefusal(response), response, ...end, recovered: history.recovered };
}
