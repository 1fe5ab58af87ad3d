import { APIError } from "../errors.ts";
import { attachInfo, infoOf } from "../http/info.ts";
import type { AssistantMessage, ChatCompletion, Delta, GoodEnding, Usage } from "../types.ts";
import { ChoiceFold } from "./choiceFold.ts";
import { isBroken } from "./finish.ts";
import { distinct } from "./history.ts";

/** How a turn can end well: as its last answer did, or because it had used up its steps. */
export type TurnEnding = GoodEnding | "max_steps";

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
  /** Tokens used, summed over the steps. */
  readonly usage: Usage | undefined;
  /** The requests that it took, in order. */
  readonly steps: readonly Step[];
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

/** What a turn's steps come to. */
export function toTurn(steps: readonly Step[], ending: TurnEnding): Turn {
  const { message } = steps.at(-1) as Step;
  const usages = steps.flatMap(({ usage }) => usage ?? []);
  return { text: textOf(message), message, ending, usage: usages.length > 1 ? usages.reduce(sum) : usages[0], steps };
}

/** The text of a message; its refusal where there is no other. */
export function textOf({ content, refusal }: AssistantMessage): string {
  const text = typeof content === "string" ? content : content?.map((part) => (part.type === "text" ? part.text : part.refusal)).join("");
  return text || refusal || "";
}

/** Sums numbers by their names, those of inner objects too. */
export function sum<T extends object>(one: T, other: T): T {
  const total = { ...one } as Record<string, unknown>;
  for (const [name, value] of Object.entries(other)) {
    const had = total[name];
    if (typeof value === "number" && typeof had === "number") total[name] = had + value;
    else if (value && typeof value === "object" && had && typeof had === "object") total[name] = sum(had, value as object);
    else total[name] = value ?? had;
  }
  return total as T;
}
