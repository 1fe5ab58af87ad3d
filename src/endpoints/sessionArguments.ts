import { InputError } from "../errors.ts";
import {
  aBoolean,
  anObject,
  anything,
  checkOptions,
  checkValues,
  entriesOf,
  nearName,
  readable,
  type Rules,
  wrong,
} from "../options.ts";
import { fieldOf, fieldsOf } from "../wire/read.ts";
import { CHAT_OPTIONS, checkParams, CLIENT_NAMES, OF_A_CHAT, STREAM_OPTIONS } from "./arguments.ts";

/** The options of `send()`. */
export const TURN_OPTIONS: Rules = { ...CHAT_OPTIONS, thinkTags: anything, keepInput: aBoolean, api: anything };
/** The options of `generateResponse()`. */
export const GENERATE_OPTIONS: Rules = { ...TURN_OPTIONS, append: aBoolean };
/** The options of `stream()`. */
export const TURN_STREAM_OPTIONS: Rules = {
  ...STREAM_OPTIONS,
  thinkTags: anything,
  keepInput: aBoolean,
  api: anything,
  append: aBoolean,
};

function aSavedChat(value: unknown, at: string): void {
  if (value !== null) anObject(value, at);
}

const LIMITS: Rules = {
  saved: [aSavedChat, "state snapshot restore resume"],
  tools: anything,
  maxSteps: [anything, "maxturns maxiterations maxroundtrips maxtoolroundtrips steps"],
  maxParallelTools: anything,
  budget: anything,
  onApproval: [anything, "onapprove approve needsapproval requestapproval"],
  save: [anything, "onsave persist onfinish"],
};

/** The own options of a chat session; all others are params. */
export const CHAT_SESSION: Rules = {
  ...LIMITS,
  messages: [anything, "history initialmessages"],
  functions: anything,
  api: anything,
  prepareStep: anything,
};
/** Names that a turn's params must not have, with the right place for each. */
export const CHAT_TURN: Readonly<Record<string, string>> = {
  messages: "messages in the first argument, or in session.messages",
  tools: "tools in session.tools",
  functions: "functions in session.functions",
};
const OF_A_TURN: Readonly<Record<string, string>> = {
  resume: "resume among the options, the argument after params",
  append: "append among the options of generateResponse() and stream()",
  keepInput: "keepInput among the options, the argument after params",
};

/** Names that no turn has among its params, and where they belong. */
const OF_A_SESSION: Readonly<Record<string, string>> = {
  api: "api among the options, the argument after params",
};
/** Names that no session has among its options, and where they belong. The Responses API has instructions of its own. */
const OF_A_CHAT_SESSION: Readonly<Record<string, string>> = {
  ...OF_A_CHAT,
  input: "input as the first argument of send()",
  prompt: "the first argument of send()",
  stopWhen: "maxSteps",
  onStepFinish: "the events of stream(), or lastTurn.steps",
  onStepEnd: "the events of stream(), or lastTurn.steps",
  activeTools: "prepareStep, which may return tools",
  toolApproval: "needsApproval of tool(), and onApproval",
  output: "the format of sendFor(), or response_format",
};
const STREAMS = "the session's stream(), or onChunk among the options";

/**
 * Checks a session's standing params, which a program may set between turns.
 *
 * @param elsewhere the fields that they cannot hold, and where those belong
 * @param root the name of the params in an error. Default `params`
 * @throws InputError that names the field
 */
export function checkStandingParams(params: unknown, elsewhere: Readonly<Record<string, string>>, root?: string): void {
  checkParams(params, { elsewhere: { ...OF_A_TURN, ...elsewhere }, streams: STREAMS, root });
}

/**
 * Checks a session's options: its own by their names, all others as params.
 *
 * @param own the session's own options
 * @throws InputError where a name is near to one of the session's own, or belongs elsewhere
 */
export function checkSessionOptions(options: object, own: Rules): void {
  const params: [string, unknown][] = [];
  if (readable("options", () => !fieldsOf(options))) throw wrong("options", "an object, such as { messages }", options);
  for (const [name, value] of entriesOf(options, "options")) {
    if (Object.hasOwn(own, name)) continue;
    const meant = Object.hasOwn(CLIENT_NAMES, name) ? undefined : nearName(name, own);
    if (meant !== undefined) throw new InputError(name, `the option ${meant}`, "an unknown name");
    params.push([name, value]);
  }
  checkValues(options, own, "");
  checkParams(Object.fromEntries(params), {
    root: "",
    elsewhere: {
      ...OF_A_TURN,
      ...OF_A_CHAT_SESSION,
      ...(fieldOf(options, "api") === undefined ? {} : { instructions: undefined }),
    },
    streams: STREAMS,
  });
}

/**
 * Checks what a turn is given besides its input.
 *
 * @param elsewhere the fields that its params cannot hold
 * @throws InputError that says where a name belongs
 */
export function checkTurn(
  params: unknown,
  options: unknown,
  rules: Rules,
  elsewhere: Readonly<Record<string, string>>,
): void {
  checkOptions(
    options,
    rules,
    "options",
    " (the API's own fields belong among the params, the argument before options)",
  );
  const hasOnChunk = typeof options === "object" && options !== null && Reflect.get(options, "onChunk") !== undefined;
  const streams = rules === TURN_STREAM_OPTIONS || hasOnChunk ? true : STREAMS;
  // The Responses API has instructions and prompts.
  const others = { ...OF_A_CHAT, instructions: undefined, prompt: undefined };
  checkParams(params, { elsewhere: { ...others, ...OF_A_TURN, ...OF_A_SESSION, ...elsewhere }, streams });
}
