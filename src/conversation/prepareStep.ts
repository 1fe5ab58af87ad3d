import { checkDeclarations, checkMessages } from "../check/messages.ts";
import { CHAT_TURN, checkStandingParams } from "../endpoints/sessionArguments.ts";
import { InputError } from "../errors.ts";
import { anything, entriesOf, nearName, readable, shown, type Rules } from "../options.ts";
import type { ChatParams, Message, ToolDeclaration } from "../wire/index.ts";
import { defined, fieldsOf } from "../wire/read.ts";
import type { Api, ApiRequest, AskableApi } from "./apis/api.ts";
import { settleCalls } from "./history.ts";
import { unforced } from "./toolChoice.ts";
import type { SessionTool } from "./tools.ts";
import type { RunningTurn, TurnParams } from "./turn.ts";
import { unlessAborted } from "./unlessAborted.ts";

/** The state of a turn before one of its requests. */
export interface StepState {
  /** The number of requests of this turn that were answered before, from 0. */
  readonly step: number;
  /** A copy of the list of messages. */
  readonly messages: readonly Message[];
  /** The session's tools. */
  readonly tools: readonly SessionTool[];
  /** The model of the request. */
  readonly model: string;
}

/** Changes to one request of a turn: any turn param, and the fields below. The history and the session stay as they are. */
export interface StepChange extends Omit<TurnParams, "messages" | "tools" | "api"> {
  /** The messages to send in place of the history. */
  messages?: readonly Message[] | undefined;
  /** The tools to offer in place of the session's. Calls of others are not run. */
  tools?: readonly SessionTool[] | undefined;
  /** The API to ask. */
  api?: Api | undefined;
}

/** Changes what one request of a turn sends; `undefined` leaves it as it is. What it throws fails the turn. */
export type PrepareStep = (state: StepState) => StepChange | undefined | Promise<StepChange | undefined>;

/** A request of a turn that is ready to be sent. */
export interface PreparedRequest {
  readonly api: AskableApi;
  readonly request: ApiRequest;
  /** The tools that the answer may call. */
  readonly tools: readonly SessionTool[];
}

/**
 * Settles open calls and makes the next request of a turn.
 *
 * @throws InputError that names the field of what `prepareStep` returned; what it throws; the abort
 */
export async function prepareRequest(run: RunningTurn): Promise<PreparedRequest> {
  const { background, connection, options, prepareStep, save, state, stepsBefore } = run;
  if (run.append) settleCalls(run.messages);
  const step = stepsBefore + state.steps.length;
  const params = step > 0 ? unforced(run.params) : run.params;
  const document = { step, messages: [...run.messages], tools: run.tools, model: params.model ?? connection.model };
  const change = prepareStep && (await unlessAborted(prepareStep(document), state.stopper.signal));
  const { messages = run.messages, tools = run.tools, api = run.api, ...changed } = checkChange(change);
  checkApi(api, `${NAME}.api`);
  // The types of tools belong to the API: chat completions refuse hosted ones.
  const declared = tools.length > 0 ? (tools as readonly ToolDeclaration[]) : undefined;
  const asked: ChatParams = { ...params, ...defined(changed), ...defined({ tools: declared }) };
  return { api, tools, request: { connection, messages, params: asked, options, background, save } };
}

const NAME = "prepareStep()";

/** The fields of a change that are not params. */
const OWN_FIELDS: Rules = { messages: anything, tools: anything, api: anything };

/** Checks what `prepareStep` returned. @throws InputError that names the field */
function checkChange(change: StepChange | undefined): StepChange {
  if (change === undefined) return {};
  const { messages, tools, api, ...params } = Object.fromEntries(entriesOf(change, NAME)) as StepChange;
  if (messages !== undefined && checkMessages(messages, `${NAME}.messages`).length === 0)
    throw new InputError(`${NAME}.messages`, "at least one message", "an empty list");
  checkDeclarations({ tools }, NAME);
  for (const name of Object.keys(params)) {
    const meant = nearName(name, OWN_FIELDS);
    if (meant !== undefined) throw new InputError(`${NAME}.${name}`, `the field ${meant}`, "an unknown name");
  }
  const choice: unknown = params.tool_choice;
  if (choice != null && typeof choice !== "string" && !fieldsOf(choice))
    throw new InputError(`${NAME}.tool_choice`, "a word or an object", shown(choice));
  const { messages: _messages, tools: _tools, ...elsewhere } = CHAT_TURN;
  checkStandingParams(params, elsewhere, NAME);
  return { ...params, messages, tools, api };
}

/**
 * Checks the API that a session or a turn is to ask.
 *
 * @param at its name in an error
 * @throws InputError
 */
export function checkApi(api: unknown, at: string): asserts api is AskableApi {
  const isApi = ({ name, ask, stream }: Partial<Record<keyof AskableApi, unknown>>): boolean =>
    (name === "chat" || name === "responses") && typeof ask === "function" && typeof stream === "function";
  if (!readable(at, () => typeof api === "object" && api !== null && isApi(api)))
    throw new InputError(at, "chatCompletions, or what responses() of fetchat/responses returns", shown(api));
}
