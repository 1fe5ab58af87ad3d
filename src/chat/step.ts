import { APIError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import type { AssistantMessage, ChatCompletion, Delta, GoodEnding, ToolCall, Usage } from "../types.ts";
import { ChoiceFold } from "./choiceFold.ts";
import { isBroken } from "./finish.ts";
import { distinct } from "./history.ts";
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
 * @throws APIError where it is none, or where its finish reason tells of a failure
 */
export function toStep(completion: ChatCompletion): Step {
  const choice = (completion as ChatCompletion | null | undefined)?.choices?.[0];
  const reason = choice?.finish_reason ?? "stop";
  if (!choice?.message) throw failure("The answer has no choices", "no_choices", completion);
  if (isBroken(reason)) throw failure(`The provider broke off: finish_reason "${reason}"`, reason, completion);
  const fold = new ChoiceFold(0);
  const { tool_calls } = choice.message;
  // Whole calls are told apart by their places, not by ids, which some providers leave out or give twice.
  const calls = Array.isArray(tool_calls) ? tool_calls.map((call, index) => ({ ...call, index })) : undefined;
  fold.add({ ...choice.message, tool_calls: calls } as Delta);
  fold.finishReason = reason;
  const message = fold.message();
  if (message.tool_calls) message.tool_calls = distinct(message.tool_calls);
  return { message, completion, usage: completion.usage ?? undefined, ending: fold.ending() as GoodEnding };
}

function failure(message: string, code: string, body: unknown): APIError {
  return attachInfo(new APIError(message, { status: 200, code, body, headers: infoOf(body)?.headers }), infoOf(body));
}

/** The text of a message; its refusal where there is no other. */
export function textOf({ content, refusal }: AssistantMessage): string {
  const text =
    typeof content === "string"
      ? content
      : content?.map((part) => (part.type === "text" ? part.text : part.refusal)).join("");
  return text || refusal || "";
}
