import { shown } from "../options.ts";
import { InputError, ToolError } from "../errors.ts";
import { defined, fieldOf, fieldsOf, objectOf, stringOf } from "../wire/read.ts";
import { wellFormed } from "../decode/answer.ts";

import { anything, checkOptions, readable, type Rules } from "../options.ts";
import { isContentParts } from "../check/messages.ts";
import type { FromSchema } from "../schema/fromSchema.ts";
import { jsonSchemaOf, MadeStrict, validate } from "../schema/standard.ts";
import type { PlainSchema, StandardSchema } from "../schema/standard.ts";
import type { ContentPart, CustomTool, FunctionTool, JSONSchema, Message, ToolCall } from "../wire/index.ts";
import type { HostedTool, OtherTool } from "../wire/responses.ts";

export type { PlainSchema, StandardSchema, StandardWithJSONSchema } from "../schema/standard.ts";

/** The second argument of a tool's `execute`. */
export interface ToolContext {
  /** Aborted with the turn, and at the tool's timeout. */
  readonly signal: AbortSignal;
  /** The id of the call. */
  readonly toolCallId: string;
  /** The conversation up to the call. */
  readonly messages: readonly Message[];
}

/** A tool that the session runs: the wire declaration, with functions that are not sent. */
export interface RunTool extends FunctionTool {
  /** Parses and checks the arguments and runs the call. Not enumerable, so that the declaration can be sent as it is. */
  readonly execute: (text: string, context: ToolContext) => Promise<unknown>;
  /** The time limit of a call, in milliseconds. Not enumerable either. */
  readonly timeout?: number | undefined;
  /** Parses and checks the arguments and decides whether the call needs approval. Not enumerable either. */
  readonly needsApproval?:
    ((text: string, context: ToolContext) => Promise<{ needed: boolean; args: unknown }>) | undefined;
}

/** A tool that the program runs itself: a plain wire declaration. */
export type HandTool =
  (FunctionTool & { readonly execute?: undefined }) | (CustomTool & { readonly execute?: undefined });

/** Tools under one name, for the Responses API. A tool in a namespace differs from one of the same name outside. */
export interface NamespaceTool {
  /** The type: `"namespace"`. */
  readonly type: "namespace";
  /** The name that the model uses. */
  readonly name: string;
  /** The purpose of the tools, for the model to read. */
  readonly description: string;
  /** The tools: of `tool()`, or declared. */
  readonly tools: readonly object[];
}

/** A tool of a session: of `tool()`, declared for the program to run, or hosted (only with `responses()`). */
export type SessionTool = RunTool | HandTool | NamespaceTool | HostedTool | OtherTool;

/** Options of {@link tool}. */
export interface ToolOptions<Args, Parameters = StandardSchema<Args> | JSONSchema> {
  /** The name that the model uses: 1 to 64 letters, digits, `_` or `-`. */
  name: string;
  /** The purpose of the tool and when to use it, for the model to read. */
  description?: string | undefined;
  /**
   * A Standard Schema that carries a JSON Schema, or a plain JSON Schema (arguments are then checked as far as types go). `strict(schema)` makes the
   * API follow it exactly; without it the model follows it as well as it can.
   *
   * @default no arguments
   */
  parameters?: Parameters | undefined;
  /** @deprecated The AI SDK's name of `parameters`. */
  inputSchema?: "give it as parameters" | undefined;
  /**
   * The time limit of a call, in milliseconds. At the limit its signal is aborted, and the result says that the outcome is unknown.
   *
   * @default no limit
   */
  timeout?: number | undefined;
  /**
   * Makes a call wait for approval before it runs: by the session's `onApproval`, or by `session.approve()` once the turn has paused. A
   * function is called with checked arguments, and anything but `false` asks for approval.
   *
   * @default false
   */
  needsApproval?: boolean | ((args: NoInfer<Args>, context: ToolContext) => boolean | Promise<boolean>) | undefined;
  /**
   * Runs the call and returns its result: a string or a list of content parts is sent as it is, anything else as JSON. A returned Error
   * counts as thrown, and so does a value that JSON cannot hold, such as a Response or a Map.
   */
  execute: (args: NoInfer<Args>, context: ToolContext) => unknown;
}

/** Options of {@link tool} for a tool that the program runs itself. */
export interface ToolDeclarationOptions extends Pick<ToolOptions<unknown>, "name" | "description" | "parameters"> {
  /** Left out: the calls are returned to the program. */
  execute?: undefined;
}

/** The names of the options. {@link checkTool} checks their values. */
const OPTIONS: Rules = {
  name: anything,
  description: [anything, "desc"],
  parameters: [anything, "schema inputschema params args arguments input argsschema"],
  timeout: anything,
  needsApproval: [anything, "requiresapproval requireapproval approval confirm"],
  execute: [anything, "run handler func fn function invoke callback call action"],
};

