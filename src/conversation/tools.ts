import { shown } from "../options.ts";
import { defined } from "../wire/read.ts";
import { InputError, ToolError } from "../errors.ts";
import { fieldsOf } from "../wire/read.ts";
import { wellFormed } from "../decode/answer.ts";

import { anything, checkOptions, readable, type Rules } from "../options.ts";
import { isContentParts } from "../check/messages.ts";
import type { FromSchema } from "../schema/fromSchema.ts";
import { jsonSchemaOf, StrictSchema, validate } from "../schema/standard.ts";
import type { PlainSchema, StandardSchema } from "../schema/standard.ts";
import type { ContentPart, CustomTool, FunctionTool, JSONSchema, Message, ToolCall } from "../wire/index.ts";
import type { HostedTool, OtherTool } from "../wire/responses.ts";

export type { PlainSchema, StandardSchema } from "../schema/standard.ts";

/** What a tool is told besides its arguments. */
export interface ToolContext {
  /** Aborted when the turn is, and when the tool's time is up. */
  readonly signal: AbortSignal;
  /** The id of the call. */
  readonly toolCallId: string;
  /** The conversation up to the call. */
  readonly messages: readonly Message[];
}

/** A tool that the session runs by itself: the wire declaration, with a function that only the session sees. */
export interface RunTool extends FunctionTool {
  /** Parses, checks and runs. Not enumerable, so that the declaration can be sent as it is. */
  readonly execute: (text: string, context: ToolContext) => Promise<unknown>;
  /** How long a call may take, in milliseconds. Not enumerable either. */
  readonly timeout?: number | undefined;
  /** Parses and checks, and says whether a yes is needed. Not enumerable either. */
  readonly needsApproval?:
    ((text: string, context: ToolContext) => Promise<{ needed: boolean; args: unknown }>) | undefined;
}

/** A tool that the program runs by hand: a plain wire declaration. */
export type HandTool =
  (FunctionTool & { readonly execute?: undefined }) | (CustomTool & { readonly execute?: undefined });

/** Tools under one name, as the Responses API declares them: a tool in a namespace is another than one of the same name outside. */
export interface NamespaceTool {
  /** Tells namespaces from tools. */
  readonly type: "namespace";
  /** What the model calls it by. */
  readonly name: string;
  /** Tells the model what its tools are for. */
  readonly description: string;
  /** The tools in it: of `tool()`, or declared. */
  readonly tools: readonly object[];
}

/** A tool of a session: of `tool()`, declared for the program to run, or run by the provider (with `responses()` alone). */
export type SessionTool = RunTool | HandTool | NamespaceTool | HostedTool | OtherTool;

/** What a tool is made of. */
export interface ToolOptions<Args, Parameters = StandardSchema<Args> | JSONSchema> {
  /** What the model calls it by: letters, digits, `_` and `-`, 64 at the most. */
  name: string;
  /** Tells the model what the tool does and when to use it. */
  description?: string | undefined;
  /**
   * A Standard Schema that carries a JSON Schema, or a plain JSON Schema (arguments are then checked as far as types go). `strict(schema)` makes the
   * API keep to it to the letter; without it the API does its best.
   *
   * @default no arguments
   */
  parameters?: Parameters | undefined;
  /** How long a call may take, in milliseconds. Then its signal fires, and the model is told that the outcome is unknown. Default: no limit. */
  timeout?: number | undefined;
  /**
   * Whether a call needs a yes before it runs: of the session's `onApproval`, or of `session.approve()` once the turn has paused. Asked
   * only when the arguments are checked. A function that returns anything but `false` asks. Default false.
   */
  needsApproval?: boolean | ((args: NoInfer<Args>, context: ToolContext) => boolean | Promise<boolean>) | undefined;
  /**
   * Runs the call. What it gives back is the result: a string or a list of content parts as it is, anything else as JSON.
   * An Error counts as thrown, and so does what JSON cannot hold, such as a Response or a Map.
   */
  execute: (args: NoInfer<Args>, context: ToolContext) => unknown;
}

/** The names of the options; {@link checkTool} checks their values. */
const OPTIONS: Rules = {
  name: anything,
  description: anything,
  parameters: anything,
  timeout: anything,
  needsApproval: anything,
  execute: anything,
};

/**
 * Declares a tool that a session runs by itself. Its arguments have the type that its schema describes.
 *
 * @returns the wire declaration, which `chat()` takes too
 * @throws InputError for parameters that are no schema that can be sent, and for a wrong option
 * @example
 * ```ts
 * const weather = tool({
 *   name: "get_weather",
 *   description: "Current weather in a city",
 *   parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
 *   execute: ({ city }) => `Rain in ${city}, 8 degrees`,
 * });
 * ```
 */
