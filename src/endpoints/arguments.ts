import { InputError } from "../errors.ts";
import { CALL_OPTIONS, isConnection } from "../http/connection.ts";
import type { Connection } from "../http/connection.ts";
import { aFunction, aString, checkOptions, entriesOf, oneOf, readable, type Rules, wrong } from "../options.ts";

/** The options of a call whose stream can be restarted. */
export const STREAM_OPTIONS: Rules = { ...CALL_OPTIONS, resume: oneOf("restart") };

/** The options of a call that may stream underneath. */
export const CHAT_OPTIONS: Rules = {
  ...STREAM_OPTIONS,
  onChunk: [aFunction, "ondelta ontoken ondata onmessage onevent streamcallback callback"],
};

/** The options of `request()`. */
export const METHOD_OPTIONS: Rules = { ...CALL_OPTIONS, method: aMethod };

/** The options of an upload. */
export const UPLOAD_OPTIONS: Rules = { ...CALL_OPTIONS, filename: [aString, "name file"] };

const optionOf = (name: string): string => `${name} among the options, the argument after params`;

/** Names of options that no API has among its params, with the right place for each. */
const NO_PARAMS: Readonly<Record<string, string>> = {
  signal: optionOf("signal"),
  timeout: optionOf("timeout"),
  maxRetries: optionOf("maxRetries"),
  headers: optionOf("headers"),
  onChunk: optionOf("onChunk"),
  abortSignal: optionOf("signal"),
  max_retries: optionOf("maxRetries"),
  timeoutMs: optionOf("timeout"),
};

/** An option of calls whose stream can be asked for again. */
export const RESUME: Readonly<Record<string, string>> = { resume: optionOf("resume") };

const SYSTEM = "a message with the role system, as the first of messages";
const MAX_STEPS = "maxSteps among the options of newChatSession()";

/** Names that no chat has among its params, with the API's name or the right place for each. Other libraries have them. */
export const OF_A_CHAT: Readonly<Record<string, string>> = {
  maxTokens: "max_completion_tokens",
  maxOutputTokens: "max_completion_tokens",
  stopSequences: "stop",
  topP: "top_p",
  topK: "top_k",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  toolChoice: "tool_choice",
  parallelToolCalls: "parallel_tool_calls",
  reasoningEffort: "reasoning_effort",
  responseFormat: "response_format",
  providerOptions: "each of its fields",
  system: SYSTEM,
  instructions: SYSTEM,
  prompt: "a message with the role user",
  maxSteps: MAX_STEPS,
  stopWhen: MAX_STEPS,
};

/** Options of the client, which no call takes. */
export const CLIENT_NAMES: Readonly<Record<string, string>> = {
  apiKey: "apiKey among the options of createClient()",
  baseURL: "baseURL among the options of createClient()",
  baseUrl: "baseURL among the options of createClient()",
};

/** The params and options that an endpoint function accepts. */
export interface Taken {
  /** The known options. @default CALL_OPTIONS */
  readonly rules?: Rules | undefined;
  /** The field of the body that an argument fills. Params must not have it. */
  readonly input?: string | undefined;
  /** Other fields that params must not have, with the right place for each. */
  readonly elsewhere?: Readonly<Record<string, string | undefined>> | undefined;
  /** The params' name in an error. @default "params" */
  readonly root?: string | undefined;
  /** The way to request a stream instead of the params' flag; `true` if this function streams. */
  readonly streams?: string | true | undefined;
}

/**
 * Checks what every endpoint's function takes: connection, params and options. Nothing has been sent yet.
 *
 * @throws InputError that names the argument or its field
 */
export function checkCall(connection: Connection, params: unknown, options: unknown, taken: Taken = {}): void {
  checkConnection(connection);
  const { rules = CALL_OPTIONS } = taken;
  checkOptions(
    options,
    rules,
    "options",
    " (the API's own fields belong among the params, the argument before options)",
  );
  const streams = typeof options === "object" && options !== null && Reflect.get(options, "onChunk") !== undefined;
  checkParams(params, !streams ? taken : { ...taken, streams: true });
}