/**
 * Declares a tool. A session runs its `execute`, with arguments of the type that the schema describes. Without `execute` the session returns
 * the calls to the program.
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
/** Declares a tool that the program runs itself: a session returns its calls. */
export function tool(options: ToolDeclarationOptions): FunctionTool & { readonly execute?: undefined };
/** Declares a tool that a session runs, with arguments of a given type, or without any. */
export function tool<Args = Record<string, unknown>>(options: ToolOptions<Args, JSONSchema>): RunTool;
/** Declares a tool that a session runs, with a Standard Schema. */
// Last, so that the compiler's last words about a schema name what it lacks.
// eslint-disable-next-line @typescript-eslint/unified-signatures
export function tool<Args>(options: ToolOptions<Args, StandardSchema<Args>>): RunTool;
export function tool<Args>(options: ToolOptions<Args> | ToolDeclarationOptions): FunctionTool {
  checkOptions(options ?? null, OPTIONS, "", " (tool() writes the declaration around them)");
  readable("parameters", () => checkTool(options));
  const { name, description, parameters } = options;
  const schema = parameters === undefined ? undefined : jsonSchemaOf(parameters, "parameters");
  if (typeof schema?.["type"] === "string" && schema["type"] !== "object")
    throw new InputError("parameters", "a schema of an object", `one of type ${JSON.stringify(schema["type"])}`);
  const strict = parameters instanceof MadeStrict ? true : undefined;
  const declared = defined({ name, description, parameters: schema, strict });
  const declaration: FunctionTool = { type: "function", function: declared as FunctionTool["function"] };
  if (!runs(options)) return declaration;
  const { timeout = Infinity, needsApproval, execute } = options;
  const read = async (text: string): Promise<Args> => validate(options.parameters, parseArguments(text), "arguments");
  const run = async (text: string, context: ToolContext): Promise<unknown> => execute(await read(text), context);
  const ask = async (text: string, context: ToolContext): Promise<{ needed: boolean; args: unknown }> => {
    const args = await read(text);
    // Anything but false asks: a function that forgets to return must not let the call run.
    const needed: unknown = typeof needsApproval === "function" ? await needsApproval(args, context) : true;
    return { args, needed: needed !== false };
  };
  return Object.defineProperties(declaration, {
    execute: { value: run },
    timeout: { value: timeout },
    needsApproval: { value: needsApproval ? ask : undefined },
  });
}

function runs<Args>(options: ToolOptions<Args> | ToolDeclarationOptions): options is ToolOptions<Args> {
  return options.execute !== undefined;
}

/** Checks the options of a tool. @throws InputError that names the field */
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
  const runs = timeout !== undefined || needsApproval !== undefined || execute !== undefined;
  if (runs && typeof execute !== "function") wrong("execute", "a function");
}

/** The names that the API accepts. */
const TOOL_NAME = /^[\w-]{1,64}$/;

/** The arguments of a call, parsed. */
export interface ReadArguments {
  /** The value; an empty object if the model gave no arguments. */
  readonly value: unknown;
  /** `true` if the model gave no arguments: no text, or `null`. */
  readonly isNone: boolean;
}

/** Parses the arguments of a call. @returns `undefined` if the text is not JSON */
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
  /** The result, for the model to read. */
  readonly content: string | ContentPart[];
  /** The reason, if the call failed. */
  readonly error: ToolError | undefined;
}

/** Returns the name of a call's tool. */
export function nameOfCall(call: ToolCall): string {
  return call.type === "custom" ? call.custom.name : call.function.name;
}

/** Returns the name of a declared tool, flat as the Responses API has it or nested as chat has it. */
export function nameOfTool(declared: object): string | undefined {
  const nested = objectOf(declared, "function") ?? objectOf(declared, "custom");
  return stringOf(declared, "name") ?? stringOf(nested, "name");
}

/** Returns `true` for a tool that the session runs. */
export function isRunTool(declared: object): declared is RunTool {
  return typeof Reflect.get(declared, "execute") === "function";
}

/** Returns the declared tools that run, those in namespaces too. */
function runTools(tools: readonly object[]): RunTool[] {
  return tools.flatMap((one) => (isNamespace(one) ? one.tools : [one])).filter(isRunTool);
}

function isNamespace(declared: object): declared is NamespaceTool {
  return stringOf(declared, "type") === "namespace" && Array.isArray(fieldOf(declared, "tools"));
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

/**
 * Returns `true` if the session answers a call. If it has tools that run, unknown names are reported to the model; otherwise calls are returned
 * to the caller.
 */
export function isRunnable(call: ToolCall, tools: readonly object[]): boolean {
  const known = declaredTool(call, tools);
  return known ? isRunTool(known) : runTools(tools).length > 0;
}

/** Returns the arguments of a call as text: JSON, or a custom tool's free text. */
export function textOfCall(call: ToolCall): string {
  // A history from elsewhere may hold calls without arguments.
  return (call.type === "custom" ? call.custom.input : call.function.arguments) ?? "";
}

/** Returns the tool of a call, if it is one that the session runs. */
export function findTool(call: ToolCall, tools: readonly object[]): RunTool | undefined {
  const found = declaredTool(call, tools);
  return found && isRunTool(found) ? found : undefined;
}

/** Runs one call. A failure becomes a message that the model can act on. */
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

/** Returns the outcome of a call that failed or did not run. @param content the result, for the model to read */
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

/** The longest quote of arguments that are not JSON, in characters. */
const LONGEST_QUOTE = 1_000;

/** Quotes arguments that are not JSON. The history holds `{}` in their place, so the model could not see them otherwise. */
function quoteOf(call: ToolCall): string {
  const text = textOfCall(call);
  if (call.type === "custom" || argumentsOf(text)) return "";
  const quote = text.length > LONGEST_QUOTE ? `${wellFormed(text.slice(0, LONGEST_QUOTE))}…` : text;
  return `. The call was not run. Its arguments were: ${quote}`;
}

/** Runs work with a time limit and a signal of its own. Work that ignores the signal goes on unobserved. */
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

/** Returns `true` for an object that JSON may show as empty, such as a Map, a Response or a stream. */
function isOpaque(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.toStringTag in value;
}

function kindOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function wellFormedPart(part: ContentPart): ContentPart {
  return part.type === "text" ? { ...part, text: wellFormed(part.text) } : part;
}

/** Returns the message of an error of any type: a tool may throw anything. */
export function reasonOf(error: unknown): string {
  try {
    const message: unknown = error == null ? undefined : Reflect.get(Object(error), "message");
    return wellFormed(String(message ?? error));
  } catch {
    return "an error that cannot be shown";
  }
}
