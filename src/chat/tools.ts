import { InputError, ToolError } from "../errors.ts";
import type { CustomTool, FunctionTool, JSONSchema, Message, ToolCall } from "../types.ts";

/** What a tool is told besides its arguments. */
export interface ToolContext {
  /** Aborted when the turn is. */
  readonly signal: AbortSignal;
  /** The id of the call. */
  readonly toolCallId: string;
  /** The conversation up to the call. */
  readonly messages: readonly Message[];
}

/** A schema as the Standard Schema interface describes it (https://standardschema.dev), with its JSON Schema. */
export interface StandardSchema<Args> {
  readonly "~standard": {
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Args> | Promise<SchemaResult<Args>>;
    readonly types?: { readonly input: unknown; readonly output: Args } | undefined;
    readonly jsonSchema: { readonly input: (options: { readonly target: "draft-2020-12" }) => Record<string, unknown> };
  };
}

/** What a schema says of a value. */
export type SchemaResult<Args> =
  | { readonly value: Args; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** A tool that the session runs by itself: the wire declaration, with a function that only the session sees. */
export interface RunTool extends FunctionTool {
  /** Parses, checks and runs. Not enumerable, so that the declaration can be sent as it is. */
  readonly execute: (text: string, context: ToolContext) => Promise<unknown>;
}

/** A tool that the program runs by hand: a plain wire declaration. */
export type HandTool = (FunctionTool & { readonly execute?: undefined }) | (CustomTool & { readonly execute?: undefined });

/** What a tool is made of. */
export interface ToolOptions<Args> {
  name: string;
  /** Tells the model what the tool does and when to use it. */
  description?: string | undefined;
  /** A Standard Schema that carries a JSON Schema, or a plain JSON Schema (arguments are then not checked, only parsed). */
  parameters?: StandardSchema<Args> | JSONSchema | undefined;
  /** Whether the API must keep to the schema to the letter. */
  strict?: boolean | undefined;
  /** Runs the call. What it gives back is the result: a string as it is, anything else as JSON. */
  execute: (args: Args, context: ToolContext) => unknown;
}

/**
 * Declares a tool that a session runs by itself.
 *
 * @returns the wire declaration, which may also be given to `chat()` as it is
 * @throws InputError where the parameters are no schema that can be sent
 */
export function tool<Args = Record<string, unknown>>(options: ToolOptions<Args>): RunTool {
  const { name, description, parameters, strict, execute } = options;
  const declared: FunctionTool["function"] = { name };
  if (description !== undefined) declared.description = description;
  if (parameters !== undefined) declared.parameters = jsonSchemaOf(parameters);
  if (strict !== undefined) declared.strict = strict;
  const run = async (text: string, context: ToolContext): Promise<unknown> =>
    execute(await validate(parameters, parseArguments(text)), context);
  return Object.defineProperty({ type: "function", function: declared } as RunTool, "execute", { value: run });
}

function jsonSchemaOf<Args>(parameters: StandardSchema<Args> | JSONSchema): JSONSchema {
  if (!isStandard(parameters)) return parameters;
  const { jsonSchema, vendor } = parameters["~standard"];
  if (!jsonSchema) {
    throw new InputError("parameters", vendor === "valibot" ? "toStandardJsonSchema(schema), from @valibot/to-json-schema" : "a schema that carries a JSON Schema", `a bare ${vendor} schema`);
  }
  return jsonSchema.input({ target: "draft-2020-12" });
}

function isStandard<Args>(parameters: StandardSchema<Args> | JSONSchema): parameters is StandardSchema<Args> {
  return "~standard" in parameters;
}

function parseArguments(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError("arguments", "JSON", (cause as Error).message);
  }
}

async function validate<Args>(parameters: StandardSchema<Args> | JSONSchema | undefined, value: unknown): Promise<Args> {
  if (!parameters || !isStandard(parameters)) return value as Args;
  const result = await parameters["~standard"].validate(value);
  if (!result.issues) return result.value;
  const [issue] = result.issues;
  throw new InputError(`arguments${issue?.path?.map((key) => `.${String(typeof key === "object" ? (key as { key: unknown }).key : key)}`).join("") ?? ""}`, "what the schema asks for", issue?.message ?? "something else");
}

/** The outcome of one call. */
export interface CallOutcome {
  readonly call: ToolCall;
  /** What the model is told. */
  readonly content: string;
  /** Why it failed, where it did. */
  readonly error: ToolError | undefined;
}

/** Runs one call. Whatever goes wrong becomes a message that the model can act on. */
export async function runCall(call: ToolCall, tools: readonly (RunTool | HandTool)[], context: ToolContext): Promise<CallOutcome> {
  const { name, text } = call.type === "custom" ? { name: call.custom.name, text: call.custom.input } : { name: call.function.name, text: call.function.arguments };
  const found = tools.find((one) => one.type === "function" && one.function.name === name);
  try {
    if (!found?.execute) throw new InputError("name", `one of ${tools.map((one) => (one.type === "function" ? one.function.name : one.custom.name)).join(", ")}`, JSON.stringify(name));
    return { call, content: resultText(await untilAborted(found.execute(text, context), context.signal)), error: undefined };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { call, content: `Error: ${why}`, error: new ToolError(`The tool ${name} failed: ${why}`, name, call.id, cause) };
  }
}

/** A tool that ignores its signal is left behind; what becomes of it is unknown. */
function untilAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error("The turn was aborted while the call ran. Its outcome is unknown."));
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function resultText(result: unknown): string {
  return typeof result === "string" ? result : JSON.stringify(result) ?? "null";
}