export function tool<const Schema extends PlainSchema>(
  options: ToolOptions<FromSchema<Schema>, Schema> & { parameters: Schema },
): RunTool;
/** Declares a tool that a session runs by itself, from a Standard Schema, or with arguments of a type that is given. */
export function tool<Args = Record<string, unknown>>(options: ToolOptions<Args>): RunTool;
export function tool<Args>(options: ToolOptions<Args>): RunTool {
  checkOptions(options ?? null, OPTIONS, "", " (tool() writes the declaration around them)");
  readable("parameters", () => checkTool(options));
  const { name, description, parameters, timeout = Infinity, needsApproval, execute } = options;
  const schema = parameters === undefined ? undefined : jsonSchemaOf(parameters, "parameters");
  if (typeof schema?.["type"] === "string" && schema["type"] !== "object")
    throw new InputError("parameters", "a schema of an object", `one of type ${JSON.stringify(schema["type"])}`);
  const strict = parameters instanceof StrictSchema ? true : undefined;
  const declared = defined({ name, description, parameters: schema, strict });
  const read = async (text: string): Promise<Args> => validate(parameters, parseArguments(text), "arguments");
  const run = async (text: string, context: ToolContext): Promise<unknown> => execute(await read(text), context);
  const ask = async (text: string, context: ToolContext): Promise<{ needed: boolean; args: unknown }> => {
    const args = await read(text);
    // Anything but false asks: a function that forgets to return must not let the call run.
    const needed: unknown = typeof needsApproval === "function" ? await needsApproval(args, context) : true;
    return { args, needed: needed !== false };
  };
  const hidden = {
    execute: { value: run },
    timeout: { value: timeout },
    needsApproval: { value: needsApproval ? ask : undefined },
  };
  return Object.defineProperties(
    { type: "function", function: declared as FunctionTool["function"] } as RunTool,
    hidden,
  );
}

/** Throws unless a tool is declared as it must be. @throws InputError that names the field */
function checkTool(options: unknown): void {
  const fields = fieldsOf(options);
  if (!fields) throw new InputError("options", "an object", shown(options));
  const { name, description, parameters, timeout, needsApproval, execute } = fields;
  const wrong = (field: string, expected: string): never => {
    throw new InputError(field, expected, shown(fields[field]));
  };
  if (typeof name !== "string" || !TOOL_NAME.test(name)) wrong("name", "1 to 64 letters, digits, _ or -");
  if (description !== undefined && typeof description !== "string") wrong("description", "a text");
  if (parameters !== undefined && typeof parameters !== "function" && !fieldsOf(parameters))
    wrong("parameters", "a schema: an object");
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0))
    wrong("timeout", "milliseconds above 0, or Infinity");
  if (needsApproval !== undefined && typeof needsApproval !== "boolean" && typeof needsApproval !== "function")
    wrong("needsApproval", "true, false or a function");
  if (typeof execute !== "function") wrong("execute", "a function");
}

/** The names that the API takes. */
const TOOL_NAME = /^[\w-]{1,64}$/;

/** Arguments as a model wrote them. */
export interface ReadArguments {
  /** The parsed arguments: an empty object where there are none. */
  readonly value: unknown;
  /** Whether the model gave none: no text, or `null`. */
  readonly isNone: boolean;
}

/** Parses the arguments of a call. @returns `undefined` where the text is not JSON */
export function argumentsOf(text: string): ReadArguments | undefined {
  if (text.trim() === "") return { value: {}, isNone: true };
  try {
    const value: unknown = JSON.parse(text);
    return value === null ? { value: {}, isNone: true } : { value, isNone: false };
  } catch {
    return undefined;
  }
}

function parseArguments(text: string): unknown {
  const read = argumentsOf(text);
  if (!read) throw new InputError("arguments", "JSON", "text that is not JSON");
  return read.value;
}

/** The outcome of one call. */
export interface CallOutcome {
  /** The call, as the model made it. */
  readonly call: ToolCall;
  /** What the model is told. */
  readonly content: string | ContentPart[];
  /** Why it failed, where it did. */
  readonly error: ToolError | undefined;
}

/** The name of a call's tool. */
export function nameOfCall(call: ToolCall): string {
  return call.type === "custom" ? call.custom.name : call.function.name;
}

/** The name of a declared tool, flat as the Responses API has it or nested as chat has it; of a kind that is not known here it has none. */
export function nameOfTool(declared: object): string | undefined {
  const {
    name,
    function: fn,
    custom,
  } = declared as { name?: string; function?: { name: string }; custom?: { name: string } };
  return name ?? fn?.name ?? custom?.name;
}

/** Whether the session runs a tool by itself. */
export function isRunTool(declared: object): declared is RunTool {
  return typeof (declared as Partial<RunTool>).execute === "function";
}

/** Returns the declared tools that run, those in namespaces too. */
function runTools(tools: readonly object[]): RunTool[] {
  return tools.flatMap((one) => (isNamespace(one) ? one.tools : [one])).filter(isRunTool);
}

function isNamespace(declared: object): declared is NamespaceTool {
  const { type, tools } = declared as Partial<NamespaceTool>;
  return type === "namespace" && Array.isArray(tools);
}

