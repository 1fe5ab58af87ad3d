import { InputError } from "../errors.ts";
import { fieldOf } from "../wire/read.ts";
import {
  aBoolean,
  anObject,
  anything,
  aString,
  checkOptions,
  checkValues,
  entriesOf,
  nearName,
  oneOf,
  readable,
  type Rule,
  type Rules,
  strings,
  wrong,
} from "../options.ts";
import { CHAT_OPTIONS, checkParams, CLIENT_NAMES, STREAM_OPTIONS } from "./arguments.ts";

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

const LIMITS: Rules = {
  saved(value, at) {
    if (value !== null) anObject(value, at);
  },
  tools: anything,
  maxSteps: anything,
  maxParallelTools: anything,
  budget: anything,
  onApproval: anything,
  save: anything,
};

/** The own options of a chat session; all others are params. */
export const CHAT_SESSION: Rules = {
  ...LIMITS,
  messages: anything,
  functions: anything,
  api: anything,
  prepareStep: anything,
};
const orNull =
  (rule: Rule): Rule =>
  (value, at) => {
    if (value !== null) rule(value, at);
  };

/** The fields of a Responses session that a program may set, and that no other check covers. */
const RESPONSES_FIELDS: Rules = {
  state: oneOf("server", "local"),
  responseHistory: aList,
  currentResponseId: orNull(aString),
};
/** The params that a Responses session reads itself. */
const RESPONSES_PARAMS: Rules = { include: orNull(strings), previous_response_id: orNull(aString) };
/** The own options of a Responses session; all others are params. */
export const RESPONSES_SESSION: Rules = {
  ...LIMITS,
  ...RESPONSES_PARAMS,
  items: anything,
  state: oneOf("server", "local"),
};

/** What a turn's params cannot hold, and where it belongs. */
export const CHAT_TURN: Readonly<Record<string, string>> = {
  messages: "messages in the first argument, or in session.messages",
  tools: "tools in session.tools",
  functions: "functions in session.functions",
};
/** What a Responses turn's params cannot hold, and where it belongs. */
export const RESPONSES_TURN: Readonly<Record<string, string>> = {
  input: "input as the first argument",
  tools: "tools in session.tools",
};

/** What a Responses session's standing params cannot hold, and where it belongs. */
export const RESPONSES_STANDING: Readonly<Record<string, string>> = {
  ...RESPONSES_TURN,
  previous_response_id: "the id in session.currentResponseId",
};

const OF_A_TURN: Readonly<Record<string, string>> = {
  resume: "resume among the options, the argument after params",
  append: "append among the options of generateResponse() and stream()",
  keepInput: "keepInput among the options, the argument after params",
};
const STREAMS = "the session's stream(), or onChunk among the options";

/** Takes a list. */
function aList(value: unknown, at: string): void {
  if (!readable(at, () => Array.isArray(value))) throw wrong(at, "a list", value);
}

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
 * Checks the fields of a Responses session that a program may set between turns.
 *
 * @throws InputError that names the field
 */
export function checkResponsesFields(session: object): void {
  for (const [name, rule] of Object.entries(RESPONSES_FIELDS)) {
    const value = fieldOf(session, name);
    if (value !== undefined || name !== "currentResponseId") rule(value, name);
  }
}

/**
 * Checks the params of a request that a Responses session reads itself.
 *
 * @throws InputError that names the field
 */
export function checkResponsesParams(params: object): void {
  for (const [name, rule] of Object.entries(RESPONSES_PARAMS)) {
    const value = fieldOf(params, name);
    if (value !== undefined) rule(value, `params.${name}`);
  }
}

/**
 * Checks a session's options: its own by their names, all others as params.
 *
 * @param own the session's own options
 * @throws InputError where a name is near to one of the session's own, or belongs elsewhere
 */
export function checkSessionOptions(options: object, own: Rules): void {
  const params: [string, unknown][] = [];
  for (const [name, value] of entriesOf(options, "options")) {
    if (Object.hasOwn(own, name)) continue;
    const meant = Object.hasOwn(CLIENT_NAMES, name) ? undefined : nearName(name, Object.keys(own));
    if (meant !== undefined) throw new InputError(name, `the option ${meant}`, "an unknown name");
    params.push([name, value]);
  }
  checkValues(options, own, "");
  checkParams(Object.fromEntries(params), {
    root: "",
    elsewhere: { ...OF_A_TURN, input: "input as the first argument of send()" },
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
  const { onChunk } = (options ?? {}) as { onChunk?: unknown };
  const streams = rules === TURN_STREAM_OPTIONS || onChunk !== undefined ? true : STREAMS;
  checkParams(params, { elsewhere: { ...OF_A_TURN, ...elsewhere }, streams });
}