/**
 * Throws unless a value is a connection of this copy of the package.
 *
 * @throws InputError
 */
export function checkConnection(connection: unknown): void {
  if (isConnection(connection)) return;
  const expected = "a client, or what createConnection() returns";
  // A connection inherits its `model`; an object that somebody wrote has its own.
  const isLike = readable(
    "connection",
    () =>
      typeof connection === "object" &&
      connection !== null &&
      "model" in connection &&
      !Object.hasOwn(connection, "model"),
  );
  if (isLike) throw new InputError("connection", expected, "one of another copy of the package");
  throw wrong("connection", expected, connection);
}

/**
 * Checks params: they are an object, hold no option and no field that another argument fills, and can be written down.
 *
 * @throws InputError that says where a field belongs
 */
export function checkParams(params: unknown, { input, elsewhere, streams, root = "params" }: Taken): void {
  if (params === undefined) return;
  const isAnyCall = input === undefined && !elsewhere;
  const known: Readonly<Record<string, string | undefined>> = isAnyCall
    ? NO_PARAMS
    : { ...NO_PARAMS, ...CLIENT_NAMES, ...elsewhere };
  for (const [name, value] of entriesOf(params, root || "options")) {
    const at = root === "" ? name : `${root}.${name}`;
    if (value === undefined) continue;
    if (name === input) throw new InputError(at, `${name} in the argument before params`, "it among the params");
    const place = Object.hasOwn(known, name) ? known[name] : undefined;
    if (place !== undefined)
      throw new InputError(at, place, place.includes(" ") ? "it among the params" : "an unknown name");
    if (name === "stream" && streams !== undefined) checkFlag(value, streams);
    if (name === "model" && value !== null) aString(value, at);
    if (typeof value === "function" || typeof value === "symbol") throw wrong(at, "what JSON can hold", value);
    if (typeof value === "number" && !Number.isFinite(value))
      throw new InputError(at, "a finite number", String(value));
  }
}

/** Throws unless the flag agrees with what the function does. */
function checkFlag(stream: unknown, streams: string | true): void {
  if (stream === null || stream === false || (stream === true && streams === true)) return;
  const received = stream === true ? "stream: true" : typeof stream;
  throw new InputError("params.stream", streams === true ? "true or false" : streams, received);
}

/** Throws unless a value is an HTTP method that `fetch` can send. */
export function aMethod(value: unknown, at: string): void {
  if (typeof value !== "string") throw wrong(at, "an HTTP method", value);
  if (!/^(?!(connect|trace|track)$)[a-z]+$/i.test(value)) throw new InputError(at, "an HTTP method", "another word");
}

/** Throws unless a value is a string, or a list of strings, tokens or lists of tokens. */
export function aPrompt(value: unknown, at: string): void {
  const isText = (one: unknown): boolean => typeof one === "string";
  const isToken = (one: unknown): boolean => Number.isInteger(one);
  const isTokens = (one: unknown): boolean => isListOf(one, isToken);
  if (!readable(at, () => isText(value) || [isText, isToken, isTokens].some((test) => isListOf(value, test))))
    throw wrong(at, "a string, or a list of strings or of tokens", value);
}

/** Returns a check for a list of objects with a string in a field. */
export function aListOf(what: string, field: string): (value: unknown, at: string) => void {
  const isOne = (one: unknown): boolean =>
    typeof one === "object" && one !== null && typeof Reflect.get(one, field) === "string";
  return (value, at) => {
    if (!readable(at, () => isListOf(value, isOne))) throw wrong(at, `a list of ${what}`, value);
  };
}

/** Returns `true` for a list with items that all pass a test. */
export function isListOf(value: unknown, test: (one: unknown) => boolean): boolean {
  // A copy has no holes, which `every` would skip.
  return Array.isArray(value) && value.length > 0 && Array.from(value, test).every(Boolean);
}