/** Returns the declared tool that a call means, by its namespace and name. */
function declaredTool(call: ToolCall, tools: readonly object[]): object | undefined {
  const { namespace } = call;
  const within =
    namespace === undefined
      ? tools.filter((one) => !isNamespace(one))
      : tools.flatMap((one) => (isNamespace(one) && one.name === namespace ? one.tools : []));
  return within.find((one) => nameOfTool(one) === nameOfCall(call));
}

/** Returns whether the session runs a call. With tools that run, an unknown name is reported to the model; otherwise it is the caller's. */
export function isRunnable(call: ToolCall, tools: readonly object[]): boolean {
  const known = declaredTool(call, tools);
  return known ? isRunTool(known) : runTools(tools).length > 0;
}

/** What a call gives its tool: JSON, or a custom tool's free text. */
export function textOfCall(call: ToolCall): string {
  // A history from elsewhere may hold calls without arguments.
  return (call.type === "custom" ? call.custom.input : call.function.arguments) ?? "";
}

/** Returns the tool that a call means, if it is one that runs. */
export function findTool(call: ToolCall, tools: readonly object[]): RunTool | undefined {
  const found = declaredTool(call, tools);
  return found && isRunTool(found) ? found : undefined;
}

/** Runs one call. Whatever goes wrong becomes a message that the model can act on. */
export async function runCall(call: ToolCall, tools: readonly object[], context: ToolContext): Promise<CallOutcome> {
  try {
    const found = findTool(call, tools);
    if (!found)
      throw new InputError(
        "name",
        `one of ${tools.flatMap((one) => nameOfTool(one) ?? []).join(", ")}`,
        JSON.stringify(nameOfCall(call)),
      );
    const { execute, timeout } = found;
    const result = await limited(
      (signal) => execute(textOfCall(call), { ...context, signal }),
      context.signal,
      timeout,
    );
    return { call, content: toContent(result), error: undefined };
  } catch (cause) {
    return failedCall(call, cause);
  }
}

/** The outcome of a call that failed, or was not run. @param content what the model is told */
export function failedCall(
  call: ToolCall,
  cause: unknown,
  content = `Error: ${reasonOf(cause)}${quoteOf(call)}`,
): CallOutcome {
  const name = nameOfCall(call);
  return {
    call,
    content: wellFormed(content),
    error: new ToolError(`The tool ${name} failed: ${reasonOf(cause)}`, name, call.id, cause),
  };
}

/** How much of arguments that are not JSON a result quotes, in characters. */
const LONGEST_QUOTE = 1_000;

/** Quotes arguments that are not JSON: requests cannot hold them where the model would look for them. */
function quoteOf(call: ToolCall): string {
  const text = textOfCall(call);
  if (call.type === "custom" || argumentsOf(text)) return "";
  const quote = text.length > LONGEST_QUOTE ? `${wellFormed(text.slice(0, LONGEST_QUOTE))}…` : text;
  return `. The call was not run. Its arguments were: ${quote}`;
}

/** Runs with a signal of its own. Work that ignores it is left behind; what becomes of it is unknown. */
function limited<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, timeout = Infinity): Promise<T> {
  const own = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort = (): void => undefined;
  return new Promise<T>((resolve, reject) => {
    const stop = (why: string): void => {
      const error = new Error(`${why}. The call may have run; its outcome is unknown.`);
      reject(error);
      own.abort(signal.reason ?? error);
    };
    onAbort = () => stop("The turn was aborted");
    signal.addEventListener("abort", onAbort);
    // Longer ones overflow a timer, which would fire at once.
    if (timeout < 2 ** 31) timer = setTimeout(() => stop(`No result within ${timeout} ms`), timeout);
    Promise.resolve(work(own.signal)).then(resolve, reject);
  }).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  });
}

function toContent(result: unknown): string | ContentPart[] {
  if (typeof result === "string") return wellFormed(result);
  if (isContentParts(result)) return result.map(wellFormedPart);
  if (result instanceof Error) throw result;
  let why: unknown = `it is a ${isOpaque(result) ? kindOf(result) : typeof result}`;
  try {
    const text = JSON.stringify(result) as string | undefined;
    if ((text !== undefined && !(text === "{}" && isOpaque(result))) || result === undefined) return text ?? "null";
  } catch (error) {
    why = error;
  }
  throw new Error(`The tool ran, but its result cannot be written as JSON: ${reasonOf(why)}`, { cause: why });
}

/** Returns whether JSON may show nothing of what an object holds, as with a Map, a Response or a stream. */
function isOpaque(value: unknown): value is object {
  return typeof value === "object" && value !== null && Symbol.toStringTag in value;
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function wellFormedPart(part: ContentPart): ContentPart {
  return part.type === "text" ? { ...part, text: wellFormed(part.text) } : part;
}

/** Returns the reason for an error, of whatever type it is: a tool may throw anything. */
export function reasonOf(error: unknown): string {
  try {
    const { message = error } = Object(error) as { message?: unknown };
    return wellFormed(String(message));
  } catch {
    return "an error that cannot be shown";
  }
}
