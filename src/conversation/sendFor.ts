import type { ChatSession, TurnOptions } from "./session.ts";
import type { SessionTool } from "./tools.ts";
import type { Step, TurnParams } from "./turn.ts";
import { TURN_OPTIONS } from "../endpoints/sessionArguments.ts";
import { InputError } from "../errors.ts";
import { aBoolean, anObject, checkOptions, ownOptions, readable, shown, type Rules } from "../options.ts";
import type { ChatCompletion, FunctionDeclaration } from "../wire/index.ts";
import type { Outcome, OutputFormat } from "../schema/outputFormat.ts";

/** Options of {@link sendFor}. */
export interface SendForOptions extends TurnOptions {
  /** `true` asks once more if the answer is no JSON or does not fit the schema. @default false */
  repair?: boolean | undefined;
}

const OPTIONS: Rules = { ...TURN_OPTIONS, repair: aBoolean };

/**
 * Sends input in a session and reads the answer by a format, over either API.
 *
 * @param session the session; its history gets the input and the answer
 * @param input the user's text
 * @param format the value that `outputFormat()` returns
 * @param params params of this turn, without `response_format`
 * @param options options of this turn, and `repair`
 * @returns the value, or a typed reason why there is none; with `repair: true` that of the second answer, if one was needed
 * @throws whatever `send()` throws; InputError if the turn ended with calls that the session does not run, or that wait for approval
 * @example
 * const outcome = await sendFor(chat, "Which city?", outputFormat("city", z.object({ name: z.string() })));
 * if (outcome.kind === "value") console.log(outcome.value.name);
 */
export async function sendFor<T, Kind extends SessionTool, F extends FunctionDeclaration>(
  session: ChatSession<Kind, F>,
  input: string,
  format: OutputFormat<T>,
  params?: TurnParams,
  options: SendForOptions = {},
): Promise<Outcome<T>> {
  checkOptions(options, OPTIONS, "options");
  checkArgument("session", session, "generateResponse", "a chat session, of newChatSession()");
  checkArgument("format", format, "partials", "what outputFormat() returns");
  if (params !== undefined) anObject(params, "params");
  if (params?.response_format !== undefined)
    throw new InputError("params.response_format", "the format in the argument before params", "it among the params");
  const { repair = false, ...own } = ownOptions(options, OPTIONS);
  const ask = async (text: string): Promise<Outcome<T>> => {
    await session.send(text, { ...params, response_format: format }, own);
    const turn = session.lastTurn;
    const step = turn?.steps.at(-1);
    if (!step || turn?.ending === "tool_calls")
      throw new InputError("tools", "tools that the session runs", "a call for the program to run");
    if (turn?.ending === "approval")
      throw new InputError("tools", "tools that run without approval, or onApproval", "a call that waits for approval");
    return format.parse(completionOf(step));
  };
  const outcome = await ask(input);
  if (!repair || (outcome.kind !== "not_json" && outcome.kind !== "invalid")) return outcome;
  return ask(`That does not fit: ${outcome.error.message}. Answer again, with JSON alone that fits the schema.`);
}

/** Throws unless an argument has a method that tells it from a client, a schema and the like. */
function checkArgument(name: string, value: unknown, method: string, expected: string): void {
  const hasMethod = readable(name, () => typeof (value as Record<string, unknown> | null)?.[method] === "function");
  if (!hasMethod) throw new InputError(name, expected, shown(value));
}

/** The finish reasons of chat completions for the endings of an answer. */
const FINISH_REASONS = {
  complete: "stop",
  length: "length",
  content_filter: "content_filter",
  tool_calls: "tool_calls",
};

/** Returns an answer of either API as a chat completion. */
function completionOf({ message, ending }: Step): ChatCompletion {
  const choice = { index: 0, message, finish_reason: FINISH_REASONS[ending] };
  return { id: "", object: "chat.completion", created: 0, model: "", choices: [choice] };
}
