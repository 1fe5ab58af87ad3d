import { NO_COMPLETION } from "../decode/malformed.ts";
import { APIError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import type { AssistantMessage, ChatCompletion, GoodEnding, ToolCall, Usage } from "../wire/index.ts";
import { listOf, objectOf } from "../wire/read.ts";
import { distinct } from "../decode/answer.ts";
import { ChoiceBuilder } from "../decode/choice.ts";
import { finishReasonOf, isBroken } from "../decode/finish.ts";
import type { TurnEnding } from "./loop.ts";

/** One request of a turn, and its answer. */
export interface Step {
  /** The answer's message. Where providers differ from the API's form, in the API's form. */
  readonly message: AssistantMessage;
  /** How the answer ended. */
  readonly ending: GoodEnding;
  /** Tokens used, where the provider says. */
  readonly usage: Usage | undefined;
  /** The answer as the API sent it, or as assembled from its stream. */
  readonly completion: ChatCompletion;
}

/** A finished turn: what the program or the user said, and everything up to the answer. */
export interface Turn {
  /** The answer's text; a refusal where there is no other. */
  readonly text: string;
  /** The last answer. */
  readonly message: AssistantMessage;
  /** How the turn ended. */
  readonly ending: TurnEnding;
  /** Tokens used, summed over the steps, also those before a pause; with `estimated: true` where an answer was begun anew or cut. */
  readonly usage: Usage | undefined;
  /** The requests that it took, in order. Of a turn that goes on after a pause, those behind the pause. */
  readonly steps: readonly Step[];
  /** Calls that wait for a yes; the ending is `approval` then. */
  readonly pending: readonly ToolCall[];
}

/**
 * Reads an answer, in whatever form its provider sends messages and calls.
 *
 * @throws APIError where it is none, where something essential in it has the wrong type, or where its finish reason tells of a failure
 */
export function toStep(completion: ChatCompletion): Step {
  const [choice] = listOf(completion, "choices");
  const given = objectOf(choice, "message");
  if (!given) throw failure(NO_COMPLETION, "no_choices", completion);
  const reason = finishReasonOf(choice) ?? "stop";
  if (isBroken(reason)) throw failure(`The provider broke off: finish_reason "${reason}"`, reason, completion);
  const builder = new ChoiceBuilder(0, { whole: true });
  builder.add(given);
  builder.finishReason = reason;
  const message = builder.message();
  if (message.tool_calls) message.tool_calls = distinct(message.tool_calls);
  const usage = objectOf(completion, "usage") as Usage | undefined;
  return { message, completion, usage, ending: builder.ending() as GoodEnding };
}

function failure(message: string, code: string, body: unknown): APIError {
  return attachInfo(new APIError(message, { status: 200, code, body, headers: infoOf(body)?.headers }), infoOf(body));
}
