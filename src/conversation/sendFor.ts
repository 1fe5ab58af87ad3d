import type { ChatSession, TurnOptions } from "./session.ts";
import type { SessionTool } from "./tools.ts";
import type { Step, TurnParams } from "./turn.ts";
import { TURN_OPTIONS } from "../endpoints/sessionArguments.ts";
import { InputError } from "../errors.ts";
import { aBoolean, aFunction, anObject, checkOptions, ownOptions, readable, type Rules } from "../options.ts";
import type { ChatCompletion, FunctionDeclaration } from "../wire/index.ts";
import type { Outcome, OutputFormat } from "../schema/outputFormat.ts";

/** What {@link sendFor} may be told besides its params. */
export interface SendForOptions extends TurnOptions {
  /** Whether an answer that is no JSON, or does not fit, may be mended in one more turn. Default false. */
  repair?: boolean | undefined;
}

const OPTIONS: Rules = { ...TURN_OPTIONS, repair: aBoolean };

/**
 * Says something in a session, and reads the answer by a format.
 *
 * @param input what the user says
 * @returns the value, or a typed reason why there is none; with `repair: true` that of the second try, if one was needed
 * @throws whatever `send()` throws; InputError where the turn ended with calls for the program to run
 */
export async function sendFor<T, Kind extends SessionTool, F extends FunctionDeclaration>(
  session: ChatSession<Kind, F>,
  input: string,
  format: OutputFormat<T>,
  params?: TurnParams,
  options: SendForOptions = {},
): Promise<Outcome<T>> {
  checkOptions(options, OPTIONS, "options");
  readable("session", () => aFunction((session as Partial<typeof session> | null)?.send, "session.send"));
  readable("format", () => aFunction((format as Partial<typeof format> | null)?.parse, "format.parse"));
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
    return format.parse(completionOf(step));
  };
  const outcome = await ask(input);
  if (!repair || (outcome.kind !== "not_json" && outcome.kind !== "invalid")) return outcome;
  return ask(`That does not fit: ${outcome.error.message}. Answer again, with JSON alone that fits the schema.`);
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
